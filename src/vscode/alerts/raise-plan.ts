import { isArray, numberIn, objectIn, objectsIn, stringIn, type Json, type JsonObject } from '../../lib/json.ts';

/** How much more, and until when. */
export interface Wanted {
  /** Dollars. */
  readonly amount: number;
  /** Milliseconds since the epoch; null: for good. */
  readonly until: number | null;
}

/** The budget that is to be raised. */
export interface Raised {
  readonly duration: string | null;
  /** Of one model alone, by its public name. */
  readonly model?: string;
}

/** The fields to change of a key or a project whose terms are `row`, at `now`. */
export function raisedTerms(row: JsonObject, budget: Raised, { amount, until }: Wanted, now: number): JsonObject {
  if (budget.model !== undefined)
    return { model_max_budget: raisedModel(row['model_max_budget'], budget.model, amount) };
  if (until !== null) {
    const increase = amount + stillRaised(row, now);
    return { temp_budget_increase: cents(increase), temp_budget_expiry: new Date(until).toISOString() };
  }
  const max = numberIn(row['max_budget']);
  const isOwn = max !== undefined && (stringIn(row['budget_duration']) ?? null) === budget.duration;
  return isOwn
    ? { max_budget: cents(max + amount) }
    : { budget_limits: raisedLimit(row['budget_limits'], budget, amount) };
}

/** A second raise replaces the first, so what that one gave is in it. */
function stillRaised(row: JsonObject, now: number): number {
  const end = Date.parse(stringIn(row['temp_budget_expiry']) ?? '');
  return end > now ? (numberIn(row['temp_budget_increase']) ?? 0) : 0;
}

const raisedLimit = (limits: Json | undefined, { duration }: Raised, amount: number): readonly JsonObject[] =>
  (isArray(limits) ? objectsIn(limits) : []).map((limit) =>
    (stringIn(limit['budget_duration']) ?? null) === duration
      ? { ...limit, max_budget: cents((numberIn(limit['max_budget']) ?? 0) + amount) }
      : limit,
  );

function raisedModel(budgets: Json | undefined, model: string, amount: number): JsonObject {
  const all = objectIn(budgets);
  const one = objectIn(all[model]);
  return { ...all, [model]: { ...one, budget_limit: cents((numberIn(one['budget_limit']) ?? 0) + amount) } };
}

/** Sums of dollars have no digits that nobody typed: 0.1 + 0.2 is 0.3. */
const cents = (dollars: number): number => Number(dollars.toFixed(6));

/** An amount of dollars as someone types it: `5`, `2.50`, `$10`; undefined for what is none, or nothing. */
export function dollarsIn(text: string): number | undefined {
  const found = /^\$?\s*(\d{1,6}(?:[.,]\d{1,6})?)$/.exec(text.trim())?.[1];
  const dollars = Number(found?.replace(',', '.'));
  return dollars > 0 ? dollars : undefined;
}
