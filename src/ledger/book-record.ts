import type { NanoUsd } from '../chat/money.ts';
import { objectIn, stringIn } from '../lib/json.ts';
import { chargesOf } from './charges.ts';
import type { Charge } from './charges.ts';
import type { Database } from './database.ts';
import { insertEntry } from './entry.ts';
import type { CloseRecord, CorrectionRecord, KeyRecord, Sequenced } from './records.ts';
import { numberOfText } from './texts.ts';
import type { KnownTexts } from './texts.ts';

/** Books one record. An open call has no row yet, and resets concern the live counters alone. */
export async function bookRecord(database: Database, known: KnownTexts, { seq, record }: Sequenced): Promise<void> {
  switch (record.type) {
    case 'close':
      return bookClose(database, known, seq, record);
    case 'correction':
      return bookCorrection(database, known, seq, record);
    case 'key':
      return bookKey(database, record);
    case 'key-deleted': // its alias stays, for the rows that name it
      await database.run('UPDATE keys SET deleted_at = $2 WHERE id = $1', [record.id, record.at]);
      return;
    case 'open':
    case 'spend-reset':
    case 'project':
    case 'project-deleted':
      return;
  }
}

async function bookClose(database: Database, known: KnownTexts, seq: number, record: CloseRecord): Promise<void> {
  await numberOfScopes(database, known, record.scopes);
  if (!(await insertEntry(database, known, seq, record))) return;
  const [, ...apart] = chargesOf(record);
  for (const charge of apart) await bookCharge(database, known, { ...charge, seq, at: record.at });
}

async function bookCorrection(
  database: Database,
  known: KnownTexts,
  seq: number,
  record: CorrectionRecord,
): Promise<void> {
  const { call, at, cost, reason, row } = record;
  const insert = 'INSERT INTO corrections (seq, call, at, cost, reason) VALUES ($1, $2, $3, $4, $5)';
  await database.run(insert, [seq, call, at, cost, reason]);
  const change = (cost - (row.cost ?? 0)) as NanoUsd;
  await bookCharge(database, known, { scopes: row.scopes, cost: change, seq, at: row.at });
}

async function bookKey(database: Database, { id, key }: KeyRecord): Promise<void> {
  const upsert = `INSERT INTO keys (id, alias, key) VALUES ($1, $2, $3)
    ON CONFLICT (id) DO UPDATE SET alias = excluded.alias, key = excluded.key, deleted_at = NULL`;
  await database.run(upsert, [id, stringIn(objectIn(key).alias) ?? null, JSON.stringify(key)]);
}

interface BookedCharge extends Charge {
  readonly seq: number;
  readonly at: number;
}

async function bookCharge(
  database: Database,
  known: KnownTexts,
  { scopes, cost, seq, at }: BookedCharge,
): Promise<void> {
  const number = await numberOfScopes(database, known, scopes);
  await database.run('INSERT INTO charges (seq, scopes, at, cost) VALUES ($1, $2, $3, $4)', [seq, number, at, cost]);
}

/** The number of a list of budgets, by which each of them can be found. */
async function numberOfScopes(database: Database, known: KnownTexts, scopes: readonly string[]): Promise<number> {
  const text = JSON.stringify(scopes);
  const before = known.get(text);
  if (before !== undefined) return before;
  const number = await numberOfText(database, known, text);
  const insert = 'INSERT INTO scope_sets (scope, scopes) VALUES ($1, $2) ON CONFLICT DO NOTHING';
  for (const scope of scopes) await database.run(insert, [scope, number]);
  return number;
}
