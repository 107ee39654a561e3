import { isDeepStrictEqual } from 'node:util';
import { isArray, isObject, type Json } from '../lib/json.ts';
import { envFormat } from './env-format.ts';
import { placeName, type Format, type Path } from './format.ts';
import { jsonFormat } from './json-format.ts';
import { linesFormat } from './lines-format.ts';
import { tomlFormat } from './toml-format.ts';
import { yamlFormat } from './yaml-format.ts';

export const formats = {
  env: envFormat,
  json: jsonFormat,
  lines: linesFormat,
  toml: tomlFormat,
  yaml: yamlFormat,
} as const satisfies Record<string, Format>;
export type FormatName = keyof typeof formats;

/** One thing that a file shall say. */
export interface Setting {
  readonly path: Path;
  readonly value: Json;
  /** Only where the file says nothing there yet. */
  readonly isDefault?: true;
  /** It bears our name: it goes again whatever others have made of it. */
  readonly isOurs?: true;
}

/** What was changed at one place, so that it can be taken back even after others have edited the file. */
export interface Mark {
  readonly path: Path;
  readonly value: Json;
  /** Left out: nothing stood there. */
  readonly before?: Json;
  readonly isOurs?: true;
  /** How many steps of the path were there already. */
  readonly known: number;
}

export interface Changed {
  readonly text: string;
  readonly marks: readonly Mark[];
}

/** The text with all settings in it. What says so already is left as it is, and no mark is made of it. */
export function changed(text: string, name: FormatName, settings: readonly Setting[]): Changed {
  const format = formats[name];
  let edited = text;
  const marks: Mark[] = [];
  for (const { path, value, isDefault, isOurs } of settings) {
    const before = format.get(edited, path);
    if (isDeepStrictEqual(before, value) || (isDefault && before !== undefined)) continue;
    const known = before === undefined ? knownSteps(format, edited, path) : path.length;
    edited = format.set(edited, path, value);
    marks.push({ path, value, known, ...(before !== undefined && { before }), ...(isOurs && { isOurs }) });
  }
  return { text: edited, marks };
}

function knownSteps(format: Format, text: string, path: Path): number {
  let known = 0;
  while (known < path.length - 1 && format.get(text, path.slice(0, known + 1)) !== undefined) known += 1;
  return known;
}

export interface Undone {
  readonly text: string;
  /** The places that say something else by now; they were left alone. */
  readonly left: readonly string[];
}

/** The text without what the marks tell of, as far as it is still there as it was written. */
export function undone(text: string, name: FormatName, marks: readonly Mark[]): Undone {
  const format = formats[name];
  let edited = text;
  const left: string[] = [];
  for (const { path, value, before, known, isOurs } of marks.toReversed()) {
    const now = format.get(edited, path);
    if (now === undefined) continue;
    if (!isOurs && !isDeepStrictEqual(now, value)) left.push(placeName(path));
    else if (before !== undefined) edited = format.set(edited, path, before);
    else edited = withoutContainers(format, format.remove(edited, path), path, known);
  }
  return { text: edited, left };
}

/** Takes out the containers that were made for what was taken out, as far as nothing else is in them. */
function withoutContainers(format: Format, text: string, path: Path, known: number): string {
  let edited = text;
  for (let length = path.length - 1; length > known; length -= 1) {
    const container = path.slice(0, length);
    if (!isEmpty(format.get(edited, container))) return edited;
    edited = format.remove(edited, container);
  }
  return edited;
}

/** A format that cannot tell a container from nothing removes only what is empty. */
const isEmpty = (value: Json | undefined): boolean =>
  value == null || (isArray(value) && value.length === 0) || (isObject(value) && Object.keys(value).length === 0);
