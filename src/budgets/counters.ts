import { nanoUsd } from '../chat/money.ts';
import type { NanoUsd } from '../chat/money.ts';
import { chargesOf, haveSameScopes } from '../ledger/charges.ts';
import type { FollowedRecord, ReleaseRecord } from '../ledger/records.ts';
import { isArray, isObject, numberIn, objectIn, stringIn } from '../lib/json.ts';
import type { Json } from '../lib/json.ts';
import type { Clock } from '../lib/time.ts';
import { SpendHistory } from './history.ts';
import { ScopeCounter } from './scope-counter.ts';
import type { Counted, HeldMoney } from './scope-counter.ts';
import type { Calendar } from './windows.ts';

/** What a scope was billed, nano-dollars. */
export interface Spend {
  readonly window: NanoUsd;
  readonly held: NanoUsd;
  readonly total: NanoUsd;
  /** Milliseconds since the epoch; null: never. */
  readonly resetsAt: number | null;
}

/**
 * What every scope has spent and holds. A function of the journal's records in their order: `apply` rebuilds it at
 * start. It keeps its own history and does not ask the ledger, which is another thread's, loads later and forgets old rows.
 */
export class Counters {
  readonly #clock: Clock;
  #calendar: Calendar;
  #scopes = new Map<string, ScopeCounter>();
  /** By call. */
  #held = new Map<string, Set<HeldMoney>>();

  constructor(clock: Clock, calendar: Calendar) {
    this.#clock = clock;
    this.#calendar = calendar;
  }

