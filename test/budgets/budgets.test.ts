import assert from 'node:assert/strict';
import { Budgets } from '../../src/budgets/budgets.ts';
import type { Claim, Hold, Quote } from '../../src/budgets/budgets.ts';
import type { Limit } from '../../src/budgets/limit.ts';
import { Failure } from '../../src/chat/failure.ts';
import { fromDollars, nanoUsd, noMoney } from '../../src/chat/money.ts';
import { fakeClock } from '../support/fake-clock.ts';

const settings = { timeZone: 'Europe/Berlin', resetTime: '00:00', holdWaitMs: 30_000, budgetExceededStatus: 400 };

const limit = (scope: string, max: number, duration: string | null = '1d'): Limit => ({
  scope,
  title: `key "${scope}" (sk-...abcd)`,
  max: nanoUsd(max),
  duration,
  raise: 'raise its max_budget with POST /key/update',
});
const exactly =
  (hold: number): Quote =>
  (left) =>
    hold <= left ? { hold: nanoUsd(hold) } : undefined;
let calls = 0;
const claim = (limits: readonly Limit[], quote: Quote, call = `call-${(calls += 1)}`): Claim => ({
  call,
  limits,
  scopes: limits.map(({ scope }) => scope),
  quote,
});

function budgetsAt(start?: string) {
  const clock = fakeClock(start);
  return { clock, budgets: new Budgets(clock, settings, clock.after) };
}
const held = (hold: Hold | undefined): Hold => hold ?? assert.fail('no money was set aside');
const failureOf = async (promise: Promise<unknown>): Promise<Failure> => {
  const outcome = await promise.catch((error: unknown) => error);
  return outcome instanceof Failure ? outcome : assert.fail(`no Failure but ${String(outcome)}`);
};
/** What has become of a promise, once everything that is due has run. */
async function stateOf(promise: Promise<unknown>): Promise<'pending' | 'served' | 'refused'> {
  const settled = promise.then(
    () => 'served' as const,
    () => 'refused' as const,
  );
  return Promise.race([settled, new Promise<'pending'>((resolve) => setImmediate(() => resolve('pending')))]);
}

describe('a hold', () => {
  const key = limit('key:a', 100);

  it('takes what is left away from others until it is settled', () => {
    const { budgets } = budgetsAt();
    const first = held(budgets.tryReserve(claim([key], exactly(70))));
    assert.equal(budgets.tryReserve(claim([key], exactly(31))), undefined);
    assert.equal(budgets.spend('key:a', '1d').held, 70);
    first.settle(nanoUsd(10));
    assert.equal(budgets.spend('key:a', '1d').held, 0);
    assert.equal(budgets.spend('key:a', '1d').window, 10);
    assert.equal(held(budgets.tryReserve(claim([key], exactly(90)))).amount, 90);
  });

  it('is settled once: the first cost counts', () => {
    const { budgets } = budgetsAt();
    const hold = held(budgets.tryReserve(claim([key], exactly(50))));
    hold.settle(nanoUsd(20));
    hold.settle(nanoUsd(50));
    hold.release();
    assert.deepEqual(budgets.spend('key:a', null), { window: 20, held: 0, total: 20, resetsAt: null });
  });

  it('costs nothing when it is released', () => {
    const { budgets } = budgetsAt();
    held(budgets.tryReserve(claim([key], exactly(50)))).release();
    assert.equal(budgets.spend('key:a', '1d').total, 0);
  });

  it('counts in whole where the cost is no amount of money', () => {
    const { budgets } = budgetsAt();
    for (const cost of [NaN, -1, 0.5, Infinity]) {
      const hold = held(budgets.tryReserve(claim([key], exactly(10))));
      hold.settle(cost as typeof hold.amount);
    }
    assert.equal(budgets.spend('key:a', '1d').window, 40);
  });

  it('stands on every budget, and the tightest decides what is quoted', () => {
    const { budgets } = budgetsAt();
    const limits = [limit('key:a', 100), limit('project:p', 60, '30d'), limit('gateway', 1000, null)];
    const seen: number[] = [];
    const hold = held(
      budgets.tryReserve(claim(limits, (left) => (seen.push(left), { hold: nanoUsd(left), outputLimit: 7 }))),
    );
    assert.deepEqual(seen, [60]);
    assert.equal(hold.outputLimit, 7);
    for (const { scope } of limits) assert.equal(budgets.spend(scope, null).held, 60);
  });

  it('is booked to scopes without a limit as well', () => {
    const { budgets } = budgetsAt();
    const seen: number[] = [];
    const quote: Quote = (left) => (seen.push(left), { hold: nanoUsd(5) });
    held(budgets.tryReserve({ call: 'c', limits: [], scopes: ['key:a', 'gateway'], quote })).settle(nanoUsd(3));
    assert.deepEqual(seen, [Infinity]);
    assert.equal(budgets.spend('gateway', '30d').window, 3);
  });

  it('is none for a quote that is more than what is left, whatever the quote says', () => {
    const { budgets } = budgetsAt();
    assert.equal(budgets.tryReserve(claim([key], () => ({ hold: nanoUsd(101) }))), undefined);
    assert.equal(budgets.tryReserve(claim([key], () => ({ hold: NaN as never }))), undefined);
    assert.equal(budgets.tryReserve(claim([key], () => ({ hold: nanoUsd(-5) }))), undefined);
  });

  it('of a free model passes a spent budget and those who wait', async () => {
    const { budgets } = budgetsAt();
    held(budgets.tryReserve(claim([key], exactly(60)))).settle(nanoUsd(60));
    const other = held(budgets.tryReserve(claim([key], exactly(40))));
    const waiting = budgets.reserve(claim([key], exactly(40)));
    assert.equal(held(budgets.tryReserve(claim([key], () => ({ hold: noMoney })))).amount, 0);
    other.settle(nanoUsd(40));
    assert.equal((await failureOf(waiting)).kind, 'budget-exceeded');
    assert.equal((await budgets.reserve(claim([key], () => ({ hold: noMoney })))).amount, 0);
  });
});

