import { Uneditable } from './format.ts';

/** One statement of a TOML file: the header of a table, or a value with its whole path. */
export type TomlStatement =
  | {
      readonly type: 'table' | 'table-item';
      readonly path: readonly string[];
      readonly from: number;
      readonly to: number;
    }
  | {
      readonly type: 'value';
      readonly path: readonly string[];
      readonly from: number;
      readonly to: number;
      readonly valueFrom: number;
      /** As it is written. */
      readonly value: string;
    };

/** The statements of a TOML file in their order; what stands between them is blank or a comment. https://toml.io/en/v1.0.0 */
export function tomlStatements(text: string): readonly TomlStatement[] {
  const statements: TomlStatement[] = [];
  let table: readonly string[] = [];
  let at = afterBlank(text, text.startsWith('\uFEFF') ? 1 : 0);
  while (at < text.length) {
    const statement = text[at] === '[' ? headerAt(text, at) : valueAt(text, at, table);
    if (statement.type !== 'value') table = statement.type === 'table' ? statement.path : [...statement.path, '[]'];
    checkLineEnd(text, statement.to);
    statements.push(statement);
    at = afterBlank(text, statement.to);
  }
  return statements;
}

const blank = /(?:[ \t\r\n]|#[^\n]*)*/y;
const space = /[ \t]*/y;
const keyPart = /"(?:\\.|[^"\\\n])*"|'[^'\n]*'|[\w-]+/y;

function headerAt(text: string, from: number): TomlStatement {
  const isItem = text[from + 1] === '[';
  const { path, end } = keyAt(text, from + (isItem ? 2 : 1));
  const close = isItem ? ']]' : ']';
  if (!text.startsWith(close, end)) throw broken(text, end);
  return { type: isItem ? 'table-item' : 'table', path, from, to: end + close.length };
}

function valueAt(text: string, from: number, table: readonly string[]): TomlStatement {
  const { path, end } = keyAt(text, from);
  if (text[end] !== '=') throw broken(text, end);
  const valueFrom = after(text, space, end + 1);
  const to = afterValue(text, valueFrom);
  return { type: 'value', path: [...table, ...path], from, to, valueFrom, value: text.slice(valueFrom, to) };
}

/** A key with its dots, and where the blanks behind it end. */
function keyAt(text: string, from: number): { readonly path: readonly string[]; readonly end: number } {
  const path: string[] = [];
  let at = after(text, space, from);
  for (;;) {
    const end = after(text, keyPart, at);
    if (end === at) throw broken(text, at);
    path.push(nameOf(text.slice(at, end)));
    at = after(text, space, end);
    if (text[at] !== '.') return { path, end: at };
    at = after(text, space, at + 1);
  }
}

function nameOf(key: string): string {
  if (key.startsWith("'")) return key.slice(1, -1);
  if (!key.startsWith('"')) return key;
  try {
    return String(JSON.parse(key));
  } catch {
    return key; // an escape that only TOML knows: no name of ours
  }
}

const quoted = /"""(?:\\[^]|[^\\])*?"{3,5}|'''[^]*?'{3,5}|"(?:\\.|[^"\\\n])*"|'[^'\n]*'/y;
const bare = /[^\s#,[\]{}"'=]+(?:[ ]\d[^\s#,\]}]*)?/y; // a date and its time may have a blank between them

function afterValue(text: string, from: number): number {
  const first = text[from];
  if (first === '[' || first === '{') return afterBrackets(text, from);
  const end = after(text, first === '"' || first === "'" ? quoted : bare, from);
  if (end === from) throw broken(text, from);
  return end;
}

function afterBrackets(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length;) {
    const sign = text[at];
    if (sign === '"' || sign === "'") {
      const end = after(text, quoted, at);
      if (end === at) throw broken(text, at);
      at = end;
    } else if (sign === '#') at = after(text, blank, at);
    else {
      if (sign === '[' || sign === '{') depth += 1;
      else if (sign === ']' || sign === '}') depth -= 1;
      at += 1;
    }
    if (depth === 0) return at;
  }
  throw broken(text, from);
}

const afterBlank = (text: string, from: number): number => after(text, blank, from);

function after(text: string, what: RegExp, from: number): number {
  what.lastIndex = from;
  return what.test(text) ? what.lastIndex : from;
}

function checkLineEnd(text: string, at: number): void {
  const end = after(text, space, at);
  if (end < text.length && !'#\r\n'.includes(text[end] ?? '')) throw broken(text, end);
}

function broken(text: string, at: number): Uneditable {
  const line = text.slice(0, at).split('\n').length;
  return new Uneditable(`is no valid TOML (line ${line}). Mend it, and try again.`);
}
