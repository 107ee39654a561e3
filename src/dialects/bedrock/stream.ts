import type { ChatEvent, FinishReason, Part, Usage } from '../../chat/chat.ts';
import { Failure } from '../../chat/failure.ts';
import { isObject, numberIn, objectIn, parseJson, stringIn } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { SseFrame } from '../../lib/sse.ts';
import { readSignature } from '../anthropic/signature.ts';
import { ownExtras } from '../anthropic/wire.ts';
import { readReason, readUsage } from './answer.ts';
import { failureInStream } from './failure.ts';

interface Reading {
  started: boolean;
  finished: boolean;
  open: OpenBlock | undefined;
  /** What the end is made of: either may come first, and usage not at all. */
  reason: FinishReason | undefined;
  usage: Usage | undefined;
}

interface OpenBlock {
  readonly index: number;
  readonly type: Part['type'];
  signature: string;
}

/** A reader for one stream. A frame's event is its event or exception type, its data the payload. */
export function streamReader(): (frame: SseFrame) => readonly ChatEvent[] {
  const reading: Reading = { started: false, finished: false, open: undefined, reason: undefined, usage: undefined };
  return (frame) => {
    if (frame.data === '[DONE]') return reading.reason === undefined ? [] : finish(reading, reading.reason);
    const events = readEvent(reading, frame.event ?? '', parsePayload(frame.data));
    if (reading.started) return events;
    reading.started = true;
    return [{ type: 'start', id: '', model: '' }, ...events];
  };
}

function parsePayload(data: string): JsonObject {
  const payload = parseJson(data);
  if (isObject(payload)) return payload;
  throw new Failure('provider-nonsense', 'Bedrock sent a stream event that is not a JSON object.');
}

function readEvent(reading: Reading, type: string, payload: JsonObject): readonly ChatEvent[] {
  const index = numberIn(payload.contentBlockIndex) ?? 0;
  switch (type) {
    case 'contentBlockStart':
      return readStart(reading, index, objectIn(payload.start));
    case 'contentBlockDelta':
      return readDelta(reading, index, objectIn(payload.delta));
    case 'contentBlockStop':
      return close(reading);
    case 'messageStop':
      reading.reason = readReason(payload.stopReason);
      return reading.usage === undefined ? close(reading) : [...close(reading), ...finish(reading, reading.reason)];
    case 'metadata':
      reading.usage = isObject(payload.usage) ? readUsage(payload.usage) : undefined;
      return reading.reason === undefined ? [] : finish(reading, reading.reason);
  }
  if (/exception$/i.test(type)) throw failureInStream(type, payload);
  return []; // messageStart says nothing but the role
}

/** Only tool calls are sure to have a start; of the others the first delta tells the kind. */
function readStart(reading: Reading, index: number, { toolUse }: JsonObject): readonly ChatEvent[] {
  if (!isObject(toolUse)) return close(reading);
  const { toolUseId, name } = toolUse;
  const part: Part = { type: 'tool-call', id: stringIn(toolUseId) ?? '', name: stringIn(name) ?? '', input: '' };
  return begin(reading, index, part);
}

function readDelta(reading: Reading, index: number, delta: JsonObject): readonly ChatEvent[] {
  if (typeof delta.text === 'string') return addText(reading, index, { type: 'text', text: '' }, delta.text);
  if (isObject(delta.toolUse)) return reading.open ? textDelta(index, stringIn(delta.toolUse.input) ?? '') : [];
  return isObject(delta.reasoningContent) ? readReasoning(reading, index, delta.reasoningContent) : [];
}

function readReasoning(reading: Reading, index: number, delta: JsonObject): readonly ChatEvent[] {
  const { text, signature, redactedContent: redacted } = delta;
  if (redacted !== undefined) return begin(reading, index, { type: 'reasoning', text: '', ...ownExtras({ redacted }) });
  const events = addText(reading, index, { type: 'reasoning', text: '' }, stringIn(text) ?? '');
  if (reading.open) reading.open.signature += stringIn(signature) ?? '';
  return events;
}

/** Text for the block with this index, which begins with it where it has not begun. */
function addText(reading: Reading, index: number, head: Part, text: string): readonly ChatEvent[] {
  const begun = reading.open?.index === index && reading.open.type === head.type ? [] : begin(reading, index, head);
  return [...begun, ...textDelta(index, text)];
}

const textDelta = (index: number, text: string): readonly ChatEvent[] =>
  text === '' ? [] : [{ type: 'part-delta', index, text }];

function begin(reading: Reading, index: number, part: Part): readonly ChatEvent[] {
  const ended = close(reading);
  reading.open = { index, type: part.type, signature: '' };
  return [...ended, { type: 'part-start', index, part }];
}

function close(reading: Reading): readonly ChatEvent[] {
  if (!reading.open) return [];
  const { index, signature } = reading.open;
  reading.open = undefined;
  const extras = readSignature(signature);
  return [{ type: 'part-end', index, ...(extras && { extras }) }];
}

function finish(reading: Reading, reason: FinishReason): readonly ChatEvent[] {
  if (reading.finished) return [];
  reading.finished = true;
  return [...close(reading), { type: 'finish', reason, ...(reading.usage && { usage: reading.usage }) }];
}
