import { lru } from '../lib/lru.ts';
import type { Clock } from '../lib/time.ts';

/** Which deployment a conversation was served by, so that it finds the provider's prompt cache again. */
export interface Affinity {
  readonly find: (conversation: string) => string | undefined;
  readonly learn: (conversation: string, healthId: string) => void;
}

/** No provider keeps a prompt longer than an hour. */
const keptMs = 60 * 60_000;

/** Remembers the conversations used last. */
export function affinity(clock: Clock, most = 5_000): Affinity {
  const known = lru<{ readonly healthId: string; readonly at: number }>({ count: most, size: Infinity });
  return {
    find(conversation) {
      const found = known.get(conversation);
      return found !== undefined && clock.now() - found.at < keptMs ? found.healthId : undefined;
    },
    learn: (conversation, healthId) => known.set(conversation, { healthId, at: clock.now() }, 0),
  };
}
