import type { NanoUsd } from '../chat/money.ts';
import { stringIn } from '../lib/json.ts';
import { failedStatus, needsRows, params, rowTests, timeTests, tupleTests, where } from './condition.ts';
import type { Params } from './condition.ts';
import type { Database, SqlRow } from './database.ts';
import type { Dimension, RowFilter, Sum, SumBy, TimedSum } from './ledger.ts';
import { readMeta } from './migrate.ts';
import { amounts, quarterMs, quartersOfDay } from './pre-sums.ts';
import { noonOf, piecesOf, quarterOf, strayQuarters } from './spans.ts';
import type { Quarters } from './spans.ts';
import { timeNames } from './time-names.ts';
import { tupleColumns } from './tuples.ts';

export interface SumQuestion {
  /** Null: all together. */
  readonly by: Dimension | null;
  readonly step: 'day' | 'hour' | null;
  readonly filter: RowFilter;
  readonly timeZone: string | undefined;
}

/** Sums by name, dearest first; by day and hour, oldest first. */
export async function readSums(
  database: Database,
  by: SumBy,
  rest: Pick<SumQuestion, 'filter' | 'timeZone'>,
): Promise<readonly Sum[]> {
  if (by === 'day' || by === 'hour') {
    const series = await readSeries(database, { ...rest, by: null, step: by });
    return series.map(({ time, ...sum }) => ({ ...sum, name: time }));
  }
  const series = await readSeries(database, { ...rest, by, step: null });
  return series.map(({ time: _, ...sum }) => sum);
}

/** Sums by name and time, oldest first and then dearest first. What is no longer kept as rows is among them. */
export async function readSeries(database: Database, question: SumQuestion): Promise<readonly TimedSum[]> {
  const { by, step, filter, timeZone } = question;
  const nameOf = step === null ? () => '' : timeNames(step, timeZone ?? 'UTC');
  const asking: Asking = { database, question, nameOf };
  const isOfRows = by === 'session' || needsRows(filter);
  const sums = isOfRows ? await sumsOfRows(asking, filter) : await sumsOfSpan(asking);
  return merged(sums).sort((a, b) => (a.time === b.time ? b.cost - a.cost : a.time < b.time ? -1 : 1));
}

interface Asking {
  readonly database: Database;
  readonly question: SumQuestion;
  readonly nameOf: (time: number) => string;
}

/** Rows themselves: for sessions and single calls, and where a span of time begins or ends within a quarter of an hour. */
async function sumsOfRows({ database, question, nameOf }: Asking, span: RowFilter): Promise<readonly TimedSum[]> {
  const found = await select(database, question, rowSource, (given) => [
    ...timeTests('e.at', span, given),
    ...rowTests(question.filter, given),
  ]);
  return found.map(({ time, sum }) => ({ ...sum, time: nameOf(time * quarterMs) }));
}

async function sumsOfSpan(asking: Asking): Promise<readonly TimedSum[]> {
  const { database, question } = asking;
  const kept = {
    rowsFrom: await readMeta(database, 'rows_from'),
    quartersFrom: await readMeta(database, 'quarters_from'),
  };
  const { days, quarters, rows } = piecesOf(question.filter, kept, question.step !== 'hour');
  const sums: TimedSum[] = [];
  for (const [from, to] of days) sums.push(...(await sumsOfDays(asking, from, to)));
  for (const piece of quarters) sums.push(...(await sumsOfQuarters(asking, piece)));
  for (const piece of rows) sums.push(...(await sumsOfRows(asking, piece)));
  return sums;
}

/** Days of UTC, less what belongs to the day before or after in the zone that is asked for, which is added there. */
async function sumsOfDays(asking: Asking, from: number, to: number): Promise<readonly TimedSum[]> {
  const { database, question, nameOf } = asking;
  const inDays: Tests = ({ put }) => [`e.day >= ${put(from)}`, `e.day < ${put(to)}`];
  const found = await select(database, question, daySource, inDays);
  const sums = found.map(({ time, sum }) => ({ ...sum, time: nameOf(noonOf(time)) }));
  if (question.step === null) return sums;
  const days = [...new Set(found.map(({ time }) => time))].sort((a, b) => a - b);
  for (const strays of strayQuarters(days, nameOf)) {
    for (const { time, sum } of await select(database, question, straySource, inQuarters(strays))) {
      sums.push({ ...sum, time: nameOf(quarterOf(time, strays.quarters[0] ?? 0)) });
      sums.push({ ...negated(sum), time: nameOf(noonOf(time)) });
    }
  }
  return sums;
}

async function sumsOfQuarters({ database, question, nameOf }: Asking, piece: Quarters): Promise<readonly TimedSum[]> {
  const found = await select(database, question, quarterSource, inQuarters(piece));
  return found.map(({ time, sum }) => ({ ...sum, time: nameOf(time * quarterMs) }));
}

type Tests = (given: Params) => readonly string[];

