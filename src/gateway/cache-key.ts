import { createHash } from 'node:crypto';
import { invalid } from '../chat/failure.ts';
import { callTypes } from '../config/call-types.ts';
import type { CacheConfig } from '../config/config.ts';
import { isObject, numberIn, objectIn, stringIn, type Json, type JsonObject } from '../lib/json.ts';
import type { Call } from './call.ts';

/** Where a call's answer is kept, and what the client wants done with it. */
export interface CachePlace {
  /** SHA-256 (hex) of all that decides about the answer. */
  readonly key: string;
  /** Whether a kept answer may be given, and how old it may be, milliseconds. */
  readonly read: boolean;
  readonly maxAgeMs: number;
  /** Whether the answer may be kept, and for how long. */
  readonly write: boolean;
  readonly ttlMs: number;
}

/** What the gateway makes of a call's model. */
export interface Chosen {
  readonly group: string;
  readonly tags: readonly string[] | undefined;
}

/**
 * The place of a call's answer; undefined for a call that is none of the cache's business. Answers are apart for each
 * key, since an answer may hold what only its key may see; `cache_params.namespace` shares them, and a request's own
 * namespace only parts them further. What rests on something kept elsewhere (a conversation, a file, a search) may be
 * answered otherwise the next time, so that is never kept.
 */
export function placeIn(cache: CacheConfig, call: Call, chosen: Chosen): CachePlace | undefined {
  const { client, body, outline } = call;
  const types = callTypes[client.name];
  if (types === undefined || outline.unbounded !== undefined) return undefined;
  if (cache.callTypes !== undefined && !types.some((type) => cache.callTypes?.includes(type))) return undefined;
  const said = controlsIn(body.cache);
  if (cache.onRequest && said['use-cache'] !== true) return undefined;
  const maxAge = seconds(said, 's-maxage') ?? seconds(said, 's-max-age');
  const shared = cache.namespace === undefined ? { key: call.caller.id } : { namespace: cache.namespace };
  return {
    key: hashOf([shared, namespaceIn(said), client.name, chosen, call.forwarded ?? {}, decisive(body)]),
    read: said['no-cache'] !== true,
    maxAgeMs: maxAge ?? Infinity,
    write: said['no-store'] !== true,
    ttlMs: seconds(said, 'ttl') ?? cache.ttlMs,
  };
}

const hashOf = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex');

/** The members of a request that decide about its answer, in one order whatever order they came in. */
const decisive = (body: JsonObject): readonly (readonly [string, Json | undefined])[] =>
  Object.entries(body)
    .filter(([name]) => !indecisive.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));

/** How an answer is sent, who asks, and what is said to the gateway; the model stands in the key after its aliases. */
const indecisive: ReadonlySet<string> = new Set([
  'model',
  'stream',
  'stream_options',
  'user',
  'metadata',
  'labels',
  'safety_identifier',
  'prompt_cache_key',
  'prompt_cache_retention',
  'store',
  'tags',
  'cache',
  'caching',
  'ttl',
  's-maxage',
  'no-log',
  'num_retries',
  'max_retries',
  'timeout',
  'stream_timeout',
  'request_timeout',
  'litellm_metadata',
  'litellm_session_id',
  'litellm_trace_id',
  'litellm_call_id',
]);

function controlsIn(cache: Json | undefined): JsonObject {
  if (cache != null && !isObject(cache)) throw invalid('cache must be an object, such as {"no-cache": true}.', 'cache');
  return objectIn(cache);
}

/** In milliseconds. */
function seconds(said: JsonObject, name: string): number | undefined {
  const value = said[name];
  if (value == null) return undefined;
  const count = numberIn(value) ?? -1;
  if (count < 0) throw invalid(`cache.${name} must be a number of seconds, 0 or more.`, 'cache');
  return count * 1000;
}

function namespaceIn({ namespace }: JsonObject): string | null {
  if (namespace == null) return null;
  const name = stringIn(namespace);
  if (name === undefined) throw invalid('cache.namespace must be a text.', 'cache');
  return name;
}