  setCalendar(calendar: Calendar): void {
    this.#calendar = calendar;
    for (const scope of this.#scopes.values()) scope.forgetWindows();
  }

  window(scope: string, duration: string | null): Counted {
    return this.#known(scope).window(duration, this.#clock.now(), this.#calendar);
  }

  spend(scope: string, duration: string | null): Spend {
    const { spent, held, end } = this.window(scope, duration);
    const { total } = this.#known(scope);
    return {
      window: nanoUsd(spent),
      held: nanoUsd(held),
      total: nanoUsd(total),
      resetsAt: end === Infinity ? null : end,
    };
  }

  /** How many attempts hold money of this scope. */
  holders(scope: string): number {
    return this.#known(scope).holders;
  }

  isHolding(call: string): boolean {
    return this.#held.has(call);
  }

  hold(money: HeldMoney): void {
    const ofCall = this.#held.get(money.call);
    if (ofCall) ofCall.add(money);
    else this.#held.set(money.call, new Set([money]));
    for (const scope of everyScope(money.scopes)) this.#scope(scope).hold(money);
  }

  /** Gives a hold back; false if that was done before. */
  release(money: HeldMoney): boolean {
    const ofCall = this.#held.get(money.call);
    if (!ofCall?.delete(money)) return false;
    if (ofCall.size === 0) this.#held.delete(money.call);
    for (const name of everyScope(money.scopes)) {
      const scope = this.#scope(name);
      scope.release(money);
      if (scope.isBlank) this.#scopes.delete(name); // clients make up names of models
    }
    return true;
  }

  book(scopes: readonly string[], at: number, cost: number): void {
    if (cost === 0) return;
    for (const scope of everyScope(scopes)) this.#scope(scope).book(at, cost);
  }

  apply(record: FollowedRecord): void {
    switch (record.type) {
      case 'open':
        this.#recover({ call: record.call, at: record.at, scopes: record.scopes, amount: record.hold, live: false });
        break;
      case 'close':
        for (const money of this.#held.get(record.call) ?? []) this.release(money);
        for (const { scopes, at, cost } of chargesOf(record)) this.book(scopes, at, cost);
        break;
      case 'release':
        this.#giveBack(record);
        break;
      case 'correction':
        this.book(record.row.scopes, record.row.at, record.cost - (record.row.cost ?? 0));
        break;
      case 'spend-reset':
        this.#scope(record.scope).reset(record.at, record.to);
        break;
      case 'key-deleted':
        this.#forget(`key:${record.id}`);
        break;
      case 'project-deleted':
        this.#forget(`project:${record.id}`);
        break;
      case 'key':
      case 'project':
      case 'pause':
        break;
    }
  }

  /** Two holds that are alike in all this may stand for one another. */
  #giveBack({ call, at, hold, scopes }: ReleaseRecord): void {
    for (const money of this.#held.get(call) ?? []) {
      if (money.at !== at || money.amount !== hold || !haveSameScopes(money.scopes, scopes)) continue;
      this.release(money);
      return;
    }
  }

  /** Every hold there is. */
  holds(): readonly HeldMoney[] {
    return [...this.#held.values()].flatMap((ofCall) => [...ofCall]);
  }

  snapshot(): Json {
    const now = this.#clock.now();
    const scopes = [...this.#scopes].map(([name, scope]) => [name, scope.snapshot(now, this.#calendar)] as const);
    return {
      version: 1,
      scopes: Object.fromEntries(scopes),
      holds: this.holds().map(({ call, at, scopes: names, amount }) => ({ call, at, scopes: names, amount })),
    };
  }

  /** Throws, and changes nothing, for what `snapshot` cannot have written. */
  restore(json: Json): void {
    const { version, scopes, holds } = objectIn(json);
    if (version !== 1 || !isObject(scopes) || !isArray(holds)) throw damaged();
    const read = Object.entries(scopes).map(
      ([name, kept]) => [name, new ScopeCounter(SpendHistory.restore(kept))] as const,
    );
    const money = holds.map(readHeld);
    this.#scopes = new Map(read);
    this.#held = new Map();
    for (const one of money) this.hold(one);
  }

  /** Holds what an earlier process held. The open records of this one's calls come after their holds, and change nothing. */
  #recover(money: HeldMoney): void {
    for (const known of this.#held.get(money.call) ?? []) if (known.live) return;
    this.hold(money);
  }

  /** With what it spent on single models. */
  #forget(name: string): void {
    for (const known of this.#scopes.keys()) {
      if (known === name || known.startsWith(`${name}/`)) this.#scopes.delete(known);
    }
  }

  /** For reading: a scope that nothing counts on is not kept. */
  #known(name: string): ScopeCounter {
    return this.#scopes.get(name) ?? new ScopeCounter();
  }

  #scope(name: string): ScopeCounter {
    let scope = this.#scopes.get(name);
    if (!scope) this.#scopes.set(name, (scope = new ScopeCounter()));
    return scope;
  }
}

/** By the list that a call is counted on. */
const knownPairs = new WeakMap<readonly string[], readonly string[]>();

/** Those that are named, and what each key and project among them spends on each model among them. */
function everyScope(names: readonly string[]): readonly string[] {
  const known = knownPairs.get(names);
  if (known !== undefined) return known;
  const groups = names.filter((name) => name.startsWith('group:'));
  const owners = names.filter(
    (name) => (name.startsWith('key:') || name.startsWith('project:')) && !name.includes('/'),
  );
  const all = [...new Set([...names, ...owners.flatMap((owner) => groups.map((group) => `${owner}/${group}`))])];
  knownPairs.set(names, all);
  return all;
}

function readHeld(json: Json): HeldMoney {
  const { call, at, scopes, amount } = objectIn(json);
  const [knownCall, knownAt, knownAmount] = [stringIn(call), numberIn(at), numberIn(amount)];
  const names = isArray(scopes) ? scopes.filter((scope) => typeof scope === 'string') : undefined;
  if (knownCall === undefined || knownAt === undefined || knownAmount === undefined || !names) throw damaged();
  return { call: knownCall, at: knownAt, scopes: names, amount: knownAmount, live: false };
}

const damaged = (): TypeError => new TypeError('the budgets in the checkpoint are damaged');
