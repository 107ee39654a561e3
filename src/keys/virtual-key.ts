import { hash, randomBytes } from 'node:crypto';
import { Failure, invalid } from '../chat/failure.ts';
import { starIn } from '../lib/wildcard.ts';
import type { Terms } from './terms.ts';

/** A key that clients use. Only its hash is kept. */
export interface VirtualKey extends Terms {
  /** The key's name in rows, scopes and records: the hash of its first secret. It stays when the secret is rotated. */
  readonly id: string;
  /** SHA-256 of the secret that is good now, lower-case hex: LiteLLM's `token`. */
  readonly hash: string;
  /** `sk-...` and the last four characters: LiteLLM's `key_name`. */
  readonly hint: string;
  /** A known project's id, or a label for its rows. */
  readonly project: string | null;
  /** The models to go on with when a budget is spent, by the model that was asked for; `*` stands for all. */
  readonly budgetFallbacks: Readonly<Record<string, readonly string[]>>;
  /** For how many days its prompts and answers are kept; null: they are not. */
  readonly keepBodies: number | null;
  /** Milliseconds since the epoch; null: never. */
  readonly expires: number | null;
  /** Why the gateway blocked it by itself, and when; null: it did not. */
  readonly pause: Pause | null;
  /** An older secret's hash that is still good until then (rotation with grace). */
  readonly previous?: { readonly hash: string; readonly until: number };
}

export interface Pause {
  readonly at: number;
  /** To stand after "it": `has spent $12.00 in the last 5 minutes`. */
  readonly why: string;
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
  if (key.blocked && key.pause !== null) {
    const when = new Date(key.pause.at).toISOString();
    const why = `This ${titleOf(key)} was paused at ${when} to protect the budget: it ${key.pause.why}.`;
    // Paused for money's sake, so with the status on which assistants stop and show the sentence.
    return new Failure('budget-exceeded', `${why} When that is all right, let it go on with POST /key/unblock.`, {
      code: 'key_paused',
    });
  }
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

/** Whether a key or project may use this public model name. `no-default-models` in its list grants nothing by itself. */
export const mayUse = ({ models }: Pick<Terms, 'models'>, model: string): boolean =>
  models.length === 0 ||
  models.some((allowed) => everyModel.has(allowed) || allowed === model || starIn(allowed, model) !== undefined);
