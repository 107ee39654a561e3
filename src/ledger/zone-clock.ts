import { invalid } from '../chat/failure.ts';
import { dayMs, quarterMs, quartersOfDay } from './amounts.ts';

/** How far the clocks on the walls of a zone are ahead of UTC in a quarter of an hour, milliseconds. */
export type ZoneClock = (quarter: number) => number;

type OffsetsOfDay = number | readonly number[];

const known = new Map<string, Map<number, OffsetsOfDay>>();
const remembered = 20;

/** Throws `invalid-request` for a zone that there is not. No zone's hours begin within a quarter of an hour. */
export function zoneClock(timeZone: string): ZoneClock {
  if (timeZone === 'UTC') return () => 0;
  const format = wallClock(timeZone);
  if (known.size >= remembered) known.clear();
  const days = known.get(timeZone) ?? new Map<number, OffsetsOfDay>();
  known.set(timeZone, days);
  const ask = (quarter: number): number => {
    const time = quarter * quarterMs;
    return Date.parse(`${format.format(time).replace(' ', 'T')}Z`) - time;
  };
  let day = NaN;
  let offsets: OffsetsOfDay = 0;
  return (quarter) => {
    const next = Math.floor(quarter / quartersOfDay);
    if (next !== day) {
      offsets = days.get(next) ?? offsetsOf(next, ask);
      days.set(next, offsets);
      day = next;
    }
    return typeof offsets === 'number' ? offsets : (offsets[quarter - day * quartersOfDay] ?? 0);
  };
}

/** A calendar is slow to ask, and most days have one answer. */
function offsetsOf(day: number, ask: (quarter: number) => number): OffsetsOfDay {
  const first = day * quartersOfDay;
  const offset = ask(first);
  if (offset === ask(first + quartersOfDay)) return offset;
  return Array.from({ length: quartersOfDay }, (_, quarter) => ask(first + quarter));
}

/** The names that a wall's calendar and clock give to a day or an hour, counted from 1970: `2026-11-23`, `2026-11-23T14:00`. */
export const timeName = {
  day: (day: number): string => new Date(day * dayMs).toISOString().slice(0, 10),
  hour: (hour: number): string => `${new Date((hour * dayMs) / 24).toISOString().slice(0, 13)}:00`,
};

function wallClock(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  } catch {
    throw invalid(`There is no time zone called ${timeZone}.`, 'timeZone');
  }
}
