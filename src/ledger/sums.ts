import { stringIn } from '../lib/json.ts';
import { addFigures, amounts, noFigures, quarterMs, quartersOfDay, type Figures } from './amounts.ts';
import { failedStatus, needsRows, params, rowTests, timeTests, tupleTests, where } from './condition.ts';
import type { Database, SqlRow } from './database.ts';
import type { Dimension, RowFilter, Sum, SumBy, TimedSum } from './ledger.ts';
import { readMeta } from './migrate.ts';
import { noonOf, noonsQuarters, piles, type Named, type Piles } from './piles.ts';
import { readQuarters } from './quarters.ts';
import { endOfTime, piecesOf, sessionPieces, type Span } from './spans.ts';
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
  const { by, step, filter, timeZone = 'UTC' } = question;
  const found = piles(step, timeZone);
  const asking: Asking = { database, question, found, tuples: await tuplesOf(database, question) };
  if (needsRows(filter) || (by === 'session' && step !== null)) await addRows(asking, [0, endOfTime]);
  else if (by === 'session') await addSessions(asking);
  else await addSpan(asking);
  return found.sums();
}

interface Asking {
  readonly database: Database;
  readonly question: SumQuestion;
  readonly found: Piles;
  /** Those that the filter leaves, by their numbers. */
  readonly tuples: ReadonlyMap<number, Named>;
}

async function tuplesOf(database: Database, { by, filter }: SumQuestion): Promise<Asking['tuples']> {
  const given = params();
  const name = by === null || by === 'session' ? 'NULL' : tupleColumns[by];
  const failed = `CASE WHEN ${failedStatus} THEN 1 ELSE 0 END`;
  const rows = await database.run(
    `SELECT id, ${name} AS name, ${failed} AS failed FROM tuples ${where(tupleTests(filter, given))}`,
    given.values,
  );
  return new Map(
    rows.map(({ id, name: text, failed: is }) => [
      Number(id),
      { name: stringIn(text) ?? null, isFailed: Number(is) === 1 },
    ]),
  );
}

async function addSpan(asking: Asking): Promise<void> {
  const { database, question } = asking;
  const kept = {
    rowsFrom: await readMeta(database, 'rows_from'),
    quartersFrom: await readMeta(database, 'quarters_from'),
  };
  const { days, quarters, rows } = piecesOf(question.filter, kept, question.step !== 'hour');
  for (const piece of days) await addDays(asking, piece);
  for (const piece of quarters) await addQuarters(asking, piece);
  for (const piece of rows) await addRows(asking, piece);
}

const columns = amounts.join(', ');
const figuresIn = (row: SqlRow): number[] => amounts.map((name) => Number(row[name]));

/** Days of UTC, less what belongs to the day before or after in the zone that is asked for, which is added there. */
async function addDays({ database, question, found, tuples }: Asking, span: Span): Promise<void> {
  const isOfUtc = question.step === null || (question.timeZone ?? 'UTC') === 'UTC';
  const quarters = isOfUtc ? `''` : 'quarters';
  const select = `SELECT day, tuple, ${columns}, ${quarters} AS quarters FROM days WHERE day >= $1 AND day < $2`;
  const noons = new Map<number, Span>();
  for (const row of await database.run(select, span)) {
    const named = tuples.get(Number(row['tuple']));
    if (named === undefined) continue;
    const day = Number(row['day']);
    found.add(found.timeOf(noonOf(day)), named, figuresIn(row));
    const text = stringIn(row['quarters']) ?? '';
    if (text === '') continue;
    const ofNoon = noons.get(day) ?? noonsQuarters(day, found.timeOf);
    noons.set(day, ofNoon);
    moveStrays(found, { day, named, text, ofNoon });
  }
}

interface DayOfTuple {
  readonly day: number;
  readonly named: Named;
  readonly text: string;
  readonly ofNoon: Span;
}

function moveStrays({ timeOf, add }: Piles, { day, named, text, ofNoon: [from, to] }: DayOfTuple): void {
  for (const span of [
    [0, from],
    [to, quartersOfDay],
  ] as const) {
    if (span[0] === span[1]) continue;
    const strays = noFigures();
    readQuarters(text, span, (_, figures) => addFigures(strays, figures));
    add(timeOf(day * quartersOfDay + span[0]), named, strays);
    add(
      timeOf(noonOf(day)),
      named,
      strays.map((figure) => -figure),
    );
  }
}

