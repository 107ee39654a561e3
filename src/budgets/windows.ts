import { parseDuration, unitMs } from '../lib/duration.ts';
import type { Duration } from '../lib/duration.ts';

/** A stretch of time that a budget is counted over: `start` inclusive, `end` exclusive, milliseconds since the epoch. */
export interface Window {
  readonly start: number;
  readonly end: number;
}

/** Where the user's day begins. */
export interface Calendar {
  /** IANA name. */
  readonly timeZone: string;
  /** `HH:MM`; days and longer windows begin then. */
  readonly resetTime: string;
}

/** The window of a budget that is never reset. */
export const always: Window = { start: -Infinity, end: Infinity };

/**
 * The window of this duration that `now` is in. Windows follow one another without gap or overlap,
 * and hang on nothing but the calendar, as LiteLLM's do:
 * up to an hour: multiples of the length from midnight on; longer than that, up to a day: multiples on the clock's face;
 * the day's last one ends with the day. 7d, 1w: from Monday. 30d, 1mo: from the first. Other days and weeks: counted from
 * 1970-01-01, and from its Monday. Hours that are not whole days: counted from 1970 in UTC.
 */
export function windowAt(duration: string | null, now: number, calendar: Calendar): Window {
  if (duration === null) return always;
  const parsed = parseDuration(duration);
  if (!parsed) throw new RangeError(`"${duration}" is not a duration`);
  const clock = clockOf(calendar.timeZone);
  if (parsed.unit === 'd' || parsed.unit === 'w' || parsed.unit === 'mo') {
    return onTheClock(clock, now, dateSpan(parsed, minutesOf(calendar.resetTime) * unitMs.m));
  }
  const length = parsed.count * unitMs[parsed.unit];
  if (length <= unitMs.h) return sinceMidnight(clock, now, length);
  if (length < unitMs.d) return onTheClock(clock, now, hourSpan(length));
  if (length % unitMs.d === 0) {
    return onTheClock(clock, now, daySpan(length / unitMs.d, 0, minutesOf(calendar.resetTime) * unitMs.m));
  }
  return multiple(now, length, 0);
}

/** When that day, such as `2026-11-23`, begins there. */
export const midnightOf = (day: string, timeZone: string): number => clockOf(timeZone).toInstant(Date.parse(day));

/** Local time is what the clock on the wall shows, as if it were UTC: milliseconds. */
interface WallClock {
  toLocal(instant: number): number;
  /** When the wall clock first shows `local`; if a night skips that time, as much later as it would have been. */
  toInstant(local: number): number;
}

/** The local start and end of the window that a local time is in. */
type Span = (local: number) => readonly [start: number, end: number];

const multiple = (now: number, length: number, origin: number): Window => {
  const start = origin + Math.floor((now - origin) / length) * length;
  return { start, end: start + length };
};

function sinceMidnight(clock: WallClock, now: number, length: number): Window {
  const day = onTheClock(clock, now, daySpan(1, 0, 0));
  const { start, end } = multiple(now, length, day.start);
  return { start, end: Math.min(end, day.end) };
}

/** On the nights when clocks change, a local time can come twice or never: the instants decide, and the neighbour span steps in. */
function onTheClock(clock: WallClock, now: number, span: Span): Window {
  let [from, to] = span(clock.toLocal(now));
  if (now < clock.toInstant(from)) [from, to] = span(from - 1);
  else if (now >= clock.toInstant(to)) [from, to] = span(to);
  return { start: clock.toInstant(from), end: clock.toInstant(to) };
}

const hourSpan =
  (length: number): Span =>
  (local) => {
    const midnight = Math.floor(local / unitMs.d) * unitMs.d;
    const { start, end } = multiple(local, length, midnight);
    return [start, Math.min(end, midnight + unitMs.d)];
  };

const mondayOf1970 = -3; // the epoch was a Thursday

function dateSpan({ count, unit }: Duration, reset: number): Span {
  if (unit === 'mo' || (unit === 'd' && count === 30)) return monthSpan(reset);
  if (unit === 'w') return daySpan(7 * count, mondayOf1970, reset);
  return daySpan(count, count === 7 ? mondayOf1970 : 0, reset);
}

/** Windows of `days` days, of which one begins on the day `origin`; days count from the epoch. */
const daySpan =
  (days: number, origin: number, reset: number): Span =>
  (local) => {
    const { start, end } = multiple(Math.floor((local - reset) / unitMs.d), days, origin);
    return [start * unitMs.d + reset, end * unitMs.d + reset];
  };

const monthSpan =
  (reset: number): Span =>
  (local) => {
    const date = new Date(local - reset);
    const first = (months: number): number => Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months) + reset;
    return [first(0), first(1)];
  };

function minutesOf(time: string): number {
  const [, hours, minutes] = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(time) ?? [];
  if (hours === undefined) throw new RangeError(`"${time}" is not a time of day`);
  return Number(hours) * 60 + Number(minutes);
}

const clocks = new Map<string, WallClock>();

/** Making an Intl formatter takes far longer than using it, so each zone has one. */
function clockOf(timeZone: string): WallClock {
  let clock = clocks.get(timeZone);
  if (!clock) clocks.set(timeZone, (clock = wallClock(timeZone)));
  return clock;
}

function wallClock(timeZone: string): WallClock {
  const numeric = 'numeric';
  const fields = {
    year: numeric,
    month: numeric,
    day: numeric,
    hour: numeric,
    minute: numeric,
    second: numeric,
  } as const;
  const format = new Intl.DateTimeFormat('en-US', { timeZone, calendar: 'gregory', hourCycle: 'h23', ...fields });
  const offset = (instant: number): number => {
    const whole = Math.floor(instant / 1000) * 1000;
    const shown: Partial<Record<string, number>> = {};
    for (const part of format.formatToParts(whole)) shown[part.type] = Number(part.value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = shown;
    return Date.UTC(year, month - 1, day, hour, minute, second) - whole;
  };
  return {
    toLocal: (instant) => instant + offset(instant),
    toInstant(local) {
      const before = offset(local - unitMs.d);
      const after = offset(local + unitMs.d);
      const [earlier, later] = [local - Math.max(before, after), local - Math.min(before, after)];
      if (earlier + offset(earlier) === local) return earlier;
      // Where neither shows `local` the clock jumps over it, and the offset before the jump tells how late it would be.
      return later + offset(later) === local ? later : local - before;
    },
  };
}
