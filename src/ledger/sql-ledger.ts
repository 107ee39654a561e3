import { bookRecord } from './book-record.ts';
import type { Database } from './database.ts';
import type { Ledger } from './ledger.ts';
import { migrate, readMeta, writeMeta } from './migrate.ts';
import { preSums } from './pre-sums.ts';
import type { Sequenced } from './records.ts';
import { countRows, readRows } from './reports.ts';
import { defaultKeep, rollUp } from './roll-up.ts';
import type { Keep } from './roll-up.ts';
import { readSeries, readSums } from './sums.ts';
import { forget, nothingKnown } from './texts.ts';
import type { Known } from './texts.ts';

export interface SqlLedgerOptions {
  readonly database: Database;
  /** Writes a snapshot, where the database does not keep itself. */
  readonly save?: (seq: number) => Promise<void>;
  readonly close?: () => void;
  readonly keep?: Keep;
  /** The time, milliseconds. */
  readonly now?: () => number;
}

export interface SqlLedger extends Ledger {
  /** The last record it had when it was opened. */
  readonly applied: number;
  /** Resolves when all records handed over are in the database. */
  readonly flush: () => Promise<void>;
  /** Drops rows that are too many or too old, now; answers with how many. */
  readonly rollUp: () => Promise<number>;
}

const batchSize = 1000;
/** So many records may come between two roll-ups: twice as many rows as are kept would take twice the memory. */
const rollUpEvery = 20_000;

/** The ledger in a database. Migrates it first. */
export async function sqlLedger(options: SqlLedgerOptions): Promise<SqlLedger> {
  const { database, save, close, keep = defaultKeep, now = Date.now } = options;
  await migrate(database);
  const opened = await readMeta(database, 'applied_seq');
  const known = nothingKnown();
  const waiting: Sequenced[] = [];
  let applied = opened;
  let rolledUp = opened;
  let turn: Promise<unknown> = Promise.resolve();

  const rolledUpNow = async (): Promise<number> => {
    let dropped = 0;
    await allOrNothing(database, known, async (within) => void (dropped = await rollUp(within, keep, now())));
    if (dropped > 0) forget(known);
    rolledUp = applied;
    return dropped;
  };
  const applyWaiting = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, batchSize);
      applied = await applyBatch(database, known, { applied, batch });
      waiting.splice(0, batch.length);
      if (applied - rolledUp >= rollUpEvery) await rolledUpNow();
    }
  };
  /** Applies what waits, then asks; one after another, so that an answer never mixes with a transaction. */
  const inTurn = <T>(ask: () => Promise<T>): Promise<T> => {
    const answer = turn.then(applyWaiting).then(ask);
    turn = answer.catch(() => undefined);
    return answer;
  };
  return {
    applied: opened,
    apply(records) {
      for (const record of records) waiting.push(record);
    },
    flush: () => inTurn(() => Promise.resolve()),
    rollUp: () => inTurn(rolledUpNow),
    rows: (page) => inTurn(() => readRows(database, page)),
    count: (filter) => inTurn(() => countRows(database, filter)),
    sums: (by, filter, timeZone) => inTurn(() => readSums(database, by, { filter, timeZone })),
    series: (by, step, filter, timeZone) => inTurn(() => readSeries(database, { by, step, filter, timeZone })),
    snapshot: () =>
      inTurn(async () => {
        await rolledUpNow();
        await save?.(applied);
        return applied;
      }),
    close: () => inTurn(() => Promise.resolve(close?.())),
  };
}

interface Batch {
  /** The last record that the database has. */
  readonly applied: number;
  readonly batch: readonly Sequenced[];
}

/** Books what the database does not have, all or nothing, and answers with the last record it then has. */
async function applyBatch(database: Database, known: Known, { applied, batch }: Batch): Promise<number> {
  let reached = applied;
  await allOrNothing(database, known, async (within) => {
    const sums = preSums();
    for (const one of batch) {
      if (one.seq <= reached) continue;
      await bookRecord({ database: within, known, sums }, one);
      reached = one.seq;
    }
    await sums.write(within);
    await writeMeta(within, 'applied_seq', reached);
  });
  return reached;
}

async function allOrNothing(
  database: Database,
  known: Known,
  work: (within: Database) => Promise<void>,
): Promise<void> {
  try {
    await database.transaction(work);
  } catch (error) {
    forget(known); // what was rolled back must be written anew
    throw error;
  }
}
