import { bookRecord, type Bookable, type Foresight } from './book-record.ts';
import type { Database } from './database.ts';
import type { Ledger } from './ledger.ts';
import { migrate, readMeta, writeMeta } from './migrate.ts';
import { preSums } from './pre-sums.ts';
import type { Sequenced } from './records.ts';
import { countRows, readRows } from './reports.ts';
import { defaultKeep, dropTexts, noteRowsFrom, rollUp } from './roll-up.ts';
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
  /** The last record that it has. */
  readonly applied: () => number;
  /** Books records as they come, and does not keep them. When it throws, `applied` says from where to go on. */
  readonly book: (records: Iterable<Bookable>, foresight?: Foresight) => Promise<void>;
  /** Resolves when all records handed over are in the database. */
  readonly flush: () => Promise<void>;
  /** Drops rows that are too many or too old, now; answers with how many. */
  readonly rollUp: () => Promise<number>;
}

/** Records of one transaction: sums are written once for each. */
const batchSize = 20_000;
/** So many rows may be there besides those that are kept. */
const spareRows = 20_000;
const noForesight: Foresight = { rowsFrom: 0, corrected: new Set() };

/** The ledger in a database. Migrates it first. */
export async function sqlLedger(options: SqlLedgerOptions): Promise<SqlLedger> {
  const { database, save, close, keep = defaultKeep, now = Date.now } = options;
  await migrate(database);
  const known = nothingKnown();
  const waiting: Sequenced[] = [];
  let applied = await readMeta(database, 'applied_seq');
  let turn: Promise<unknown> = Promise.resolve();

  const rolledUpNow = (): Promise<number> => rolledUp({ database, known }, keep, now());
  const bookAll = async (records: Iterable<Bookable>, foresight: Foresight): Promise<void> => {
    const all = records[Symbol.iterator]();
    const first = all.next();
    if (first.done) return; // as before most questions
    const left = chained(first.value, all);
    for (let isLast = false; !isLast;) {
      ({ applied, isLast } = await bookBatch({ database, known, foresight }, applied, left));
      if ((await countRows(database, {})) > keep.rows + spareRows) await rolledUpNow();
    }
  };
  const applyWaiting = async (): Promise<void> => {
    const batch = [...waiting];
    if (batch.length > 0) await bookAll(batch, noForesight);
    waiting.splice(0, batch.length);
  };
  /** Applies what waits, then asks; one after another, so that an answer never mixes with a transaction. */
  const inTurn = <T>(ask: () => Promise<T>): Promise<T> => {
    const answer = turn.then(applyWaiting).then(ask);
    turn = answer.catch(() => undefined);
    return answer;
  };
  return {
    applied: () => applied,
    apply(records) {
      for (const record of records) waiting.push(record);
    },
    book: (records, foresight = noForesight) => inTurn(() => bookAll(records, foresight)),
    flush: () => inTurn(() => Promise.resolve()),
    rollUp: () => inTurn(rolledUpNow),
    ...reports(database, inTurn),
    snapshot: () =>
      inTurn(async () => {
        await rolledUpNow();
        await save?.(applied);
        return applied;
      }),
    close: () => inTurn(() => Promise.resolve(close?.())),
  };
}

type InTurn = <T>(ask: () => Promise<T>) => Promise<T>;

const reports = (database: Database, inTurn: InTurn): Pick<Ledger, 'rows' | 'count' | 'sums' | 'series'> => ({
  rows: (page) => inTurn(() => readRows(database, page)),
  count: (filter) => inTurn(() => countRows(database, filter)),
  sums: (by, filter, timeZone) => inTurn(() => readSums(database, by, { filter, timeZone })),
  series: (by, step, filter, timeZone) => inTurn(() => readSeries(database, { by, step, filter, timeZone })),
});

interface Target {
  readonly database: Database;
  readonly known: Known;
  readonly foresight: Foresight;
}

/** Books what the database does not have, up to a batch, all or nothing; answers with the last record it then has. */
async function bookBatch(
  { database, known, foresight }: Target,
  applied: number,
  records: Iterator<Bookable>,
): Promise<{ readonly applied: number; readonly isLast: boolean }> {
  let reached = applied;
  let isLast = false;
  await allOrNothing(database, known, async (within) => {
    const sums = preSums();
    await noteRowsFrom(within, foresight.rowsFrom);
    for (let count = 0; count < batchSize; count += 1) {
      const next = records.next();
      if (next.done) {
        isLast = true;
        break;
      }
      if (next.value.seq <= reached) continue;
      await bookRecord({ database: within, known, sums, foresight }, next.value);
      reached = next.value.seq;
    }
    await sums.write(within);
    await writeMeta(within, 'applied_seq', reached);
  });
  return { applied: reached, isLast };
}

function* chained<T>(first: T, rest: Iterator<T>): Generator<T> {
  yield first;
  for (let next = rest.next(); !next.done; next = rest.next()) yield next.value;
}

async function rolledUp({ database, known }: Omit<Target, 'foresight'>, keep: Keep, now: number): Promise<number> {
  let dropped = 0;
  await allOrNothing(database, known, async (within) => {
    dropped = await rollUp(within, keep, now);
    if (dropped > 0) await dropTexts(within);
  });
  if (dropped > 0) forget(known);
  return dropped;
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
