import { isMap, isScalar, isSeq, parseDocument, visit } from 'yaml';
import { lineStart } from '../lib/lines.ts';
import type { Path } from './source.ts';

/** Where something may be written. Offsets into the text. */
export interface Cursor {
  /** Of what would be written here: of a key, the path that ends with it stands for any. */
  readonly parent: Path;
  /** `key`: a member of the mapping at `parent`. `value`: the value at `parent`. `either`: an item of a list, of which only the schema knows. */
  readonly kind: 'key' | 'value' | 'either';
  /** What was typed of it already. */
  readonly typed: string;
  readonly from: number;
  readonly to: number;
  /** The keys that the mapping has. */
  readonly siblings: readonly string[];
  /** Whether a colon follows already. */
  readonly hasColon: boolean;
}

const marker = 'purser-cursor';
/** Lenient: what is half-typed is looked at too. */
const reading = { prettyErrors: false, merge: true, uniqueKeys: false } as const;

/** What may be written at `offset`, also where the text is half-typed or broken elsewhere; undefined in a comment. */
export function cursorAt(text: string, offset: number): Cursor | undefined {
  const start = lineStart(text, offset);
  const before = text.slice(start, offset);
  if (/^[^'"]*(^|\s)#|^(?:[^'"]|'[^']*'|"[^"]*")*\s#/.test(before)) return undefined;
  const typed = /[^\s,{}[\]"']*$/.exec(before)?.[0] ?? '';
  const lead = before.slice(0, before.length - typed.length);
  const isValue = /(^|\s)[^\s][^:]*:\s+["']?$|["']$/.test(lead);
  if (!isValue && typed.includes(':')) return undefined;
  const rest = (isValue ? /^[^\s,{}[\]"'#]*/ : /^[^\s,{}[\]"'#:]*/).exec(text.slice(offset))?.[0] ?? '';
  const place = { typed, from: offset - typed.length, to: offset + rest.length };
  const hasColon = text[place.to] === ':';
  const written = isValue || hasColon ? marker : `${marker}: 0`;
  const put = (whole: string): string => whole.slice(0, place.from) + written + whole.slice(place.to);
  const found =
    markerIn(put(text)) ??
    markerIn(`${ancestors(text.slice(0, start), lead)}${lead}${written}${hasColon ? ': 0' : ''}`);
  return found && { ...found, ...place, hasColon };
}

/** Where the marker stands; the text may have any number of mistakes. */
function markerIn(text: string): Pick<Cursor, 'parent' | 'kind' | 'siblings'> | undefined {
  const document = parseDocument(text, reading);
  let found: ReturnType<typeof markerIn>;
  visit(document, {
    Scalar(key, node, ancestry) {
      if (node.value !== marker) return undefined;
      const path = pathTo(ancestry, node);
      if (key !== 'key') found = { parent: path, kind: 'value', siblings: [] };
      else {
        const holder = ancestry.at(-2);
        const keys = isMap(holder) ? holder.items.map((one) => keyText(one.key)) : [];
        const isAlone = keys.length === 1 && typeof path.at(-2) === 'number';
        found = {
          parent: path.slice(0, -1),
          kind: isAlone ? 'either' : 'key',
          siblings: keys.filter((one) => one !== marker),
        };
      }
      return visit.BREAK;
    },
  });
  return found;
}

const keyText = (key: unknown): string => (isScalar(key) ? String(key.value) : '');

/** The path of a node, by the collections and pairs above it. */
function pathTo(above: readonly unknown[], node: unknown): Path {
  return above.flatMap((one, index): Path => {
    const next = above[index + 1] ?? node;
    if (isSeq(one)) return [one.items.indexOf(next)];
    const isPair = typeof one === 'object' && one !== null && 'key' in one && 'value' in one;
    return isPair ? [keyText(one.key)] : [];
  });
}

/** The keys that a line with this beginning stands under, by indentation alone: all that is left to go by in a text that cannot be read. */
function ancestors(above: string, lead: string): string {
  const kept: string[] = [];
  let column = /^[\s-]*/.exec(lead)?.[0].length ?? 0;
  let dash = /^\s*/.exec(lead)?.[0].length ?? 0;
  for (const line of above.split('\n').reverse()) {
    const [, indent = '', dashes = '', key] = /^( *)((?:- +)*)(?:([\w.*/-]+):)?/.exec(line) ?? [];
    if (key === undefined || (indent.length >= dash && indent.length + dashes.length >= column)) continue;
    kept.unshift(`${indent}${dashes}${key}:${indent.length + dashes.length === column ? ' 0' : ''}\n`);
    column = dashes === '' ? indent.length : indent.length + dashes.length;
    dash = indent.length;
  }
  return kept.join('');
}

/** A key or a single value that stands somewhere in the text. */
export interface Spot {
  readonly kind: 'key' | 'value';
  /** Ends with the key, or is that of the value. */
  readonly path: Path;
  readonly from: number;
  readonly to: number;
  readonly value: unknown;
}

/** What stands at `offset`; undefined between things, and in a comment. */
export const spotAt = (text: string, offset: number): Spot | undefined =>
  spots(text).find(({ from, to }) => from <= offset && offset <= to);

/** All keys and single values of a text; also of one with mistakes, as far as it can be read. */
export function spots(text: string): readonly Spot[] {
  const document = parseDocument(text, reading);
  const found: Spot[] = [];
  visit(document, {
    Scalar(key, node, ancestry) {
      const [from = 0, to = from] = node.range ?? [];
      const kind = key === 'key' ? 'key' : 'value';
      if (from < to) found.push({ kind, path: pathTo(ancestry, node), from, to, value: node.value });
    },
  });
  return found;
}
