import { nextLine, replaced } from '../lib/lines.ts';
import { withLine, type Format, type Path } from './format.ts';

/** Files of lines that are there or not, such as git's lists of what to ignore: the path is the line. */
export const linesFormat: Format = {
  get: (text, path) => (placeOf(text, path) < 0 ? undefined : true),
  set: (text, path) => (placeOf(text, path) < 0 ? withLine(text, lineOf(path)) : text),
  remove(text, path) {
    const at = placeOf(text, path);
    return at < 0 ? text : replaced(text, at, nextLine(text, at), '');
  },
  isBlank: (text) => text.trim() === '',
};

const lineOf = ([line]: Path): string => (typeof line === 'string' ? line : '');

function placeOf(text: string, path: Path): number {
  let at = 0;
  for (const line of text.split('\n')) {
    if (line.replace(/\r$/, '') === lineOf(path)) return at;
    at += line.length + 1;
  }
  return -1;
}
