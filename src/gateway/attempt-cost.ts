import { noUsage, type Usage } from '../chat/chat.ts';
import { nanoUsd, noMoney, type NanoUsd } from '../chat/money.ts';
import type { CostSource } from '../ledger/records.ts';
import { costOf, isTold } from '../pricing/cost.ts';
import type { Attempt } from './bill.ts';
import type { Call } from './call.ts';
import { countInput, countOutput } from './count.ts';
import type { Ports } from './ports.ts';

/** What an attempt or a call cost, and how sure that is. */
export interface Cost {
  /** Null: nobody knows the price, and the configuration allows that. */
  readonly cost: NanoUsd | null;
  readonly source: CostSource;
  readonly upperBound: boolean;
  readonly usage: Usage | null;
}

export const nothingCost: Cost = { cost: noMoney, source: 'computed', upperBound: false, usage: null };

/** What one attempt cost, as far as anyone can know: reported, computed from usage, counted here, or at most its hold. */
export function costOfAttempt(ports: Ports, call: Call, attempt: Attempt): Cost | Promise<Cost> {
  const { meter, hold } = attempt;
  if (attempt.stage === 'unsent' || attempt.stage === 'refused') return nothingCost;
  if (attempt.stage === 'sent') return { cost: hold.amount, source: 'estimated', upperBound: true, usage: null };
  if (meter.finished && meter.usage) return priced(attempt, meter.usage, 'computed');
  attempt.recount();
  if (meter.finished && meter.usage) return priced(attempt, meter.usage, 'computed');
  return counted(ports, call, attempt);
}

/** Of an answer that told no usage, or was cut short. */
async function counted(ports: Ports, call: Call, attempt: Attempt): Promise<Cost> {
  const { meter, hold } = attempt;
  const output = await countOutput(ports, meter.text, attempt.deployment.model);
  // What was said of the input at the start holds, also for an answer that was cut short.
  const known = meter.usage ?? { ...noUsage, input: await countInput(ports, call) };
  const found = priced(attempt, { ...known, output: Math.max(known.output, output) }, 'estimated');
  return found.cost !== null && found.cost > hold.amount ? { ...found, cost: hold.amount } : found;
}

function priced({ found, hold }: Attempt, usage: Usage, source: CostSource): Cost {
  if (usage.reported !== undefined) return { cost: usage.reported, source: 'reported', upperBound: false, usage };
  if (found.price === undefined) return { cost: null, source: 'unknown', upperBound: false, usage };
  if (!isTold(usage, found.price)) return { cost: hold.amount, source: 'estimated', upperBound: true, usage };
  return {
    cost: costOf(usage, found.price),
    source: found.assumed || found.price.approximate ? 'assumed' : source,
    upperBound: false,
    usage,
  };
}

/** The row's cost is the sum of its attempts'; it is as sure as the least sure of them. */
export function totalOf(costs: readonly Cost[]): Cost {
  const last = costs.at(-1) ?? nothingCost;
  const known = nanoUsd(costs.reduce((sum, one) => sum + (one.cost ?? 0), 0));
  if (last.cost === null && known === 0) return last;
  return {
    ...last,
    cost: known,
    source: (costs.find(isAssumed) ?? costs.find((one) => one.upperBound) ?? last).source,
    upperBound: costs.some((one) => one.upperBound),
  };
}

/** Such a row is mended when the price arrives. */
const isAssumed = ({ source }: Cost): boolean => source === 'assumed';
