import type { NanoUsd } from '../chat/money.ts';
import { addFigures, amounts, dayMs, hourMs, noFigures, quarterMs, quartersOfDay } from './amounts.ts';
import type { Amounts, Figures } from './amounts.ts';
import type { TimedSum } from './ledger.ts';
import { timeName, zoneClock } from './zone-clock.ts';

/** What belongs to a name: `isFailed` counts its calls as failed. */
export interface Named {
  readonly name: string | null;
  readonly isFailed: boolean;
}

/** Sums by name and time that grow while they are read. */
export interface Piles {
  /** The day or hour that a quarter since 1970, of UTC, falls on in the zone; 0 without a step. */
  readonly timeOf: (quarter: number) => number;
  readonly add: (time: number, named: Named, figures: ArrayLike<number>) => void;
  /** Oldest first, and then dearest first. */
  readonly sums: () => TimedSum[];
}

/** Without a step everything is of one time, which has no name. */
export function piles(step: 'day' | 'hour' | null, timeZone: string): Piles {
  const clock = zoneClock(timeZone);
  const stepMs = step === 'hour' ? hourMs : dayMs;
  const times = new Map<number, Map<string | null, Pile>>();
  return {
    timeOf: (quarter) => (step === null ? 0 : Math.floor((quarter * quarterMs + clock(quarter)) / stepMs)),
    add(time, { name, isFailed }, figures) {
      let names = times.get(time);
      if (names === undefined) times.set(time, (names = new Map<string | null, Pile>()));
      let pile = names.get(name);
      if (pile === undefined) names.set(name, (pile = { figures: noFigures(), failed: 0 }));
      addFigures(pile.figures, figures);
      if (isFailed) pile.failed += figures[placeOf.calls] ?? 0;
    },
    sums: () =>
      [...times]
        .sort(([a], [b]) => a - b)
        .flatMap(([time, names]) => sumsOf(names, step === null ? '' : timeName[step](time))),
  };
}

/** Which quarters of a day of UTC fall on the same day of the zone as its noon does, from and to (exclusive). */
export function noonsQuarters(day: number, timeOf: Piles['timeOf']): readonly [from: number, to: number] {
  const noon = timeOf(noonOf(day));
  let [from, to] = [0, quartersOfDay];
  while (timeOf(day * quartersOfDay + from) !== noon) from += 1;
  while (timeOf(day * quartersOfDay + to - 1) !== noon) to -= 1;
  return [from, to];
}

/** The quarter since 1970 that begins at a day's noon. */
export const noonOf = (day: number): number => (day + 0.5) * quartersOfDay;

interface Pile {
  readonly figures: Figures;
  failed: number;
}

/** What was moved away whole is nothing. */
const sumsOf = (names: ReadonlyMap<string | null, Pile>, time: string): readonly TimedSum[] =>
  [...names]
    .map(([name, pile]) => sumOf(name, pile, time))
    .filter(({ calls, cost }) => calls !== 0 || cost !== 0)
    .sort((a, b) => b.cost - a.cost);

const placeOf = Object.fromEntries(amounts.map((name, place) => [name, place])) as Record<keyof Amounts, number>;

function sumOf(name: string | null, { figures, failed }: Pile, time: string): TimedSum {
  const of = (amount: keyof Amounts): number => figures[placeOf[amount]] ?? 0;
  return {
    name,
    cost: of('cost') as NanoUsd,
    calls: of('calls'),
    failed,
    cached: of('cached'),
    input: of('input'),
    cacheRead: of('cache_read'),
    cacheWrite: of('cache_write') + of('cache_write_1h'),
    cacheWrite1h: of('cache_write_1h'),
    output: of('output'),
    reasoning: of('reasoning'),
    saved: of('saved') as NanoUsd,
    time,
  };
}
