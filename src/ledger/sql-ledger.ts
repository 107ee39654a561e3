import { objectIn, stringIn } from '../lib/json.ts';
import type { NanoUsd } from '../chat/money.ts';
import { chargesOf } from './charges.ts';
import type { Charge } from './charges.ts';
import type { Database } from './database.ts';
import { entryValues, insertEntry, scopeSet } from './entry.ts';
import type { Ledger } from './ledger.ts';
import { migrate, readMeta, writeMeta } from './migrate.ts';
import type { Sequenced } from './records.ts';
import { readRows, readSums, spentSince } from './reports.ts';

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

export async function sqlLedger({ database, save, close }: SqlLedgerOptions): Promise<SqlLedger> {
  await migrate(database);
  const opened = await readMeta(database, 'applied_seq');
  const knownSets = new Set<number>();
  const waiting: Sequenced[] = [];
  let applied = opened;
  let turn: Promise<unknown> = Promise.resolve();

  const applyBatch = async (batch: readonly Sequenced[]): Promise<void> => {
    const fresh = batch.filter(({ seq }) => seq > applied);
    const reached = fresh.at(-1)?.seq ?? applied;
    const work = async (within: Database): Promise<void> => {
      for (const one of fresh) await book(within, one, knownSets);
      await writeMeta(within, 'applied_seq', reached);
    };
    await database.transaction(work).catch((error: unknown) => {
      knownSets.clear(); // what was rolled back must be written anew
      throw error;
    });
    applied = reached;
  };
  /** Applies what waits, then asks; one after another, so that an answer never mixes with a transaction. */
  const inTurn = <T>(ask: () => Promise<T>): Promise<T> => {
    const answer = turn.then(async () => {
      while (waiting.length > 0) {
        const batch = waiting.slice(0, batchSize);
        await applyBatch(batch);
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

/** Books one record. An open call has no row yet, and resets concern the live counters alone. */
async function book(database: Database, { seq, record }: Sequenced, known: Set<number>): Promise<void> {
  switch (record.type) {
    case 'close':
      await bookScopes(database, record.scopes, known);
      if ((await database.run(insertEntry, entryValues(seq, record))).length === 0) return;
      for (const charge of chargesOf(record).slice(1))
        await bookCharge(database, { seq, at: record.at, ...charge }, known);
      return;
    case 'correction': {
      const { call, at, cost, reason, row } = record;
      await database.run(insertCorrection, [seq, call, at, cost, reason]);
      const change = (cost - (row.cost ?? 0)) as NanoUsd;
      await bookCharge(database, { seq, at: row.at, scopes: row.scopes, cost: change }, known);
      return;
    }
    case 'key':
      await database.run(upsertKey, [
        record.id,
        stringIn(objectIn(record.key).alias) ?? null,
        JSON.stringify(record.key),
      ]);
      return;
    case 'key-deleted': // its alias stays, for the rows that name it
      await database.run('UPDATE keys SET deleted_at = $2 WHERE id = $1', [record.id, record.at]);
      return;
    case 'open':
    case 'spend-reset':
      return;
  }
}

const insertCorrection = 'INSERT INTO corrections (seq, call, at, cost, reason) VALUES ($1, $2, $3, $4, $5)';

const upsertKey = `INSERT INTO keys (id, alias, key) VALUES ($1, $2, $3)
  ON CONFLICT (id) DO UPDATE SET alias = excluded.alias, key = excluded.key, deleted_at = NULL`;

interface BookedCharge extends Charge {
  readonly seq: number;
  readonly at: number;
}

async function bookCharge(
  database: Database,
  { seq, scopes, at, cost }: BookedCharge,
  known: Set<number>,
): Promise<void> {
  const set = await bookScopes(database, scopes, known);
  await database.run('INSERT INTO charges (seq, scope_set, at, cost) VALUES ($1, $2, $3, $4)', [seq, set, at, cost]);
}

/** Makes sure that the set's members are known, and answers with its number. */
async function bookScopes(database: Database, scopes: readonly string[], known: Set<number>): Promise<number> {
  const set = scopeSet(scopes);
  if (known.has(set)) return set;
  for (const scope of scopes) {
    await database.run('INSERT INTO scope_sets (scope, scope_set) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
      scope,
      set,
    ]);
  }
  known.add(set);
  return set;
}
