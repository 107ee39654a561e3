import { parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser';
import type { Json } from '../lib/json.ts';
import { lineEndOf, lineStart, replaced } from '../lib/lines.ts';
import { Uneditable, bom, placeName, type Format, type Path } from './format.ts';

/** JSON, with comments and commas at the end where there are any. */
export const jsonFormat: Format = {
  get(text, path) {
    const node = find(treeOf(text), path);
    return node && valueOf(node);
  },
  set(text, path, value) {
    const tree = treeOf(text);
    if (tree === undefined) return `${text}${print(nested(path, value), '', styleOf(text))}${lineEndOf(text)}`;
    const existing = find(tree, path);
    if (existing !== undefined) {
      const printed = print(value, indentAt(text, existing.offset), styleOf(text));
      return replaced(text, existing.offset, existing.offset + existing.length, printed);
    }
    return inserted(text, tree, path, value);
  },
  remove(text, path) {
    const node = find(treeOf(text), path);
    if (node?.parent === undefined) return text;
    return without(text, node.parent.type === 'property' ? node.parent : node);
  },
  isBlank: (text) => /^[\s\uFEFF]*(\{\s*\}|\[\s*\])?\s*$/.test(text),
};

/** What there is of the tree; nothing for an empty text. */
function treeOf(text: string): Node | undefined {
  const errors: ParseError[] = [];
  // The mark takes the place of a blank, so that everything keeps its offset.
  const tree = parseTree(text.replace(bom, ' '), errors, { allowTrailingComma: true });
  const [error] = errors;
  if (tree === undefined && text.replace(bom, '').trim() === '') return undefined;
  if (tree === undefined || error !== undefined) {
    const line = text.slice(0, error?.offset ?? 0).split('\n').length;
    const what = error === undefined ? 'nothing to read' : printParseErrorCode(error.error);
    throw new Uneditable(`is no valid JSON (line ${line}: ${what}). Mend it, and try again.`);
  }
  return tree;
}

function find(node: Node | undefined, path: Path): Node | undefined {
  let at = node;
  for (const [index, step] of path.entries()) {
    if (at === undefined) return undefined;
    const wanted = typeof step === 'string' ? 'object' : 'array';
    if (at.type !== wanted) throw wrongKind(path.slice(0, index), wanted);
    at = typeof step === 'string' ? memberOf(at, step, path) : itemOf(at, step.by, step.is);
  }
  return at;
}

const wrongKind = (path: Path, wanted: string): Uneditable =>
  new Uneditable(`has no ${wanted} at ${path.length === 0 ? 'its top' : placeName(path)}. Mend it, and try again.`);

function memberOf(object: Node, name: string, path: Path): Node | undefined {
  const found = (object.children ?? []).filter(({ children }) => children?.[0]?.value === name);
  if (found.length > 1)
    throw new Uneditable(`says "${name}" twice on the way to ${placeName(path)}. Leave one of them, and try again.`);
  return found[0]?.children?.[1];
}

const itemOf = (list: Node, by: string, is: string): Node | undefined =>
  (list.children ?? []).find((item) => item.type === 'object' && memberOf(item, by, [by])?.value === is);

function valueOf(node: Node): Json {
  switch (node.type) {
    case 'object':
      return Object.fromEntries(
        (node.children ?? []).flatMap(({ children }) => {
          const [key, value] = children ?? [];
          return key && value ? [[String(key.value), valueOf(value)]] : [];
        }),
      );
    case 'array':
      return (node.children ?? []).map(valueOf);
    default:
      return node.value as Json;
  }
}

/** Puts what is missing into the deepest container that is there: members at its end, items at its beginning. */
function inserted(text: string, tree: Node, path: Path, value: Json): string {
  let container = tree;
  let depth = 0;
  for (let next = find(tree, path.slice(0, 1)); next !== undefined; next = find(tree, path.slice(0, depth + 1))) {
    container = next;
    depth += 1;
  }
  const step = path[depth];
  const wanted = typeof step === 'string' ? 'object' : 'array';
  if (container.type !== wanted) throw wrongKind(path.slice(0, depth), wanted);
  const style = styleOf(text);
  const isLong = text.slice(container.offset, container.offset + container.length).includes('\n');
  const outer = indentAt(text, container.offset);
  const inner = isLong || !hasChildren(container) ? `${outer}${style.unit}` : outer;
  const printed = print(nested(path.slice(depth + 1), value), inner, style);
  const piece = typeof step === 'string' ? `${JSON.stringify(step)}: ${printed}` : printed;
  if (!hasChildren(container)) return intoEmpty(text, container, piece, { outer, inner });
  return typeof step === 'string' ? afterLast(text, container, piece, inner) : beforeFirst(text, container, piece);
}

const hasChildren = ({ children = [] }: Node): boolean => children.length > 0;

/** Comments that stand in the empty container stay before what comes in. */
function intoEmpty(text: string, container: Node, piece: string, indent: { outer: string; inner: string }): string {
  const end = lineEndOf(text);
  const close = container.offset + container.length - 1;
  const inside = text.slice(container.offset + 1, close);
  if (inside.trim() === '')
    return replaced(text, container.offset + 1, close, `${end}${indent.inner}${piece}${end}${indent.outer}`);
  const from = container.offset + 1 + inside.trimEnd().length;
  return replaced(text, from, close, `${end}${indent.inner}${piece}${end}${indent.outer}`);
}

/** After the last member, its comma and the comment that may end its line; with a comma where that is the custom. */
function afterLast(text: string, container: Node, piece: string, indent: string): string {
  const last = container.children?.at(-1);
  if (last === undefined) return text;
  const valueEnd = last.offset + last.length;
  const comma = commaAfter(text, valueEnd);
  const from = comma < 0 ? valueEnd : comma + 1;
  const rest = /^[ \t]*(?:\/\/[^\r\n]*|\/\*(?:(?!\*\/)[^\r\n])*\*\/[ \t]*)?(?=\r?\n)/.exec(text.slice(from));
  const at = rest === null ? from : from + rest[0].length;
  const lead = rest === null ? ' ' : `${lineEndOf(text)}${indent}`;
  const withPiece = replaced(text, at, at, `${lead}${piece}${comma < 0 ? '' : ','}`);
  return comma < 0 ? replaced(withPiece, valueEnd, valueEnd, ',') : withPiece;
}

function beforeFirst(text: string, container: Node, piece: string): string {
  const first = container.children?.[0];
  if (first === undefined) return text;
  const blank = text.slice(lineStart(text, first.offset), first.offset);
  const gap = blank.trim() === '' ? `${lineEndOf(text)}${blank}` : ' ';
  return replaced(text, first.offset, first.offset, `${piece},${gap}`);
}

/** Where the comma stands that follows a value, past blanks and comments; -1: none. */
function commaAfter(text: string, from: number): number {
  const rest = /^(?:\s|\/\/[^\n]*|\/\*[^]*?\*\/)*,/.exec(text.slice(from));
  return rest === null ? -1 : from + rest[0].length - 1;
}

/** The text without a member or an item, its comma, and the line that it had for itself. */
function without(text: string, node: Node): string {
  const siblings = node.parent?.children ?? [];
  const index = siblings.indexOf(node);
  const end = node.offset + node.length;
  const comma = commaAfter(text, end);
  const cutTo = comma < 0 ? end : comma + 1;
  const blank = /(?:\r?\n)?[ \t]*$/.exec(text.slice(0, node.offset))?.[0] ?? '';
  const isFirst = index === 0 && siblings.length > 1;
  const after = isFirst ? (/^(?:[ \t]*\r?\n)?[ \t]*/.exec(text.slice(cutTo))?.[0] ?? '') : '';
  const from = isFirst ? node.offset : node.offset - blank.length;
  const cut = replaced(text, from, cutTo + after.length, '');
  const previous = siblings[index - 1];
  if (siblings.length === 1) return emptied(cut, node);
  if (comma >= 0 || previous === undefined) return cut;
  const extra = commaAfter(text, previous.offset + previous.length);
  return replaced(cut, extra, extra + 1, '');
}

/** What was one empty container is again `{}`, unless there are comments in it. */
function emptied(text: string, { parent }: Node): string {
  if (parent === undefined) return text;
  const inside = /^\s*(?=[}\]])/.exec(text.slice(parent.offset + 1));
  return inside === null ? text : replaced(text, parent.offset + 1, parent.offset + 1 + inside[0].length, '');
}

interface Style {
  readonly unit: string;
  readonly end: string;
}

/** The text's own indentation; two blanks where it has none. */
const styleOf = (text: string): Style => ({
  unit: /^(?:\t| {1,8})(?=\S)/m.exec(text)?.[0] ?? '  ',
  end: lineEndOf(text),
});

const indentAt = (text: string, at: number): string =>
  /^[ \t]*/.exec(text.slice(lineStart(text, at)).replace(bom, ''))?.[0] ?? '';

const print = (value: Json, indent: string, { unit, end }: Style): string =>
  JSON.stringify(value, null, unit).replaceAll('\n', `${end}${indent}`);

/** A value with the containers around it that a path names. */
const nested = (path: Path, value: Json): Json =>
  path.reduceRight<Json>((inner, step) => (typeof step === 'string' ? { [step]: inner } : [inner]), value);
