import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Budgets } from '../../src/budgets/budgets.ts';
import type { Claim, Hold } from '../../src/budgets/budgets.ts';
import type { Limit } from '../../src/budgets/limit.ts';
import { toFailure } from '../../src/chat/failure.ts';
import { nanoUsd } from '../../src/chat/money.ts';
import { fakeClock } from '../support/fake-clock.ts';

const limit = (scope: string, max: number, duration: string | null = null, more: Partial<Limit> = {}): Limit => ({
  ...{ scope, title: scope, max: nanoUsd(max), duration, raise: 'raise it' },
  ...more,
});

/** By scope; several have more than one window. */
const limits: Readonly<Record<string, readonly Limit[]>> = {
  'key:a': [limit('key:a', 100, '30m'), limit('key:a', 260, '1d')],
  'key:a/group:g': [limit('key:a/group:g', 80, '1h')],
  'key:b': [limit('key:b', 70)],
  'project:p': [limit('project:p', 120, '1h'), limit('project:p', 400)],
  'account:x': [limit('account:x', 90, '30m', { elsewhere: true })],
  gateway: [limit('gateway', 150, '30m'), limit('gateway', 300, '1d'), limit('gateway', 600)],
};
const all = Object.values(limits).flat();
const lengths: Readonly<Record<string, number>> = { '30m': 1_800_000, '1h': 3_600_000, '1d': 86_400_000 };
const calendar = { timeZone: 'UTC', resetTime: '00:00' };

type Step =
  | {
      readonly type: 'reserve';
      readonly scopes: readonly string[];
      readonly want: number;
      readonly least: number;
      readonly hasAlternative: boolean;
    }
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
        hasAlternative: fc.boolean(),
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
      arbitrary: fc.record({
        type: fc.constant('pass' as const),
        ms: fc.oneof(fc.integer({ min: 1, max: 20_000 }), fc.integer({ min: 1, max: 2_400_000 })),
      }),
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

interface Billed {
  readonly at: number;
  readonly scopes: readonly string[];
  readonly cost: number;
}

/** Plays the steps, and keeps its own books of what was held and billed. */
class Judge {
  readonly clock = fakeClock();
  readonly budgets = new Budgets(
    this.clock,
    { ...calendar, holdWaitMs: 30_000, budgetExceededStatus: 400 },
    this.clock.after,
  );
  readonly asked: Asked[] = [];
  readonly billed: Billed[] = [];
  /** Refusals that would send a call the wrong way. */
  readonly misled: string[] = [];

  async play(step: Step): Promise<void> {
    if (step.type === 'reserve') this.reserve({ ...step, least: Math.min(step.want, step.least) });
    if (step.type === 'settle') this.settle(this.pick('holding', step.which), step.share);
    if (step.type === 'cancel') this.pick('waiting', step.which)?.client.abort();
    if (step.type === 'pass') this.clock.pass(step.ms);
    await new Promise(setImmediate);
    this.check();
  }

  /** Shrinks to what is left, down to `least`. */
  reserve({ scopes, want, least, hasAlternative }: Extract<Step, { type: 'reserve' }>): void {
    const quote = (left: number) => (left >= least ? { hold: nanoUsd(Math.min(want, left)) } : undefined);
    const claim = {
      call: `call-${this.asked.length}`,
      limits: scopes.flatMap((scope) => limits[scope] ?? []),
      scopes,
      quote,
      hasAlternative,
    };
    const asked: Asked = { claim, client: new AbortController(), state: 'waiting' };
    const contested = this.shortScopes();
    this.asked.push(asked);
    this.budgets.reserve(claim, asked.client.signal).then(
      (hold) => Object.assign(asked, { state: 'holding', hold }),
      (failure: unknown) => {
        asked.state = 'ended';
        const { scope, elsewhere } = toFailure(failure).details;
        if ((elsewhere === true) !== (scope === 'account:x')) this.misled.push(`${scope} says elsewhere: ${elsewhere}`);
      },
    );
    // Reserving is done at once where it can be: the money must then not be taken from those who came earlier.
    const taken = scopes.filter((scope) => this.budgets.spend(scope, null).held > this.heldOf(scope));
    for (const scope of taken) assert.ok(!contested.has(scope), `overtook on ${scope}`);
  }

  settle(asked: Asked | undefined, share: number): void {
    if (!asked?.hold) return;
    const { hold, claim } = asked;
    const cost = nanoUsd(Math.floor(hold.amount * share));
    this.billed.push({ at: hold.at, scopes: claim.scopes, cost });
    asked.state = 'ended';
    hold.settle(cost);
    hold.settle(cost);
  }

  check(): void {
    assert.deepEqual(this.misled, []);
    for (const one of all) {
      const { window, held } = this.budgets.spend(one.scope, one.duration);
      assert.equal(held, this.heldIn(one), `held of ${one.scope} in ${one.duration}`);
      assert.equal(window, this.billedIn(one), `billed of ${one.scope} in ${one.duration}`);
      assert.ok(window + held <= one.max, `${one.scope} is overspent in ${one.duration}`);
    }
    const ahead = new Set<string>();
    for (const { claim } of this.in('waiting')) {
      const fits = claim.quote(Math.min(...claim.limits.map((one) => this.leftOf(one)))) !== undefined;
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
  /** In UTC these windows begin at multiples of their lengths. */
  startOf(duration: string | null): number {
    const length = duration === null ? Infinity : (lengths[duration] ?? NaN);
    return length === Infinity ? -Infinity : Math.floor(this.clock.now() / length) * length;
  }
  heldOf(scope: string): number {
    return this.heldIn(limit(scope, 0));
  }
  heldIn({ scope, duration }: Limit): number {
    const start = this.startOf(duration);
    const holding = this.in('holding').filter(
      ({ claim, hold }) => claim.scopes.includes(scope) && (hold?.at ?? 0) >= start,
    );
    return holding.reduce((sum, { hold }) => sum + (hold?.amount ?? 0), 0);
  }
  billedIn({ scope, duration }: Limit): number {
    const start = this.startOf(duration);
    const billed = this.billed.filter(({ at, scopes }) => scopes.includes(scope) && at >= start);
    return billed.reduce((sum, { cost }) => sum + cost, 0);
  }
  leftOf(one: Limit): number {
    return one.max - this.billedIn(one) - this.heldIn(one);
  }
  /** Where those lack money now who wait behind nobody. */
  shortScopes(): ReadonlySet<string> {
    const short = new Set<string>();
    const ahead = new Set<string>();
    for (const { claim } of this.in('waiting')) {
      const isFirst = !claim.scopes.some((scope) => ahead.has(scope));
      for (const scope of claim.scopes) ahead.add(scope);
      if (!isFirst) continue;
      for (const one of claim.limits) if (!claim.quote(this.leftOf(one))) short.add(one.scope);
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
      { numRuns: 100 },
    );
  });
});
