import type { Failure, FailureKind } from '../chat/failure.ts';

/** How often a failed call is tried again. */
export interface RetryRules {
  readonly count: number;
  /** The least wait, milliseconds. */
  readonly waitMs: number;
  readonly policy: RetryPolicy;
  readonly groups: Readonly<Record<string, RetryPolicy>>;
}

export interface RetryPolicy extends Readonly<Partial<Record<FailureKind, number>>> {
  /** For the kinds that it does not name. */
  readonly otherwise?: number;
}

/** What else has a say: the request's own number comes first, the deployment's last. */
export interface Wanted {
  readonly group: string;
  readonly asked?: number | undefined;
  readonly deployment?: number | undefined;
}

/** How often a call that failed so is tried again. What is wrong with the request itself never is. */
export function retriesAfter(failure: Failure, rules: RetryRules, { group, asked, deployment }: Wanted): number {
  if (failure.retry === 'never') return 0;
  if (asked !== undefined) return isWorthwhile(failure) ? asked : 0;
  const policy = Object.hasOwn(rules.groups, group) ? rules.groups[group] : rules.policy;
  const ofKind = policy?.[failure.kind];
  if (ofKind !== undefined) return ofKind;
  return isWorthwhile(failure) ? (policy?.otherwise ?? deployment ?? rules.count) : 0;
}

/** Whether the same deployment may do better in a moment. Its provider may say that it will not, in the header of OpenAI's and Anthropic's SDKs. */
export const isWorthwhile = ({ kind, retry, details }: Failure): boolean =>
  details.headers?.['x-should-retry'] !== 'false' &&
  (retry === 'later' || (retry === 'elsewhere' && (kind === 'provider-rate-limited' || kind === 'rate-limited')));

/** A provider that wants to be left alone for longer is not waited for. */
export const longestWaitMs = 30_000;
const firstWaitMs = 500;
const mostBackOffMs = 8_000;

/** Milliseconds before retry number `retry` (from 0): twice as long each time, with jitter; undefined: too long to wait. */
export function waitBefore(retry: number, failure: Failure, leastMs: number, random: () => number): number | undefined {
  const asked = (failure.details.retryAfter ?? 0) * 1000;
  if (asked > longestWaitMs) return undefined;
  const backOff = Math.min(firstWaitMs * 2 ** retry, mostBackOffMs);
  return Math.max(asked, leastMs, backOff * (1 - random() / 2));
}
