import { Failure } from '../chat/failure.ts';
import type { Clock } from '../lib/time.ts';

/** Who is limited. */
export interface Limited {
  /** `key:<id>`, `deployment:<id>`. */
  readonly id: string;
  /** For messages: `key "alpha" (sk-...abcd)`. */
  readonly title: string;
}

/** How often and how much at once; null: no limit. */
export interface RateLimits {
  /** Requests a minute. */
  readonly rpm: number | null;
  /** Tokens a minute, in and out. */
  readonly tpm: number | null;
  /** Requests under way at once. */
  readonly maxParallel: number | null;
}

/** A request that was let in. */
export interface Admission {
  /** How far the limits are used, as a key's clients read it: `x-ratelimit-api_key-remaining-requests` and its kin. */
  readonly headers: Readonly<Record<string, string>>;
  /** Replaces the estimate by the tokens that were really used. */
  correct(tokens: number): void;
  /** Ends the request; the first time counts. */
  release(): void;
}

const minute = 60_000;

/** One minute of one key or deployment, from its first request on. */
interface Minute {
  readonly start: number;
  requests: number;
  tokens: number;
}

/** Counts requests and tokens by the minute, and requests under way. In memory only: a minute is soon over. */
export class Rates {
  readonly #clock: Clock;
  readonly #minutes = new Map<string, Minute>();
  readonly #underWay = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Counts a request that may use `tokens`, or throws `rate-limited`. A request larger than `tpm` itself
   * is let in where the minute is still unused: no waiting would ever make it fit.
   */
  admit({ id, title }: Limited, limits: RateLimits, tokens: number): Admission {
    const now = this.#clock.now();
    const known = this.#minutes.get(id);
    const isOver = !known || now < known.start || now >= known.start + minute;
    const counted = isOver ? { start: now, requests: 0, tokens: 0 } : known;
    const underWay = this.#underWay.get(id) ?? 0;
    const full = fullness(limits, counted, underWay, tokens);
    if (full) throw refusal(title, full, Math.max(1, Math.ceil((counted.start + minute - now) / 1000)));
    counted.requests += 1;
    counted.tokens += tokens;
    this.#minutes.set(id, counted);
    this.#underWay.set(id, underWay + 1);
    return { headers: headersOf(limits, counted), ...this.#ending(id, counted, tokens) };
  }

  #ending(id: string, counted: Minute, estimate: number): Pick<Admission, 'correct' | 'release'> {
    let tokens = estimate;
    let released = false;
    return {
      correct(used) {
        counted.tokens += used - tokens;
        tokens = used;
      },
      release: () => {
        if (released) return;
        released = true;
        const others = (this.#underWay.get(id) ?? 1) - 1;
        if (others === 0) this.#underWay.delete(id);
        else this.#underWay.set(id, others);
      },
    };
  }
}

interface Full {
  /** LiteLLM's `rate_limit_type`. */
  readonly type: 'requests' | 'tokens' | 'max_parallel_requests';
  readonly what: string;
}

function fullness(limits: RateLimits, counted: Minute, underWay: number, tokens: number): Full | undefined {
  const { rpm, tpm, maxParallel } = limits;
  if (maxParallel !== null && underWay >= maxParallel) {
    const what = `has ${underWay} of ${maxParallel} requests under way (max_parallel_requests)`;
    return { type: 'max_parallel_requests', what };
  }
  if (rpm !== null && counted.requests >= rpm) {
    return { type: 'requests', what: `has made ${counted.requests} of ${rpm} requests this minute (rpm_limit)` };
  }
  if (tpm !== null && counted.tokens + tokens > tpm && (counted.tokens > 0 || tpm === 0)) {
    const what = `has used ${counted.tokens} of ${tpm} tokens this minute (tpm_limit), and this request may take ${tokens}`;
    return { type: 'tokens', what };
  }
  return undefined;
}

/** A place among those under way may come free at any moment, so the wait for one is short. */
function refusal(title: string, { type, what }: Full, secondsLeft: number): Failure {
  const retryAfter = type === 'max_parallel_requests' ? 1 : secondsLeft;
  const message = `Rate limit reached: ${title} ${what}. Try again in ${retryAfter} s.`;
  return new Failure('rate-limited', message, { retryAfter, headers: { rate_limit_type: type } });
}

const headersOf = ({ rpm, tpm }: RateLimits, { requests, tokens }: Minute): Record<string, string> => ({
  ...pair('requests', rpm, requests),
  ...pair('tokens', tpm, tokens),
});

const pair = (what: string, limit: number | null, used: number): Record<string, string> =>
  limit === null
    ? {}
    : {
        [`x-ratelimit-api_key-limit-${what}`]: String(limit),
        [`x-ratelimit-api_key-remaining-${what}`]: String(Math.max(0, limit - used)),
      };
