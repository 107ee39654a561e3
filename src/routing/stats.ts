import type { FailureKind } from '../chat/failure.ts';

/** What is counted of a deployment. */
export interface Stats {
  inFlight: number;
  /** The minute that is now. */
  readonly minute: Minute;
  /** Milliseconds until a stream's first content, and for each token of a whole answer. */
  readonly latency: { readonly stream: Average; readonly whole: Average };
  lastError?: { readonly at: number; readonly kind: FailureKind; readonly message: string };
}

interface Minute {
  start: number;
  requests: number;
  failures: number;
  tokens: number;
}

const minuteMs = 60_000;
/** How much the newest counts. */
const share = 0.2;

export const newStats = (now: number): Stats => ({
  inFlight: 0,
  minute: { start: now, requests: 0, failures: 0, tokens: 0 },
  latency: { stream: new Average(), whole: new Average() },
});

/** The counts of the minute that `now` is in. */
export function tallyAt({ minute }: Stats, now: number): Minute {
  if (now - minute.start >= minuteMs || now < minute.start) {
    minute.start = now;
    minute.requests = 0;
    minute.failures = 0;
    minute.tokens = 0;
  }
  return minute;
}

/** An average in which the past fades. */
export class Average {
  #value: number | undefined;
  #at = 0;

  add(value: number, now: number): void {
    this.#value = this.#value === undefined ? value : this.#value + share * (value - this.#value);
    this.#at = now;
  }

  /** Undefined when nothing was measured since then. */
  since(then: number): number | undefined {
    return this.#at >= then ? this.#value : undefined;
  }
}
