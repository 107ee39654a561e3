import { invalid } from '../chat/failure.ts';
import type { NanoUsd } from '../chat/money.ts';
import { isWindow } from '../lib/duration.ts';
import { isArray, objectIn, stringIn } from '../lib/json.ts';
import type { Json, JsonObject } from '../lib/json.ts';
import type { VirtualKey } from './virtual-key.ts';

/** What the owner of a key decides. Left out: as it is; null: none. */
export type KeySettings = Partial<
  Pick<
    VirtualKey,
    | 'alias'
    | 'models'
    | 'aliases'
    | 'project'
    | 'maxBudget'
    | 'budgetDuration'
    | 'rpm'
    | 'tpm'
    | 'maxParallel'
    | 'expires'
    | 'blocked'
    | 'metadata'
  >
>;

/** Throws `invalid-request`, with the name that LiteLLM gives the field, for a setting that cannot be meant. */
export function checkSettings(settings: KeySettings): void {
  const { alias, maxBudget, budgetDuration, rpm, tpm, maxParallel, expires } = settings;
  if (alias?.trim() === '') throw invalid('key_alias must not be empty.', 'key_alias');
  if (!isCount(maxBudget)) throw invalid('max_budget must be a number of dollars, 0 or more.', 'max_budget');
  if (budgetDuration != null && !isWindow(budgetDuration)) {
    throw invalid(
      `budget_duration "${budgetDuration}" is none of 30s, 30m, 1h, 1d, 7d, 30d, 1mo, daily, weekly, monthly and their like.`,
      'budget_duration',
    );
  }
  if (!isCount(rpm)) throw invalid('rpm_limit must be a whole number, 0 or more.', 'rpm_limit');
  if (!isCount(tpm)) throw invalid('tpm_limit must be a whole number, 0 or more.', 'tpm_limit');
  if (!isCount(maxParallel))
    throw invalid('max_parallel_requests must be a whole number, 0 or more.', 'max_parallel_requests');
  if (!isCount(expires)) throw invalid('The key cannot expire at that time.', 'duration');
}

/** A key as the journal keeps it. */
export const keyJson = (key: VirtualKey): JsonObject => ({ ...key });

/** A key from disk; members that a version before this one did not write have their blank. Throws for what is no key. */
export function readKey(json: Json): VirtualKey {
  const key = objectIn(json);
  const id = stringIn(key['id']);
  const hash = stringIn(key['hash']);
  if (!isHash(id) || !isHash(hash)) throw new TypeError('a key on disk is damaged: it has no hash');
  const previous = objectIn(key['previous']);
  const until = countIn(previous, 'until');
  return {
    id,
    hash,
    hint: stringIn(key['hint']) ?? 'sk-...',
    alias: textIn(key, 'alias'),
    models: modelsIn(key),
    aliases: Object.fromEntries(Object.entries(objectIn(key['aliases'])).filter(isTextEntry)),
    project: textIn(key, 'project'),
    maxBudget: countIn(key, 'maxBudget') as NanoUsd | null,
    budgetDuration: windowIn(key, 'budgetDuration'),
    rpm: countIn(key, 'rpm'),
    tpm: countIn(key, 'tpm'),
    maxParallel: countIn(key, 'maxParallel'),
    expires: countIn(key, 'expires'),
    blocked: key['blocked'] === true,
    metadata: objectIn(key['metadata']),
    createdAt: countIn(key, 'createdAt') ?? 0,
    updatedAt: countIn(key, 'updatedAt') ?? 0,
    ...(isHash(previous['hash']) && until !== null ? { previous: { hash: previous['hash'], until } } : {}),
  };
}

const isCount = (value: number | null | undefined): boolean =>
  value == null || (Number.isSafeInteger(value) && value >= 0);
const isHash = (value: Json | undefined): value is string => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
const isTextEntry = (entry: [string, Json | undefined]): entry is [string, string] => typeof entry[1] === 'string';

/** A limit that cannot be read must not become no limit, so what is there must be right. */
function countIn(key: JsonObject, name: string): number | null {
  const value = key[name];
  if (value == null) return null;
  if (typeof value !== 'number' || !isCount(value)) throw damaged(name);
  return value;
}

/** An empty list would allow every model. */
function modelsIn(key: JsonObject): readonly string[] {
  const { models = [] } = key;
  if (!isArray(models) || !models.every((model) => typeof model === 'string')) throw damaged('models');
  return models;
}

function textIn(key: JsonObject, name: string): string | null {
  const value = key[name];
  if (value != null && typeof value !== 'string') throw damaged(name);
  return value ?? null;
}

function windowIn(key: JsonObject, name: string): string | null {
  const value = textIn(key, name);
  if (value !== null && !isWindow(value)) throw damaged(name);
  return value;
}

const damaged = (name: string): TypeError => new TypeError(`a key on disk is damaged: its ${name} cannot be read`);
