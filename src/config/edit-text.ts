import { isAlias, isMap, isScalar, isSeq, Scalar, stringify, type Node, type YAMLMap, type YAMLSeq } from 'yaml';
import { isArray, type Json } from '../lib/json.ts';
import { lineEndOf, lineStart, nextLine, replaced } from '../lib/lines.ts';
import type { Change } from './edit-changes.ts';
import {
  columnOf,
  endOf,
  endOfPlace,
  indentsLists,
  keyOf,
  nodeAt,
  placeAt,
  placeIn,
  startOf,
  stepOf,
  Uneditable,
  type Draft,
  type Holder,
  type Place,
} from './edit-nodes.ts';
import { pathText } from './quote.ts';
import type { Path } from './source.ts';

/** The text after one change of a place that is there, or whose parent is. */
export function applied(draft: Draft, change: Change): string {
  const path = change.path.slice(0, -1);
  const step = change.path.at(-1);
  const holder = nodeAt(draft, path);
  if (step === undefined) throw new Uneditable('The whole file cannot be changed at once.');
  if (isAlias(holder)) return unaliased(draft, holder, change);
  if (!isMap(holder) && !isSeq(holder)) return withLines(draft.text, draft.text.length, block(draft, pair(change), 0));
  if (isSeq(holder)) return appliedToItem(draft, holder, change);
  const index = holder.items.findIndex(({ key }) => keyOf(key) === String(step));
  if (change.type === 'replace')
    return index < 0 ? withMember(draft, holder, change) : withValue(draft, placeIn(holder, index), change.value);
  if (index < 0) throw new Uneditable(`${pathText(change.path)} comes from an anchor, by \`<<\`. Change it there.`);
  return withoutPlace(draft, holder, { index, path });
}

function appliedToItem(draft: Draft, list: YAMLSeq, change: Change): string {
  const index = Number(change.path.at(-1));
  const path = change.path.slice(0, -1);
  switch (change.type) {
    case 'insert':
      return list.items.length === 0
        ? withValue(draft, placeAt(draft, path), [change.value])
        : withItem(draft, list, { index, value: change.value });
    case 'replace':
      return withValue(draft, placeIn(list, index), change.value);
    case 'remove':
      return withoutPlace(draft, list, { index, path });
  }
}

/** The beginning of the line after what ends at `end`; a block of text ends with its line. */
const lineAfter = (text: string, end: number): number => (text[end - 1] === '\n' ? end : nextLine(text, end));
const isFirstInLine = (text: string, at: number): boolean => text.slice(lineStart(text, at), at).trim() === '';

/** `lines` in lines of their own: before the one that begins at `at`, or after one that ends the text. */
function withLines(text: string, at: number, lines: string): string {
  const end = lineEndOf(text);
  const isAfterLine = at > 0 && at === text.length && text[at - 1] !== '\n' && text !== '\uFEFF';
  return replaced(text, at, at, (isAfterLine ? end : '') + lines.replaceAll('\n', end));
}

function withMember(draft: Draft, holder: YAMLMap, change: Change): string {
  const { text } = draft;
  const last = holder.items.length === 0 ? undefined : placeIn(holder, holder.items.length - 1);
  const member = pair(change);
  if (holder.flow === true || last === undefined) {
    const inside = inline(member).slice(1, -1).trim();
    if (last === undefined) return replaced(text, startOf(holder), endOf(holder), `{ ${inside} }`);
    return replaced(text, endOfPlace(last), endOfPlace(last), `, ${inside}`);
  }
  const { from } = placeIn(holder, 0);
  return withLines(text, lineAfter(text, endOfPlace(last)), block(draft, member, columnOf(text, from)));
}

const pair = ({ path, ...change }: Change): Json => ({
  [String(path.at(-1))]: 'value' in change ? change.value : null,
});

function withItem(draft: Draft, list: YAMLSeq, { index, value }: { index: number; value: Json }): string {
  const { text } = draft;
  const before = index > 0 ? placeIn(list, index - 1) : undefined;
  const first = placeIn(list, 0);
  if (list.flow === true)
    return before === undefined
      ? replaced(text, first.from, first.from, `${inline(value)}, `)
      : replaced(text, endOfPlace(before), endOfPlace(before), `, ${inline(value)}`);
  const column = columnOf(text, first.from);
  const lines = block(draft, [value], column);
  if (before !== undefined) return withLines(text, lineAfter(text, endOfPlace(before)), lines);
  return withLines(text, first.from, lines.trimStart() + ' '.repeat(column));
}

