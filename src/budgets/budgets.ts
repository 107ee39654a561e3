import { Failure } from '../chat/failure.ts';
import { noMoney } from '../chat/money.ts';
import type { NanoUsd } from '../chat/money.ts';
import type { FollowedRecord } from '../ledger/records.ts';
import type { Json } from '../lib/json.ts';
import type { StopSignal } from '../lib/stop.ts';
import type { Clock } from '../lib/time.ts';
import { Counters } from './counters.ts';
import type { Spend } from './counters.ts';
import { budgetExceeded, moneyHeld } from './limit.ts';
import type { Limit, Standing } from './limit.ts';
import type { HeldMoney } from './scope-counter.ts';
import type { Calendar } from './windows.ts';

/** What an attempt would hold where `left` nano-dollars are left (Infinity without limits); undefined: too little to be of use. */
export type Quote = (left: number) => Quoted | undefined;
export interface Quoted {
  /** The most that the attempt can cost; 0 only if it is free. */
  readonly hold: NanoUsd;
  /** What the output must be limited to for that, tokens. */
  readonly outputLimit?: number;
}

/** One attempt of a call that asks for money. */
export interface Claim {
  readonly call: string;
  readonly limits: readonly Limit[];
  /** Every scope that its cost counts on, each once; those of the limits are among them. */
  readonly scopes: readonly string[];
  /** May be asked several times; what fits with little left fits with more. */
  readonly quote: Quote;
  /** It does not wait for money of limits that it can avoid by going elsewhere. */
  readonly hasAlternative?: boolean;
}

/** Money set aside for one attempt of a call. Whoever has it ends it; the first ending counts. */
export interface Hold {
  readonly call: string;
  /** When it was set aside, milliseconds. A row with the same `at` counts in the window that paid for it. */
  readonly at: number;
  readonly amount: NanoUsd;
  /** What it is held on. */
  readonly scopes: readonly string[];
  readonly limits: readonly Limit[];
  readonly outputLimit?: number;
  /** Gives it back and counts the cost. Where a close record is applied for the call, that does it instead. */
  settle(cost: NanoUsd): void;
  /** Gives it back for an attempt that has no row. */
  release(): void;
}

/** The part of the configuration that budgets depend on. */
export interface BudgetSettings extends Calendar {
  /** How long a call waits for money that others hold, milliseconds. */
  readonly holdWaitMs: number;
  readonly budgetExceededStatus: number;
}

/** Runs something later, milliseconds from now, and gives what calls it off. */
export type After = (wait: number, run: () => void) => () => void;

const afterTimeout: After = (wait, run) => {
  const timer = setTimeout(run, wait);
  return () => clearTimeout(timer);
};

interface Waiter {
  readonly claim: Claim;
  /** Scopes that were once short of money for it: who came later takes nothing of them. They only grow, so nobody starves. */
  readonly contested: Set<string>;
  readonly resolve: (hold: Hold) => void;
  readonly reject: (failure: Failure) => void;
}

/**
 * Every budget's money: what is spent, what is held for calls under way, and who waits for it.
 * Check and hold are one synchronous step, so no interleaving of calls can set aside more than a budget has left.
 */
export class Budgets {
  readonly #after: After;
  readonly #clock: Clock;
  readonly #counters: Counters;
  /** In the order they came. */
  readonly #waiting = new Set<Waiter>();
  #settings: BudgetSettings;

  constructor(clock: Clock, settings: BudgetSettings, after: After = afterTimeout) {
    this.#clock = clock;
    this.#settings = settings;
    this.#after = after;
    this.#counters = new Counters(clock, settings);
  }

  /** Takes a configuration that was read anew. */
  configure(settings: BudgetSettings): void {
    this.#settings = settings;
    this.#counters.setCalendar(settings);
    this.#serve();
  }

