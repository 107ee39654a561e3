import { isArray, isObject, type JsonObject, parseJson } from '../lib/json.ts';

/** Named objects as text, a line for each, so that only what is asked for is ever parsed. */
export const priceLines = (entries: Iterable<readonly [name: string, entry: unknown]>): string => {
  let lines = '';
  for (const [name, entry] of entries) lines += `\n[${JSON.stringify(name)},${JSON.stringify(entry)}]`;
  return `${lines}\n`;
};

/** The object of that name; undefined when there is none. */
export function lineOf(lines: string, name: string): JsonObject | undefined {
  const start = lines.indexOf(`\n[${JSON.stringify(name)},`);
  if (start < 0) return undefined;
  const [, entry] = pairIn(lines.slice(start + 1, lines.indexOf('\n', start + 1))) ?? [];
  return entry;
}

/** All of them, parsed one by one. */
export function* linesIn(lines: string): Iterable<readonly [name: string, entry: JsonObject]> {
  for (const line of lines.split('\n')) {
    const pair = line === '' ? undefined : pairIn(line);
    if (pair) yield pair;
  }
}

function pairIn(line: string): readonly [name: string, entry: JsonObject] | undefined {
  const pair = parseJson(line);
  if (!isArray(pair) || typeof pair[0] !== 'string' || !isObject(pair[1])) return undefined;
  return [pair[0], pair[1]];
}
