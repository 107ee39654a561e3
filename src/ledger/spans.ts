import { dayMs, quarterMs, quartersOfDay } from './amounts.ts';
import type { RowFilter } from './ledger.ts';

/** How far back things are kept. */
export interface Kept {
  /** Rows admitted before this, milliseconds, are in the sums alone. */
  readonly rowsFrom: number;
  /** Before this day (days of UTC since 1970) there are only sums of whole days. */
  readonly quartersFrom: number;
}

/** From and to (exclusive): days of UTC, quarters of an hour, or milliseconds, since 1970. */
export type Span = readonly [from: number, to: number];

/** A span of time, cut into what each kind of sums can tell. */
export interface Pieces {
  readonly days: readonly Span[];
  readonly quarters: readonly Span[];
  /** What begins or ends within a quarter of an hour, milliseconds. */
  readonly rows: readonly Span[];
}

export const endOfTime = 100_000_000 * dayMs; // of JavaScript's dates

/** An edge within a quarter of an hour whose rows are gone counts that quarter whole; where the quarters are gone, the day. */
export function piecesOf({ since, until }: RowFilter, kept: Kept, usesDays: boolean): Pieces {
  const from = beginning(since ?? 0, kept);
  const to = ending(until ?? endOfTime, kept);
  const first = Math.ceil(from / quarterMs);
  const end = Math.floor(to / quarterMs);
  if (first > end) return { days: [], quarters: [], rows: present([[from, to]]) };
  const rows = present([
    [from, first * quarterMs],
    [end * quarterMs, to],
  ]);
  const firstDay = Math.ceil(first / quartersOfDay);
  const endDay = Math.floor(end / quartersOfDay);
  if (!usesDays || firstDay >= endDay) return { days: [], quarters: present([[first, end]]), rows };
  const quarters = present([
    [first, firstDay * quartersOfDay],
    [endDay * quartersOfDay, end],
  ]);
  return { days: [[firstDay, endDay]], quarters, rows };
}

const present = (spans: readonly Span[]): readonly Span[] => spans.filter(([from, to]) => from < to);

function beginning(time: number, { rowsFrom, quartersFrom }: Kept): number {
  if (time < quartersFrom * dayMs) return Math.floor(time / dayMs) * dayMs;
  return time < rowsFrom ? Math.floor(time / quarterMs) * quarterMs : time;
}

function ending(time: number, { rowsFrom, quartersFrom }: Kept): number {
  if (time < quartersFrom * dayMs) return Math.ceil(time / dayMs) * dayMs;
  const isInGone = Math.floor(time / quarterMs) * quarterMs < rowsFrom;
  return isInGone ? Math.ceil(time / quarterMs) * quarterMs : time;
}

/** What the sums of sessions tell of a span, as days, and what its rows do before and after, milliseconds. */
export function sessionPieces({ since = 0, until = endOfTime }: RowFilter, sessionsFrom: number) {
  const first = Math.max(sessionsFrom, Math.ceil(since / dayMs));
  const end = Math.floor(until / dayMs);
  if (first >= end) return { days: [], rows: present([[since, until]]) };
  const days: readonly Span[] = [[first, end]];
  const rows = present([
    [since, first * dayMs],
    [end * dayMs, until],
  ]);
  return { days, rows };
}
