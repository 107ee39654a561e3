import type { Standing } from './limit.ts';

/** Percent of a budget whose passing is told, the highest first. */
const thresholds = [100, 90, 75];

/**
 * The highest threshold that a row's cost took a budget past, in percent, just after it was counted. A window's spend
 * only rises, so each is passed once in it. `at` is when the row's money was set aside.
 */
export function thresholdPassed({ limit, window }: Standing, at: number, cost: number): number | undefined {
  if (at < window.start) return undefined;
  return thresholds.find((percent) => isPassed(window.spent, cost, (limit.max * percent) / 100));
}

/** Whether the cost took what was spent past the limit itself. */
export const limitPassed = ({ limit, window }: Standing, at: number, cost: number): boolean =>
  at >= window.start && isPassed(window.spent, cost, limit.max);

const isPassed = (spent: number, cost: number, mark: number): boolean => spent >= mark && spent - cost < mark;
