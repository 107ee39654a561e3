import type { Allowance } from '../chat/allowance.ts';
import { nanoUsd, type NanoUsd } from '../chat/money.ts';
import type { JsonObject } from '../lib/json.ts';

/** What a key and a project may do and spend. */
export interface Terms {
  readonly alias: string | null;
  /** Model names and wildcards it may use; empty: all. */
  readonly models: readonly string[];
  /** Names that stand for other models, here alone. */
  readonly aliases: Readonly<Record<string, string>>;
  readonly maxBudget: NanoUsd | null;
  /** `1d`, `30d`, `weekly`, ...; null: never reset. */
  readonly budgetDuration: string | null;
  /** Further budgets that count beside `maxBudget`, each in windows of its own. */
  readonly budgetLimits: readonly Allowance[];
  /** Blocks nothing: who passes it is told of, once in a window of `budgetDuration`. */
  readonly softBudget: NanoUsd | null;
  readonly raise: Raise | null;
  /** What may be spent on single models, by their public names. */
  readonly modelBudgets: Readonly<Record<string, Allowance>>;
  readonly rpm: number | null;
  readonly tpm: number | null;
  readonly maxParallel: number | null;
  readonly blocked: boolean;
  readonly metadata: JsonObject;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** More money for a while: it is added to every budget of its owner, those on single models left out. */
export interface Raise {
  readonly amount: NanoUsd;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

export const blankTerms = {
  alias: null,
  models: [],
  aliases: {},
  maxBudget: null,
  budgetDuration: null,
  budgetLimits: [],
  softBudget: null,
  raise: null,
  modelBudgets: {},
  rpm: null,
  tpm: null,
  maxParallel: null,
  blocked: false,
  metadata: {},
} as const;

type Budgeted = Pick<Terms, 'maxBudget' | 'budgetDuration' | 'budgetLimits' | 'raise'>;

/** The budgets that count at `now`, that of `maxBudget` first. */
export function allowancesOf(terms: Budgeted, now: number): readonly Allowance[] {
  const { maxBudget, budgetDuration, budgetLimits } = terms;
  if (maxBudget === null && budgetLimits.length === 0) return none;
  const own = maxBudget === null ? [] : [{ max: maxBudget, duration: budgetDuration }];
  const extra = raiseAt(terms, now);
  const all = [...own, ...budgetLimits];
  return extra === 0 ? all : all.map(({ max, duration }) => ({ max: nanoUsd(max + extra), duration }));
}

const none: readonly Allowance[] = [];

/** What a temporary raise adds at `now`, nano-dollars. */
export const raiseAt = ({ raise }: Pick<Terms, 'raise'>, now: number): number =>
  raise !== null && now < raise.until ? raise.amount : 0;
