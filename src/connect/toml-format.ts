import { isObject, stringIn, type Json } from '../lib/json.ts';
import { lineEndOf, lineStart, nextLine, replaced } from '../lib/lines.ts';
import { Uneditable, placeName, withLine, type Format, type Path } from './format.ts';
import { tomlStatements, type TomlStatement } from './toml-statements.ts';

/** TOML, for single values at the top and in tables that have a header of their own. */
export const tomlFormat: Format = {
  get(text, path) {
    const found = find(text, path);
    return found && valueIn(found.value);
  },
  set(text, path, value) {
    const found = find(text, path);
    if (found !== undefined)
      return replaced(text, found.valueFrom, found.valueFrom + found.value.length, printed(value));
    const line = `${keyText(path.at(-1))} = ${printed(value)}`;
    return path.length === 1 ? atTop(text, line) : inTable(text, path.slice(0, -1), line);
  },
  remove(text, path) {
    const found = find(text, path);
    if (found !== undefined) return withoutLines(text, found.from, found.to);
    return withoutTable(text, path);
  },
  isBlank: (text) => text.replace(/^\uFEFF/, '').trim() === '',
};

const names = (path: Path): readonly string[] => path.map((step) => (typeof step === 'string' ? step : step.is));

const isSame = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((name, index) => name === other[index]);

/** The statement that gives a place its value. Throws where the place lies inside of a value that is written as one. */
function find(text: string, path: Path): (TomlStatement & { readonly type: 'value' }) | undefined {
  const wanted = names(path);
  for (const statement of tomlStatements(text)) {
    if (statement.type !== 'value') continue;
    if (isSame(statement.path, wanted)) return statement;
    const { length } = statement.path;
    if (length < wanted.length && isSame(statement.path, wanted.slice(0, length)))
      throw new Uneditable(
        `writes ${placeName(path.slice(0, length))} as one value. Write it as a table [${placeName(path.slice(0, -1))}], and try again.`,
      );
  }
  return undefined;
}

const headerOf = (statements: readonly TomlStatement[], path: Path): TomlStatement | undefined =>
  statements.find((one) => one.type === 'table' && isSame(one.path, names(path)));

/** After the last value of the top, so that what stands above the first one stays there. */
function atTop(text: string, line: string): string {
  const end = lineEndOf(text);
  const statements = tomlStatements(text);
  const firstTable = statements.findIndex(({ type }) => type !== 'value');
  const values = firstTable < 0 ? statements : statements.slice(0, firstTable);
  const last = values.at(-1);
  if (last === undefined && statements.length === 0) return withLine(text, line);
  if (last === undefined) {
    const start = text.startsWith('\uFEFF') ? 1 : 0;
    return replaced(text, start, start, `${line}${end}`);
  }
  return afterLine(text, last.to, line);
}

function inTable(text: string, path: Path, line: string): string {
  const statements = tomlStatements(text);
  const header = headerOf(statements, path);
  if (header === undefined) {
    const gap = text.replace('\uFEFF', '') === '' ? '' : lineEndOf(text);
    return withLine(`${withLineEnd(text)}${gap}[${path.map(keyText).join('.')}]${lineEndOf(text)}`, line);
  }
  const index = statements.indexOf(header);
  const next = statements.findIndex(({ type }, at) => at > index && type !== 'value');
  const last = statements[(next < 0 ? statements.length : next) - 1] ?? header;
  return afterLine(text, last.to, line);
}

function afterLine(text: string, from: number, line: string): string {
  const at = nextLine(text, from);
  const isComplete = text[at - 1] === '\n';
  const end = lineEndOf(text);
  return replaced(text, at, at, isComplete ? `${line}${end}` : `${end}${line}`);
}

const withLineEnd = (text: string): string =>
  text === '' || text === '\uFEFF' || text.endsWith('\n') ? text : text + lineEndOf(text);

const withoutLines = (text: string, from: number, to: number): string =>
  replaced(text, lineStart(text, from), nextLine(text, to), '');

/** Without the header of a table that says nothing more, and the empty line before it; a table that says something stays. */
function withoutTable(text: string, path: Path): string {
  const statements = tomlStatements(text);
  const header = headerOf(statements, path);
  if (header === undefined) return text;
  const next = statements[statements.indexOf(header) + 1];
  const hasComment = text.slice(nextLine(text, header.to), next?.from ?? text.length).includes('#');
  if (next?.type === 'value' || hasComment) return text;
  const own = lineStart(text, header.from);
  const from = /\n\r?\n$/.test(text.slice(0, own)) ? lineStart(text, own - 1) : own;
  return replaced(text, from, nextLine(text, header.to), '');
}

const keyText = (step: Path[number] | undefined): string => {
  const name = typeof step === 'string' ? step : (step?.is ?? '');
  return /^[\w-]+$/.test(name) ? name : JSON.stringify(name);
};

/** Values that are more than a plain text, number or truth are kept as they are written. */
function valueIn(source: string): Json {
  if (/^"(?!"")/.test(source)) {
    try {
      return JSON.parse(source) as Json;
    } catch {
      return { toml: source };
    }
  }
  if (/^'(?!'')[^']*'$/.test(source)) return source.slice(1, -1);
  if (source === 'true' || source === 'false') return source === 'true';
  return /^-?(0|[1-9]\d*)(\.\d+)?$/.test(source) ? Number(source) : { toml: source };
}

const printed = (value: Json): string =>
  (isObject(value) ? stringIn(value['toml']) : undefined) ?? JSON.stringify(value);
