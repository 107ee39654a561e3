import type { ChatEvent, Citation, Extras, Part } from '../../chat/chat.ts';
import { eventsOf } from '../../chat/collect.ts';
import type { JsonObject } from '../../lib/json.ts';
import { readItem } from './answer.ts';
import { inputOf, isCall, readCallHead } from './calls.ts';
import { withPhase } from './items.ts';
import { readSeal } from './reasoning.ts';

export type PartKind = 'text' | 'refusal' | 'reasoning' | 'call';

/** Where an event belongs: the output item, and the part of its content or summary. */
export interface Place {
  readonly item: number;
  readonly part: number;
}

/** An answer's items so far. */
export interface ItemsSoFar {
  /** What the frames read since the last look came to. */
  events: ChatEvent[];
  /** How many parts have begun. */
  count: number;
  called: boolean;
  readonly open: Map<number, OpenItem>;
}

interface OpenItem {
  readonly item: JsonObject;
  part: OpenPart | undefined;
  /** How many of its parts have begun. */
  parts: number;
  cited: boolean;
}

interface OpenPart {
  readonly index: number;
  readonly kind: PartKind;
  readonly at: number;
  filled: boolean;
}

export const noItems = (): ItemsSoFar => ({ events: [], count: 0, called: false, open: new Map() });

export function beginItem(items: ItemsSoFar, at: number, item: JsonObject): void {
  const open: OpenItem = { item, part: undefined, parts: 0, cited: false };
  items.open.set(at, open);
  if (!isCall(item)) return;
  items.called = true;
  begin(items, open, { kind: 'call', at: 0, head: readCallHead(item) });
}

export function beginPart(items: ItemsSoFar, { item, part }: Place, kind: PartKind): OpenPart {
  const open = items.open.get(item) ?? { item: {}, part: undefined, parts: 0, cited: false };
  items.open.set(item, open);
  return open.part?.at === part && open.part.kind === kind
    ? open.part
    : begin(items, open, { kind, at: part, head: heads[kind] });
}

/** Refusals and pictures' details are the same in OpenAI's two formats, and kept under the older one's name. */
const heads: Readonly<Record<PartKind, Part>> = {
  text: { type: 'text', text: '' },
  refusal: { type: 'text', text: '', extras: { 'openai-chat': { refusal: true } } },
  reasoning: { type: 'reasoning', text: '' },
  call: { type: 'tool-call', id: '', name: '', input: '' },
};

interface Beginning {
  readonly kind: PartKind;
  readonly at: number;
  readonly head: Part;
}

function begin(items: ItemsSoFar, open: OpenItem, { kind, at, head }: Beginning): OpenPart {
  closePart(items, open);
  const index = items.count++;
  open.parts++;
  const [part = head] = withPhase([head], open.item.phase);
  items.events.push({ type: 'part-start', index, part });
  return (open.part = { index, kind, at, filled: false });
}

export function addText(items: ItemsSoFar, place: Place, kind: PartKind, text: string): void {
  if (text === '') return;
  const part = beginPart(items, place, kind);
  part.filled = true;
  items.events.push({ type: 'part-delta', index: part.index, text });
}

/** A part's whole text, for servers that send no deltas of it. */
export function fillText(items: ItemsSoFar, { item, part: at }: Place, text: string): void {
  const part = items.open.get(item)?.part;
  if (part && part.at === at && !part.filled) addText(items, { item, part: at }, part.kind, text);
}

export function cite(items: ItemsSoFar, { item, part: at }: Place, citations: readonly Citation[]): void {
  const open = items.open.get(item);
  if (!open?.part || open.part.at !== at) return;
  for (const citation of citations) items.events.push({ type: 'citation', index: open.part.index, citation });
  open.cited ||= citations.length > 0;
}

/** The end of an item, which tells it whole: what was not streamed of it, and what seals it. */
export function closeItem(items: ItemsSoFar, at: number, item: JsonObject): void {
  const open = items.open.get(at);
  items.open.delete(at);
  if (!open || open.parts === 0) {
    items.called ||= isCall(item);
    for (const part of readItem(item)) wholePart(items, part);
    return;
  }
  const input = isCall(open.item) && open.part?.filled === false ? inputOf({ ...open.item, ...item }) : '';
  if (input !== '' && open.part) items.events.push({ type: 'part-delta', index: open.part.index, text: input });
  closePart(items, open, open.item.type === 'reasoning' ? readSeal({ ...open.item, ...item }) : undefined);
}

function closePart(items: ItemsSoFar, open: OpenItem, extras?: Extras): void {
  if (!open.part) return;
  const { index } = open.part;
  items.events.push(extras ? { type: 'part-end', index, extras } : { type: 'part-end', index });
  open.part = undefined;
}

/** A part that came at once. */
export function wholePart(items: ItemsSoFar, part: Part): void {
  const index = items.count++;
  for (const event of eventsOf({ id: '', model: '', parts: [part], reason: 'stop' })) {
    if ('index' in event) items.events.push({ ...event, index });
  }
}
