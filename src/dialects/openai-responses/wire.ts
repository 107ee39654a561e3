import type { JsonObject } from '../../lib/json.ts';

/** Under which name this dialect keeps what only it knows in `extras`. */
export const own = 'openai-responses';

/** An id for an output item: OpenAI's prefix for its kind, and what no other item has. */
export const newItemId = (prefix: string): string => `${prefix}_${crypto.randomUUID().replaceAll('-', '')}`;

/** Whether an item's id was made here: OpenAI's own are longer, and it looks up those that it is given. */
export const isOurId = (id: unknown): boolean => typeof id === 'string' && /^[a-z]+_[0-9a-f]{32}$/.test(id);

/** Clients tell answers apart by their ids, and some providers give none. */
export const writeId = (id: string): string => (id === '' ? newItemId('resp') : id);

/** Extras of this dialect, or nothing where there are no facts. */
export const ownExtras = (facts: JsonObject): { readonly extras?: Readonly<Record<string, JsonObject>> } =>
  Object.keys(facts).length > 0 ? { extras: { [own]: facts } } : {};
