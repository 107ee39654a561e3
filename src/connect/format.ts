import type { Json } from '../lib/json.ts';
import { lineEndOf } from '../lib/lines.ts';

/** The item of a list that has this text as this member. */
export interface ItemStep {
  readonly by: string;
  readonly is: string;
}

/** Where something stands in a file: members by name, items of lists by what one of their members says. */
export type Path = readonly (string | ItemStep)[];

/**
 * A file format, as far as single settings go in and out of it. Everything else in the text stays byte by byte, comments
 * above all. All three throw `Uneditable` for a text that is not of the format, or where the place is not one to write to.
 */
export interface Format {
  readonly get: (text: string, path: Path) => Json | undefined;
  readonly set: (text: string, path: Path, value: Json) => string;
  readonly remove: (text: string, path: Path) => string;
  /** What a file has when nothing of ours or of anybody else's is left in it. */
  readonly isBlank: (text: string) => boolean;
}

/** A file that cannot be edited in place; the message says why, to stand after its name. */
export class Uneditable extends Error {}

/** A place for messages: `env.ANTHROPIC_BASE_URL`. */
export const placeName = (path: Path): string =>
  path.map((step) => (typeof step === 'string' ? step : `${step.by} "${step.is}"`)).join('.');

/** The text with one more line at its end. */
export function withLine(text: string, line: string): string {
  const end = lineEndOf(text);
  const isComplete = text === '' || text === bom || text.endsWith('\n');
  return `${text}${isComplete ? '' : end}${line}${end}`;
}

export const bom = '\uFEFF';