describe('a spent budget', () => {
  it('refuses at once with the whole story', async () => {
    const { budgets } = budgetsAt('2026-11-22T13:37:42Z');
    const key = limit('alpha', fromDollars(1.5));
    held(budgets.tryReserve(claim([key], exactly(key.max)))).settle(key.max);
    const failure = await failureOf(budgets.reserve(claim([key], exactly(1))));
    assert.equal(failure.kind, 'budget-exceeded');
    assert.equal(failure.status, 400);
    assert.equal(
      failure.message,
      'Budget exceeded: key "alpha" (sk-...abcd) has spent $1.50 of its daily budget of $1.50. ' +
        'It resets on Mon, 23 Nov 2026, 00:00 (Europe/Berlin). ' +
        'To go on sooner, raise its max_budget with POST /key/update.',
    );
  });

  it('says so when what is left is too little for this call, and names the budget that is short', async () => {
    const { budgets } = budgetsAt();
    const limits = [limit('wide', fromDollars(100), null), limit('alpha', fromDollars(2), null)];
    held(budgets.tryReserve(claim(limits, exactly(fromDollars(1.75))))).settle(fromDollars(1.75));
    const failure = await failureOf(budgets.reserve(claim(limits, exactly(fromDollars(0.5)))));
    assert.equal(
      failure.message,
      'Budget too small for this call: the $0.25 left cannot pay for it. ' +
        'Key "alpha" (sk-...abcd) has spent $1.75 of its total budget of $2.00. ' +
        'It is never reset. To go on, raise its max_budget with POST /key/update.',
    );
  });

  it('shows the seconds of a window that ends between minutes', async () => {
    const { budgets } = budgetsAt('2026-11-22T13:37:12Z');
    const failure = await failureOf(budgets.reserve(claim([limit('alpha', 0, '30s')], exactly(1))));
    assert.match(failure.message, /30s budget of \$0\.00\. It resets on Sun, 22 Nov 2026, 14:37:30 \(Europe\/Berlin\)/);
  });

  it('has the status that the configuration gives it', async () => {
    const clock = fakeClock();
    const budgets = new Budgets(clock, { ...settings, budgetExceededStatus: 429 }, clock.after);
    assert.equal((await failureOf(budgets.reserve(claim([limit('a', 0)], exactly(1))))).status, 429);
  });

  it('is open again in the first moment of the next window, and a cost of the last one does not count there', () => {
    const { budgets, clock } = budgetsAt('2026-10-25T22:59:59.000Z'); // midnight in Berlin, on the night of 25 hours, is at 23:00
    const key = limit('key:a', 100);
    const late = held(budgets.tryReserve(claim([key], exactly(40))));
    held(budgets.tryReserve(claim([key], exactly(60)))).settle(nanoUsd(60));
    clock.set('2026-10-25T22:59:59.999Z');
    assert.equal(budgets.tryReserve(claim([key], exactly(1))), undefined);
    clock.set('2026-10-25T23:00:00.000Z');
    assert.equal(held(budgets.tryReserve(claim([key], exactly(100)))).amount, 100);
    late.settle(nanoUsd(40));
    assert.equal(budgets.spend('key:a', '1d').window, 0);
    assert.equal(budgets.spend('key:a', '1d').held, 100);
    assert.equal(budgets.spend('key:a', '30d').window, 100);
    assert.equal(budgets.spend('key:a', '1d').resetsAt, Date.parse('2026-10-26T23:00:00Z'));
  });
});

