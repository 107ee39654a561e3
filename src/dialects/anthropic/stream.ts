import type { ChatEvent, Part } from '../../chat/chat.ts';
import { Failure } from '../../chat/failure.ts';
import { isObject, parseJson, without } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { SseFrame } from '../../lib/sse.ts';
import { failureInAnswer } from '../refusal.ts';
import { keptReason, readCitation, readPart, readReason } from './answer.ts';
import { mergedUsage, readUsage } from './usage.ts';
import { ownExtras } from './wire.ts';
import type { WireDelta, WireEvent, WireMessage } from './wire.ts';

/** A reader for one stream. A frame of a block that only Anthropic knows becomes a foreign event, and so does a ping. */
export function streamReader(): (frame: SseFrame) => readonly ChatEvent[] {
  const reading: Reading = { started: false, finished: false, usage: {}, first: 0, next: 0, open: undefined };
  return (frame) => {
    if (frame.data === '[DONE]') return []; // given at the end of a stream that stopped without its own
    const event = parseEvent(frame.data);
    switch (event.type) {
      case 'message_start':
        return readStart(reading, event.message ?? {});
      case 'content_block_start':
        return readBlockStart(reading, event, frame);
      case 'content_block_delta':
        return reading.open && event.delta ? readDelta(reading.open, event.delta, frame) : [foreign(frame)];
      case 'content_block_stop':
        return reading.open ? readBlockStop(reading) : [foreign(frame)];
      case 'message_delta':
        return readFinish(reading, event);
      case 'message_stop':
        return reading.started && !reading.finished ? [finish(reading, {})] : [];
      case 'error':
        throw failureInAnswer(event.error ?? {});
      default:
        return [foreign(frame)];
    }
  };
}

/** The event that ends a stream in good order. */
export const isLast = ({ event, data }: SseFrame): boolean =>
  event === undefined ? data.includes('"message_stop"') : event === 'message_stop';

interface Reading {
  started: boolean;
  finished: boolean;
  usage: JsonObject;
  /** Where the blocks of this message begin: a proxy that tries again may put a second message behind the first. */
  first: number;
  next: number;
  open: OpenBlock | undefined;
}

interface OpenBlock {
  readonly index: number;
  /** A tool's input that came whole with the block's start, as some servers send it; Anthropic's own comes in deltas. */
  input: string;
  signature: string | undefined;
}

function parseEvent(data: string): WireEvent {
  const event = parseJson(data);
  if (isObject(event)) return event as unknown as WireEvent;
  throw new Failure('provider-nonsense', 'The provider sent a stream event that is not JSON.');
}

const foreign = (frame: SseFrame): ChatEvent => ({ type: 'foreign', dialect: 'anthropic', frame });

function readStart(reading: Reading, { id = '', model = '', usage }: WireMessage): readonly ChatEvent[] {
  const ended = readBlockStop(reading);
  reading.usage = mergedUsage(reading.usage, usage);
  reading.first = reading.next;
  if (reading.started) return ended;
  reading.started = true;
  return [{ type: 'start', id, model, ...(usage && { usage: readUsage(reading.usage) }) }];
}

type BlockStart = Extract<WireEvent, { type: 'content_block_start' }>;

function readBlockStart(reading: Reading, event: BlockStart, frame: SseFrame): readonly ChatEvent[] {
  const ended = readBlockStop(reading);
  const index = reading.first + event.index;
  reading.next = index + 1;
  const part = readPart(event.content_block ?? {});
  if (!part) return [...ended, foreign(frame)];

  const { head, text } = opened(part);
  const isCall = part.type === 'tool-call';
  reading.open = { index, input: isCall ? text : '', signature: undefined };
  const events: ChatEvent[] = [...ended, { type: 'part-start', index, part: head }];
  if (text !== '' && !isCall) events.push({ type: 'part-delta', index, text });
  return events;
}

function opened(part: Part): { readonly head: Part; readonly text: string } {
  switch (part.type) {
    case 'text':
    case 'reasoning':
      return { head: { ...part, text: '' }, text: part.text };
    case 'tool-call':
      return { head: { ...part, input: '' }, text: part.input };
    case 'media':
    case 'tool-result':
      return { head: part, text: '' };
  }
}

function readDelta(open: OpenBlock, delta: WireDelta, frame: SseFrame): readonly ChatEvent[] {
  switch (delta.type) {
    case 'text_delta':
      return textDelta(open.index, delta.text);
    case 'thinking_delta':
      return textDelta(open.index, delta.thinking);
    case 'input_json_delta':
      if (delta.partial_json) open.input = '';
      return textDelta(open.index, delta.partial_json);
    case 'signature_delta':
      open.signature = delta.signature;
      return [];
    case 'citations_delta':
      return [{ type: 'citation', index: open.index, citation: readCitation(delta.citation ?? {}) }];
    default:
      return [foreign(frame)];
  }
}

const textDelta = (index: number, text: string | undefined): readonly ChatEvent[] =>
  text ? [{ type: 'part-delta', index, text }] : [];

function readBlockStop(reading: Reading): readonly ChatEvent[] {
  if (!reading.open) return [];
  const { index, input, signature } = reading.open;
  reading.open = undefined;
  const end: ChatEvent = { type: 'part-end', index, ...(signature && ownExtras({ signature })) };
  return input === '' ? [end] : [{ type: 'part-delta', index, text: input }, end];
}

type MessageDelta = Extract<WireEvent, { type: 'message_delta' }>;

function readFinish(reading: Reading, event: MessageDelta): readonly ChatEvent[] {
  reading.usage = mergedUsage(reading.usage, event.usage);
  const { delta = {} } = event;
  if (reading.finished || delta.stop_reason == null) return []; // some servers send usage on its own
  return [...readBlockStop(reading), finish(reading, delta, without({ ...event }, 'type', 'delta', 'usage'))];
}

function finish(reading: Reading, delta: JsonObject, more: JsonObject = {}): ChatEvent {
  reading.finished = true;
  const { stop_reason, stop_sequence } = delta;
  return {
    type: 'finish',
    reason: readReason(stop_reason),
    ...(typeof stop_sequence === 'string' && { stopSequence: stop_sequence }),
    ...(Object.keys(reading.usage).length > 0 && { usage: readUsage(reading.usage) }),
    ...ownExtras({ ...without(delta, 'stop_reason', 'stop_sequence'), ...more, ...keptReason(stop_reason) }),
  };
}
