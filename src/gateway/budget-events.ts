import type { Limit, Standing } from '../budgets/limit.ts';
import { limitPassed, thresholdPassed } from '../budgets/thresholds.ts';
import type { Failure } from '../chat/failure.ts';
import type { NanoUsd } from '../chat/money.ts';
import type { Ports } from './ports.ts';

/** What has just been counted: an amount, when its money was set aside, and the budgets that it counts on. */
export interface Counted {
  readonly cost: number;
  readonly at: number;
  readonly limits: readonly Limit[];
  readonly soft: readonly Limit[];
}

/** Tells of the budgets that this took past a threshold. */
export function tellOfBudgets({ budgets, events }: Ports, { cost, at, limits, soft }: Counted): void {
  if (cost <= 0) return;
  for (const limit of limits) {
    const standing = budgets.standing(limit);
    const percent = thresholdPassed(standing, at, cost);
    if (percent !== undefined) events.raise({ type: 'budget-threshold', percent, ...use(standing) });
  }
  for (const limit of soft) {
    const standing = budgets.standing(limit);
    if (limitPassed(standing, at, cost)) events.raise({ type: 'soft-budget', ...use(standing) });
  }
}

/** Tells of the budget that refused a call. The last calls of a budget are refused before all of it is spent. */
export function tellOfRefusal({ budgets, events }: Ports, { kind, details }: Failure, limits: readonly Limit[]): void {
  if (kind !== 'budget-exceeded') return;
  const [shortest] = limits
    .filter(({ scope }) => scope === details.scope)
    .map((limit) => budgets.standing(limit))
    .sort((a, b) => leftOf(a) - leftOf(b));
  if (shortest === undefined) return;
  const event = { type: 'budget-refused', ...use(shortest) } as const;
  const { scope, duration, resetsAt, max } = event;
  if (events.claim(`refused ${scope} ${duration ?? ''} ${resetsAt ?? ''} ${max}`)) events.raise(event);
}

const leftOf = ({ limit: { max }, window: { spent } }: Standing): number => max - spent;

const use = ({ limit: { scope, title, max, duration }, window: { spent, end } }: Standing) => ({
  ...{ scope, title, max, duration },
  spent: spent as NanoUsd,
  resetsAt: end === Infinity ? null : end,
});
