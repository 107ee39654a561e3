import type { Json } from '../lib/json.ts';
import { SpendHistory } from './history.ts';
import { windowAt } from './windows.ts';
import type { Calendar, Window } from './windows.ts';

/** Money set aside for one attempt of a call, nano-dollars. */
export interface HeldMoney {
  readonly call: string;
  /** When it was set aside: its cost is counted in the window of this instant. */
  readonly at: number;
  readonly scopes: readonly string[];
  readonly amount: number;
  /** Set aside by this process; else known from the journal alone. */
  readonly live: boolean;
}

/** A window that is being counted. Holds of an earlier window are not in `held`: their cost counts there. */
export interface Counted extends Window {
  spent: number;
  held: number;
}

/** What one scope has spent and holds. Windows are counted from when they are first asked for, and roll over when read. */
export class ScopeCounter {
  readonly #history: SpendHistory;
  readonly #holds = new Set<HeldMoney>();
  readonly #windows = new Map<string | null, Counted>();

  constructor(history: SpendHistory = new SpendHistory()) {
    this.#history = history;
  }

  /** Nano-dollars ever billed. */
  get total(): number {
    return this.#history.total;
  }

  /** It holds nothing and never was billed anything, or was set to anything. */
  get isBlank(): boolean {
    return this.#holds.size === 0 && this.#history.isBlank;
  }

  /** How many attempts hold money, those that hold none left out. */
  get holders(): number {
    let count = 0;
    for (const hold of this.#holds) if (hold.amount > 0) count += 1;
    return count;
  }

  window(duration: string | null, now: number, calendar: Calendar): Counted {
    const known = this.#windows.get(duration);
    if (known && now < known.end && now >= known.start) return known;
    const { start, end } = windowAt(duration, now, calendar);
    let held = 0;
    for (const hold of this.#holds) if (hold.at >= start) held += hold.amount;
    const counted = { start, end, spent: this.#history.since(start), held };
    this.#windows.set(duration, counted);
    return counted;
  }

  hold(money: HeldMoney): void {
    this.#holds.add(money);
    for (const window of this.#windows.values()) if (money.at >= window.start) window.held += money.amount;
  }

  release(money: HeldMoney): void {
    if (!this.#holds.delete(money)) return;
    for (const window of this.#windows.values()) if (money.at >= window.start) window.held -= money.amount;
  }

  /** Counts `cost` nano-dollars (less than nothing for a correction) in the windows that `at` is in. */
  book(at: number, cost: number): void {
    this.#history.add(at, cost);
    for (const window of this.#windows.values()) if (at >= window.start) window.spent += cost;
  }

  reset(at: number, to: number): void {
    this.#history.reset(at, to);
    this.forgetWindows();
  }

  /** Makes the next reading count anew, after the calendar has changed. */
  forgetWindows(): void {
    this.#windows.clear();
  }

  snapshot(now: number, calendar: Calendar): Json {
    this.#history.compact(now, (at) => windowAt('1d', at, calendar));
    return this.#history.snapshot();
  }
}
