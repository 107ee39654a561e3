import type { Database } from './database.ts';
import { readMeta, writeMeta } from './migrate.ts';
import { dayMs } from './amounts.ts';

/** How much is kept as rows; what is older lives on in the sums of its quarter of an hour and its day. */
export interface Keep {
  readonly rows: number;
  readonly days: number;
}

export const defaultKeep: Keep = { rows: 200_000, days: 90 };

/** So many characters of sums by quarters of an hour are kept; older times have those of whole days. */
const keptCharacters = 16_000_000;

/** Drops the rows that are too many or too old; answers with how many. All sums stay as they were, but those of sessions. */
export async function rollUp(database: Database, { rows, days }: Keep, now: number): Promise<number> {
  const [newest] = await database.run('SELECT MAX(at) AS at FROM entries');
  const [oldest] = await database.run('SELECT at FROM entries ORDER BY at DESC LIMIT 1 OFFSET $1', [
    Math.max(0, rows - 1),
  ]);
  // By the newest row where the clock is ahead of it: what nobody adds to is kept.
  const tooOld = Math.min(now, Number(newest?.['at'] ?? 0)) - days * dayMs;
  const dropped = await dropRows(database, Math.max(tooOld, Number(oldest?.['at'] ?? 0)));
  await dropQuarters(database);
  return dropped;
}

/** Drops the texts that no row needs any more. Reads all rows. */
export async function dropTexts(database: Database): Promise<void> {
  await database.run(`DELETE FROM texts WHERE id NOT IN (SELECT shape FROM entries UNION SELECT price FROM entries
    UNION SELECT session FROM entries WHERE session IS NOT NULL)`);
}

async function dropRows(database: Database, before: number): Promise<number> {
  const [old] = await database.run('SELECT COUNT(*) AS calls FROM entries WHERE at < $1', [before]);
  const dropped = Number(old?.['calls']);
  if (dropped === 0) return 0;
  await database.run('DELETE FROM entries WHERE at < $1', [before]);
  await database.run('DELETE FROM corrections WHERE call NOT IN (SELECT call FROM entries)');
  await noteRowsFrom(database, before);
  return dropped;
}

/** From now on rows tell of what was admitted at `from` or later, milliseconds, and sums of sessions of the days after. */
export async function noteRowsFrom(database: Database, from: number): Promise<void> {
  if (from <= (await readMeta(database, 'rows_from'))) return;
  await writeMeta(database, 'rows_from', from);
  const day = Math.floor(from / dayMs) + 1;
  await database.run('DELETE FROM sessions WHERE day < $1', [day]);
  await writeMeta(database, 'sessions_from', day);
}

async function dropQuarters(database: Database): Promise<void> {
  const all = await database.run(
    'SELECT day, SUM(LENGTH(quarters)) AS characters FROM days GROUP BY day ORDER BY day DESC',
  );
  let characters = 0;
  const first = all.find((day) => (characters += Number(day['characters'])) > keptCharacters);
  if (first === undefined) return;
  const from = Number(first['day']) + 1;
  await database.run(`UPDATE days SET quarters = '' WHERE day < $1 AND quarters <> ''`, [from]);
  await writeMeta(database, 'quarters_from', from);
}
