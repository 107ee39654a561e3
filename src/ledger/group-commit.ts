/** Syncs after writes, many of them at once, and never two syncs at a time. */
export interface GroupCommit {
  /** Something was written: it is synced within the delay. */
  wrote(): void;
  /** Resolves when all that was written before is synced; syncs at once if need be. */
  synced(): Promise<void>;
}

/** Runs `work` after some milliseconds, without keeping the process alive for it. */
export type Later = (work: () => void, ms: number) => void;

export const later: Later = (work, ms) => {
  setTimeout(work, ms).unref();
};

export function groupCommit(sync: () => Promise<void>, delayMs: number, after: Later = later): GroupCommit {
  let dirty = false;
  let scheduled = false;
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;

  const start = async (): Promise<void> => {
    next = undefined;
    dirty = false;
    try {
      await (running = sync());
    } catch (error) {
      dirty = true;
      throw error;
    } finally {
      running = undefined;
    }
  };
  const synced = (): Promise<void> => {
    if (!dirty) return running ?? Promise.resolve();
    return (next ??= (running ?? Promise.resolve()).then(start, start));
  };
  return {
    synced,
    wrote() {
      dirty = true;
      if (scheduled) return;
      scheduled = true;
      after(() => {
        scheduled = false;
        synced().catch(() => undefined); // the file remembers, and the next write mends it or fails
      }, delayMs);
    },
  };
}
