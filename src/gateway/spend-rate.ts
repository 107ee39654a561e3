import type { NanoUsd } from '../chat/money.ts';
import { lru } from '../lib/lru.ts';

/** When a rate is worth telling: above `floor` in five minutes, and above `factor` times what is usual in that time. */
export interface RateBounds {
  readonly floor: NanoUsd;
  readonly factor: number;
}

/** What was spent in the last five minutes, and what is usual in that time; 0 where nothing is known. */
export interface SpendAlarm {
  readonly recent: NanoUsd;
  readonly usual: NanoUsd;
}

/** The last hours of each spender, minute by minute. */
export interface SpendRates {
  /** Adds an amount. Gives the alarm when the last five minutes have become far dearer than usual, once per episode. */
  add(spender: string, cost: NanoUsd, now: number, bounds: RateBounds): SpendAlarm | undefined;
}

const minuteMs = 60_000;
const span = 5; // minutes that are looked at together
const spansKept = 48; // four hours, besides the last span
const minutesKept = span * (spansKept + 1);

interface Spender {
  /** What each minute cost, at its number modulo the length. */
  readonly minutes: Float64Array;
  lastMinute: number;
  /** Whether the episode under way has been told. */
  isTold: boolean;
}

export function spendRates(most = 500): SpendRates {
  const spenders = lru<Spender>({ count: most, size: Infinity });
  const spenderOf = (name: string, minute: number): Spender => {
    const known = spenders.get(name);
    if (known !== undefined) return known;
    const fresh = { minutes: new Float64Array(minutesKept), lastMinute: minute, isTold: false };
    spenders.set(name, fresh, 1);
    return fresh;
  };
  return {
    add(name, cost, now, bounds) {
      const minute = Math.floor(now / minuteMs);
      const spender = spenderOf(name, minute);
      moveTo(spender, minute);
      const slot = spender.lastMinute % minutesKept;
      spender.minutes[slot] = (spender.minutes[slot] ?? 0) + cost;
      return alarmOf(spender, bounds);
    },
  };
}

/** Forgets what is too old. A clock that was set back goes on in the newest minute. */
function moveTo(spender: Spender, minute: number): void {
  const passed = minute - spender.lastMinute;
  if (passed <= 0) return;
  for (let step = 1; step <= Math.min(passed, minutesKept); step += 1) {
    spender.minutes[(spender.lastMinute + step) % minutesKept] = 0;
  }
  spender.lastMinute = minute;
  if (passed >= span) spender.isTold = false;
}

function alarmOf(spender: Spender, { floor, factor }: RateBounds): SpendAlarm | undefined {
  const recent = spanSum(spender, 0);
  // Mostly so, and then nothing of the hours before need be added up.
  if (recent < floor / 2) {
    spender.isTold = false;
    return undefined;
  }
  const usual = usualOf(spender);
  const bound = Math.max(floor, factor * usual);
  // An episode ends well below the bound, not at its edge: else a rate that wavers there would be told again and again.
  if (recent < bound / 2) spender.isTold = false;
  if (recent <= bound || spender.isTold) return undefined;
  spender.isTold = true;
  return { recent: recent as NanoUsd, usual: Math.round(usual) as NanoUsd };
}

/** The mean of those spans in which anything was spent: nights and breaks do not make a morning's work look like a runaway. */
function usualOf(spender: Spender): number {
  let total = 0;
  let active = 0;
  for (let back = 1; back <= spansKept; back += 1) {
    const sum = spanSum(spender, back);
    total += sum;
    if (sum > 0) active += 1;
  }
  return active === 0 ? 0 : total / active;
}

/** What was spent in a span of five minutes; `back` 0 is the last one. */
function spanSum({ minutes, lastMinute }: Spender, back: number): number {
  let sum = 0;
  const newest = lastMinute - back * span + minutesKept;
  for (let minute = newest; minute > newest - span; minute -= 1) sum += minutes[minute % minutesKept] ?? 0;
  return sum;
}
