import { invalid } from '../chat/failure.ts';
import type { Allowance } from '../chat/allowance.ts';
import { isWindow } from '../lib/duration.ts';
import { isCount } from './read-terms.ts';
import type { Terms } from './terms.ts';

/** Throws `invalid-request`, with the name that LiteLLM gives the field, for terms that cannot be meant. */
export function checkTerms(terms: Partial<Terms>): void {
  const { maxBudget, budgetDuration, budgetLimits = [], softBudget, raise, modelBudgets = {} } = terms;
  checkDollars(maxBudget, 'max_budget');
  checkDollars(softBudget, 'soft_budget');
  checkDollars(raise?.amount, 'temp_budget_increase');
  if (!isCount(raise?.until)) throw invalid('temp_budget_expiry is no time.', 'temp_budget_expiry');
  checkWindow(budgetDuration, 'budget_duration');
  for (const one of budgetLimits) checkAllowance(one, 'budget_limits');
  const durations = budgetLimits.map(({ duration }) => duration);
  if (new Set(durations).size < durations.length)
    throw invalid('budget_limits has two budgets for one budget_duration; leave one of them out.', 'budget_limits');
  for (const one of Object.values(modelBudgets)) checkAllowance(one, 'model_max_budget');
  checkCount(terms.rpm, 'rpm_limit');
  checkCount(terms.tpm, 'tpm_limit');
  checkCount(terms.maxParallel, 'max_parallel_requests');
}

function checkAllowance({ max, duration }: Allowance, param: string): void {
  checkDollars(max, param);
  checkWindow(duration, param);
}

function checkDollars(amount: number | null | undefined, param: string): void {
  if (!isCount(amount)) throw invalid(`${param} must be a number of dollars, 0 or more.`, param);
}

function checkCount(count: number | null | undefined, param: string): void {
  if (!isCount(count)) throw invalid(`${param} must be a whole number, 0 or more.`, param);
}

function checkWindow(duration: string | null | undefined, param: string): void {
  if (duration == null || isWindow(duration)) return;
  const word = param === 'budget_duration' ? param : `${param}: the duration`;
  throw invalid(
    `${word} "${duration}" is none of 30s, 30m, 1h, 1d, 7d, 30d, 1mo, daily, weekly, monthly and their like.`,
    param,
  );
}
