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

/** Watches over one answer. */
export interface Watchdog {
  /** Bytes have come. */
  heard(): void;
  /** The first content has come: from now on only silence and the whole count. */
  begun(): void;
  /** Its reader is slow: a silence that is not the provider's does not count. */
  paused(): void;
  resumed(): void;
  stop(): void;
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
export const watchdog = (watch: Watch): Watchdog => new Watching(watch);

/** With one timer, which looks at least as often as silence may last: what comes meanwhile need not set it anew. */
class Watching implements Watchdog {
  readonly #watch: Watch;
  readonly #start: number;
  #last: number;
  #isBegun = false;
  #isPaused = false;
  #callOff: () => void;

  constructor(watch: Watch) {
    this.#watch = watch;
    this.#start = watch.now();
    this.#last = this.#start;
    this.#callOff = this.#lookLater();
  }

  heard(): void {
    this.#last = this.#watch.now();
  }

  begun(): void {
    this.#isBegun = true;
    this.heard();
  }

  paused(): void {
    this.#isPaused = true;
  }

  resumed(): void {
    this.#isPaused = false;
    this.heard();
  }

  stop(): void {
    this.#callOff();
  }

  #lookLater(): () => void {
    const wait = Math.min(this.#dueIn(), this.#watch.idleMs);
    return this.#watch.after(Math.ceil(Math.max(0, wait)), () => this.#look());
  }

  #dueIn(): number {
    const { firstMs, idleMs, totalMs, now } = this.#watch;
    const soonest = !this.#isBegun ? this.#start + firstMs : this.#isPaused ? Infinity : this.#last + idleMs;
    return Math.min(this.#start + totalMs, soonest) - now();
  }

  #look(): void {
    const { host, totalMs, now, cut } = this.#watch;
    if (this.#dueIn() > 0) this.#callOff = this.#lookLater();
    else
      cut(
        lateness(host, this.#watch, now() - this.#start >= totalMs ? 'totalMs' : this.#isBegun ? 'idleMs' : 'firstMs'),
      );
  }
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
