import type { NanoUsd } from '../chat/money.ts';
import type { CloseRecord } from './records.ts';

/** An amount that counts on some budgets. */
export interface Charge {
  readonly scopes: readonly string[];
  readonly cost: NanoUsd;
}

/** Which budgets bear what of a row's cost: an attempt at another account counts there, the rest, which comes first, where the row says. */
export function chargesOf({ scopes, cost, attempts }: CloseRecord): readonly [rest: Charge, ...apart: Charge[]] {
  const apart = attempts.flatMap((attempt) =>
    attempt.scopes && attempt.cost !== undefined ? [{ scopes: attempt.scopes, cost: attempt.cost }] : [],
  );
  const rest = apart.reduce((left, charge) => left - charge.cost, cost ?? 0);
  return [{ scopes, cost: rest as NanoUsd }, ...apart];
}
