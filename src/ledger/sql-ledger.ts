import { bookRecord } from './book-record.ts';
import type { Database } from './database.ts';
import type { Ledger } from './ledger.ts';
import { migrate, readMeta, writeMeta } from './migrate.ts';
import type { Sequenced } from './records.ts';
import { readRows, readSums, spentSince } from './reports.ts';
import type { KnownTexts } from './texts.ts';

export interface SqlLedgerOptions {
  readonly database: Database;
  /** Writes a snapshot, where the database does not keep itself. */
  readonly save?: (seq: number) => Promise<void>;
  readonly close?: () => void;
}

export interface SqlLedger extends Ledger {
  /** The last record it had when it was opened. */
  readonly applied: number;
  /** Resolves when all records handed over are in the database. */
  flush(): Promise<void>;
}

const batchSize = 1000;

/** The ledger in a database. Migrates it first. */
export async function sqlLedger({ database, save, close }: SqlLedgerOptions): Promise<SqlLedger> {
  await migrate(database);
  const opened = await readMeta(database, 'applied_seq');
  const known: KnownTexts = new Map();
  const waiting: Sequenced[] = [];
  let applied = opened;
  let turn: Promise<unknown> = Promise.resolve();

  /** Applies what waits, then asks; one after another, so that an answer never mixes with a transaction. */
  const inTurn = <T>(ask: () => Promise<T>): Promise<T> => {
    const answer = turn.then(async () => {
      while (waiting.length > 0) {
        const batch = waiting.slice(0, batchSize);
        applied = await applyBatch(database, known, { applied, batch });
        waiting.splice(0, batch.length);
      }
      return ask();
    });
    turn = answer.catch(() => undefined);
    return answer;
  };
  return {
    applied: opened,
    apply(records) {
      for (const record of records) waiting.push(record);
    },
    flush: () => inTurn(() => Promise.resolve()),
    spentSince: (scope, since) => inTurn(() => spentSince(database, scope, since)),
    rows: (filter) => inTurn(() => readRows(database, filter)),
    sums: (by, filter, timeZone) => inTurn(() => readSums(database, { by, filter, timeZone })),
    snapshot: () =>
      inTurn(async () => {
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
async function applyBatch(database: Database, known: KnownTexts, { applied, batch }: Batch): Promise<number> {
  let reached = applied;
  const work = async (within: Database): Promise<void> => {
    for (const one of batch) {
      if (one.seq <= reached) continue;
      await bookRecord(within, known, one);
      reached = one.seq;
    }
    await writeMeta(within, 'applied_seq', reached);
  };
  try {
    await database.transaction(work);
    return reached;
  } catch (error) {
    known.clear(); // what was rolled back must be written anew
    throw error;
  }
}