describe('waiting for held money', () => {
  const key = limit('key:a', 100);

  it('is first in, first out', async () => {
    const { budgets } = budgetsAt();
    const first = held(budgets.tryReserve(claim([key], exactly(100))));
    const large = budgets.reserve(claim([key], exactly(80)));
    const small = budgets.reserve(claim([key], exactly(10)));
    assert.equal(await stateOf(large), 'pending');
    first.settle(nanoUsd(15));
    (await large).release();
    assert.equal((await small).amount, 10);
  });

  it('lets nobody overtake on the scope that is short, though there is enough for him', async () => {
    const { budgets } = budgetsAt();
    const first = held(budgets.tryReserve(claim([key], exactly(50))));
    const large = budgets.reserve(claim([key], exactly(60)));
    assert.equal(budgets.tryReserve(claim([key], exactly(1))), undefined);
    const small = budgets.reserve(claim([key], exactly(1)));
    assert.equal(await stateOf(small), 'pending');
    first.release();
    assert.equal((await large).amount, 60);
    assert.equal((await small).amount, 1);
  });

  it('holds up nobody on a budget that has enough for all', async () => {
    const { budgets } = budgetsAt();
    const gateway = limit('gateway', 1000);
    held(budgets.tryReserve(claim([key, gateway], exactly(100))));
    const waiting = budgets.reserve(claim([key, gateway], exactly(100)));
    assert.equal(await stateOf(waiting), 'pending');
    assert.equal(held(budgets.tryReserve(claim([limit('key:b', 100), gateway], exactly(100)))).amount, 100);
  });

  it('ends after 30 s with a word about who holds it', async () => {
    const { budgets, clock } = budgetsAt();
    const dollar = limit('alpha', fromDollars(1));
    held(budgets.tryReserve(claim([dollar], exactly(fromDollars(0.5))))).settle(fromDollars(0.25));
    held(budgets.tryReserve(claim([dollar], exactly(fromDollars(0.5)))));
    held(budgets.tryReserve(claim([dollar], exactly(fromDollars(0.25)))));
    const waiting = budgets.reserve(claim([dollar], exactly(fromDollars(0.1))));
    clock.pass(29_999);
    assert.equal(await stateOf(waiting), 'pending');
    clock.pass(1);
    const failure = await failureOf(waiting);
    assert.equal(failure.kind, 'rate-limited');
    assert.equal(failure.status, 429);
    assert.equal(failure.details.retryAfter, 5);
    assert.equal(
      failure.message,
      'Budget busy: key "alpha" (sk-...abcd) has spent $0.25 of its daily budget of $1.00, ' +
        'and $0.75 of the rest is held by 2 calls under way. ' +
        'What they do not use comes back when they end: try again in a few seconds.',
    );
  });

  it('ends with the call that gives up, and those behind it move up', async () => {
    const { budgets, clock } = budgetsAt();
    held(budgets.tryReserve(claim([key], exactly(50))));
    const client = new AbortController();
    const large = budgets.reserve(claim([key], exactly(60)), client.signal);
    const small = budgets.reserve(claim([key], exactly(50)));
    assert.equal(await stateOf(small), 'pending');
    client.abort();
    assert.equal((await failureOf(large)).kind, 'cancelled');
    assert.equal((await small).amount, 50);
    assert.equal(clock.pending, 0);
    assert.equal((await failureOf(budgets.reserve(claim([key], exactly(1)), client.signal))).kind, 'cancelled');
  });

  it('ends at once for all when the money is spent after all', async () => {
    const { budgets, clock } = budgetsAt();
    const first = held(budgets.tryReserve(claim([key], exactly(100))));
    const waiting = [1, 2, 3].map(() => budgets.reserve(claim([key], exactly(10))));
    first.settle(nanoUsd(100));
    for (const each of waiting) assert.equal((await failureOf(each)).kind, 'budget-exceeded');
    assert.equal(clock.pending, 0);
  });

  it('ends when a new window brings new money, in order', async () => {
    const { budgets, clock } = budgetsAt('2026-11-22T22:59:50Z');
    held(budgets.tryReserve(claim([key], exactly(100))));
    const first = budgets.reserve(claim([key], exactly(60)));
    clock.set('2026-11-22T23:00:01Z');
    assert.equal(budgets.tryReserve(claim([key], exactly(60))), undefined);
    assert.equal((await first).amount, 60);
  });

  it('is not for a call that holds money itself: it takes what is there, or is told so', async () => {
    const { budgets } = budgetsAt();
    const mine = held(budgets.tryReserve(claim([key], exactly(40), 'mine')));
    const waiting = budgets.reserve(claim([key], exactly(90)));
    const again = held(budgets.tryReserve(claim([key], exactly(40), 'mine')));
    assert.equal((await failureOf(budgets.reserve(claim([key], exactly(40), 'mine')))).kind, 'rate-limited');
    mine.settle(nanoUsd(1));
    again.settle(nanoUsd(1));
    assert.equal((await waiting).amount, 90);
  });

  it('is never cut short by calls that come later, however small they are', async () => {
    const { budgets } = budgetsAt();
    const gateway = limit('gateway', 100);
    const one = held(budgets.tryReserve(claim([key], exactly(100))));
    const other = held(budgets.tryReserve(claim([gateway], exactly(100))));
    const both = budgets.reserve(claim([key, gateway], exactly(50)));
    one.release();
    assert.equal(budgets.tryReserve(claim([key], exactly(60))), undefined);
    other.release();
    assert.equal((await both).amount, 50);
  });
});

