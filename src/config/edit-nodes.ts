import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type Document,
  type Node,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { isObject, type Json } from '../lib/json.ts';
import { lineStart } from '../lib/lines.ts';
import { pathText } from './quote.ts';
import type { Path } from './source.ts';
import { yamlMistakes } from './yaml-mistakes.ts';

/** A file that cannot be edited in place; the message says why, and holds no value of the file. */
export class Uneditable extends Error {}

/** A text with what it says. */
export interface Draft {
  readonly text: string;
  readonly document: Document.Parsed;
  readonly value: Json;
}

/** Throws `Uneditable` for what is no mapping in YAML. */
export function draftOf(text: string): Draft {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { keepSourceTokens: true, prettyErrors: false, merge: true, lineCounter });
  const [mistake] = document.errors;
  if (mistake !== undefined) {
    const { line } = lineCounter.linePos(mistake.pos[0]);
    throw new Uneditable(`Line ${line}: ${yamlMistakes[mistake.code]}. Mend it, and try again.`);
  }
  const value = valueOf(document);
  if (!isObject(value)) throw new Uneditable('The file is not a mapping. Mend it, and try again.');
  return { text, document, value };
}

function valueOf(document: Document): Json {
  try {
    return (document.toJS({ maxAliasCount: 10_000 }) as Json) ?? {};
  } catch {
    throw new Uneditable('An alias (*name) or `<<` leads nowhere. Mend it, and try again.');
  }
}

export type Holder = YAMLMap | YAMLSeq;

/** A member of a mapping or an item of a list, as it stands in the text. */
export interface Place {
  /** Where its key, its dash or, between brackets, its value begins. */
  readonly from: number;
  /** Where the colon or dash ends, or the anchor or tag behind it. */
  readonly headEnd: number;
  readonly value: Node | undefined;
  readonly isInFlow: boolean;
  /** What goes between head and value. */
  readonly gap: string;
}

/** The node at `path`, undefined where there is none. */
export function nodeAt({ document }: Draft, path: Path): unknown {
  let node: unknown = document.contents;
  for (const step of path) {
    if (isSeq(node)) node = node.items[Number(step)];
    else if (isMap(node)) node = node.items.find(({ key }) => keyOf(key) === String(step))?.value;
    else if (isAlias(node))
      throw new Uneditable(`${pathText(path)} is inside of an alias (*name). Change it by hand, where the anchor is.`);
  }
  return node;
}

/** The place at the end of `path`, which must be there. */
export function placeAt(draft: Draft, path: Path): Place {
  const holder = nodeAt(draft, path.slice(0, -1)) as Holder;
  const step = path.at(-1);
  return placeIn(
    holder,
    isSeq(holder) ? Number(step) : holder.items.findIndex(({ key }) => keyOf(key) === String(step)),
  );
}

export const keyOf = (key: unknown): string | undefined => (isScalar(key) ? String(key.value) : undefined);

export function placeIn(holder: Holder, index: number): Place {
  const isInFlow = holder.flow === true;
  const token = holder.srcToken;
  const item = token !== undefined && 'items' in token ? token.items[index] : undefined;
  const member = holder.items[index];
  if (isSeq(holder)) {
    const value = written(member as Node);
    const dash = item?.start.find(({ type }) => type === 'seq-item-ind');
    const from = dash?.offset ?? startOf(member as Node);
    return { from, headEnd: endOfHead(item?.start) ?? startOf(member as Node), value, isInFlow, gap: ' ' };
  }
  const { key, value } = member as { key: Node; value: Node | null };
  const sep = item !== undefined && 'sep' in item ? (item.sep ?? []) : [];
  const headEnd = endOfHead(sep) ?? endOf(key);
  const gap = sep.some(({ type }) => type === 'map-value-ind') ? ' ' : ': ';
  return { from: startOf(key), headEnd, value: written(value), isInFlow, gap };
}

export const startOf = (node: Node | null): number => node?.range?.[0] ?? 0;

/** Nothing where no value is written. */
const written = (node: Node | null): Node | undefined =>
  node === null || (isScalar(node) && node.value === null && node.range?.[0] === node.range?.[1]) ? undefined : node;

interface Token {
  readonly type: string;
  readonly offset: number;
  readonly source: string;
}

function endOfHead(tokens: readonly Token[] | undefined): number | undefined {
  const last = tokens?.findLast(({ type }) => ['map-value-ind', 'seq-item-ind', 'anchor', 'tag'].includes(type));
  return last && last.offset + last.source.length;
}

/** Where what is written of it ends, comments not counted. */
export function endOf(node: Node): number {
  if ((isMap(node) || isSeq(node)) && node.flow !== true && node.items.length > 0)
    return endOfPlace(placeIn(node, node.items.length - 1));
  return node.range?.[1] ?? 0;
}

export const endOfPlace = ({ value, headEnd }: Place): number => (value === undefined ? headEnd : endOf(value));

/** How far from the beginning of its line. */
export const columnOf = (text: string, at: number): number => at - lineStart(text, at);
/** How deep this file indents. */
export function stepOf({ document, text }: Draft): number {
  let step: number | undefined;
  visit(document, {
    Pair(_, { key, value }) {
      if (!isMap(value) || value.flow === true || value.items.length === 0) return undefined;
      step = columnOf(text, placeIn(value, 0).from) - columnOf(text, startOf(key as Node));
      return visit.BREAK;
    },
  });
  return step === undefined || step < 1 ? 2 : step;
}

/** Whether lists stand deeper than their keys. */
export function indentsLists({ document, text }: Draft): boolean {
  let indents: boolean | undefined;
  visit(document, {
    Pair(_, { key, value }) {
      if (!isSeq(value) || value.flow === true || value.items.length === 0) return undefined;
      indents = columnOf(text, placeIn(value, 0).from) > columnOf(text, startOf(key as Node));
      return visit.BREAK;
    },
  });
  return indents ?? true;
}
