import assert from 'node:assert/strict';
import { managementRoutes } from '../../src/admin/routes.ts';
import { isArray, numberIn, objectIn, objectsIn, stringIn, type JsonObject } from '../../src/lib/json.ts';
import { limitIn } from './provider-wire.ts';
import { prices, type Known } from './scene.ts';
import { projectId, type Called, type Received, type World } from './world.ts';

/** An amount that a row puts on some budgets. */
interface Charge {
  readonly at: number;
  readonly scopes: readonly string[];
  readonly cost: number;
}

/** What a budget may have spent in one of its windows. */
interface Cap {
  readonly limit: Known;
  readonly most: number;
}

/**
 * The ledger once more, kept from its rows and from what the providers know. After every step each promise is a
 * method of its own; what it throws says which one was broken, and by what.
 */
export class Judge {
  readonly #world: World;
  #rows: readonly JsonObject[] = [];
  #charges: readonly Charge[] = [];
  /** By scope, duration and window. */
  readonly #caps = new Map<string, Cap>();
  #seen = '';
  /** What windows and what is in them depend on besides calls. */
  #sums = '';
  /** How many calls there were when limits last changed. */
  #changedAt = 0;
  readonly #refused = new Set<Called>();
  /** What was found while the gateway was at work, where throwing would only fail a call. */
  readonly #broken: string[] = [];

  constructor(world: World) {
    this.#world = world;
    world.onReceived = (received) => this.holdsTheWorstBeforeAnythingIsSent(received);
  }

  async judge(): Promise<void> {
    this.#rows = await this.#world.gateway.rows();
    this.#charges = this.#rows.flatMap(chargesIn);
    this.#learnCaps();
    this.amountsAreWholeNanoDollars();
    this.noBudgetIsPassed();
    this.whatIsOnlyHeldIsNeverCalledSpent();
    this.whatWasRefusedHoldsNothing();
    this.limitsAreNeverAboveTheClients();
    this.unknownPricesAreNotZero();
    this.costsAreTheProvidersBills();
    this.everyAdmittedCallHasOneRow();
    this.nothingStaysHeld();
    this.whatIsShownIsWhatIsEnforced();
    await this.reportsAgreeWithTheRows();
  }

  /** Promise 1. */
  amountsAreWholeNanoDollars(): void {
    for (const row of this.#rows) {
      for (const { cost } of [row, ...objectsIn(row['attempts'])])
        assert.ok(
          cost == null || (Number.isSafeInteger(cost) && Number(cost) >= 0),
          `${told(row)} costs ${JSON.stringify(cost)}`,
        );
    }
  }

  /** Promise 2: when a request reaches a provider, every budget that applies holds the most that it can be billed. */
  holdsTheWorstBeforeAnythingIsSent(received: Received): void {
    const { budgets } = this.#world.gateway.ports;
    for (const scope of received.scopes) {
      const exposed = sum(
        this.#world.received.filter((one) => one.scopes.includes(scope) && mayBeBilled(one, received)),
        ({ worst }) => worst,
      );
      const { held } = budgets.spend(scope, null);
      if (held < exposed) this.#broken.push(`${scope} holds ${held}, and providers may bill ${exposed}`);
    }
  }

  /** Promises 2 to 4: the sum billed never passes the budget, in any window, while providers keep the limits they were sent. */
  noBudgetIsPassed(): void {
    assert.deepEqual(this.#broken, []);
    for (const [name, { limit, most }] of this.#caps) {
      const spent = this.#spentAs(limit, name);
      assert.ok(spent <= most, `${name} has spent ${spent} of ${most}`);
    }
  }

  /** Promise 4: 400 means spent. Where all that is held would do if it came back, a call waits or is told to come again. */
  whatIsOnlyHeldIsNeverCalledSpent(): void {
    for (const call of this.#world.calls) {
      if (call.heard?.failure?.kind !== 'budget-exceeded' || this.#refused.has(call)) continue;
      this.#refused.add(call);
      const { model } = call.question;
      assert.notEqual(model, 'free', `${call.id}: free models go on working`);
      if (model === 'strange') continue; // only the price list knows what it needs
      const need = leastNeeded(call);
      const isSpent = [...call.limits, ...this.#world.limits()].some(
        (limit) => limit.max - this.#spentIn(limit) < need,
      );
      assert.ok(isSpent, `${call.id} was refused (${call.heard.failure.message}), and needs ${need}`);
    }
  }

  /** Promises 2 and 4: an attempt that its provider refused holds nothing while its call goes on; the next one may need it. */
  whatWasRefusedHoldsNothing(): void {
    const opens = this.#world.opens();
    const holding = this.#world.running().flatMap(({ id, received }) => {
      const attempts = opens.get(id) ?? [];
      const earlier = attempts.length > received.length ? received : received.slice(0, -1);
      return earlier.every(({ end }) => end === 'refused') ? attempts.slice(-1) : attempts;
    });
    for (const scope of this.#scopes()) {
      const most = sum(
        holding.filter(({ scopes }) => scopes.includes(scope)),
        ({ hold }) => hold,
      );
      const { held } = this.#world.gateway.ports.budgets.spend(scope, null);
      assert.ok(held <= most, `${scope} holds ${held}; what is under way needs ${most}`);
    }
  }

