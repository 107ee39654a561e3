import type { Failure, FailureKind } from '../chat/failure.ts';

/** When a deployment is left alone after failures, and how long. */
export interface CooldownRules {
  readonly disabled: boolean;
  readonly ms: number;
  /** More failures than that in a minute; absent: LiteLLM's rules for a start. */
  readonly allowedFails?: number;
  readonly allowedFailsByKind: Readonly<Partial<Record<FailureKind, number>>>;
}

/** What a deployment did in this minute. */
export interface Tally {
  readonly requests: number;
  readonly failures: number;
}

/** A provider's `retry-after` is heeded for this long at most: limits by the day would hide a deployment until tomorrow. */
export const longestRetryAfterMs = 300_000;

/** An account whose key is refused or whose money is gone: at first, doubled each time, and at most. */
export const accountCooldownMs = { first: 60_000, most: 900_000 };

/**
 * How long a deployment is left alone after this failure, milliseconds; undefined: not at all. As LiteLLM: what another
 * try cannot mend and, where there are others, a full or unreachable provider at once; else when more than half of at
 * least five requests in the minute failed, or all of a thousand.
 */
export function cooldownAfter(
  failure: Failure,
  tally: Tally,
  rules: CooldownRules,
  isAlone: boolean,
): number | undefined {
  const { kind } = failure;
  if (rules.disabled || !isProvidersFault(failure)) return undefined;
  const ms =
    kind === 'provider-rate-limited'
      ? Math.max(rules.ms, Math.min((failure.details.retryAfter ?? 0) * 1000, longestRetryAfterMs))
      : rules.ms;
  const allowed = rules.allowedFailsByKind[kind] ?? rules.allowedFails;
  return isTooMuch(kind, tally, allowed, isAlone) ? ms : undefined;
}

function isTooMuch(kind: FailureKind, tally: Tally, allowed: number | undefined, isAlone: boolean): boolean {
  const { requests, failures } = tally;
  if (allowed !== undefined) return failures > allowed;
  if (stays.has(kind)) return true;
  if (isAlone) return requests >= 1000 && failures === requests;
  return atOnce.has(kind) || (requests >= 5 && failures * 2 > requests);
}

/** Whether a failure tells of the provider's health: 401, 402, 404, 408, 429, 500 and above, and connections that fail. */
export function isProvidersFault({ kind, status }: Failure): boolean {
  if (kind === 'provider-error') return status >= 500;
  // A status of its own means that we know the route to be missing, without having asked.
  if (kind === 'provider-model-missing') return status === 404 || status === 405;
  return faults.has(kind);
}

/** Whether the account itself is at fault, so that all its deployments fail alike. */
export const isAccountsFault = ({ kind }: Failure): boolean => ofTheAccount.has(kind);

const ofTheAccount: ReadonlySet<FailureKind> = new Set(['provider-key-refused', 'provider-account-empty']);
const stays: ReadonlySet<FailureKind> = new Set([...ofTheAccount, 'provider-model-missing']);
const atOnce: ReadonlySet<FailureKind> = new Set(['provider-rate-limited', 'provider-unreachable']);
const faults: ReadonlySet<FailureKind> = new Set([
  ...stays,
  ...atOnce,
  'provider-overloaded',
  'provider-nonsense',
  'provider-timeout',
]);
