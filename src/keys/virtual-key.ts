import { hash, randomBytes } from 'node:crypto';
import { Failure, invalid } from '../chat/failure.ts';
import type { NanoUsd } from '../chat/money.ts';
import type { JsonObject } from '../lib/json.ts';
import { starIn } from '../lib/wildcard.ts';

/** A key that clients use. Only its hash is kept. */
export interface VirtualKey {
  /** The key's name in rows, scopes and records: the hash of its first secret. It stays when the secret is rotated. */
  readonly id: string;
  /** SHA-256 of the secret that is good now, lower-case hex: LiteLLM's `token`. */
  readonly hash: string;
  /** `sk-...` and the last four characters: LiteLLM's `key_name`. */
  readonly hint: string;
  readonly alias: string | null;
  /** Model names and wildcards it may use; empty: all. */
  readonly models: readonly string[];
  /** Names that stand for other models, for this key alone. */
  readonly aliases: Readonly<Record<string, string>>;
  readonly project: string | null;
  readonly maxBudget: NanoUsd | null;
  /** `1d`, `30d`, `weekly`, ...; null: never reset. */
  readonly budgetDuration: string | null;
  readonly rpm: number | null;
  readonly tpm: number | null;
  readonly maxParallel: number | null;
  /** Milliseconds since the epoch; null: never. */
  readonly expires: number | null;
  readonly blocked: boolean;
  readonly metadata: JsonObject;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** An older secret's hash that is still good until then (rotation with grace). */
  readonly previous?: { readonly hash: string; readonly until: number };
}

/** A fresh secret of 192 random bits: `sk-` and 32 url-safe characters. */
export const newSecret = (): string => `sk-${randomBytes(24).toString('base64url')}`;

/** SHA-256 in lower-case hex, by which a secret is known. */
export const hashKey = (secret: string): string => hash('sha256', secret);

/** What may be shown of a secret. */
export const hintOf = (secret: string): string => `sk-...${secret.slice(-4)}`;

/** Throws unless a secret that someone chose is long enough and of the right form. */
export function checkSecret(secret: string): void {
  if (!/^sk-[\x21-\x7e]{13,}$/.test(secret)) {
    throw invalid('A chosen key must start with "sk-" and have at least 16 characters, without spaces.', 'key');
  }
}

/** Whose key it is, for messages: `key "alpha" (sk-...abcd)`. */
export const titleOf = (key: VirtualKey): string =>
  key.alias === null ? `key ${key.hint}` : `key "${key.alias}" (${key.hint})`;

/** Why this key cannot be used at `now`, if it cannot. */
export function refusalOf(key: VirtualKey, now: number): Failure | undefined {
  if (key.blocked) {
    return new Failure('unauthorized', `This ${titleOf(key)} is blocked. Unblock it with POST /key/unblock.`);
  }
  if (key.expires !== null && now >= key.expires) {
    const when = new Date(key.expires).toISOString();
    return new Failure('unauthorized', `This ${titleOf(key)} expired at ${when}. Extend it with POST /key/update.`);
  }
  return undefined;
}

const everyModel = new Set(['all-team-models', 'all-proxy-models']);

/** Whether the key may use this public model name. `no-default-models` in its list grants nothing by itself. */
export const mayUse = (key: Pick<VirtualKey, 'models'>, model: string): boolean =>
  key.models.length === 0 ||
  key.models.some((allowed) => everyModel.has(allowed) || allowed === model || starIn(allowed, model) !== undefined);