  /** Promise 3: the provider is sent the least of the limits, and a lowered one stands in the row. */
  limitsAreNeverAboveTheClients(): void {
    for (const { sent, call } of this.#world.received) {
      const limit = limitIn(sent);
      const { limit: own } = call.question;
      if (own !== undefined)
        assert.ok(limit !== undefined && limit <= own, `${call.id} asked for ${own}, was sent ${limit}`);
    }
    for (const call of this.#served()) {
      const row = this.#rowOf(call);
      const lowered = numberIn(row?.['outputLimit']);
      const last = call.received.at(-1);
      if (lowered !== undefined && last !== undefined)
        assert.equal(limitIn(last.sent), lowered, `${call.id}: the row tells another limit than the provider was sent`);
      assert.equal(
        call.heard?.headers['x-purser-output-limit'],
        lowered?.toString(),
        `${call.id}: the limit in its header`,
      );
    }
  }

  /** Promise 5. */
  unknownPricesAreNotZero(): void {
    for (const call of this.#served().filter(({ question }) => question.model === 'strange')) {
      const row = this.#rowOf(call);
      assert.equal(row?.['source'], 'assumed', told(row));
      assert.ok(Number(row['bookedCost'] ?? row['cost']) > 0, told(row));
    }
  }

  /** Promises 6, 8 and 9: a call that was served costs what its provider counted, to the nano-dollar; what was refused, nothing. */
  costsAreTheProvidersBills(): void {
    for (const call of this.#served()) {
      const row = this.#rowOf(call);
      const bill = call.received.at(-1)?.bill;
      if (row === undefined || bill === undefined) continue;
      const earlier = call.received.slice(0, -1);
      const booked = numberIn(row['bookedCost']) ?? numberIn(row['cost']) ?? -1;
      if (earlier.every(({ end }) => end === 'refused')) assert.equal(booked, bill, told(row));
      else assert.ok(booked >= bill + sum(earlier, knownCost), `${told(row)}: less than the providers bill`);
      if (earlier.every(({ end }) => end === 'refused')) assert.equal(row['upperBound'], false, told(row));
    }
  }

  /** Promise 7. */
  everyAdmittedCallHasOneRow(): void {
    const rows = new Map<string, JsonObject>();
    for (const row of this.#rows) {
      const id = stringIn(row['call']) ?? '';
      assert.ok(!rows.has(id), `${id} has two rows`);
      rows.set(id, row);
    }
    for (const call of this.#world.calls) {
      const row = rows.get(call.id);
      rows.delete(call.id);
      const isOver = call.heard !== undefined || call.lost;
      if (!isOver) assert.equal(row, undefined, `${call.id} is under way and has a row`);
      else if (call.received.length > 0) assert.ok(row, `${call.id} was sent and has no row`);
      if (row !== undefined) this.#rowTellsHowItEnded(call, row);
    }
    assert.deepEqual([...rows.keys()], [], 'rows of calls that nobody made');
  }

