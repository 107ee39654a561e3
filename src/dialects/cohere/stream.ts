import type { ChatEvent, Part } from '../../chat/chat.ts';
import { Failure } from '../../chat/failure.ts';
import { isObject, objectIn, parseJson, stringIn } from '../../lib/json.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import type { SseFrame } from '../../lib/sse.ts';
import { failureInAnswer } from '../refusal.ts';
import { noInput, readBlock, readCall, readCitations, readFinish } from './answer.ts';

interface Reading {
  /** How many parts have begun; the last is open until the next begins, since citations follow its end. */
  parts: number;
  open: Part['type'] | undefined;
  /** Whether the open part has any text or input yet. */
  begun: boolean;
}

/** Cohere numbers content blocks and calls apart, but sends one after the other, so the open part is always the last. */
export function streamReader(): (frame: SseFrame) => readonly ChatEvent[] {
  const reading: Reading = { parts: 0, open: undefined, begun: false };
  return ({ data }) => {
    if (data === '[DONE]') return [];
    const event = parseEvent(data);
    const message = objectIn(objectIn(event.delta).message);
    switch (event.type) {
      case 'message-start':
        return [{ type: 'start', id: stringIn(event.id) ?? '', model: '' }];
      case 'tool-plan-delta':
        return readPlan(reading, stringIn(message.tool_plan) ?? '');
      case 'content-start':
        return readBlock(objectIn(message.content)).flatMap((part) => begin(reading, part));
      case 'content-delta':
        return readContent(reading, objectIn(message.content));
      case 'tool-call-start':
        return begin(reading, readCall(objectIn(message.tool_calls)));
      case 'tool-call-delta':
        return readInput(reading, objectIn(objectIn(message.tool_calls).function).arguments);
      case 'citation-start':
        return reading.open === 'text' ? citationsOf(reading, objectIn(message.citations)) : [];
      case 'message-end':
        return [...close(reading), readFinish(objectIn(event.delta))];
      case undefined: // an error after the stream began has the shape of a refusal
        throw failureInAnswer(event);
      default:
        return [];
    }
  };
}

export const isLast = ({ event, data }: SseFrame): boolean =>
  event === undefined ? data.includes('"message-end"') : event === 'message-end';

function parseEvent(data: string): JsonObject {
  const event = parseJson(data);
  if (isObject(event)) return event;
  throw new Failure('provider-nonsense', 'Cohere sent a stream event that is not a JSON object.');
}

/** The plan has no beginning of its own. */
const readPlan = (reading: Reading, text: string): readonly ChatEvent[] =>
  reading.open === 'reasoning' ? delta(reading, text) : text === '' ? [] : begin(reading, { type: 'reasoning', text });

const readContent = (reading: Reading, content: JsonObject): readonly ChatEvent[] =>
  reading.open === 'reasoning' ? delta(reading, content.thinking) : delta(reading, content.text);

const readInput = (reading: Reading, input: Json | undefined): readonly ChatEvent[] =>
  input === noInput && !reading.begun ? [] : delta(reading, input);

function delta(reading: Reading, text: Json | undefined): readonly ChatEvent[] {
  if (reading.open === undefined || typeof text !== 'string' || text === '') return [];
  reading.begun = true;
  return [{ type: 'part-delta', index: reading.parts - 1, text }];
}

function begin(reading: Reading, part: Part): readonly ChatEvent[] {
  const ended = close(reading);
  const { head, text } = opened(part);
  reading.parts++;
  reading.open = part.type;
  reading.begun = false;
  return [...ended, { type: 'part-start', index: reading.parts - 1, part: head }, ...delta(reading, text)];
}

function opened(part: Part): { readonly head: Part; readonly text: string } {
  if (part.type === 'tool-call') return { head: { ...part, input: '' }, text: part.input };
  return part.type === 'text' || part.type === 'reasoning'
    ? { head: { ...part, text: '' }, text: part.text }
    : { head: part, text: '' };
}

function close(reading: Reading): readonly ChatEvent[] {
  if (reading.open === undefined) return [];
  reading.open = undefined;
  return [{ type: 'part-end', index: reading.parts - 1 }];
}

const citationsOf = ({ parts }: Reading, citation: JsonObject): readonly ChatEvent[] =>
  readCitations(citation).map((one) => ({ type: 'citation', index: parts - 1, citation: one }));