async function addQuarters({ database, found, tuples }: Asking, [from, to]: Span): Promise<void> {
  const select = 'SELECT day, tuple, quarters FROM days WHERE day >= $1 AND day < $2';
  const days = [Math.floor(from / quartersOfDay), Math.ceil(to / quartersOfDay)];
  for (const { day, tuple, quarters } of await database.run(select, days)) {
    const named = tuples.get(Number(tuple));
    if (named === undefined) continue;
    const first = Number(day) * quartersOfDay;
    const sums = inRuns((time, figures) => found.add(time, named, figures));
    readQuarters(stringIn(quarters) ?? '', [from - first, to - first], (quarter, figures) =>
      sums.add(found.timeOf(first + quarter), figures),
    );
    sums.end();
  }
}

/** Hands on one sum for what follows one another and is of the same time. */
function inRuns(see: (time: number, figures: Figures) => void) {
  const sum = noFigures();
  let time: number | undefined;
  const end = (): void => {
    if (time !== undefined) see(time, sum);
    sum.fill(0);
  };
  return {
    add(next: number, figures: Figures): void {
      if (next !== time) end();
      time = next;
      addFigures(sum, figures);
    },
    end,
  };
}

async function addSessions(asking: Asking): Promise<void> {
  const { database, question } = asking;
  const { days, rows } = sessionPieces(question.filter, await readMeta(database, 'sessions_from'));
  for (const piece of days) await addSessionDays(asking, piece);
  for (const piece of rows) await addRows(asking, piece);
}

const sums = amounts.map((name) => `SUM(${name}) AS ${name}`).join(', ');

async function addSessionDays({ database, found, tuples }: Asking, [from, to]: Span): Promise<void> {
  const grouped = `SELECT session, tuple, ${sums} FROM sessions WHERE day >= $1 AND day < $2 GROUP BY session, tuple`;
  const select = `SELECT s.*, t.text AS name FROM (${grouped}) s LEFT JOIN texts t ON t.id = s.session`;
  for (const row of await database.run(select, [from, to])) {
    const named = tuples.get(Number(row['tuple']));
    if (named === undefined) continue;
    found.add(0, { ...named, name: stringIn(row['name']) ?? null }, figuresIn(row));
  }
}

const amountOfRow = (name: (typeof amounts)[number]): string =>
  name === 'calls' ? 'COUNT(*)' : `SUM(${name === 'cost' ? 'COALESCE(e.corrected, e.cost)' : `e.${name}`})`;
const sumsOfRows = amounts.map((name) => `${amountOfRow(name)} AS ${name}`).join(', ');

/** Rows themselves: for single calls, and where a span of time begins or ends within a quarter of an hour. */
async function addRows({ database, question, found, tuples }: Asking, [from, to]: Span): Promise<void> {
  const { by, step, filter } = question;
  const given = params();
  const { since = 0, until = endOfTime } = filter;
  const span = { since: Math.max(since, from), until: Math.min(until, to) };
  const tests = [...timeTests('e.at', span, given), ...rowTests(filter, given)];
  const group = ['e.tuple', ...(step === null ? [] : ['quarter']), ...(by === 'session' ? ['e.session'] : [])];
  const grouped = `SELECT e.tuple AS tuple, ${step === null ? '0' : `e.at / ${quarterMs}`} AS quarter,
    ${by === 'session' ? 'e.session' : 'NULL'} AS session, ${sumsOfRows}
    FROM entries e ${where(tests)} GROUP BY ${group.join(', ')}`;
  const select = `SELECT s.*, t.text AS name FROM (${grouped}) s LEFT JOIN texts t ON t.id = s.session`;
  for (const row of await database.run(select, given.values)) {
    const named = tuples.get(Number(row['tuple']));
    if (named === undefined) continue;
    const name = by === 'session' ? (stringIn(row['name']) ?? null) : named.name;
    found.add(found.timeOf(Number(row['quarter'])), { ...named, name }, figuresIn(row));
  }
}
