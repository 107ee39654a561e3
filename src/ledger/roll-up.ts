import type { Database } from './database.ts';
import { readMeta, writeMeta } from './migrate.ts';
import { dayMs } from './pre-sums.ts';

/** How much is kept as rows; what is older lives on in the sums of its quarter of an hour and its day. */
export interface Keep {
  readonly rows: number;
  readonly days: number;
}

export const defaultKeep: Keep = { rows: 200_000, days: 90 };

/** Sums by quarters of an hour that are kept; older times have those of whole days. Some 20 MB. */
const keptQuarters = 400_000;

/** Drops the rows that are too many or too old, and what only they needed; answers with how many. All sums stay as they were. */
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

async function dropRows(database: Database, before: number): Promise<number> {
  const [old] = await database.run('SELECT COUNT(*) AS calls FROM entries WHERE at < $1', [before]);
  const dropped = Number(old?.['calls']);
  if (dropped === 0) return 0;
  await database.run('DELETE FROM entries WHERE at < $1', [before]);
  await database.run('DELETE FROM corrections WHERE call NOT IN (SELECT call FROM entries)');
  await database.run(`DELETE FROM texts WHERE id NOT IN (SELECT shape FROM entries UNION SELECT price FROM entries
    UNION SELECT session FROM entries WHERE session IS NOT NULL)`);
  await writeMeta(database, 'rows_from', Math.max(before, await readMeta(database, 'rows_from')));
  return dropped;
}

async function dropQuarters(database: Database): Promise<void> {
  const [all] = await database.run('SELECT COUNT(*) AS quarters FROM quarters');
  if (Number(all?.['quarters']) <= keptQuarters) return;
  const newest = 'SELECT day, SUM(COUNT(*)) OVER (ORDER BY day DESC) AS quarters FROM quarters GROUP BY day';
  const [first] = await database.run(`SELECT MIN(day) AS day FROM (${newest}) newest WHERE quarters <= $1`, [
    keptQuarters,
  ]);
  const from = Number(first?.['day']);
  await database.run('DELETE FROM quarters WHERE day < $1', [from]);
  await writeMeta(database, 'quarters_from', from);
}
