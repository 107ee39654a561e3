import { formatDollars, fromDollars, toDollars, type NanoUsd } from '../chat/money.ts';
import { invalid } from '../chat/failure.ts';
import type { Ports } from '../gateway/ports.ts';
import { correctionFor } from '../ledger/correct.ts';
import { numberIn, stringIn } from '../lib/json.ts';
import type { AdminAsk, AdminRoute } from './routes.ts';

/** Purser's own: mending the ledger. */
export const ledgerRoutes: readonly AdminRoute[] = [
  { method: 'post', paths: ['/purser/ledger/correct'], access: 'admin', run: correct },
];

/** What a correction did; the costs are dollars. */
export interface Corrected {
  readonly call: string;
  /** Null: it was not known. */
  readonly cost_before: number | null;
  readonly cost: number;
}

const fields = ['call', 'cost', 'reason'];
const dearest = 1_000_000;

/** `call`, `cost` in dollars, and an optional `reason`: a line is appended, and budgets and reports count the new cost. */
async function correct({ ledger, books, clock }: Ports, { body }: AdminAsk): Promise<Corrected> {
  const unknown = Object.keys(body).find((name) => !fields.includes(name));
  if (unknown !== undefined) throw invalid(`${unknown} is not known here; give ${fields.join(', ')}.`, unknown);
  const call = stringIn(body['call']);
  if (call === undefined || call === '') throw invalid('call must be the id of a call (x-litellm-call-id).', 'call');
  const dollars = numberIn(body['cost']);
  if (dollars === undefined || dollars < 0 || dollars > dearest)
    throw invalid(`cost must be a number of dollars, from 0 to ${dearest}: what the call cost in all.`, 'cost');
  const { reason = 'corrected by the administrator' } = body;
  if (typeof reason !== 'string') throw invalid('reason must be a text.', 'reason');
  return books.mend(async () => {
    const record = await correctionFor(ledger, { call, cost: fromDollars(dollars), reason, at: clock.now() });
    await books.change(record);
    return correctedOf(record.call, record.row.cost, record.cost);
  });
}

export const correctedOf = (call: string, before: NanoUsd | null, cost: NanoUsd): Corrected => ({
  call,
  cost_before: before === null ? null : toDollars(before),
  cost: toDollars(cost),
});

/** In a sentence. */
export function correctionTold({ call, cost_before: before, cost }: Corrected): string {
  const was = before === null ? 'an unknown amount' : formatDollars(fromDollars(before));
  return `Call ${call} cost ${formatDollars(fromDollars(cost))}, not ${was}: budgets and reports count that from now on.`;
}