const inQuarters =
  ({ days, quarters }: Quarters): Tests =>
  ({ put }) => [`e.quarter IN (${quarters.join()})`, `e.day >= ${put(days[0])}`, `e.day < ${put(days[1])}`];

/** A table that sums are made of, what tells the time in it, and how it has the amounts. */
interface Source {
  readonly table: string;
  readonly time: string;
  readonly amount: (name: (typeof amounts)[number]) => string;
}

const summed = (name: string): string => `e.${name}`;
const daySource: Source = { table: 'days', time: 'e.day', amount: summed };
const quarterSource: Source = { table: 'quarters', time: `e.day * ${quartersOfDay} + e.quarter`, amount: summed };
const straySource: Source = { table: 'quarters', time: 'e.day', amount: summed };
const rowSource: Source = {
  table: 'entries',
  time: `e.at / ${quarterMs}`,
  amount: (name) => (name === 'calls' ? '1' : name === 'cost' ? 'COALESCE(e.corrected, e.cost)' : `e.${name}`),
};

interface Found {
  /** In the source's unit; 0 where the question is not about times. */
  readonly time: number;
  readonly sum: Sum;
}

async function select(
  database: Database,
  question: SumQuestion,
  source: Source,
  tests: Tests,
): Promise<readonly Found[]> {
  const { by, step, filter } = question;
  const given = params();
  const conditions = [...tests(given), ...tupleTests('e', filter, given)];
  const columns = [
    ...(by === null ? [] : [`${nameColumn(by)} AS name`]),
    ...(step === null ? [] : [`${source.time} AS time`]),
  ];
  const groups = [...(by === null ? [] : [nameColumn(by)]), ...(step === null ? [] : [source.time])];
  const sums = amounts.map((name) => `SUM(${source.amount(name)}) AS ${name}`);
  const failed = `SUM(CASE WHEN t.${failedStatus} THEN ${source.amount('calls')} ELSE 0 END) AS failed`;
  const rows = await database.run(
    `SELECT ${[...columns, ...sums, failed].join(', ')} FROM ${source.table} e JOIN tuples t ON t.id = e.tuple
     ${by === 'session' ? 'LEFT JOIN texts session ON session.id = e.session' : ''}
     ${where(conditions)} ${groups.length === 0 ? '' : `GROUP BY ${groups.join(', ')}`}`,
    given.values,
  );
  return rows.map((row) => ({ time: Number(row['time'] ?? 0), sum: readSum(row) }));
}

const nameColumn = (by: Dimension): string => (by === 'session' ? 'session.text' : `t.${tupleColumns[by]}`);

/** SQL's sum of nothing is null. */
const readSum = (row: SqlRow): Sum => ({
  name: stringIn(row['name']) ?? null,
  cost: Number(row['cost']) as NanoUsd,
  calls: Number(row['calls']),
  failed: Number(row['failed']),
  cached: Number(row['cached']),
  input: Number(row['input']),
  cacheRead: Number(row['cache_read']),
  cacheWrite: Number(row['cache_write']) + Number(row['cache_write_1h']),
  cacheWrite1h: Number(row['cache_write_1h']),
  output: Number(row['output']),
  reasoning: Number(row['reasoning']),
  saved: Number(row['saved']) as NanoUsd,
});

/** One sum for each name and time. What strays took away whole is nothing. */
function merged(sums: readonly TimedSum[]): TimedSum[] {
  const places = new Map<string, TimedSum>();
  for (const sum of sums) {
    const place = `${sum.time}${sum.name === null ? '' : `\n${sum.name}`}`;
    const before = places.get(place);
    places.set(place, before ? { ...sum, ...combined(before, sum, 1) } : sum);
  }
  return [...places.values()].filter(({ calls, cost }) => calls !== 0 || cost !== 0);
}

const nothing: Sum = {
  ...{ name: null, cost: 0 as NanoUsd, calls: 0, failed: 0, cached: 0, input: 0, cacheRead: 0 },
  ...{ cacheWrite: 0, cacheWrite1h: 0, output: 0, reasoning: 0, saved: 0 as NanoUsd },
};

const negated = (sum: Sum): Sum => ({ ...combined(nothing, sum, -1), name: sum.name });

const combined = (a: Sum, b: Sum, sign: 1 | -1): Sum => ({
  name: a.name,
  cost: (a.cost + sign * b.cost) as NanoUsd,
  calls: a.calls + sign * b.calls,
  failed: a.failed + sign * b.failed,
  cached: a.cached + sign * b.cached,
  input: a.input + sign * b.input,
  cacheRead: a.cacheRead + sign * b.cacheRead,
  cacheWrite: a.cacheWrite + sign * b.cacheWrite,
  cacheWrite1h: a.cacheWrite1h + sign * b.cacheWrite1h,
  output: a.output + sign * b.output,
  reasoning: a.reasoning + sign * b.reasoning,
  saved: (a.saved + sign * b.saved) as NanoUsd,
});
