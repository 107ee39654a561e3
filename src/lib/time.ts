import type { StopSignal } from './stop.ts';

/** What the time is: injected, so that tests need not wait. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds from some fixed point, never going back, with fractions. */
  monotonic(): number;
}

export const systemClock: Clock = { now: () => Date.now(), monotonic: () => performance.now() };

/** Runs something later, milliseconds from now, and gives what calls it off. */
export type After = (wait: number, run: () => void) => () => void;

/** Waiting: injected, so that tests need not. */
export interface Timers {
  readonly after: After;
  /** Resolves when so many milliseconds have passed, or at once when the signal aborts. */
  readonly pause: (ms: number, signal: StopSignal) => Promise<void>;
}

/** For what can be left undone: it does not keep the process alive. */
export const afterQuietly: After = (wait, run) => {
  const timer = setTimeout(run, wait).unref();
  return () => clearTimeout(timer);
};

const after: After = (wait, run) => {
  const timer = setTimeout(run, wait);
  return () => clearTimeout(timer);
};

export const systemTimers: Timers = {
  after,
  pause: (ms, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) {
        resolve();
        return;
      }
      const done = (): void => {
        callOff();
        signal.removeEventListener('abort', done);
        resolve();
      };
      const callOff = after(ms, done);
      signal.addEventListener('abort', done);
    }),
};
