import { objectIn, stringIn } from '../lib/json.ts';
import type { Database } from './database.ts';
import { amountsOf, insertEntry } from './entry.ts';
import type { PreSums } from './pre-sums.ts';
import type { PassedOver } from './brief-lines.ts';
import type { Numbered } from './journal-line.ts';
import type { CloseRecord, CorrectionRecord, JournalRecord, KeyRecord } from './records.ts';
import { numberOfText, type Known } from './texts.ts';
import { numberOfTuple } from './tuples.ts';
import type { TupleFacts } from './tuples.ts';

/** Where a batch is booked. */
export interface Booking {
  readonly database: Database;
  readonly known: Known;
  readonly sums: PreSums;
  readonly foresight: Foresight;
}

/** What is known of the records that are being booked and of those that will be. */
export interface Foresight {
  /** Rows admitted before this, milliseconds, will be dropped when all is booked: only their sums are. */
  readonly rowsFrom: number;
  /** Calls whose rows are needed all the same, until they are mended. */
  readonly corrected: ReadonlySet<string>;
}

export type Bookable = Numbered<JournalRecord | PassedOver>;

/** Books one record. An open call has no row yet, and resets concern the live counters alone. */
export async function bookRecord(booking: Booking, { seq, record }: Bookable): Promise<void> {
  switch (record.type) {
    case 'close':
      return bookClose(booking, seq, record);
    case 'correction':
      return bookCorrection(booking, seq, record);
    case 'key':
      return bookKey(booking, record);
    case 'key-deleted': // its alias stays, for the rows that name it
      await booking.database.run('UPDATE keys SET deleted_at = $2 WHERE id = $1', [record.id, record.at]);
      return;
    case 'passed-over':
    case 'open':
    case 'release':
    case 'spend-reset':
    case 'pause':
    case 'project':
    case 'project-deleted':
      return;
  }
}

async function bookClose({ database, known, sums, foresight }: Booking, seq: number, row: CloseRecord): Promise<void> {
  const tuple = await numberOfTuple(database, known, row);
  if (row.at < foresight.rowsFrom && !foresight.corrected.has(row.call)) {
    sums.add({ at: row.at, tuple }, amountsOf(row));
    return;
  }
  const session = row.session === null ? null : await numberOfText(database, known, row.session);
  const more = await insertEntry(database, known, { seq, tuple, session, row });
  if (more) sums.add({ at: row.at, tuple, session }, more);
}

async function bookCorrection(
  { database, known, sums }: Booking,
  seq: number,
  record: CorrectionRecord,
): Promise<void> {
  const { call, at, cost, reason, row } = record;
  const find = 'SELECT tuple, at, session, COALESCE(corrected, cost, 0) AS before FROM entries WHERE call = $1';
  const [entry] = await database.run(find, [call]);
  if (!entry) {
    const tuple = await numberOfTuple(database, known, factsInScopes(row.scopes));
    sums.add({ at: row.at, tuple }, { cost: cost - (row.cost ?? 0) });
    return;
  }
  const session = entry['session'] === null ? null : Number(entry['session']);
  const place = { at: Number(entry['at']), tuple: Number(entry['tuple']), session };
  sums.add(place, { cost: cost - Number(entry['before']) });
  await database.run('UPDATE entries SET corrected = $2 WHERE call = $1', [call, cost]);
  const insert = 'INSERT INTO corrections (seq, call, at, cost, reason) VALUES ($1, $2, $3, $4, $5)';
  await database.run(insert, [seq, call, at, cost, reason]);
}

/** Of a row that is no longer kept: what its budgets say about it. */
function factsInScopes(scopes: readonly string[]): TupleFacts {
  const named = (kind: string): string | undefined =>
    scopes.find((scope) => scope.startsWith(`${kind}:`))?.slice(kind.length + 1);
  return {
    key: named('key') ?? '',
    project: named('project') ?? null,
    group: named('group') ?? '',
    account: named('account') ?? '',
    ...{ model: '', provider: '', deployment: '', dialect: '', assistant: null, evidence: null },
    ...{ status: 'done', failure: null, source: 'computed' },
  };
}

async function bookKey({ database }: Booking, { id, key }: KeyRecord): Promise<void> {
  const upsert = `INSERT INTO keys (id, alias, key) VALUES ($1, $2, $3)
    ON CONFLICT (id) DO UPDATE SET alias = excluded.alias, key = excluded.key, deleted_at = NULL`;
  await database.run(upsert, [id, stringIn(objectIn(key).alias) ?? null, JSON.stringify(key)]);
}
