import { invalid } from '../chat/failure.ts';
import type { NanoUsd } from '../chat/money.ts';
import { stringIn } from '../lib/json.ts';
import type { JsonObject } from '../lib/json.ts';
import type { Database, SqlRow, SqlValue } from './database.ts';
import { readEntry, sharedColumns, sharedJoins } from './entry.ts';
import type { RowFilter, Sum, SumBy } from './ledger.ts';

/** Rows with the last correction of each: `c` is null where there is none. */
const correctedEntries = `entries e
  LEFT JOIN (SELECT call, MAX(seq) AS seq FROM corrections GROUP BY call) latest ON latest.call = e.call
  LEFT JOIN corrections c ON c.seq = latest.seq`;

export async function spentSince(database: Database, scope: string, since: number): Promise<NanoUsd> {
  const ofScope = 'scopes IN (SELECT scopes FROM scope_sets WHERE scope = $1) AND at >= $2';
  const [row] = await database.run(
    `SELECT (SELECT SUM(charged) FROM entries WHERE ${ofScope}) AS booked,
       (SELECT SUM(cost) FROM charges WHERE ${ofScope}) AS besides`,
    [scope, since],
  );
  return (Number(row?.booked) + Number(row?.besides)) as NanoUsd;
}

export async function readRows(database: Database, filter: RowFilter): Promise<readonly JsonObject[]> {
  const { where, params } = condition(filter);
  const rows = await database.run(
    `SELECT e.*, ${sharedColumns}, c.cost AS corrected, c.reason AS reason, k.alias AS alias
     FROM ${correctedEntries} ${sharedJoins} LEFT JOIN keys k ON k.id = e.key
     ${where} ORDER BY e.at DESC, e.seq DESC LIMIT $${params.length + 1} OFFSET $${params.length + 2}`,
    [...params, filter.limit ?? 100, filter.offset ?? 0],
  );
  return rows.map(readEntry);
}

export interface SumQuestion {
  readonly by: SumBy;
  readonly filter: RowFilter;
  readonly timeZone: string | undefined;
}

/** Sums by name, dearest first; by day and hour, oldest first. */
export async function readSums(database: Database, { by, filter, timeZone }: SumQuestion): Promise<readonly Sum[]> {
  const { where, params } = condition(filter);
  const rows = await database.run(
    `SELECT ${groupings[by]} AS name, SUM(COALESCE(c.cost, e.cost)) AS cost, COUNT(*) AS calls,
       SUM(CASE WHEN e.status IN ('failed', 'timed-out', 'interrupted') THEN 1 ELSE 0 END) AS failed,
       SUM(e.input) AS input, SUM(e.cache_read) AS cache_read,
       SUM(e.cache_write) + SUM(e.cache_write_1h) AS cache_write, SUM(e.output) AS output
     FROM ${correctedEntries} ${where} GROUP BY ${groupings[by]}`,
    params,
  );
  if (by !== 'day' && by !== 'hour') {
    return rows.map((row) => readSum(stringIn(row.name) ?? null, row)).sort((a, b) => b.cost - a.cost);
  }
  const nameOf = timeNames(by, timeZone ?? 'UTC');
  const byTime = rows.map((row) => readSum(nameOf(Number(row.name) * quarterHourMs), row));
  return merged(byTime).sort((a, b) => ((a.name ?? '') < (b.name ?? '') ? -1 : 1));
}

const quarterHourMs = 900_000;
/** No time zone's offset is finer than a quarter of an hour, so these can be put together to any zone's days. */
const quarterHour = `e.at / ${quarterHourMs}`;

const groupings: Readonly<Record<SumBy, string>> = {
  key: 'e.key',
  project: 'e.project',
  model: 'e.model',
  group: 'e.model_group',
  provider: 'e.provider',
  account: 'e.account',
  assistant: 'e.assistant',
  session: 'e.session',
  day: quarterHour,
  hour: quarterHour,
};

function condition(filter: RowFilter): { where: string; params: SqlValue[] } {
  const { since, until, key, project, model, call } = filter;
  const tests: readonly (readonly [string, SqlValue | undefined])[] = [
    ['e.at >= ?', since],
    ['e.at < ?', until],
    ['e.key = ?', key],
    ['e.project = ?', project],
    ['(e.model = ? OR e.model_group = ?)', model],
    ['e.call = ?', call],
  ];
  const asked = tests.filter((test): test is readonly [string, SqlValue] => test[1] !== undefined);
  const where = asked.map(([test], index) => test.replaceAll('?', `$${index + 1}`)).join(' AND ');
  return { where: where && `WHERE ${where}`, params: asked.map(([, value]) => value) };
}

const readSum = (name: string | null, row: SqlRow): Sum => ({
  name,
  cost: Number(row.cost) as NanoUsd,
  calls: Number(row.calls),
  failed: Number(row.failed),
  input: Number(row.input),
  cacheRead: Number(row.cache_read),
  cacheWrite: Number(row.cache_write),
  output: Number(row.output),
});

/** `2026-11-23`, or `2026-11-23T14:00`, as a clock on the wall shows it; the hour that a clock goes through twice is one. */
function timeNames(by: 'day' | 'hour', timeZone: string): (time: number) => string {
  const format = wallClock(timeZone);
  return (time) => {
    const [day = '', clock = ''] = format.format(time).split(' ');
    return by === 'day' ? day : `${day}T${clock.slice(0, 2)}:00`;
  };
}

function wallClock(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  } catch {
    throw invalid(`There is no time zone called ${timeZone}.`, 'timeZone');
  }
}

function merged(sums: readonly Sum[]): Sum[] {
  const byName = new Map<string | null, Sum>();
  for (const sum of sums) {
    const before = byName.get(sum.name);
    byName.set(sum.name, before ? added(before, sum) : sum);
  }
  return [...byName.values()];
}

const added = (a: Sum, b: Sum): Sum => ({
  name: a.name,
  cost: (a.cost + b.cost) as NanoUsd,
  calls: a.calls + b.calls,
  failed: a.failed + b.failed,
  input: a.input + b.input,
  cacheRead: a.cacheRead + b.cacheRead,
  cacheWrite: a.cacheWrite + b.cacheWrite,
  output: a.output + b.output,
});
