import type { Usage } from '../chat/chat.ts';
import type { CacheConfig, Config } from '../config/config.ts';
import { lru, type Lru } from '../lib/lru.ts';
import type { Clock } from '../lib/time.ts';
import type { CachePlace } from './cache-key.ts';
import type { Deployment } from './catalog.ts';

/** An answer as a client got it, to be given again. */
export interface KeptAnswer {
  /** A whole body, or all of a stream. */
  readonly bytes: Buffer;
  readonly stream: boolean;
  /** Whether the stream ends with its usage. */
  readonly wantsUsage: boolean;
  readonly usage: Usage | undefined;
  /** What gave it. */
  readonly deployment: Deployment;
}

/** Answers in memory, for exactly the same question of the same key. */
export interface ResponseCache {
  find(config: Config, place: CachePlace): KeptAnswer | undefined;
  keep(config: Config, place: CachePlace, answer: KeptAnswer): void;
}

const mostAnswers = 10_000;
/** What an entry weighs besides its bytes, about. */
const overhead = 1_000;

interface Entry {
  readonly at: number;
  readonly until: number;
  readonly answer: KeptAnswer;
}

/** Bounded in bytes and in number. A new configuration begins with none: its models may be others by the same names. */
export function responseCache(clock: Clock): ResponseCache {
  let filled: { readonly config: Config; readonly entries: Lru<Entry> } | undefined;
  const entriesOf = (config: Config, { maxBytes }: CacheConfig): Lru<Entry> => {
    if (filled?.config !== config) filled = { config, entries: lru({ count: mostAnswers, size: maxBytes }) };
    return filled.entries;
  };
  return {
    find(config, { key, maxAgeMs }) {
      if (config.cache === undefined) return undefined;
      const entries = entriesOf(config, config.cache);
      const found = entries.get(key);
      if (found === undefined) return undefined;
      const now = clock.now();
      if (found.until <= now) entries.delete(key);
      return found.until > now && now - found.at <= maxAgeMs ? found.answer : undefined;
    },
    keep(config, { key, ttlMs }, answer) {
      // A call that began under an older configuration has nothing to say in the new one.
      if (filled?.config !== config) return;
      const at = clock.now();
      filled.entries.set(key, { at, until: at + ttlMs, answer }, answer.bytes.length + overhead);
    },
  };
}
