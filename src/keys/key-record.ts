import { invalid } from '../chat/failure.ts';
import { objectIn, stringIn } from '../lib/json.ts';
import type { Json, JsonObject } from '../lib/json.ts';
import { checkTerms } from './check-terms.ts';
import { countIn, isCount, mapIn, readTerms, textIn, texts } from './read-terms.ts';
import type { Terms } from './terms.ts';
import type { Pause, VirtualKey } from './virtual-key.ts';

/** What the owner of a key decides. Left out: as it is; null: none. */
export type KeySettings = Partial<
  Omit<Terms, 'createdAt' | 'updatedAt'> &
    Pick<VirtualKey, 'project' | 'expires' | 'budgetFallbacks' | 'keepBodies' | 'pause'>
>;

/** Throws `invalid-request`, with the name that LiteLLM gives the field, for a setting that cannot be meant. */
export function checkSettings(settings: KeySettings): void {
  if (settings.alias?.trim() === '') throw invalid('key_alias must not be empty.', 'key_alias');
  checkTerms(settings);
  if (!isCount(settings.expires)) throw invalid('The key cannot expire at that time.', 'duration');
}

/** A key as the journal keeps it. */
export const keyJson = (key: VirtualKey): JsonObject => ({ ...key }) as unknown as JsonObject;

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
    ...readTerms(key),
    project: textIn(key, 'project'),
    budgetFallbacks: mapIn(key, 'budgetFallbacks', texts),
    keepBodies: countIn(key, 'keepBodies'),
    expires: countIn(key, 'expires'),
    pause: pauseIn(key),
    ...(isHash(previous['hash']) && until !== null ? { previous: { hash: previous['hash'], until } } : {}),
  };
}

function pauseIn(key: JsonObject): Pause | null {
  const pause = objectIn(key['pause']);
  const at = countIn(pause, 'at');
  return at === null ? null : { at, why: textIn(pause, 'why') ?? '' };
}

const isHash = (value: Json | undefined): value is string => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
