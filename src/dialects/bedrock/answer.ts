import { noUsage } from '../../chat/chat.ts';
import type { ChatAnswer, FinishReason, Part, Usage } from '../../chat/chat.ts';
import { Failure } from '../../chat/failure.ts';
import { isArray, isObject, numberIn, objectIn, objectsIn, stringIn } from '../../lib/json.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import { readSignature } from '../anthropic/signature.ts';
import { ownExtras } from '../anthropic/wire.ts';
import { failureInAnswer } from '../refusal.ts';

/** Bedrock gives an answer no id and does not name its model. */
export function readAnswer(body: JsonObject): ChatAnswer {
  const { content } = objectIn(objectIn(body.output).message);
  if (!isArray(content) && typeof body.message === 'string') throw failureInAnswer(body); // as in a refusal
  if (!isArray(content)) throw new Failure('provider-nonsense', 'Bedrock answered without a message.');
  return {
    id: '',
    model: '',
    parts: objectsIn(content).flatMap(readBlock),
    reason: readReason(body.stopReason),
    ...(isObject(body.usage) && { usage: readUsage(body.usage) }),
  };
}

/** A part for a content block; none for the kinds that only Bedrock knows. */
function readBlock(block: JsonObject): readonly Part[] {
  if (typeof block.text === 'string') return [{ type: 'text', text: block.text }];
  if (isObject(block.toolUse)) return [readCall(block.toolUse)];
  if (isObject(block.reasoningContent)) return [readReasoning(block.reasoningContent)];
  if (!isObject(block.citationsContent)) return [];
  return [
    {
      type: 'text',
      text: objectsIn(block.citationsContent.content)
        .map(({ text }) => stringIn(text))
        .join(''),
    },
  ];
}

function readCall({ toolUseId, name, input }: JsonObject): Part {
  const isEmpty = !isObject(input) || Object.keys(input).length === 0;
  return {
    type: 'tool-call',
    id: stringIn(toolUseId) ?? '',
    name: stringIn(name) ?? '',
    input: isEmpty ? '' : JSON.stringify(input),
  };
}

/** The signatures are Claude's own, and hold at Anthropic as well as here. */
function readReasoning({ reasoningText, redactedContent }: JsonObject): Part {
  if (redactedContent !== undefined)
    return { type: 'reasoning', text: '', ...ownExtras({ redacted: redactedContent }) };
  const { text, signature } = objectIn(reasoningText);
  const extras = readSignature(stringIn(signature));
  return { type: 'reasoning', text: stringIn(text) ?? '', ...(extras && { extras }) };
}

const reasons: Readonly<Record<string, FinishReason>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool-calls',
  content_filtered: 'content-filter',
  guardrail_intervened: 'content-filter',
};

export const readReason = (stopReason: Json | undefined): FinishReason =>
  reasons[stringIn(stopReason) ?? ''] ?? 'other';

/** The counts do not overlap: `inputTokens` leaves the cache out (AWS's user guide, "Prompt caching"). */
export function readUsage(raw: JsonObject): Usage {
  const hours = objectsIn(raw.cacheDetails).filter(({ ttl }) => ttl === '1h');
  const written = numberIn(raw.cacheWriteInputTokens) ?? 0;
  const cacheWrite1h = Math.min(
    written,
    hours.reduce((sum, { inputTokens }) => sum + (numberIn(inputTokens) ?? 0), 0),
  );
  return {
    ...noUsage,
    input: numberIn(raw.inputTokens) ?? 0,
    cacheRead: numberIn(raw.cacheReadInputTokens) ?? 0,
    cacheWrite: written - cacheWrite1h,
    cacheWrite1h,
    output: numberIn(raw.outputTokens) ?? 0,
    raw,
  };
}
