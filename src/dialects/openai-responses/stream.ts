import type { ChatEvent } from '../../chat/chat.ts';
import { isObject, numberIn, objectIn, objectsIn, parseJson, stringIn } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { SseFrame } from '../../lib/sse.ts';
import { failureInAnswer } from '../refusal.ts';
import { readHead, readItem } from './answer.ts';
import { isCall } from './calls.ts';
import { readAnnotation, readAnnotations } from './citations.ts';
import { addText, beginItem, beginPart, cite, closeItem, fillText, noItems, wholePart } from './read-items.ts';
import type { ItemsSoFar, PartKind } from './read-items.ts';
import { readEnd } from './response.ts';
import { readUsage } from './usage.ts';
import { own } from './wire.ts';

/** Some servers put a space after the colon. Escaped quotes keep an answer's own text from looking like a sign. */
export const signs = [
  '"response.completed"',
  '"response.incomplete"',
  '"response.failed"',
  '"type":"error"',
  '"type": "error"',
  'event: error',
] as const;

const ends = ['response.completed', 'response.incomplete', 'response.failed'] as const;

export const isLast = ({ event, data }: SseFrame): boolean =>
  event === undefined ? ends.some((end) => data.includes(`"${end}"`)) : ends.some((end) => event === end);

/** A reader for one stream. A frame about what only OpenAI's own tools do becomes a foreign event. */
export function streamReader(): (frame: SseFrame) => readonly ChatEvent[] {
  const reading: Reading = { items: noItems(), started: false, finished: false };
  return (frame) => {
    const event = parseJson(frame.data);
    if (!isObject(event)) return []; // `[DONE]`, which some servers add
    const { items } = reading;
    if (!readFrame(reading, event)) items.events.push({ type: 'foreign', dialect: own, frame });
    const { events } = items;
    items.events = [];
    return events;
  };
}

interface Reading {
  readonly items: ItemsSoFar;
  started: boolean;
  finished: boolean;
}

/** Whether the event has a meaning outside this dialect. Throws a Failure for one that tells of an error. */
function readFrame(reading: Reading, event: JsonObject): boolean {
  const { items } = reading;
  switch (event.type) {
    case 'response.output_text.delta':
    case 'response.refusal.delta':
    case 'response.reasoning_text.delta':
    case 'response.reasoning_summary_text.delta':
    case 'response.function_call_arguments.delta':
    case 'response.custom_tool_call_input.delta':
      addText(items, placeOf(event), kinds[event.type] ?? 'text', stringIn(event.delta) ?? '');
      return true;
    case 'response.output_text.done':
    case 'response.refusal.done':
    case 'response.reasoning_text.done':
    case 'response.reasoning_summary_text.done':
    case 'response.function_call_arguments.done':
    case 'response.custom_tool_call_input.done':
      fillText(items, placeOf(event), wholeText(event));
      return true;
    case 'response.queued':
      return true;
    case 'response.created':
    case 'response.in_progress':
      start(reading, objectIn(event.response));
      return true;
    case 'response.completed':
    case 'response.incomplete':
      finish(reading, objectIn(event.response));
      return true;
    case 'response.failed':
      throw failureInAnswer(objectIn(event.response).error ?? {});
    case 'error':
      throw failureInAnswer(event.error ?? event);
    default:
      return readItemFrame(items, event);
  }
}

function readItemFrame(items: ItemsSoFar, event: JsonObject): boolean {
  const place = placeOf(event);
  const item = objectIn(event.item);
  const part = objectIn(event.part);
  switch (event.type) {
    case 'response.output_item.added':
      beginItem(items, place.item, item);
      return isKnown(item);
    case 'response.content_part.added':
      beginPart(items, place, partKinds[stringIn(part.type) ?? ''] ?? 'text');
      return true;
    case 'response.reasoning_summary_part.added':
      beginPart(items, place, 'reasoning');
      return true;
    case 'response.output_text.annotation.added': {
      const citation = readAnnotation(objectIn(event.annotation));
      if (citation) cite(items, place, [citation]);
      return citation !== undefined;
    }
    case 'response.content_part.done':
    case 'response.reasoning_summary_part.done':
      fillText(items, place, stringIn(part.text) ?? stringIn(part.refusal) ?? '');
      if (!items.open.get(place.item)?.cited) cite(items, place, readAnnotations(part.annotations));
      return true;
    case 'response.output_item.done':
      closeItem(items, place.item, item);
      return isKnown(item);
    default:
      return false;
  }
}

const isKnown = (item: JsonObject): boolean =>
  isCall(item) || item.type === 'message' || item.type === 'reasoning' || item.type === 'image_generation_call';

const kinds: Readonly<Record<string, PartKind>> = {
  'response.output_text.delta': 'text',
  'response.refusal.delta': 'refusal',
  'response.reasoning_text.delta': 'reasoning',
  'response.reasoning_summary_text.delta': 'reasoning',
  'response.function_call_arguments.delta': 'call',
  'response.custom_tool_call_input.delta': 'call',
};

const partKinds: Readonly<Record<string, PartKind>> = {
  output_text: 'text',
  refusal: 'refusal',
  reasoning_text: 'reasoning',
  summary_text: 'reasoning',
};

const wholeText = ({ text, refusal, arguments: written, input }: JsonObject): string =>
  stringIn(text) ?? stringIn(refusal) ?? stringIn(written) ?? stringIn(input) ?? '';

const placeOf = ({ output_index, content_index, summary_index }: JsonObject): { item: number; part: number } => ({
  item: numberIn(output_index) ?? 0,
  part: numberIn(content_index) ?? numberIn(summary_index) ?? 0,
});

function start(reading: Reading, response: JsonObject): void {
  if (reading.started) return;
  reading.started = true;
  reading.items.events.push({ type: 'start', ...readHead(response) });
}

function finish(reading: Reading, response: JsonObject): void {
  const { items } = reading;
  if (reading.finished) return;
  reading.finished = true;
  start(reading, response);
  for (const at of [...items.open.keys()]) closeItem(items, at, {});
  const output = objectsIn(response.output);
  // A server that streams nothing but the whole; or, where a stream is only metered, the frames in between were not shown.
  if (items.count === 0) for (const item of output) for (const part of readItem(item)) wholePart(items, part);
  const usage = readUsage(response);
  const called = items.called || output.some(isCall);
  items.events.push({ type: 'finish', reason: readEnd(response, called), ...(usage && { usage }) });
}
