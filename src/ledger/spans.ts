import type { RowFilter } from './ledger.ts';
import { dayMs, quarterMs, quartersOfDay } from './pre-sums.ts';

/** How far back things are kept. */
export interface Kept {
  /** Rows admitted before this, milliseconds, are in the sums alone. */
  readonly rowsFrom: number;
  /** Before this day (days of UTC since 1970) there are only sums of whole days. */
  readonly quartersFrom: number;
}

/** The same quarters of some days in a row: `days` from and to (exclusive), `quarters` by their place in the day. */
export interface Quarters {
  readonly days: readonly [from: number, to: number];
  readonly quarters: readonly number[];
}

/** A span of time, cut into what each kind of sums can tell. */
export interface Pieces {
  /** Whole days of UTC, from and to (exclusive). */
  readonly days: readonly (readonly [from: number, to: number])[];
  readonly quarters: readonly Quarters[];
  /** What begins or ends within a quarter of an hour. */
  readonly rows: readonly { readonly since: number; readonly until: number }[];
}

const endOfTime = 100_000_000 * dayMs; // of JavaScript's dates

/** An edge within a quarter of an hour whose rows are gone counts that quarter whole; where the quarters are gone, the day. */
export function piecesOf({ since, until }: RowFilter, kept: Kept, usesDays: boolean): Pieces {
  const from = beginning(since ?? 0, kept);
  const to = ending(until ?? endOfTime, kept);
  const first = Math.ceil(from / quarterMs);
  const end = Math.floor(to / quarterMs);
  if (first > end) return { days: [], quarters: [], rows: from < to ? [{ since: from, until: to }] : [] };
  const rows = [
    { since: from, until: first * quarterMs },
    { since: end * quarterMs, until: to },
  ].filter((one) => one.since < one.until);
  const firstDay = Math.ceil(first / quartersOfDay);
  const endDay = Math.floor(end / quartersOfDay);
  if (!usesDays || firstDay >= endDay) return { days: [], quarters: between(first, end), rows };
  const quarters = [...between(first, firstDay * quartersOfDay), ...between(endDay * quartersOfDay, end)];
  return { days: [[firstDay, endDay]], quarters, rows };
}

function beginning(time: number, { rowsFrom, quartersFrom }: Kept): number {
  if (time < quartersFrom * dayMs) return Math.floor(time / dayMs) * dayMs;
  return time < rowsFrom ? Math.floor(time / quarterMs) * quarterMs : time;
}

function ending(time: number, { rowsFrom, quartersFrom }: Kept): number {
  if (time < quartersFrom * dayMs) return Math.ceil(time / dayMs) * dayMs;
  const isInGone = Math.floor(time / quarterMs) * quarterMs < rowsFrom;
  return isInGone ? Math.ceil(time / quarterMs) * quarterMs : time;
}

/** From one quarter since 1970 to before another: the rest of a day, whole days, the beginning of a day. */
function between(from: number, to: number): readonly Quarters[] {
  const first = Math.floor(from / quartersOfDay);
  const last = Math.floor(to / quartersOfDay);
  const ofDay = (quarter: number): number => quarter % quartersOfDay;
  if (from >= to) return [];
  if (first === last) return [{ days: [first, first + 1], quarters: range(ofDay(from), ofDay(to)) }];
  const whole = Math.ceil(from / quartersOfDay);
  return [
    { days: [first, whole] as const, quarters: range(ofDay(from), quartersOfDay) },
    { days: [whole, last] as const, quarters: range(0, quartersOfDay) },
    { days: [last, last + 1] as const, quarters: range(0, ofDay(to)) },
  ].filter(({ days, quarters }) => days[0] < days[1] && quarters.length > 0);
}

const range = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from }, (_, place) => from + place);

/**
 * Which quarters of these days of UTC belong to another day in a zone than their day's noon does: some at its beginning,
 * or some at its end. They are the same for all days between two changes of the zone's clock.
 */
export const strayQuarters = (days: readonly number[], nameOf: (time: number) => string): readonly Quarters[] => [
  ...runsOf(days, (day) => range(0, firstQuarter(day, nameOf))),
  ...runsOf(days, (day) => range(endQuarter(day, nameOf), quartersOfDay)),
];

function runsOf(days: readonly number[], quartersOf: (day: number) => readonly number[]): readonly Quarters[] {
  const runs: Quarters[] = [];
  for (const day of days) {
    const quarters = quartersOf(day);
    const before = runs.at(-1);
    if (before?.quarters.length === quarters.length)
      runs[runs.length - 1] = { days: [before.days[0], day + 1], quarters };
    else runs.push({ days: [day, day + 1], quarters });
  }
  return runs.filter(({ quarters }) => quarters.length > 0);
}

function firstQuarter(day: number, nameOf: (time: number) => string): number {
  let quarter = 0;
  while (nameOf(quarterOf(day, quarter)) !== nameOf(noonOf(day))) quarter += 1;
  return quarter;
}

function endQuarter(day: number, nameOf: (time: number) => string): number {
  let quarter = quartersOfDay;
  while (nameOf(quarterOf(day, quarter - 1)) !== nameOf(noonOf(day))) quarter -= 1;
  return quarter;
}

/** When a quarter of a day of UTC begins, milliseconds. */
export const quarterOf = (day: number, quarter: number): number => day * dayMs + quarter * quarterMs;

export const noonOf = (day: number): number => quarterOf(day, quartersOfDay / 2);
