import { isArray, numberIn, objectIn } from '../lib/json.ts';
import type { Json } from '../lib/json.ts';
import type { Window } from './windows.ts';

const hourMs = 3_600_000;
const minuteMs = 60_000;
const bySecondMs = hourMs;
const byMinuteMs = 48 * hourMs;
const smallest = 1024;

/**
 * What was billed to one scope, so that the sum of any window can be told at any time, also after a budget's
 * duration was changed. The last hour is kept by the second, the last two days by the minute, and older ones by day.
 * Windows begin at whole seconds, those of more than an hour at a minute's start, and those that begin further back at a
 * day's, so their sums are exact. (A window of more than an hour that is no number of minutes counts its first minute
 * whole; one of odd hours that began more than two days ago its first day, as does one after a change of the time zone.)
 */
export class SpendHistory {
  /** Nano-dollars ever billed; a reset does not touch it. */
  total = 0;
  /** Rising, and of the same length as `#costs`. */
  #times: number[] = [];
  #costs: number[] = [];
  #compactAt = smallest;

  add(at: number, cost: number): void {
    this.total += cost;
    this.#insert(Math.floor(at / 1000) * 1000, cost);
  }

  /** From now on only `to` counts of all that was billed before. */
  reset(at: number, to: number): void {
    this.#times = [Math.floor(at / 1000) * 1000];
    this.#costs = [to];
  }

  /** What was billed at `start` or later, in nano-dollars. */
  since(start: number): number {
    let sum = 0;
    for (let i = this.#times.length - 1; i >= 0 && (this.#times[i] ?? 0) >= start; i -= 1) sum += this.#costs[i] ?? 0;
    return sum;
  }

  get isBlank(): boolean {
    return this.#times.length === 0 && this.total === 0;
  }

  /** Folds what is old into minutes and days, once enough has gathered. */
  compact(now: number, dayOf: (at: number) => Window): void {
    if (this.#times.length < this.#compactAt) return;
    const times = this.#times;
    const costs = this.#costs;
    this.#times = [];
    this.#costs = [];
    let day: Window = { start: 0, end: 0 };
    times.forEach((at, i) => {
      const age = now - at;
      if (age > byMinuteMs && (at < day.start || at >= day.end)) day = dayOf(at); // a calendar is slow to ask
      const minute = Math.floor(at / minuteMs) * minuteMs;
      this.#insert(age > byMinuteMs ? day.start : age > bySecondMs ? minute : at, costs[i] ?? 0);
    });
    this.#compactAt = Math.max(smallest, 2 * this.#times.length);
  }

  snapshot(): Json {
    return { total: this.total, times: [...this.#times], costs: [...this.#costs] };
  }

  /** Throws for anything that `snapshot` did not write. */
  static restore(json: Json | undefined): SpendHistory {
    const history = new SpendHistory();
    const { total, times, costs } = objectIn(json);
    const [knownTotal, knownTimes, knownCosts] = [numberIn(total), numbersIn(times), numbersIn(costs)];
    if (knownTotal === undefined || !knownTimes || knownTimes.length !== knownCosts?.length) {
      throw new TypeError('a budget in the checkpoint is damaged');
    }
    knownTimes.forEach((at, i) => history.#insert(at, knownCosts[i] ?? 0));
    history.total = knownTotal;
    return history;
  }

  /** Bills arrive nearly in order, so the place is looked for from the end. */
  #insert(at: number, cost: number): void {
    let place = this.#times.length;
    while (place > 0 && (this.#times[place - 1] ?? 0) > at) place -= 1;
    if (place > 0 && this.#times[place - 1] === at) {
      this.#costs[place - 1] = (this.#costs[place - 1] ?? 0) + cost;
    } else if (place === this.#times.length) {
      this.#times.push(at);
      this.#costs.push(cost);
    } else {
      this.#times.splice(place, 0, at);
      this.#costs.splice(place, 0, cost);
    }
  }
}

const numbersIn = (json: Json | undefined): readonly number[] | undefined =>
  isArray(json) && json.every((value) => Number.isSafeInteger(value)) ? (json as readonly number[]) : undefined;
