import { invalid } from '../chat/failure.ts';

/** `2026-11-23`, or `2026-11-23T14:00`, as a clock on the wall shows it; the hour that a clock goes through twice is one. */
export function timeNames(step: 'day' | 'hour', timeZone: string): (time: number) => string {
  const format = wallClock(timeZone);
  const known = new Map<number, string>(); // a calendar is slow to ask
  return (time) => {
    const before = known.get(time);
    if (before !== undefined) return before;
    const [day = '', clock = ''] = format.format(time).split(' ');
    const name = step === 'day' ? day : `${day}T${clock.slice(0, 2)}:00`;
    known.set(time, name);
    return name;
  };
}

function wallClock(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  } catch {
    throw invalid(`There is no time zone called ${timeZone}.`, 'timeZone');
  }
}
