export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
/** A JSON object from outside: every member may be missing and is narrowed where it is read. */
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isArray = (value: unknown): value is readonly Json[] => Array.isArray(value);

/** The object in `value`, or an empty one, so that missing members read as undefined. */
export const objectIn = (value: unknown): JsonObject => (isObject(value) ? value : {});

/** The objects in a JSON array; anything else in it, or no array at all, gives none. */
export const objectsIn = (value: unknown): readonly JsonObject[] => (isArray(value) ? value.filter(isObject) : []);

export const stringIn = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

export const numberIn = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;

/** Parses JSON that may be broken; undefined when it is. */
export function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** A copy of `object` without the named keys; the same object when it has none of them. */
export function without(object: JsonObject, ...keys: readonly string[]): JsonObject {
  if (!keys.some((key) => key in object)) return object;
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}

/** A copy without members that are undefined, as JSON would have it. */
export const defined = <T extends Record<string, unknown>>(object: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
