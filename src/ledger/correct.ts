import { Failure } from '../chat/failure.ts';
import type { NanoUsd } from '../chat/money.ts';
import { isArray, numberIn, stringIn } from '../lib/json.ts';
import type { Ledger } from './ledger.ts';
import type { CorrectionRecord } from './records.ts';

export interface Correction {
  readonly call: string;
  /** What the call cost in truth. */
  readonly cost: NanoUsd;
  readonly reason: string;
  /** Now, milliseconds. */
  readonly at: number;
}

/** The line that mends a row, for the journal. Throws `not-found` for a call whose row is not kept. */
export async function correctionFor(ledger: Ledger, { call, cost, reason, at }: Correction): Promise<CorrectionRecord> {
  const [row] = await ledger.rows({ call, limit: 1 });
  if (row === undefined) {
    const rolledUp = 'Rows that were rolled up into daily sums can no longer be corrected one by one.';
    throw new Failure('not-found', `There is no call ${call} in the ledger. ${rolledUp}`, { param: 'call' });
  }
  const scopes = isArray(row['scopes']) ? row['scopes'].flatMap((scope) => stringIn(scope) ?? []) : [];
  const before = (numberIn(row['cost']) ?? null) as NanoUsd | null;
  return { type: 'correction', call, at, cost, reason, row: { at: numberIn(row['at']) ?? at, scopes, cost: before } };
}
