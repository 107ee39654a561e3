import {
  isMap,
  isNode,
  isScalar,
  isSeq,
  parseAllDocuments,
  stringify,
  type Document,
  type Node,
  type YAMLSeq,
} from 'yaml';
import type { Json } from '../lib/json.ts';
import { lineEndOf, lineStart, nextLine, replaced } from '../lib/lines.ts';
import { Uneditable, placeName, withLine, type Format, type Path } from './format.ts';

/** YAML, for members of its top and for items of the lists that stand there. Lists and tops in brackets are written anew. */
export const yamlFormat: Format = {
  get(text, path) {
    const document = documentOf(text);
    const value = placeOf(document, path)?.value;
    return document && value && (value.toJS(document) as Json);
  },
  set(text, path, value) {
    const document = documentOf(text);
    const place = placeOf(document, path);
    if (document === undefined || place === undefined) return added(text, document, path, value);
    if (isFlow(document)) return rewritten(document, () => document.setIn(place.keys, value));
    if (!isScalar(place.value) || place.value.type?.startsWith('BLOCK') === true)
      return yamlFormat.set(yamlFormat.remove(text, path), path, value);
    const [from = 0, to = from] = place.value.range ?? [];
    if (from < to) return replaced(text, from, to, scalar(value));
    const colon = text.indexOf(':', place.keyEnd);
    return replaced(text, colon + 1, colon + 1, ` ${scalar(value)}`);
  },
  remove(text, path) {
    const document = documentOf(text);
    const place = placeOf(document, path);
    if (document === undefined || place === undefined) return text;
    const { list, keys } = place;
    if (isFlow(document) || list?.flow === true) return rewritten(document, () => document.deleteIn(keys));
    const cut = replaced(text, lineStart(text, place.from), endOfLines(text, place), '');
    return list?.items.length === 1 ? replaced(cut, place.keyEnd + 1, place.keyEnd + 1, ' []') : cut;
  },
  isBlank: (text) => (documentOf(text)?.contents ?? null) === null && !text.includes('#'),
};

interface Place {
  readonly keys: readonly (string | number)[];
  /** Where its key or its dash stands. */
  readonly from: number;
  /** Where the member's key ends. */
  readonly keyEnd: number;
  readonly value: Node | undefined;
  /** The list that it is an item of. */
  readonly list?: YAMLSeq;
}

/** Nothing for a text without any. */
function documentOf(text: string): Document.Parsed | undefined {
  const [document, ...more] = parseAllDocuments(text, { keepSourceTokens: true });
  if (document === undefined) return undefined;
  const [error] = document.errors;
  if (error !== undefined)
    throw new Uneditable(`is no valid YAML (${error.message.split('\n')[0] ?? ''}). Mend it, and try again.`);
  if (more.length > 0 || document.directives.docEnd)
    throw new Uneditable('has the marks of several YAML documents. Take them out, and try again.');
  const { contents } = document;
  if (contents !== null && !isMap(contents) && !(isScalar(contents) && contents.value === null))
    throw new Uneditable('has no members at its top. Mend it, and try again.');
  return document;
}

function placeOf(document: Document.Parsed | undefined, path: Path): Place | undefined {
  const [key, item, ...deeper] = path;
  if (typeof key !== 'string' || typeof item === 'string' || deeper.length > 0)
    throw new Uneditable(`cannot be edited at ${placeName(path)}.`);
  if (!isMap(document?.contents)) return undefined;
  const pair = document.contents.items.find((one) => isScalar(one.key) && one.key.value === key);
  if (pair === undefined || !isNode(pair.key)) return undefined;
  const [from, keyEnd] = pair.key.range;
  const value = isNode(pair.value) ? pair.value : undefined;
  if (item === undefined) return { keys: [key], from, keyEnd, value };
  if (!isSeq(value)) return undefined;
  const index = value.items.findIndex((one) => isMap(one) && (one.get(item.by) as unknown) === item.is);
  const found = value.items[index];
  if (!isNode(found)) return undefined;
  return { keys: [key, index], from: dashOf(value, index), keyEnd, value: found, list: value };
}

/** In braces, as JSON has it. */
const isFlow = ({ contents }: Document.Parsed): boolean => isMap(contents) && contents.flow === true;

function dashOf(list: YAMLSeq, index: number): number {
  const token = list.srcToken;
  const starts = token !== undefined && 'items' in token ? token.items[index]?.start : undefined;
  return starts?.find(({ type }) => type === 'seq-item-ind')?.offset ?? 0;
}

function endOfLines(text: string, { value, keyEnd }: Place): number {
  const end = value?.range?.[1] ?? keyEnd;
  return text[end - 1] === '\n' ? end : nextLine(text, end);
}

function added(text: string, document: Document.Parsed | undefined, path: Path, value: Json): string {
  const [key, item] = path;
  if (typeof key !== 'string') return text;
  const member = placeOf(document, [key]);
  if (document !== undefined && member !== undefined) return withItem(text, { document, member, key }, value);
  const content = item === undefined ? value : [value];
  if (document !== undefined && isFlow(document)) return rewritten(document, () => document.setIn([key], content));
  return withLine(text, lines(text, { [key]: content }).trimEnd());
}

interface ListPlace {
  readonly document: Document.Parsed;
  readonly member: Place;
  readonly key: string;
}

/** At the list's beginning, since what stands first is what is taken when nobody chooses. */
function withItem(text: string, { document, member, key }: ListPlace, value: Json): string {
  const list = member.value;
  const isNothing = list === undefined || (isScalar(list) && list.value === null);
  if (!isNothing && !isSeq(list)) throw new Uneditable(`has no list at ${key}. Mend it, and try again.`);
  const items = isSeq(list) ? list.items : [];
  if (isSeq(list) && list.flow === true && (items.length > 0 || isFlow(document)))
    return rewritten(document, () => list.items.unshift(document.createNode(value)));
  if (isFlow(document)) return rewritten(document, () => document.setIn([key], [value]));
  const [from = 0, to = from] = (items.length === 0 && list?.range) || [];
  const bare = from === to ? text : replaced(text, text[from - 1] === ' ' ? from - 1 : from, to, '');
  const complete = bare.endsWith('\n') ? bare : bare + lineEndOf(text);
  const dash = isSeq(list) && items.length > 0 ? dashOf(list, 0) : undefined;
  const indent = dash === undefined ? '  ' : ' '.repeat(dash - lineStart(text, dash));
  const at = nextLine(complete, member.keyEnd);
  return replaced(complete, at, at, lines(text, [value]).replace(/^(?=.)/gm, indent));
}

function rewritten(document: Document.Parsed, edit: () => unknown): string {
  edit();
  return document.toString({ lineWidth: 0 });
}

const scalar = (value: Json): string => stringify(value, { lineWidth: 0 }).trimEnd();
const lines = (text: string, value: Json): string =>
  stringify(value, { lineWidth: 0 }).replaceAll('\n', lineEndOf(text));
