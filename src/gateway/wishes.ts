import { invalid } from '../chat/failure.ts';
import type { ClientDialect } from '../dialects/dialect.ts';
import { isArray, isObject, numberIn, objectIn, stringIn, type Json, type JsonObject } from '../lib/json.ts';
import { headerText, type HeaderValues } from './assistant.ts';

/** What a request asks of routing itself, in LiteLLM's headers and fields. */
export interface Wishes {
  readonly retries?: number;
  readonly timeoutMs?: number;
  readonly streamTimeoutMs?: number;
  readonly tags?: readonly string[];
  /** Models that stand in for the one asked for. */
  readonly fallbacks?: readonly string[];
  readonly contextWindowFallbacks?: readonly string[];
  readonly contentPolicyFallbacks?: readonly string[];
  readonly noFallbacks?: true;
}

export const noWishes: Wishes = {};

/** Throws `invalid-request`, naming the field, for a wish that cannot be understood. */
export function wishesOf(headers: HeaderValues, client: ClientDialect, body: JsonObject): Wishes {
  let wishes = noWishes;
  for (const [name, read] of headerWishes) {
    const text = headerText(headers[name]);
    const wish = text === undefined || text === '' ? noWishes : read(text, name, body);
    if (wish !== noWishes) wishes = { ...wishes, ...wish };
  }
  // In other formats than OpenAI's these names may mean something else: Anthropic has `fallbacks` of its own.
  if (!client.name.startsWith('openai')) return wishes;
  for (const [name, read] of bodyWishes) {
    const value = body[name];
    if (value !== undefined && value !== null) wishes = { ...wishes, ...read(value, name, body) };
  }
  return wishes;
}

type Read<T> = (value: T, name: string, body: JsonObject) => Wishes;

const headerWishes: readonly (readonly [string, Read<string>])[] = [
  // The SDKs of OpenAI and Anthropic count their own retries here, and each of ours would multiply them.
  ['x-stainless-retry-count', (text) => (Number(text) > 0 ? { retries: 0 } : noWishes)],
  ['x-litellm-num-retries', (text, name) => ({ retries: timesIn(Number(text), name) })],
  ['x-litellm-timeout', (text, name) => ({ timeoutMs: millisecondsIn(Number(text), name) })],
  ['x-litellm-stream-timeout', (text, name) => ({ streamTimeoutMs: millisecondsIn(Number(text), name) })],
  ['x-litellm-tags', (text) => ({ tags: text.split(',').map((tag) => tag.trim()) })],
];

/** What the body says comes after the headers, and counts. */
const bodyWishes: readonly (readonly [string, Read<Json>])[] = [
  ['num_retries', (value, name) => ({ retries: timesIn(value, name) })],
  ['max_retries', (value, name, body) => (body['num_retries'] == null ? { retries: timesIn(value, name) } : {})],
  ['timeout', (value, name) => ({ timeoutMs: millisecondsIn(value, name) })],
  ['request_timeout', (value, name) => ({ timeoutMs: millisecondsIn(value, name) })],
  ['stream_timeout', (value, name) => ({ streamTimeoutMs: millisecondsIn(value, name) })],
  ['metadata', (value) => tagsIn(objectIn(value)['tags'], 'metadata.tags')],
  ['tags', (value, name) => tagsIn(value, name)],
  ['fallbacks', (value, name, body) => ({ fallbacks: modelsIn(value, name, body) })],
  ['context_window_fallbacks', (value, name, body) => ({ contextWindowFallbacks: modelsIn(value, name, body) })],
  ['content_policy_fallbacks', (value, name, body) => ({ contentPolicyFallbacks: modelsIn(value, name, body) })],
  ['disable_fallbacks', (value) => (value === true ? { noFallbacks: true } : {})],
];

const mostRetries = 10;

function timesIn(value: Json, name: string): number {
  const times = numberIn(value);
  if (times !== undefined && Number.isInteger(times) && times >= 0 && times <= mostRetries) return times;
  throw invalid(`${name} must be a whole number from 0 to ${mostRetries}.`, name);
}

function millisecondsIn(value: Json, name: string): number {
  const seconds = numberIn(value);
  if (seconds !== undefined && seconds > 0) return Math.ceil(seconds * 1000);
  throw invalid(`${name} must be a number of seconds above 0.`, name);
}

function tagsIn(value: Json | undefined, name: string): Wishes {
  if (value === undefined || value === null) return {};
  if (isArray(value) && value.every((tag) => typeof tag === 'string')) return { tags: value };
  throw invalid(`${name} must be a list of texts.`, name);
}

/** `["claude"]`, or `[{"gpt-4o": ["claude"]}]`, of which the list of the model that is asked for counts. */
function modelsIn(value: Json, name: string, { model }: JsonObject): readonly string[] {
  const named = (isArray(value) ? value : [value]).flatMap((one): readonly (Json | undefined)[] => {
    if (!isObject(one)) return [one];
    const list = one[stringIn(model) ?? ''] ?? one['*'] ?? [];
    return isArray(list) ? list : [list];
  });
  if (named.every((one) => typeof one === 'string')) return named;
  throw invalid(`${name} must be a list of models, such as ["claude"] or [{"gpt-4o": ["claude"]}].`, name);
}
