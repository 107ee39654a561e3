import { Failure } from '../chat/failure.ts';
import type { Clock } from '../lib/time.ts';

/** How often and how much at once; null: no limit. */
export interface RateLimits {
  /** Requests a minute. */
  readonly rpm: number | null;
  /** Tokens a minute, in and out. */
  readonly tpm: number | null;
  /** Requests under way at once. */
  readonly maxParallel: number | null;
}

/** Who is limited. */
export interface Limited extends RateLimits {
  /** `key:<id>`, `project:<id>`, `deployment:<id>`, `gateway`. */
  readonly id: string;
  readonly kind: LimitedKind;
  /** For messages: `key "alpha" (sk-...abcd)`. */
  readonly title: string;
}
export type LimitedKind = keyof typeof settingNames;

/** A request that was let in. */
export interface Admission {
  /** How far the limits are used, as a key's clients read it: `x-ratelimit-api_key-remaining-requests` and its kin. */
  readonly headers: Readonly<Record<string, string>>;
  /** Replaces the estimate by the tokens that were really used. */
  correct(tokens: number): void;
  /** Ends the request; the first time counts. */
  release(): void;
}

const minuteMs = 60_000;

/** One minute of one key, project or deployment, from its first request on. */
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

  /** Whether a request that may use `tokens` would be let in now. */
  hasRoom(limited: Limited, tokens = 0): boolean {
    return fullness(limited, this.#minute(limited.id), this.#underWay.get(limited.id) ?? 0, tokens) === undefined;
  }

  /**
   * Counts a request that may use `tokens` on all of `limited`, or throws `rate-limited` and counts it on none. A request
   * larger than `tpm` itself is let in where the minute is still unused: no waiting would ever make it fit.
   */
  admit(limited: readonly Limited[], tokens: number): Admission {
    const counted = limited.map((one) => this.#checked(one, tokens));
    const headers: Record<string, string> = {};
    limited.forEach((one, index) => {
      const minute = counted[index];
      if (minute === undefined) return;
      minute.requests += 1;
      minute.tokens += tokens;
      this.#minutes.set(one.id, minute);
      this.#underWay.set(one.id, (this.#underWay.get(one.id) ?? 0) + 1);
      Object.assign(headers, headersOf(one, minute));
    });
    return { headers, ...this.#ending(limited, counted, tokens) };
  }

  /** The same counts, to be counted on apart. */
  copy(): Rates {
    const copy = new Rates(this.#clock);
    for (const [id, minute] of this.#minutes) copy.#minutes.set(id, { ...minute });
    for (const [id, count] of this.#underWay) copy.#underWay.set(id, count);
    return copy;
  }

  #checked(limited: Limited, tokens: number): Minute {
    const counted = this.#minute(limited.id);
    const full = fullness(limited, counted, this.#underWay.get(limited.id) ?? 0, tokens);
    if (full === undefined) return counted;
    throw refusal(limited, full, Math.max(1, Math.ceil((counted.start + minuteMs - this.#clock.now()) / 1000)));
  }

  /** The minute that is now; a fresh one is not kept before a request is counted on it. */
  #minute(id: string): Minute {
    const now = this.#clock.now();
    const known = this.#minutes.get(id);
    const isOver = !known || now < known.start || now >= known.start + minuteMs;
    return isOver ? { start: now, requests: 0, tokens: 0 } : known;
  }

  #ending(
    limited: readonly Limited[],
    counted: readonly Minute[],
    estimate: number,
  ): Pick<Admission, 'correct' | 'release'> {
    let tokens = estimate;
    let released = false;
    return {
      correct(used) {
        for (const minute of counted) minute.tokens += used - tokens;
        tokens = used;
      },
      release: () => {
        if (released) return;
        released = true;
        for (const { id } of limited) {
          const others = (this.#underWay.get(id) ?? 1) - 1;
          if (others === 0) this.#underWay.delete(id);
          else this.#underWay.set(id, others);
        }
      },
    };
  }
}

interface Full {
  /** LiteLLM's `rate_limit_type`. */
  readonly type: 'requests' | 'tokens' | 'max_parallel_requests';
  readonly what: string;
}

function fullness(limited: Limited, counted: Minute, underWay: number, tokens: number): Full | undefined {
  const { rpm, tpm, maxParallel } = limited;
  const names = settingNames[limited.kind];
  if (maxParallel !== null && underWay >= maxParallel) {
    const what = `has ${underWay} of ${maxParallel} requests under way (${names.maxParallel})`;
    return { type: 'max_parallel_requests', what };
  }
  if (rpm !== null && counted.requests >= rpm) {
    return { type: 'requests', what: `has made ${counted.requests} of ${rpm} requests this minute (${names.rpm})` };
  }
  if (tpm !== null && counted.tokens + tokens > tpm && (counted.tokens > 0 || tpm === 0)) {
    const used = `has used ${counted.tokens} of ${tpm} tokens this minute (${names.tpm})`;
    return { type: 'tokens', what: `${used}, and this request may take ${tokens}` };
  }
  return undefined;
}

const ofKeys = { rpm: 'rpm_limit', tpm: 'tpm_limit', maxParallel: 'max_parallel_requests' } as const;

/** What the limits are called where they are set, and in LiteLLM's headers. */
const settingNames = {
  key: { ...ofKeys, header: 'api_key' },
  project: { ...ofKeys, header: 'team' },
  deployment: { rpm: 'rpm', tpm: 'tpm', maxParallel: 'max_parallel_requests', header: undefined },
  gateway: { rpm: 'rpm', tpm: 'tpm', maxParallel: 'general_settings.global_max_parallel_requests', header: undefined },
} as const;

/** A place among those under way may come free at any moment, so the wait for one is short. */
function refusal({ id, kind, title }: Limited, { type, what }: Full, secondsLeft: number): Failure {
  const retryAfter = type === 'max_parallel_requests' ? 1 : secondsLeft;
  return new Failure('rate-limited', `Rate limit reached: ${title} ${what}. Try again in ${retryAfter} s.`, {
    retryAfter,
    headers: { rate_limit_type: type },
    scope: id,
    ...(kind === 'deployment' && { elsewhere: true }),
  });
}

function headersOf({ kind, rpm, tpm }: Limited, { requests, tokens }: Minute): Record<string, string> {
  const { header } = settingNames[kind];
  if (header === undefined) return {};
  return { ...pair(header, 'requests', rpm, requests), ...pair(header, 'tokens', tpm, tokens) };
}

const pair = (whose: string, what: string, limit: number | null, used: number): Record<string, string> =>
  limit === null
    ? {}
    : {
        [`x-ratelimit-${whose}-limit-${what}`]: String(limit),
        [`x-ratelimit-${whose}-remaining-${what}`]: String(Math.max(0, limit - used)),
      };
