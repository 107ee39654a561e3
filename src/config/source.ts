import type { Document, ErrorCode, Node } from 'yaml';
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml';
import { isObject, type Json, type JsonObject } from '../lib/json.ts';
import type { Place, Report, Severity } from './findings.ts';
import { yamlMistakes } from './yaml-mistakes.ts';

/** The way to a value: keys and indices. */
export type Path = readonly (string | number)[];

/** A YAML file that could be read, with the places of what stands in it. */
export interface Source {
  readonly file: string;
  readonly root: JsonObject;
  /** Where the value at `path` begins; where its parent does if it is missing. */
  placeOf(path: Path): Place;
  /** Where the key at the end of `path` begins. */
  placeOfKey(path: Path): Place;
}

/** As the library has it: `pos` begins with an offset. */
interface YamlMistake {
  readonly code: ErrorCode;
  readonly pos: readonly [number, ...number[]];
}

/** Reads YAML. Undefined when it is broken: every mistake is then reported. */
export function readSource(file: string, text: string, report: Report): Source | undefined {
  const lines = new LineCounter();
  // No pretty errors: they quote lines, which may hold keys. `merge` because LiteLLM's reader knows `<<`.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true });
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const add = (severity: Severity, { code, pos }: YamlMistake): void =>
    report.add(severity, { file, ...placeAt(pos[0]), message: yamlMistakes[code] });
  for (const mistake of document.errors) add('error', mistake);
  for (const remark of document.warnings) add('warning', remark);
  if (document.errors.length > 0) return undefined;

  const find = (path: Path): Found => walk(document, path);
  const source = (root: JsonObject): Source => ({
    file,
    root,
    placeOf: (path) => placeAt(find(path).value),
    placeOfKey: (path) => placeAt(find(path).key),
  });
  const root = plainValue(document);
  if (root === null) return source({});
  if (isObject(root)) return source(root);
  if (root !== undefined) report.error(source({}), [], notAMapping);
  else for (const mistake of badAliases(document)) add('error', mistake);
  return undefined;
}

const notAMapping = 'the file is not a mapping; expected sections such as "model_list:" at the beginning of a line';

/** Undefined where aliases lead nowhere or would grow without bound: the library throws then, without a place. */
function plainValue(document: Document): Json | undefined {
  try {
    return document.toJS({ maxAliasCount: 10_000 }) as Json;
  } catch {
    return undefined;
  }
}

function badAliases(document: Document): readonly YamlMistake[] {
  const unresolved: YamlMistake[] = [];
  visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document) === undefined) unresolved.push({ code: 'BAD_ALIAS', pos: [startOf(alias) ?? 0] });
    },
  });
  return unresolved.length === 0 ? [{ code: 'RESOURCE_EXHAUSTION', pos: [0] }] : unresolved;
}

/** Offsets of a pair's key and value. */
interface Found {
  readonly key: number;
  readonly value: number;
}

function walk(document: Document, path: Path): Found {
  let node: unknown = document.contents;
  let found: Found = { key: startOf(node) ?? 0, value: startOf(node) ?? 0 };
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(document);
    const next = childOf(node, step);
    if (next === undefined) break;
    const key = startOf(next.key) ?? startOf(next.value) ?? found.key;
    const isEmpty = isScalar(next.value) && next.value.value === null;
    found = { key, value: (isEmpty ? undefined : startOf(next.value)) ?? key };
    node = next.value;
  }
  return found;
}

function childOf(node: unknown, step: string | number): { key?: unknown; value: unknown } | undefined {
  if (isSeq(node)) return Number(step) < node.items.length ? { value: node.items[Number(step)] } : undefined;
  if (!isMap(node)) return undefined;
  return node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
}

const startOf = (node: unknown): number | undefined => (node as Node | null | undefined)?.range?.[0];
