import type { Failure } from '../chat/failure.ts';
import { invalid } from '../chat/failure.ts';
import type { Config } from '../config/config.ts';
import { expiryOf } from '../lib/duration.ts';
import type { Json, JsonObject } from '../lib/json.ts';

/** The fields of a new key: those that it names, else the configuration's defaults, else the most that a key may have. */
export function newKeyFields({ keyDefaults, keyBounds }: Config, body: JsonObject): JsonObject {
  const named = { ...keyDefaults, ...body };
  const missing = Object.entries(keyBounds).filter(([name]) => named[name] == null);
  const fields = { ...named, ...Object.fromEntries(missing) };
  checkBounds(keyBounds, fields);
  return fields;
}

/** A change of a key, which may not go beyond what a new one may have. */
export function boundedKey({ keyBounds }: Config, body: JsonObject): JsonObject {
  checkBounds(keyBounds, body);
  return body;
}

function checkBounds(bounds: JsonObject, fields: JsonObject): void {
  for (const [name, most = null] of Object.entries(bounds)) {
    const value = fields[name];
    if (value !== undefined && sizeOf(value) > sizeOf(most)) throw beyond(name, value, most);
  }
}

/** Null means no limit. What cannot be read is refused elsewhere, by its own name. */
function sizeOf(value: Json): number {
  if (value === null) return Infinity;
  if (typeof value === 'string') return expiryOf(value, 0) ?? 0;
  return typeof value === 'number' ? value : 0;
}

const beyond = (name: string, value: Json, most: Json): Failure =>
  invalid(
    `${name} ${value === null ? 'must have a limit' : `${JSON.stringify(value)} is too much`}: a key may have ` +
      `${JSON.stringify(most)} at most, as litellm_settings.upperbound_key_generate_params says.`,
    name,
  );
