import type { ChatEvent, Citation, Extras, Part } from '../../chat/chat.ts';
import { mergedExtras } from '../../chat/collect.ts';
import { isArray, objectIn, objectsIn, stringIn } from '../../lib/json.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import { newCallId } from '../call-id.ts';
import { callDelta, continued } from './calls.ts';
import type { Call } from './calls.ts';
import { readAnnotations } from './citations.ts';
import { readMediaPart } from './content.ts';
import { detailExtras, readThinkingBlock, reasoningText, sealedDetails, thinkingText } from './reasoning.ts';
import { own, thoughtExtras } from './wire.ts';

/** An answer's parts so far: deltas do not say where a part begins or ends. */
export interface PartsSoFar {
  /** What the deltas read since the last look came to. */
  events: ChatEvent[];
  /** How many have begun. */
  count: number;
  open: OpenPart | undefined;
  readonly calls: Call[];
  /** Sources told before there is a text to rest on them. */
  cited: Citation[];
}

type TextKind = 'text' | 'refusal' | 'reasoning';
interface OpenPart {
  readonly index: number;
  readonly kind: TextKind | 'other';
  details: readonly JsonObject[];
  extras: Extras | undefined;
}

export const noParts = (): PartsSoFar => ({ events: [], count: 0, open: undefined, calls: [], cited: [] });

/** A whole message reads like a delta. */
export function readDelta(parts: PartsSoFar, delta: JsonObject): void {
  readReasoning(parts, delta);
  readContent(parts, delta.content);
  if (isArray(delta.annotations)) for (const source of readAnnotations(delta.annotations)) cite(parts, source); // of the text
  append(parts, 'refusal', stringIn(delta.refusal) ?? '');
  if (isArray(delta.images)) for (const image of objectsIn(delta.images)) readMedia(parts, image);
  if (isArray(delta.tool_calls)) for (const call of objectsIn(delta.tool_calls)) readCall(parts, call);
  if (delta.function_call != null) readCall(parts, { index: 0, function: objectIn(delta.function_call) });
}

export function cite(parts: PartsSoFar, citation: Citation): void {
  if (parts.open?.kind === 'text') parts.events.push({ type: 'citation', index: parts.open.index, citation });
  else parts.cited.push(citation);
}

export function closePart(parts: PartsSoFar): void {
  if (!parts.open) return;
  const { index, details, extras } = parts.open;
  const all = details.length > 0 ? mergedExtras(extras, detailExtras(details)) : extras;
  parts.events.push(all ? { type: 'part-end', index, extras: all } : { type: 'part-end', index });
  parts.open = undefined;
}

function begin(parts: PartsSoFar, kind: OpenPart['kind'], part: Part): OpenPart {
  closePart(parts);
  const index = parts.count++;
  parts.events.push({ type: 'part-start', index, part });
  return (parts.open = { index, kind, details: [], extras: undefined });
}

function append(parts: PartsSoFar, kind: TextKind, text: string): void {
  if (text !== '') parts.events.push({ type: 'part-delta', index: opened(parts, kind).index, text });
}

function opened(parts: PartsSoFar, kind: TextKind): OpenPart {
  if (parts.open?.kind === kind) return parts.open;
  const open = begin(parts, kind, heads[kind]);
  if (kind === 'text' && parts.cited.length > 0) {
    for (const citation of parts.cited) cite(parts, citation);
    parts.cited = [];
  }
  return open;
}

const heads: Readonly<Record<TextKind, Part>> = {
  text: { type: 'text', text: '' },
  refusal: { type: 'text', text: '', extras: { [own]: { refusal: true } } },
  reasoning: { type: 'reasoning', text: '' },
};

function readReasoning(parts: PartsSoFar, delta: JsonObject): void {
  const text = reasoningText(delta);
  append(parts, 'reasoning', text);
  if (isArray(delta.thinking_blocks)) {
    for (const block of objectsIn(delta.thinking_blocks)) readBlock(parts, block, text !== '');
  }
  const sealed = isArray(delta.reasoning_details) ? sealedDetails(delta.reasoning_details) : [];
  if (sealed.length === 0) return;
  const open = opened(parts, 'reasoning');
  open.details = [...open.details, ...sealed];
}

/** A block's text is left out where the same was, or is being, told without it. */
function readBlock(parts: PartsSoFar, block: JsonObject, isTold: boolean): void {
  const part = readThinkingBlock(block);
  if (block.type === 'redacted_thinking') {
    begin(parts, 'other', part);
    closePart(parts);
    return;
  }
  if (!isTold && parts.open?.kind !== 'reasoning') append(parts, 'reasoning', part.text);
  if (!part.extras) return;
  opened(parts, 'reasoning').extras = part.extras;
  closePart(parts); // a signature seals what came before it
}

function readContent(parts: PartsSoFar, content: Json | undefined): void {
  if (typeof content === 'string') {
    append(parts, 'text', content);
    return;
  }
  for (const part of objectsIn(content)) {
    if (part.type === 'thinking') append(parts, 'reasoning', thinkingText(part.thinking));
    else if (typeof part.text === 'string') append(parts, 'text', part.text);
    else if (typeof part.refusal === 'string') append(parts, 'refusal', part.refusal);
    else readMedia(parts, part);
  }
}

function readMedia(parts: PartsSoFar, wire: JsonObject): void {
  const part = readMediaPart(wire);
  if (!part) return;
  begin(parts, 'other', part);
  closePart(parts);
}

function readCall(parts: PartsSoFar, wire: JsonObject): void {
  const delta = callDelta(wire);
  const call = continued(parts.calls, delta) ?? beginCall(parts, wire);
  if (delta.input === '') return;
  call.pieces.push(delta.input);
  parts.events.push({ type: 'part-delta', index: call.index, text: delta.input });
}

function beginCall(parts: PartsSoFar, wire: JsonObject): Call {
  const { id: given, at, name } = callDelta(wire);
  const id = given === '' ? newCallId() : given;
  const extras = thoughtExtras(wire);
  const { index } = begin(parts, 'other', { type: 'tool-call', id, name, input: '', ...(extras && { extras }) });
  const call: Call = { index, id, at, pieces: [] };
  parts.calls.push(call);
  return call;
}
