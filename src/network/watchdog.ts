import { Failure } from '../chat/failure.ts';
import type { After } from '../lib/time.ts';

/** How long an answer may take, milliseconds. */
export interface Patience {
  /** Until it begins: its head, or a stream's first content. */
  readonly firstMs: number;
  /** Silence after that. */
  readonly idleMs: number;
  /** From the request to the end. */
  readonly totalMs: number;
}

/** The same for the beginning and for silence, and four times as long for the whole: for short questions on the side. */
export const patienceOf = (ms: number): Patience => ({ firstMs: ms, idleMs: ms, totalMs: 4 * ms });

/** Watches over one answer, with one timer at a time. */
export interface Watchdog {
  /** Bytes have come. */
  readonly heard: () => void;
  /** The first content has come: from now on only silence and the whole count. */
  readonly begun: () => void;
  /** Its reader is slow: a silence that is not the provider's does not count. */
  readonly paused: () => void;
  readonly resumed: () => void;
  readonly stop: () => void;
}

export interface Watch extends Patience {
  readonly host: string;
  /** Milliseconds, never going back. */
  readonly now: () => number;
  readonly after: After;
  /** Ends the exchange. Called once at most. */
  readonly cut: (failure: Failure) => void;
}

/** Cuts an exchange that takes too long: until it begins, in silence, or as a whole. */
export function watchdog({ host, now, after, cut, ...patience }: Watch): Watchdog {
  const { firstMs, idleMs, totalMs } = patience;
  const start = now();
  let last = start;
  let isBegun = false;
  let isPaused = false;
  let isStopped = false;
  const dueIn = (): number => {
    const soonest = !isBegun ? start + firstMs : isPaused ? Infinity : last + idleMs;
    return Math.min(start + totalMs, soonest) - now();
  };
  const check = (): void => {
    const wait = dueIn();
    if (wait > 0) callOff = watch();
    else cut(lateness(host, patience, now() - start >= totalMs ? 'totalMs' : isBegun ? 'idleMs' : 'firstMs'));
  };
  const watch = (): (() => void) => after(Math.ceil(Math.max(0, dueIn())), check);
  let callOff = watch();
  /** What waits now may be due later than silence is. */
  const watchAnew = (): void => {
    // What has come whole is still read, and its reader may still have been slow.
    if (isStopped) return;
    last = now();
    callOff();
    callOff = watch();
  };
  return {
    heard: () => void (last = now()),
    begun() {
      if (isBegun) return;
      isBegun = true;
      watchAnew();
    },
    paused() {
      isPaused = true;
    },
    resumed() {
      isPaused = false;
      watchAnew();
    },
    stop() {
      isStopped = true;
      callOff();
    },
  };
}

function lateness(host: string, patience: Patience, which: keyof Patience): Failure {
  const seconds = patience[which] / 1000;
  const stories = {
    totalMs: `did not end its answer within ${seconds} s (timeout)`,
    idleMs: `fell silent for ${seconds} s in the middle of its answer (idle_timeout)`,
    firstMs: `did not begin to answer within ${seconds} s (stream_timeout)`,
  };
  return new Failure('provider-timeout', `${host} ${stories[which]}.`);
}
