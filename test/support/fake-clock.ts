import type { Clock } from '../../src/lib/time.ts';

/** A clock that a test moves: time passes only in `pass` and `set`, and what was to run by then has run when they return. */
export interface FakeClock extends Clock {
  pass(ms: number): void;
  set(now: number | string): void;
  /** Runs something that many milliseconds from now; the result calls it off. */
  readonly after: (wait: number, run: () => void) => () => void;
  /** How much waits to be run. */
  readonly pending: number;
}

export function fakeClock(start: number | string = '2026-11-22T13:37:42Z'): FakeClock {
  let now = new Date(start).getTime();
  const due = new Map<() => void, number>();
  const runDue = (): void => {
    for (const [run, at] of [...due].sort((a, b) => a[1] - b[1])) if (at <= now && due.delete(run)) run();
  };
  const set = (to: number | string): void => {
    now = new Date(to).getTime();
    runDue();
  };
  return {
    now: () => now,
    monotonic: () => now,
    set,
    pass: (ms) => set(now + ms),
    after(wait, run) {
      const once = (): void => run();
      due.set(once, now + wait);
      return () => due.delete(once);
    },
    get pending() {
      return due.size;
    },
  };
}
