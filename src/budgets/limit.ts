import { Failure } from '../chat/failure.ts';
import { formatDollars } from '../chat/money.ts';
import type { NanoUsd } from '../chat/money.ts';
import type { Counted } from './scope-counter.ts';

/** A budget on a scope. */
export interface Limit {
  /**
   * `gateway`, `key:<id>`, `project:<id>`, `account:<name>`, `provider:<name>`, `group:<name>`, `deployment:<id>`, and
   * `key:<id>/group:<name>`. Several budgets of one scope differ in their durations.
   */
  readonly scope: string;
  /** Whose it is, for messages: `key "alpha" (sk-...abcd)`. */
  readonly title: string;
  readonly max: NanoUsd;
  /** `1d`, `30d`, `weekly`, ...; null: never reset. */
  readonly duration: string | null;
  /** It is a deployment's, its account's or its provider's alone: a call may go elsewhere instead. */
  readonly elsewhere?: true;
  /** How to raise it, to stand after "To go on sooner,": `raise max_budget with POST /key/update`. */
  readonly raise: string;
}

/** The state of a limit at one instant. */
export interface Standing {
  readonly limit: Limit;
  readonly window: Counted;
}

/** The failure of a call that a budget cannot pay for, even when all that is held comes back. */
export function budgetExceeded({ limit, window }: Standing, timeZone: string, status: number): Failure {
  const left = limit.max - window.spent;
  const state =
    left > 0
      ? `Budget too small for this call: the ${formatDollars(left as NanoUsd)} left cannot pay for it. ` +
        `${capital(limit.title)} has spent ${spentOf(limit, window)}.`
      : `Budget exceeded: ${limit.title} has spent ${spentOf(limit, window)}.`;
  const next =
    window.end === Infinity
      ? `It is never reset. To go on, ${limit.raise}.`
      : `It resets on ${localTime(window.end, timeZone)}. To go on sooner, ${limit.raise}.`;
  return new Failure('budget-exceeded', `${state} ${next}`, { status, ...whose(limit) });
}

/** The failure of a call that waited in vain for money that other calls hold. */
export function moneyHeld({ limit, window }: Standing, holds: number): Failure {
  const message =
    `Budget busy: ${limit.title} has spent ${spentOf(limit, window)}, and ${formatDollars(window.held as NanoUsd)} ` +
    `of the rest is held by ${holds === 1 ? 'a call' : `${holds} calls`} under way. ` +
    'What they do not use comes back when they end: try again in a few seconds.';
  return new Failure('rate-limited', message, { retryAfter: 5, ...whose(limit) });
}

const whose = ({ scope, elsewhere }: Limit) => ({ scope, ...(elsewhere && { elsewhere }) });

const names: Readonly<Record<string, string>> = {
  '1h': 'hourly',
  hourly: 'hourly',
  '1d': 'daily',
  daily: 'daily',
  '7d': 'weekly',
  '1w': 'weekly',
  weekly: 'weekly',
  '30d': 'monthly',
  '1mo': 'monthly',
  monthly: 'monthly',
};

/** `$1.50 of its daily budget of $1.50`. */
function spentOf(limit: Limit, window: Counted): string {
  const name = limit.duration === null ? 'total' : (names[limit.duration] ?? limit.duration);
  return `${formatDollars(window.spent as NanoUsd)} of its ${name} budget of ${formatDollars(limit.max)}`;
}

/** `Mon, 23 Nov 2026, 00:00 (Europe/Berlin)`, and the seconds only where a window is that short. */
function localTime(at: number, timeZone: string): string {
  const form: Intl.DateTimeFormatOptions = { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' };
  const time: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
  if (at % 60_000 !== 0) time.second = '2-digit';
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, ...form, ...time });
  return `${format.format(at)} (${timeZone})`;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