  #rowTellsHowItEnded(call: Called, row: JsonObject): void {
    const { heard, lost, received } = call;
    const { status } = row;
    if (lost) assert.equal(status, 'interrupted', told(row));
    else if (heard?.failure === undefined && !heard?.broken && heard?.status === 200 && !call.cancelled)
      assert.ok(
        received.at(-1)?.end === 'served' ? status === 'done' : status === 'failed' || status === 'timed-out',
        told(row),
      );
    // Of what was interrupted nobody knows the end, so it is booked at the most.
    const booked = numberIn(row['bookedCost']) ?? numberIn(row['cost']) ?? 0;
    if (lost)
      assert.ok(
        booked >=
          sum(
            received.filter(({ end }) => end !== 'refused'),
            ({ worst }) => worst,
          ),
        told(row),
      );
    if (received.some(({ end, worst }) => end === 'cut' && worst > 0))
      assert.ok(booked > 0, `${told(row)}: it was sent`);
  }

  /** Promise 7: holds are settled, whatever became of their calls. */
  nothingStaysHeld(): void {
    if (this.#world.running().length > 0) return;
    for (const scope of this.#scopes())
      assert.equal(this.#world.gateway.ports.budgets.spend(scope, null).held, 0, `${scope} still holds money`);
  }

  /** Promise 10: counters, /key/info and /team/info say what the rows add up to, to the nano-dollar. */
  whatIsShownIsWhatIsEnforced(): void {
    const { ports } = this.#world.gateway;
    for (const scope of this.#scopes()) {
      const charges = this.#charges.filter(({ scopes }) => scopes.includes(scope));
      assert.equal(
        ports.budgets.spend(scope, null).total,
        sum(charges, ({ cost }) => cost),
        `${scope}: ever`,
      );
      for (const duration of ['1h', '1d', '7d', '1mo']) {
        const now = this.#windowOf(duration, this.#world.clock.now());
        const spent = sum(
          charges.filter(({ at }) => this.#windowOf(duration, at) === now),
          ({ cost }) => cost,
        );
        assert.equal(ports.budgets.spend(scope, duration).window, spent, `${scope} in ${now}`);
      }
    }
    for (const [place, id] of this.#world.keyNames.entries()) {
      const { info } = this.#shown('/key/info', { key: id });
      const { duration } = this.#world.owners[place] ?? { duration: null };
      assert.equal(nano(objectIn(info)['spend']), ports.budgets.spend(`key:${id}`, duration).window, '/key/info');
    }
    const { team_info } = this.#shown('/team/info', { team_id: projectId });
    assert.equal(
      nano(objectIn(team_info)['spend']),
      ports.budgets.spend(`project:${projectId}`, '1d').window,
      '/team/info',
    );
  }

  /** Promise 10: and so do the reports' sums. */
  async reportsAgreeWithTheRows(): Promise<void> {
    for (const { name, cost } of await this.#world.gateway.ports.ledger.sums('key', {})) {
      const rows = this.#rows.filter((row) => row['key'] === name);
      assert.equal(
        cost,
        sum(rows, (row) => Number(row['cost'] ?? 0)),
        `the report of ${name ?? ''}`,
      );
    }
  }

  /** A limit that changes binds the calls that begin after it, so a cap is known once those before it are over. */
  #learnCaps(): void {
    const { timeZone, changes, corrections, calls, clock } = this.#world;
    const limits = this.#world.limits();
    const seen = JSON.stringify([limits, changes, corrections]);
    if (seen !== this.#seen) {
      const names = new Set([...this.#caps.values()].map(({ limit }) => this.#nameOf(limit, clock.now())));
      for (const name of names) this.#caps.delete(name);
      const sums = `${timeZone} ${corrections}`;
      if (sums !== this.#sums) this.#caps.clear();
      this.#sums = sums;
      this.#seen = seen;
      this.#changedAt = calls.length;
    }
    if (this.#world.running().some(({ place }) => place < this.#changedAt)) return;
    for (const limit of limits) {
      const name = this.#nameOf(limit, clock.now());
      if (!this.#caps.has(name)) this.#caps.set(name, { limit, most: Math.max(limit.max, this.#spentIn(limit)) });
    }
  }

  /** What its rows put on a budget in the window that is now. */
  #spentIn(limit: Known): number {
    return this.#spentAs(limit, this.#nameOf(limit, this.#world.clock.now()));
  }

  #spentAs(limit: Known, name: string): number {
    const counted = this.#charges.filter(
      ({ at, scopes }) => scopes.includes(limit.scope) && this.#nameOf(limit, at) === name,
    );
    return sum(counted, ({ cost }) => cost);
  }

  #served(): readonly Called[] {
    return this.#world.calls.filter(
      ({ heard, received, cancelled, lost }) =>
        heard?.status === 200 && !heard.broken && !cancelled && !lost && received.at(-1)?.end === 'served',
    );
  }

  #rowOf({ id }: Called): JsonObject | undefined {
    return this.#rows.find((row) => row['call'] === id);
  }

  #scopes(): readonly string[] {
    return [
      ...new Set([
        ...this.#world.limits().map(({ scope }) => scope),
        ...[0, 1, 2, 3].map((place) => this.#world.scopeOf(place)),
      ]),
    ];
  }

  #nameOf(limit: Known, at: number): string {
    return `${limit.scope} (${this.#windowOf(limit.duration, at)})`;
  }

  /** Names the window that an instant is in, by what calendars and clocks on the wall show there. */
  #windowOf(duration: string | null, at: number): string {
    if (duration === null) return 'ever';
    const day = dayIn(this.#world.timeZone, at);
    if (duration === '1d') return day;
    if (duration === '1mo') return day.slice(0, 7);
    const number = Date.parse(day) / 86_400_000;
    // The zones of these tests are whole hours from UTC.
    return duration === '7d' ? `week ${Math.floor((number + 3) / 7)}` : `hour ${Math.floor(at / 3_600_000)}`;
  }

  #shown(path: string, query: Readonly<Record<string, string>>): JsonObject {
    const route = managementRoutes.find(({ paths }) => paths.includes(path));
    assert.ok(route, path);
    const caller = { id: 'admin', key: undefined, project: null };
    return objectIn(
      JSON.parse(JSON.stringify(route.run(this.#world.gateway.ports, { caller, query, params: {}, body: {} }))),
    );
  }
}

/** The least that a call must find in a budget: the prompt by the closer bound, and the smallest output that is of use. */
function leastNeeded({ question: { prompt, limit = Infinity, choices = 1, caches } }: Called): number {
  const input = Math.ceil(((prompt.length + 200) / 4) * 1.5 + 64);
  return input * (caches === true ? prices.cacheWrite : prices.input) + Math.min(limit, 256) * choices * prices.output;
}

/** What a row says that it counts on which budgets: an attempt at another account there, the rest where the row is. */
function chargesIn(row: JsonObject): readonly Charge[] {
  const at = Number(row['at']);
  const apart = objectsIn(row['attempts']).flatMap(({ scopes, cost, at: own }) =>
    isArray(scopes) || own !== undefined
      ? [{ at: numberIn(own) ?? at, scopes: textsIn(scopes ?? row['scopes']), cost: Number(cost ?? 0) }]
      : [],
  );
  const rest = Number(row['cost'] ?? 0) - sum(apart, ({ cost }) => cost);
  return [{ at, scopes: textsIn(row['scopes']), cost: rest }, ...apart];
}

const textsIn = (json: unknown): readonly string[] =>
  Array.isArray(json) ? json.flatMap((one: unknown) => (typeof one === 'string' ? [one] : [])) : [];

const sum = <T>(all: readonly T[], of: (one: T) => number): number => all.reduce((total, one) => total + of(one), 0);

/** Whether a request may still be billed when the next one arrives: its provider is not done, or nobody knows what the same call has cost. */
const mayBeBilled = ({ end, sent, call }: Received, next: Received): boolean =>
  end === 'none' ? sent.state !== 'over' && !call.lost && !call.cancelled : end === 'cut' && call === next.call;

/** The least that an attempt which came to nothing may be booked at. */
const knownCost = ({ end, sent, worst, pushed }: Received): number =>
  end === 'cut' && pushed === 0 && sent.state === 'over' ? worst : 0;

const nano = (dollars: unknown): number => Math.round(Number(dollars) * 1e9);

const formats = new Map<string, Intl.DateTimeFormat>();
function dayIn(timeZone: string, at: number): string {
  let format = formats.get(timeZone);
  if (format === undefined) formats.set(timeZone, (format = new Intl.DateTimeFormat('en-CA', { timeZone })));
  return format.format(at);
}

const told = (row: JsonObject | undefined): string =>
  JSON.stringify(['call', 'status', 'cost', 'bookedCost', 'source', 'attempts'].map((name) => row?.[name]));
