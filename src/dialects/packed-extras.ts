import type { Extras } from '../chat/chat.ts';
import { isObject, parseJson } from '../lib/json.ts';
import type { JsonObject } from '../lib/json.ts';

/** Tells a packed text from a provider's own. A change of what is packed needs another one. */
const mark = 'purser:';

/** Extras as one text without blanks, for a field that clients send back untouched. */
export const packExtras = (extras: Extras): string => mark + Buffer.from(JSON.stringify(extras)).toString('base64url');

/** Whether a text was made by `packExtras`. */
export const isPacked = (text: string): boolean => text.startsWith(mark);

/** The extras in a packed text; undefined for any other, or a broken one. */
export function unpackExtras(text: string): Extras | undefined {
  if (!isPacked(text)) return undefined;
  const extras = parseJson(Buffer.from(text.slice(mark.length), 'base64url').toString());
  if (!isObject(extras)) return undefined;
  return Object.fromEntries(
    Object.entries(extras).filter((entry): entry is [string, JsonObject] => isObject(entry[1])),
  );
}
