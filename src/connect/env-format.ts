import type { Json } from '../lib/json.ts';
import { nextLine, replaced } from '../lib/lines.ts';
import { Uneditable, placeName, withLine, type Format, type Path } from './format.ts';

/** Files of `NAME=value` lines, as dotenv reads them: the path is the name alone. */
export const envFormat: Format = {
  get(text, path) {
    const line = lineOf(text, path);
    return line && unquoted(line.value);
  },
  set(text, path, value) {
    const line = lineOf(text, path);
    if (line === undefined) return withLine(text, `${nameOf(path)}=${written(value)}`);
    return replaced(text, line.valueFrom, line.valueFrom + line.value.length, written(value));
  },
  remove(text, path) {
    const line = lineOf(text, path);
    return line === undefined
      ? text
      : replaced(text, line.from, nextLine(text, line.valueFrom + line.value.length), '');
  },
  isBlank: (text) => text.trim() === '',
};

interface Line {
  readonly from: number;
  readonly valueFrom: number;
  /** As it is written. */
  readonly value: string;
}

/** A quoted value may go over several lines, whatever these look like. */
const assignment =
  /^(\uFEFF?[ \t]*(?:export[ \t]+)?([\w.-]+)[ \t]*=[ \t]*)("(?:\\[^]|[^"\\])*"|'[^']*'|`[^`]*`|[^\r\n]*)/gm;

function lineOf(text: string, path: Path): Line | undefined {
  const found = [...text.matchAll(assignment)].filter(([, , name]) => name === nameOf(path));
  const [first] = found;
  if (first === undefined) return undefined;
  if (found.length > 1) throw new Uneditable(`sets ${placeName(path)} twice. Leave one of the lines, and try again.`);
  const [, before = '', , value = ''] = first;
  return { from: first.index, valueFrom: first.index + before.length, value: plain(value) };
}

/** Without the comment that may follow a bare value. */
const plain = (value: string): string =>
  /^["'`]/.test(value) ? value : value.replace(/[ \t]+#.*$|^#.*$/, '').trimEnd();

const nameOf = ([name]: Path): string => (typeof name === 'string' ? name : '');

function unquoted(value: string): string {
  const inner = /^(["'`])([^]*)\1$/.exec(value);
  if (inner === null) return value;
  const text = inner[2] ?? '';
  return inner[1] === '"' ? text.replace(/\\([\\"nr])/g, (_all, sign: string) => escapes[sign] ?? sign) : text;
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r' };

function written(value: Json): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return /^[\w.:/@+*-]*$/.test(text) ? text : JSON.stringify(text);
}
