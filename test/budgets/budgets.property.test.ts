import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Budgets } from '../../src/budgets/budgets.ts';
import type { Claim, Hold } from '../../src/budgets/budgets.ts';
import type { Limit } from '../../src/budgets/limit.ts';
import { nanoUsd } from '../../src/chat/money.ts';
import { fakeClock } from '../support/fake-clock.ts';

const limits: Readonly<Record<string, Limit>> = Object.fromEntries(
  Object.entries({ 'key:a': 100, 'key:b': 70, 'project:p': 120, gateway: 150 }).map(([scope, max]) => [
    scope,
    { scope, title: scope, max: nanoUsd(max), duration: null, raise: 'raise it' },
  ]),
);

type Step =
  | { readonly type: 'reserve'; readonly scopes: readonly string[]; readonly want: number; readonly least: number }
  | { readonly type: 'settle'; readonly which: number; readonly share: number }
  | { readonly type: 'cancel'; readonly which: number }
  | { readonly type: 'pass'; readonly ms: number };

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        type: fc.constant('reserve' as const),
        scopes: fc.subarray(Object.keys(limits), { minLength: 1 }),
        want: fc.integer({ min: 0, max: 60 }),
        least: fc.integer({ min: 1, max: 60 }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        type: fc.constant('settle' as const),
        which: fc.nat(),
        share: fc.double({ min: 0, max: 0.4, noNaN: true }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('cancel' as const), which: fc.nat() }) },
    {
      weight: 1,
      arbitrary: fc.record({ type: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 20_000 }) }),
    },
  ),
  { minLength: 10, maxLength: 80, size: 'max' },
);

interface Asked {
  readonly claim: Claim;
  readonly client: AbortController;
  state: 'waiting' | 'holding' | 'ended';
  hold?: Hold;
}

/** Plays the steps, and keeps its own books of what was held and billed. */
class Judge {
  readonly clock = fakeClock();
  readonly budgets = new Budgets(
    this.clock,
    { timeZone: 'UTC', resetTime: '00:00', holdWaitMs: 30_000, budgetExceededStatus: 400 },
    this.clock.after,
  );
  readonly asked: Asked[] = [];
  readonly billed = new Map<string, number>();

  async play(step: Step): Promise<void> {
    if (step.type === 'reserve') this.reserve(step.scopes, step.want, Math.min(step.want, step.least));
    if (step.type === 'settle') this.settle(this.pick('holding', step.which), step.share);
    if (step.type === 'cancel') this.pick('waiting', step.which)?.client.abort();
    if (step.type === 'pass') this.clock.pass(step.ms);
    await new Promise(setImmediate);
    this.check();
  }

  /** Shrinks to what is left, down to `least`. */
  reserve(scopes: readonly string[], want: number, least: number): void {
    const quote = (left: number) => (left >= least ? { hold: nanoUsd(Math.min(want, left)) } : undefined);
    const claim = {
      call: `call-${this.asked.length}`,
      limits: scopes.map((scope) => limits[scope] as Limit),
      scopes,
      quote,
    };
    const asked: Asked = { claim, client: new AbortController(), state: 'waiting' };
    const contested = this.shortScopes();
    this.asked.push(asked);
    this.budgets.reserve(claim, asked.client.signal).then(
      (hold) => Object.assign(asked, { state: 'holding', hold }),
      () => (asked.state = 'ended'),
    );
    // Reserving is done at once where it can be: the money must then not be taken from those who came earlier.
    const taken = scopes.filter((scope) => this.budgets.spend(scope, null).held > this.heldOf(scope));
    for (const scope of taken) assert.ok(!contested.has(scope), `overtook on ${scope}`);
  }

  settle(asked: Asked | undefined, share: number): void {
    if (!asked?.hold) return;
    const cost = nanoUsd(Math.floor(asked.hold.amount * share));
    for (const scope of asked.claim.scopes) this.billed.set(scope, (this.billed.get(scope) ?? 0) + cost);
    asked.state = 'ended';
    asked.hold.settle(cost);
    asked.hold.settle(cost);
  }

  check(): void {
    for (const [scope, { max }] of Object.entries(limits)) {
      const { window, held, total } = this.budgets.spend(scope, null);
      assert.equal(held, this.heldOf(scope), `held of ${scope}`);
      assert.equal(window, this.billed.get(scope) ?? 0, `billed of ${scope}`);
      assert.equal(total, window);
      assert.ok(window + held <= max, `${scope} is overspent`);
    }
    const ahead = new Set<string>();
    for (const { claim } of this.in('waiting')) {
      const fits = claim.quote(Math.min(...claim.scopes.map((scope) => this.leftOf(scope)))) !== undefined;
      assert.ok(!fits || claim.scopes.some((scope) => ahead.has(scope)), `${claim.call} waits for nothing`);
      for (const scope of claim.scopes) ahead.add(scope);
    }
  }

  in(state: Asked['state']): readonly Asked[] {
    return this.asked.filter((asked) => asked.state === state);
  }
  pick(state: Asked['state'], which: number): Asked | undefined {
    const found = this.in(state);
    return found[which % found.length];
  }
  heldOf(scope: string): number {
    const holding = this.in('holding').filter(({ claim }) => claim.scopes.includes(scope));
    return holding.reduce((sum, { hold }) => sum + (hold?.amount ?? 0), 0);
  }
  leftOf(scope: string): number {
    return (limits[scope]?.max ?? 0) - (this.billed.get(scope) ?? 0) - this.heldOf(scope);
  }
  /** Where those lack money now who wait behind nobody. */
  shortScopes(): ReadonlySet<string> {
    const short = new Set<string>();
    const ahead = new Set<string>();
    for (const { claim } of this.in('waiting')) {
      const isFirst = !claim.scopes.some((scope) => ahead.has(scope));
      for (const scope of claim.scopes) {
        ahead.add(scope);
        if (isFirst && !claim.quote(this.leftOf(scope))) short.add(scope);
      }
    }
    return short;
  }
}

describe('budgets, in any interleaving', () => {
  it('never overspend, never overtake, leave nobody waiting for nothing, and end with nothing held', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (script) => {
        const judge = new Judge();
        for (const step of script) await judge.play(step);
        while (judge.in('holding').length > 0) await judge.play({ type: 'settle', which: 0, share: 0.1 });
        assert.deepEqual(judge.in('waiting'), []);
        assert.equal(judge.clock.pending, 0);
        for (const scope of Object.keys(limits)) assert.equal(judge.budgets.spend(scope, null).held, 0);
      }),
      { numRuns: 200 },
    );
  });
});
