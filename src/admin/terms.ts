import * as z from 'zod';
import { budgetEntry, type BudgetEntry } from '../config/budget-schema.ts';
import { allowanceOf } from '../config/budgets.ts';
import { invalid } from '../chat/failure.ts';
import type { Allowance } from '../chat/allowance.ts';
import { fromDollars, toDollars } from '../chat/money.ts';
import type { Ports } from '../gateway/ports.ts';
import type { Raise, Terms } from '../keys/terms.ts';
import { expiryOf } from '../lib/duration.ts';
import { defined } from '../lib/json.ts';

const dollars = z.number().nonnegative();
const count = z.number().int().nonnegative();

/** The fields that keys and teams share, as LiteLLM names them. Null clears one. */
export const termsFields = {
  models: z.array(z.string()).nullable(),
  max_budget: dollars.nullable(),
  budget_duration: z.string().nullable(),
  budget_limits: z.array(budgetEntry).nullable(),
  soft_budget: dollars.nullable(),
  temp_budget_increase: dollars.nullable(),
  temp_budget_expiry: z.string().nullable(),
  model_max_budget: z.record(z.string(), budgetEntry).nullable(),
  rpm_limit: count.nullable(),
  tpm_limit: count.nullable(),
  max_parallel_requests: count.nullable(),
  metadata: z.record(z.string(), z.json()).nullable(),
  blocked: z.boolean(),
};
type All = z.infer<z.ZodObject<typeof termsFields>>;
export type TermsFields = { readonly [Name in keyof All]?: All[Name] | undefined };

/** The fields in our own units. Left out stays left out; null clears. */
export function termsOf(ports: Ports, given: TermsFields): Partial<Terms> {
  const { models, max_budget, budget_duration, budget_limits, soft_budget, model_max_budget } = given;
  const { rpm_limit, tpm_limit, max_parallel_requests, metadata, blocked } = given;
  return defined({
    models: models === null ? [] : models,
    maxBudget: max_budget == null ? max_budget : fromDollars(max_budget),
    budgetDuration: budget_duration,
    budgetLimits: budget_limits === null ? [] : budget_limits?.map(allowanceOf),
    softBudget: soft_budget == null ? soft_budget : fromDollars(soft_budget),
    raise: raiseOf(ports, given),
    modelBudgets: model_max_budget === null ? {} : model_max_budget && allowancesOf(model_max_budget),
    rpm: rpm_limit,
    tpm: tpm_limit,
    maxParallel: max_parallel_requests,
    metadata: metadata === null ? {} : metadata,
    blocked,
  });
}

/** The same as LiteLLM's answers show it. */
export const termsRow = (terms: Terms): Record<string, unknown> => ({
  models: terms.models,
  max_budget: inDollars(terms.maxBudget),
  budget_duration: terms.budgetDuration,
  budget_limits: terms.budgetLimits.map(({ max, duration }) => ({
    max_budget: toDollars(max),
    budget_duration: duration,
  })),
  soft_budget: inDollars(terms.softBudget),
  temp_budget_increase: inDollars(terms.raise?.amount ?? null),
  temp_budget_expiry: iso(terms.raise?.until ?? null),
  model_max_budget: mapped(terms.modelBudgets, ({ max, duration }) => ({
    budget_limit: toDollars(max),
    time_period: duration,
  })),
  rpm_limit: terms.rpm,
  tpm_limit: terms.tpm,
  max_parallel_requests: terms.maxParallel,
  metadata: terms.metadata,
  blocked: terms.blocked,
});

/** What was spent of it, for the whole and by windows and models. */
export function usageRow(ports: Ports, scope: string, terms: Terms): Record<string, unknown> {
  const spent = (of: string, duration: string | null) => {
    const { window, resetsAt } = ports.budgets.spend(of, duration);
    return { current_spend: toDollars(window), budget_reset_at: iso(resetsAt) };
  };
  return {
    budget_limits_usage: Object.fromEntries(
      terms.budgetLimits.map(({ duration }) => [duration ?? 'total', spent(scope, duration)]),
    ),
    model_max_budget_usage: Object.fromEntries(
      Object.entries(terms.modelBudgets).map(([model, one]) => [model, spent(`${scope}/group:${model}`, one.duration)]),
    ),
  };
}

/** What was spent in the window of `budget_duration`, and ever. */
export function spendRow(ports: Ports, scope: string, { budgetDuration }: Terms): Record<string, unknown> {
  const { window, total, held, resetsAt } = ports.budgets.spend(scope, budgetDuration);
  return {
    spend: toDollars(window),
    total_spend: toDollars(total),
    held: toDollars(held),
    budget_reset_at: iso(resetsAt),
  };
}

export const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

/** When a length of time that begins at `from` ends. Throws `invalid-request` for what is none. */
export function endOf(duration: string, from: number, param: string): number {
  const end = expiryOf(duration, from);
  if (end === undefined)
    throw invalid(`${param} "${duration}" is no length of time; write it as 30s, 15m, 1h, 30d, 2w or 1mo.`, param);
  return end;
}

/** A raise has an amount and an end, or there is none. */
function raiseOf(ports: Ports, given: TermsFields): Raise | null | undefined {
  const { temp_budget_increase: amount, temp_budget_expiry: end } = given;
  if (amount === undefined && end === undefined) return undefined;
  if (amount === null && (end === null || end === undefined)) return null;
  if (amount == null || end == null)
    throw invalid(
      'temp_budget_increase and temp_budget_expiry go together: how much, and until when.',
      amount == null ? 'temp_budget_increase' : 'temp_budget_expiry',
    );
  return { amount: fromDollars(amount), until: instantOf(ports, end) };
}

/** A date, a time, or a length of time from now on. */
function instantOf(ports: Ports, text: string): number {
  const now = ports.clock.now();
  const at = expiryOf(text, now) ?? Date.parse(text);
  if (Number.isNaN(at))
    throw invalid(
      `temp_budget_expiry "${text}" is no time; write it as 2026-12-31, 2026-12-31T18:00:00Z or 10d.`,
      'temp_budget_expiry',
    );
  return at;
}

const allowancesOf = (budgets: Readonly<Record<string, BudgetEntry>>): Record<string, Allowance> =>
  mapped(budgets, allowanceOf);

const inDollars = (amount: Terms['maxBudget']): number | null => (amount === null ? null : toDollars(amount));

const mapped = <T, U>(record: Readonly<Record<string, T>>, change: (value: T) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
