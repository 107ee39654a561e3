import type { NanoUsd } from '../chat/money.ts';
import type { CloseRecord } from './records.ts';

/** An amount that counts on some budgets, in the windows of an instant. */
export interface Charge {
  readonly at: number;
  readonly scopes: readonly string[];
  readonly cost: NanoUsd;
}

/**
 * Which budgets bear what of a row's cost: an attempt at another account counts there, a later one in the windows that
 * paid for it, and the rest, which comes first, where and when the row says.
 */
export function chargesOf({
  at,
  scopes,
  cost,
  attempts,
}: Pick<CloseRecord, 'at' | 'scopes' | 'cost' | 'attempts'>): readonly [rest: Charge, ...apart: Charge[]] {
  const apart = attempts.flatMap((attempt) =>
    attempt.cost !== undefined && (attempt.scopes ?? attempt.at) !== undefined
      ? [{ at: attempt.at ?? at, scopes: attempt.scopes ?? scopes, cost: attempt.cost }]
      : [],
  );
  const rest = apart.reduce((left, charge) => left - charge.cost, cost ?? 0);
  return [{ at, scopes, cost: rest as NanoUsd }, ...apart];
}

/** Whether two amounts count on the same budgets, in whatever order these are named. */
export const haveSameScopes = (a: readonly string[], b: readonly string[]): boolean =>
  a === b || (a.length === b.length && a.every((scope) => b.includes(scope)));