/** Between brackets and in the place of a single value a value is written in one line; else in lines of its own. */
function withValue(draft: Draft, place: Place, value: Json): string {
  const { text } = draft;
  const { headEnd, gap, isInFlow, value: old } = place;
  const isBlock = isFirstInLine(text, place.from) && gap === ' ' && !isInFlow && isFilled(value);
  if (old === undefined)
    return isBlock ? withBlock(draft, place, value) : replaced(text, headEnd, headEnd, gap + inline(value));
  const isBelow = lineStart(text, startOf(old)) > headEnd;
  if (isBelow && !isInFlow) {
    const cut = replaced(text, lineStart(text, startOf(old)), lineAfter(text, endOf(old)), '');
    if (isBlock) return withBlock({ ...draft, text: cut }, place, value);
    return replaced(cut, headEnd, headEnd, gap + inline(value));
  }
  const end = endOf(old);
  const lineEnd = text[end - 1] === '\n' ? lineEndOf(text) : '';
  if (isBlock) return withBlock({ ...draft, text: replaced(text, headEnd, end, lineEnd) }, place, value);
  return replaced(text, startOf(old), end, inline(value, old) + lineEnd);
}

function withBlock(draft: Draft, { headEnd, from }: Place, value: Json): string {
  const { text } = draft;
  const isBelowKey = text[from] !== '-' || headEnd !== from + 1;
  const step = isBelowKey && isArray(value) && !indentsLists(draft) ? 0 : stepOf(draft);
  return withLines(text, nextLine(text, headEnd), block(draft, value, columnOf(text, from) + step));
}

const isFilled = (value: Json): boolean => typeof value === 'object' && value !== null && Object.keys(value).length > 0;

function withoutPlace(draft: Draft, holder: Holder, { index, path }: { index: number; path: Path }): string {
  const { text } = draft;
  const place = placeIn(holder, index);
  const next = index + 1 < holder.items.length ? placeIn(holder, index + 1) : undefined;
  if (holder.items.length === 1 && path.length > 0)
    return withValue(draft, placeAt(draft, path), isSeq(holder) ? [] : {});
  if (holder.flow === true && next === undefined && index > 0)
    return replaced(text, endOfPlace(placeIn(holder, index - 1)), endOfPlace(place), '');
  if (holder.flow === true) return replaced(text, place.from, next?.from ?? endOfPlace(place), '');
  if (isFirstInLine(text, place.from))
    return replaced(text, lineStart(text, place.from), lineAfter(text, endOfPlace(place)), '');
  return replaced(text, place.from, next?.from ?? endOfPlace(place), '');
}

/** `*name` becomes `{ <<: *name, key: value }`, so that what else refers to the anchor stays. */
function unaliased({ text }: Draft, alias: Node, change: Change): string {
  if (change.type !== 'replace' || typeof change.path.at(-1) === 'number')
    throw new Uneditable(`${pathText(change.path)} is inside of an alias (*name). Change it where the anchor is.`);
  const [from, to] = [startOf(alias), endOf(alias)];
  return replaced(text, from, to, `{ <<: ${text.slice(from, to)}, ${inline(pair(change)).slice(1, -1).trim()} }`);
}

/** In lines of its own, each with this indentation. */
function block(draft: Draft, value: Json, indent: number): string {
  const options = { lineWidth: 0, indent: stepOf(draft), indentSeq: indentsLists(draft) };
  return stringify(value, options).replace(/^(?=.)/gm, ' '.repeat(indent));
}

/** In one line, and in the quotes of what stood there. */
function inline(value: Json, old?: Node): string {
  const node = typeof value === 'string' ? new Scalar(value) : value;
  if (node instanceof Scalar && isScalar(old) && old.type?.startsWith('QUOTE') === true) node.type = old.type;
  return stringify([node], { collectionStyle: 'flow', lineWidth: 0 }).trim().slice(1, -1).trim();
}