  /**
   * Sets money aside if there is enough now and nobody waits for it. A call that holds money already passes those
   * who wait: they wait for what it holds.
   */
  tryReserve(claim: Claim): Hold | undefined {
    if (this.#waiting.size > 0) this.#serve(); // what the others lack may have changed: a window ended, a hold was placed
    const quoted = offer(claim.quote, this.#least(claim.limits, left));
    if (!quoted || (quoted.hold > 0 && this.#mustQueue(claim))) return undefined;
    return this.#place(claim, quoted);
  }

  /**
   * Sets money aside, and waits its turn while what is missing is only held: up to `holdWaitMs`, then `rate-limited`.
   * Throws `budget-exceeded` at once when it is spent. A call that holds money already does not wait, lest two wait for each other.
   */
  async reserve(claim: Claim, signal?: StopSignal): Promise<Hold> {
    if (signal?.aborted) throw cancelled(signal);
    const hold = this.tryReserve(claim);
    if (hold) return hold;
    const refusal = this.#refusal(claim);
    if (refusal) throw refusal;
    if (this.#counters.isHolding(claim.call)) throw this.#busy(claim);
    if (claim.hasAlternative && this.#isAvoidable(claim)) throw this.#busy(avoidable(claim));
    return this.#wait(claim, signal);
  }

  /** The state of a limit now. */
  standing(limit: Limit): Standing {
    return { limit, window: this.#counters.window(limit.scope, limit.duration) };
  }

  /** What a scope was billed in the window of `duration` that is now, and ever. */
  spend(scope: string, duration: string | null): Spend {
    return this.#counters.spend(scope, duration);
  }

  /**
   * Counts a record of the journal, in the tick in which the journal takes it, or again at recovery. A close gives back
   * what its call holds and counts the row's cost: it is applied instead of settling the holds, not beside it.
   * An open places a hold at recovery only; the calls of this process have theirs.
   */
  apply(record: FollowedRecord): void {
    this.#counters.apply(record);
    this.#serve();
  }

  /** After recovery: gives back what calls of an earlier process still hold, and says which those are. */
  abandonHolds(): readonly HeldMoney[] {
    const lost = this.#counters.holds();
    for (const money of lost) this.#counters.release(money);
    this.#serve();
    return lost;
  }

  /** For the checkpoint; it goes with the sequence number that the journal has in this tick. */
  snapshot(): Json {
    return this.#counters.snapshot();
  }

  /** Throws, and changes nothing, for what `snapshot` cannot have written. */
  restore(json: Json): void {
    this.#counters.restore(json);
    this.#serve();
  }

  /** Budgets of their own with the same money spent and held, and nobody waiting: what is done there changes nothing here. */
  copy(after: After): Budgets {
    const copy = new Budgets(this.#clock, this.#settings, after);
    copy.restore(this.snapshot());
    return copy;
  }

  /** Whether somebody who came earlier waits for money of a scope that limits this claim. */
  #mustQueue(claim: Claim): boolean {
    if (this.#waiting.size === 0 || this.#counters.isHolding(claim.call)) return false;
    for (const { contested } of this.#waiting) if (touches(claim, contested)) return true;
    return false;
  }

  #place(claim: Claim, { hold: amount, outputLimit }: Quoted): Hold {
    const { call, scopes, limits } = claim;
    const money: HeldMoney = { call, at: this.#clock.now(), scopes, amount, live: true };
    this.#counters.hold(money);
    const settle = (cost: NanoUsd): void => {
      if (!this.#counters.release(money)) return;
      // What is no amount of money must not pass as none.
      this.#counters.book(scopes, money.at, Number.isSafeInteger(cost) && cost >= 0 ? cost : amount);
      this.#serve();
    };
    const hold = { call, at: money.at, amount, scopes, limits, settle, release: () => settle(noMoney) };
    return outputLimit === undefined ? hold : { outputLimit, ...hold };
  }

  #wait(claim: Claim, signal: StopSignal | undefined): Promise<Hold> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.delete(waiter);
        callOff();
        signal?.removeEventListener('abort', abort);
      };
      const waiter: Waiter = {
        claim,
        contested: new Set(this.#lacking(claim)),
        resolve: (hold) => {
          leave();
          resolve(hold);
        },
        reject: (failure) => {
          leave();
          reject(failure);
        },
      };
      const abort = (): void => {
        waiter.reject(cancelled(signal));
        this.#serve();
      };
      const callOff = this.#after(this.#settings.holdWaitMs, () => {
        this.#serve(); // a window may have ended since
        if (!this.#waiting.has(waiter)) return;
        waiter.reject(this.#busy(claim));
        this.#serve();
      });
      signal?.addEventListener('abort', abort);
      this.#waiting.add(waiter);
    });
  }

  /** Goes through those who wait, in their order: whoever can be served is, and nobody takes what one ahead waits for. */
  #serve(): void {
    const taken = new Set<string>();
    for (const waiter of this.#waiting) {
      const { claim, contested } = waiter;
      if (!touches(claim, taken)) this.#serveOne(waiter);
      if (this.#waiting.has(waiter)) for (const scope of contested) taken.add(scope);
    }
  }

  #serveOne({ claim, contested, resolve, reject }: Waiter): void {
    const quoted = offer(claim.quote, this.#least(claim.limits, left));
    const refusal = quoted ? undefined : this.#refusal(claim);
    if (quoted) resolve(this.#place(claim, quoted));
    else if (refusal) reject(refusal);
    else for (const scope of this.#lacking(claim)) contested.add(scope);
  }

  /** Whether it would be served at once if it were not for the limits that it can avoid. */
  #isAvoidable(claim: Claim): boolean {
    const binding = { ...claim, limits: claim.limits.filter(isBinding) };
    return offer(claim.quote, this.#least(binding.limits, left)) !== undefined && !this.#mustQueue(binding);
  }

  /** Why the claim cannot be paid for even if all that is held came back, if that is so. */
  #refusal(claim: Claim): Failure | undefined {
    if (offer(claim.quote, this.#least(claim.limits, unspent))) return undefined;
    const short = this.#shortest(claim, unspent);
    if (short) return budgetExceeded(short, this.#settings.timeZone, this.#settings.budgetExceededStatus);
    return new Failure('internal', 'A call without a budget cannot be priced.');
  }

  /** The refusal of a claim that could be paid for if others held less. */
  #busy(claim: Claim): Failure {
    const short = this.#shortest(claim, left) ?? this.#tightest(claim.limits, left);
    if (!short) return new Failure('internal', 'A call without a budget cannot wait for one.');
    return moneyHeld(short, this.#counters.holders(short.limit.scope));
  }

  /** The tightest of the limits that cannot pay for the claim, of those that bind it wherever it goes if there is one. */
  #shortest(claim: Claim, measure: Measure): Standing | undefined {
    const short = claim.limits.filter((limit) => !offer(claim.quote, measure(this.standing(limit))));
    return this.#tightest(short.filter(isBinding), measure) ?? this.#tightest(short, measure);
  }

  /** The scopes that have too little left for it now. */
  #lacking(claim: Claim): readonly string[] {
    const short = claim.limits.filter((limit) => !offer(claim.quote, left(this.standing(limit))));
    return short.map((limit) => limit.scope);
  }

  #least(limits: readonly Limit[], measure: Measure): number {
    let least = Infinity;
    for (const limit of limits) least = Math.min(least, measure(this.standing(limit)));
    return least;
  }

  #tightest(limits: readonly Limit[], measure: Measure): Standing | undefined {
    const least = this.#least(limits, measure);
    return limits.map((limit) => this.standing(limit)).find((standing) => measure(standing) === least);
  }
}

/** The quote, if `money` pays for it. What is free always fits. */
function offer(quote: Quote, money: number): Quoted | undefined {
  const quoted = quote(Math.max(0, money));
  return quoted && quoted.hold >= 0 && (quoted.hold === 0 || quoted.hold <= money) ? quoted : undefined;
}

type Measure = (standing: Standing) => number;
const left: Measure = ({ limit, window }) => limit.max - window.spent - window.held;
const unspent: Measure = ({ limit, window }) => limit.max - window.spent;

const isBinding = ({ elsewhere }: Limit): boolean => elsewhere !== true;
const avoidable = (claim: Claim): Claim => ({ ...claim, limits: claim.limits.filter((limit) => !isBinding(limit)) });

const touches = (claim: Claim, scopes: ReadonlySet<string>): boolean =>
  scopes.size > 0 && claim.limits.some((limit) => scopes.has(limit.scope));

const cancelled = (signal: StopSignal | undefined): Failure =>
  new Failure('cancelled', 'The client has gone.', { cause: signal?.reason });