describe('200 calls at once on a nearly spent key', () => {
  it('overshoot by nothing, and use most of what is left', async () => {
    const { budgets, clock } = budgetsAt();
    const max = fromDollars(0.05);
    const key = limit('key:a', max);
    const perToken = 15_000; // $15 a million
    const modest = 4_096 * perToken;
    // A call without a limit of its own: at most 4,096 tokens' worth or a quarter of what is left, and 256 tokens at least.
    const shrinking: Quote = (left) => {
      const tokens = Math.floor(Math.min(left, Math.max(modest, left / 4)) / perToken);
      return tokens < 256 ? undefined : { hold: nanoUsd(tokens * perToken), outputLimit: tokens };
    };
    let billed = 0;
    const call = async (index: number): Promise<void> => {
      const hold = await budgets.reserve(claim([key], shrinking));
      assert.ok(billed + hold.amount <= max);
      await new Promise(setImmediate);
      const cost = nanoUsd(Math.floor(hold.amount * ((index % 5) / 4)));
      billed += cost;
      hold.settle(cost);
    };
    const outcomes = await Promise.allSettled(Array.from({ length: 200 }, (_, index) => call(index)));
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }) => reason as Failure);
    assert.ok(billed <= max && billed >= 0.6 * max, `${billed} of ${max}`);
    assert.deepEqual([...new Set(refused.map(({ kind }) => kind))], ['budget-exceeded']);
    assert.deepEqual(budgets.spend('key:a', '1d'), {
      window: nanoUsd(billed),
      held: 0,
      total: nanoUsd(billed),
      resetsAt: Date.parse('2026-11-22T23:00:00Z'),
    });
    assert.equal(clock.pending, 0);
  });
});
