import type { ChatEvent, Citation } from '../../chat/chat.ts';
import { isObject, objectIn, stringIn } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { newCallId } from '../call-id.ts';
import { partialArguments } from './partial-args.ts';
import type { PartialArguments } from './partial-args.ts';
import { readMedia } from './parts.ts';
import { field, signatureExtras, signatureIn } from './wire.ts';

/** An answer's parts so far: Gemini sends pieces of text with no mark of where a part begins or ends. */
export interface PartsSoFar {
  /** How many have begun. */
  count: number;
  called: boolean;
  /** Text or reasoning that more pieces may follow. */
  text: { readonly index: number; readonly type: 'text' | 'reasoning'; signature: string | undefined } | undefined;
  /** A call whose arguments are still to come. */
  call: { readonly index: number; readonly args: PartialArguments } | undefined;
  /** The text part that began last, to which the answer's sources belong. */
  last: { readonly index: number; text: string } | undefined;
}

export const noParts = (): PartsSoFar => ({
  count: 0,
  called: false,
  text: undefined,
  call: undefined,
  last: undefined,
});

export function readPart(parts: PartsSoFar, part: JsonObject, events: ChatEvent[]): void {
  const text = stringIn(part['text']);
  if (text !== undefined) readText(parts, part, text, events);
  else if (isObject(field(part, 'functionCall'))) readCall(parts, part, events);
  else readOther(parts, part, events);
}

/** The part-ends that are still owed, with the sources of the last text before its own. */
export function closeParts(
  parts: PartsSoFar,
  sources: (text: string) => readonly Citation[],
  events: ChatEvent[],
): void {
  if (parts.last) {
    const { index, text } = parts.last;
    for (const citation of sources(text)) events.push({ type: 'citation', index, citation });
  }
  closeCall(parts, events);
  closeText(parts, events);
}

function readText(parts: PartsSoFar, part: JsonObject, text: string, events: ChatEvent[]): void {
  const type = part['thought'] === true ? 'reasoning' : 'text';
  const signature = signatureIn(part);
  if (text === '' && signature === undefined) return;
  // A signed part is whole: Google asks not to join it with what follows.
  const open =
    parts.text?.type === type && parts.text.signature === undefined ? parts.text : openText(parts, type, events);
  if (text !== '') events.push({ type: 'part-delta', index: open.index, text });
  if (type === 'text' && parts.last) parts.last.text += text;
  open.signature = signature;
}

function openText(parts: PartsSoFar, type: 'text' | 'reasoning', events: ChatEvent[]): NonNullable<PartsSoFar['text']> {
  closeCall(parts, events);
  closeText(parts, events);
  const open = { index: parts.count++, type, signature: undefined };
  parts.text = open;
  if (type === 'text') parts.last = { index: open.index, text: '' };
  events.push({ type: 'part-start', index: open.index, part: { type, text: '' } });
  return open;
}

function closeText(parts: PartsSoFar, events: ChatEvent[]): void {
  if (parts.text) {
    events.push({ type: 'part-end', index: parts.text.index, ...signatureExtras(parts.text.signature) });
  }
  parts.text = undefined;
}

/** A call comes whole, or its name first and its arguments in parts without a name. */
function readCall(parts: PartsSoFar, part: JsonObject, events: ChatEvent[]): void {
  const call = objectIn(field(part, 'functionCall'));
  const name = stringIn(call['name']);
  if (name !== undefined) {
    closeText(parts, events);
    closeCall(parts, events);
    const index = parts.count++;
    const id = stringIn(call['id']) ?? newCallId();
    const signature = signatureExtras(signatureIn(part));
    events.push({ type: 'part-start', index, part: { type: 'tool-call', id, name, input: '', ...signature } });
    parts.call = { index, args: partialArguments(objectIn(call['args'])) };
    parts.called = true;
  }
  parts.call?.args.add(field(call, 'partialArgs'));
  if (field(call, 'willContinue') !== true) closeCall(parts, events);
}

function closeCall(parts: PartsSoFar, events: ChatEvent[]): void {
  if (parts.call) {
    const { index, args } = parts.call;
    events.push({ type: 'part-delta', index, text: args.json() }, { type: 'part-end', index });
  }
  parts.call = undefined;
}

function readOther(parts: PartsSoFar, part: JsonObject, events: ChatEvent[]): void {
  closeCall(parts, events);
  closeText(parts, events);
  // An image among the thoughts is a draft, not the answer.
  const media = part['thought'] === true ? undefined : readMedia(part);
  if (!media) return void events.push(foreign(part));
  const index = parts.count++;
  events.push({ type: 'part-start', index, part: media }, { type: 'part-end', index });
}

/** What only Gemini understands (code it ran, its own tools), as a chunk that holds this part alone. */
const foreign = (part: JsonObject): ChatEvent => ({
  type: 'foreign',
  dialect: 'gemini',
  frame: { data: JSON.stringify({ candidates: [{ content: { role: 'model', parts: [part] } }] }) },
});
