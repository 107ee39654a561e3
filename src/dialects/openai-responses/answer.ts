import type { ChatAnswer, ChatRequest, MediaPart, Part } from '../../chat/chat.ts';
import { noUsage } from '../../chat/chat.ts';
import { Failure } from '../../chat/failure.ts';
import { defined, isArray, isObject, numberIn, objectIn, objectsIn, stringIn } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { now } from '../openai-chat/answer.ts';
import { failureInAnswer } from '../refusal.ts';
import { callForms, callItemId, isCall, readCall, writeCallHead, writeCallInput } from './calls.ts';
import type { CallForms } from './calls.ts';
import { annotationsOf, readPart, writeOutput } from './content.ts';
import { withPhase } from './items.ts';
import { readReasoning, writeReasoningItem } from './reasoning.ts';
import { echoOf, readEnd, writeEnd } from './response.ts';
import { readUsage, writeUsage } from './usage.ts';
import { newItemId, own, writeId } from './wire.ts';

export function readAnswer(body: JsonObject): ChatAnswer {
  if (isObject(body.error)) throw failureInAnswer(body.error);
  if (!isArray(body.output)) {
    throw new Failure('provider-nonsense', 'The provider answered 200 with a body that holds no answer.');
  }
  const items = objectsIn(body.output);
  const usage = readUsage(body);
  return {
    ...readHead(body),
    parts: items.flatMap(readItem),
    reason: readEnd(body, items.some(isCall)),
    ...(usage && { usage }),
  };
}

export const readHead = (response: JsonObject): Pick<ChatAnswer, 'id' | 'model' | 'created'> =>
  defined({
    id: stringIn(response.id) ?? '',
    model: stringIn(response.model) ?? '',
    created: numberIn(response.created_at),
  });

/** The parts of an output item; none for what OpenAI's own tools did, which no other dialect has words for. */
export function readItem(item: JsonObject): readonly Part[] {
  if (isCall(item)) return [readCall(item)];
  switch (item.type) {
    case 'message':
      return withPhase(
        objectsIn(item.content).flatMap((part) => readPart(part) ?? []),
        item.phase,
      );
    case 'reasoning':
      return readReasoning(item);
    case 'image_generation_call':
      return readPicture(item);
    default:
      return [];
  }
}

function readPicture({ result, output_format }: JsonObject): readonly Part[] {
  if (typeof result !== 'string' || result === '') return [];
  return [{ type: 'media', kind: 'image', mediaType: `image/${stringIn(output_format) ?? 'png'}`, data: result }];
}

export function writeAnswer(answer: ChatAnswer, request?: ChatRequest): JsonObject {
  const { id, model, created, parts, reason, usage = noUsage } = answer;
  return {
    id: writeId(id),
    object: 'response',
    created_at: created ?? now(),
    ...writeEnd(reason),
    error: null,
    model,
    output: writeItems(parts, callForms(request?.tools ?? [])),
    usage: writeUsage(usage),
    service_tier: usage.serviceTier ?? 'default',
    ...echoOf(request),
  };
}

/** Texts that follow one another are one message: Anthropic cuts a sentence where a source ends. */
function writeItems(parts: readonly Part[], forms: CallForms): readonly JsonObject[] {
  const items: JsonObject[] = [];
  let content: JsonObject[] | undefined; // of the message that may go on
  let phase: unknown;
  for (const part of parts) {
    if (part.type !== 'text') {
      content = undefined;
      items.push(...writeItem(part, forms));
      continue;
    }
    if (part.text === '') continue;
    if (!content || phase !== phaseOf(part)) {
      phase = phaseOf(part);
      content = [];
      items.push({ ...messageHead(newItemId('msg'), part), status: 'completed', content });
    }
    content.push(writeOutput(part, part.text, annotationsOf(part)));
  }
  return items;
}

function writeItem(part: Part, forms: CallForms): readonly JsonObject[] {
  switch (part.type) {
    case 'reasoning':
      return part.text === '' && !part.extras ? [] : [writeReasoningItem(reasoningId(part), part.text, part.extras)];
    case 'tool-call':
      return [writeCallInput(writeCallHead(part, callItemId(part.extras), forms), part.input)];
    case 'media':
      return part.kind === 'image' && part.data !== undefined ? [writePicture(newItemId('ig'), part)] : [];
    case 'text': // in a message
    case 'tool-result': // no answer holds one
      return [];
  }
}

const reasoningId = ({ extras }: Part): string => stringIn(extras?.[own]?.id) ?? newItemId('rs');

export const phaseOf = (part: Part): unknown => part.extras?.[own]?.phase;

export function messageHead(id: string, part: Part): JsonObject {
  const head = { id, type: 'message', status: 'in_progress', role: 'assistant', content: [] };
  const { phase } = objectIn(part.extras?.[own]);
  return phase === undefined ? head : { ...head, phase };
}

/** A picture stands where OpenAI has those of its own tool. */
export const writePicture = (id: string, { data, mediaType = 'image/png' }: MediaPart): JsonObject => ({
  id,
  type: 'image_generation_call',
  status: 'completed',
  output_format: mediaType.slice(mediaType.indexOf('/') + 1),
  result: data,
});
