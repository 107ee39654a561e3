import { noUsage } from '../../chat/chat.ts';
import type { ChatAnswer, ChatEvent, Citation, FinishReason, Part, Usage } from '../../chat/chat.ts';
import { Failure } from '../../chat/failure.ts';
import { defined, isObject, numberIn, objectIn, objectsIn, stringIn } from '../../lib/json.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import { failureInAnswer } from '../refusal.ts';
import { newCallId } from '../call-id.ts';

export function readAnswer(body: JsonObject): ChatAnswer {
  const { message } = body;
  if (typeof message === 'string') throw failureInAnswer(body); // an error has the shape of a refusal
  if (!isObject(message)) throw new Failure('provider-nonsense', 'Cohere answered without a message.');
  const finish = readFinish(body);
  const plan = stringIn(message.tool_plan) ?? '';
  const content = withCitations(objectsIn(message.content).flatMap(readBlock), objectsIn(message.citations));
  return {
    id: stringIn(body.id) ?? '',
    model: '', // Cohere does not say it
    parts: [
      ...(plan === '' ? [] : [{ type: 'reasoning', text: plan } as const]),
      ...content,
      ...objectsIn(message.tool_calls).map(readCall),
    ],
    reason: finish.reason,
    ...(finish.usage && { usage: finish.usage }),
  };
}

/** A part for a content block; none for a kind we do not know. */
export function readBlock(block: JsonObject): readonly Part[] {
  if (block.type === 'text') return [{ type: 'text', text: stringIn(block.text) ?? '' }];
  return block.type === 'thinking' ? [{ type: 'reasoning', text: stringIn(block.thinking) ?? '' }] : [];
}

/** What Cohere's models may write for a call of a tool without parameters. */
export const noInput = 'null';

export function readCall(call: JsonObject): Extract<Part, { type: 'tool-call' }> {
  const { name, arguments: input } = objectIn(call.function);
  return {
    type: 'tool-call',
    id: stringIn(call.id) || newCallId(),
    name: stringIn(name) ?? '',
    input: input === noInput ? '' : (stringIn(input) ?? ''),
  };
}

/** `content_index` counts all blocks; where it is missing, the only text is meant. */
function withCitations(parts: readonly Part[], citations: readonly JsonObject[]): readonly Part[] {
  if (citations.length === 0) return parts;
  const firstText = parts.findIndex((part) => part.type === 'text');
  return parts.map((part, index) => {
    if (part.type !== 'text') return part;
    const own = citations.filter((citation) => (numberIn(citation.content_index) ?? firstText) === index);
    return own.length > 0 ? { ...part, citations: own.flatMap(readCitations) } : part;
  });
}

/** One citation for each source that a passage rests on. Documents and tool results need not have an address. */
export function readCitations(citation: JsonObject): readonly Citation[] {
  const place = defined({ start: numberIn(citation.start), end: numberIn(citation.end) });
  return objectsIn(citation.sources).map((source) => {
    const { url, title, text } = objectIn(source.document ?? source.tool_output);
    return {
      ...defined({ url: stringIn(url), title: stringIn(title) ?? stringIn(source.id), quote: stringIn(text) }),
      ...place,
      extras: { cohere: citation },
    };
  });
}

type Finish = Extract<ChatEvent, { type: 'finish' }>;

/** How an answer ended, from its body or its stream's last event. Throws for an answer that Cohere broke off. */
export function readFinish({ finish_reason: word, usage, error }: JsonObject): Finish {
  if (typeof error === 'string' && error !== '') throw failureInAnswer(error);
  if (word === 'ERROR') throw new Failure('provider-error', 'Cohere broke the answer off with an error.');
  if (word === 'TIMEOUT') throw new Failure('provider-timeout', 'Cohere broke the answer off: it took too long.');
  return { type: 'finish', reason: readReason(word), ...(isObject(usage) && { usage: readUsage(usage) }) };
}

const reasons: Readonly<Record<string, FinishReason>> = {
  COMPLETE: 'stop',
  STOP_SEQUENCE: 'stop',
  MAX_TOKENS: 'length',
  TOOL_CALL: 'tool-calls',
  ERROR_TOXIC: 'content-filter',
};

const readReason = (word: Json | undefined): FinishReason => reasons[stringIn(word) ?? ''] ?? 'other';

/** `tokens` holds Cohere's own preamble too, hundreds of tokens; what it bills are `billed_units`. */
function readUsage(raw: JsonObject): Usage {
  const billed = countsIn(raw.billed_units);
  const counts = countsIn(raw.tokens) ?? billed ?? { input: 0, output: 0 };
  const cacheRead = Math.min(numberIn(raw.cached_tokens) ?? 0, counts.input);
  return {
    ...noUsage,
    input: counts.input - cacheRead,
    cacheRead,
    output: counts.output,
    ...(billed && { billed }),
    raw,
  };
}

function countsIn(counts: Json | undefined): { readonly input: number; readonly output: number } | undefined {
  if (!isObject(counts)) return undefined;
  return { input: numberIn(counts.input_tokens) ?? 0, output: numberIn(counts.output_tokens) ?? 0 };
}
