import assert from 'node:assert/strict';
import { Budgets, type Claim, type Quote } from '../../src/budgets/budgets.ts';
import type { Limit } from '../../src/budgets/limit.ts';
import { Failure } from '../../src/chat/failure.ts';
import { nanoUsd } from '../../src/chat/money.ts';
import { fakeClock } from '../support/fake-clock.ts';

const settings = { timeZone: 'UTC', resetTime: '00:00', holdWaitMs: 30_000, budgetExceededStatus: 400 };
const limit = (scope: string, max: number, duration: string | null, more: Partial<Limit> = {}): Limit => ({
  ...{ scope, title: scope, max: nanoUsd(max), duration, raise: `raise ${scope}` },
  ...more,
});
const exactly =
  (hold: number): Quote =>
  (left) =>
    hold <= left ? { hold: nanoUsd(hold) } : undefined;
let calls = 0;
const claim = (limits: readonly Limit[], hold: number, more: Partial<Claim> = {}): Claim => ({
  call: `call-${(calls += 1)}`,
  limits,
  scopes: [...new Set(limits.map(({ scope }) => scope))],
  quote: exactly(hold),
  ...more,
});
const budgetsNow = () => {
  const clock = fakeClock('2026-11-22T13:00:00Z');
  return { clock, budgets: new Budgets(clock, settings, clock.after) };
};
const failureOf = async (promise: Promise<unknown>): Promise<Failure> => {
  const outcome = await promise.catch((error: unknown) => error);
  return outcome instanceof Failure ? outcome : assert.fail(`no Failure but ${String(outcome)}`);
};

describe('several windows of one budget', () => {
  const day = limit('key:a', 10, '1d');
  const month = limit('key:a', 25, '30d');

  it('each bind, and the spent one is named with its own reset', async () => {
    const { clock, budgets } = budgetsNow();
    const spend = () => budgets.tryReserve(claim([day, month], 10))?.settle(nanoUsd(10));
    spend();
    const today = await failureOf(budgets.reserve(claim([day, month], 10)));
    assert.match(today.message, /of its daily budget .*resets on Mon.* 23 Nov 2026/);
    clock.set('2026-11-23T00:00:00Z');
    spend();
    clock.set('2026-11-24T00:00:00Z');
    const thisMonth = await failureOf(budgets.reserve(claim([day, month], 10)));
    assert.match(thisMonth.message, /of its monthly budget .*resets on Tue.* 1 Dec 2026/);
    assert.equal(thisMonth.details.scope, 'key:a');
    assert.equal(budgets.tryReserve(claim([day, month], 5))?.amount, 5);
  });

  it('take a hold once, however many windows there are', () => {
    const { budgets } = budgetsNow();
    budgets.tryReserve(claim([day, month], 4));
    assert.deepEqual([budgets.spend('key:a', '1d').held, budgets.spend('key:a', '30d').held], [4, 4]);
    assert.equal(budgets.tryReserve(claim([day, month], 7)), undefined);
    assert.equal(budgets.tryReserve(claim([day, month], 6))?.amount, 6);
  });
});

describe('a limit that can be avoided', () => {
  const key = limit('key:a', 100, null);
  const account = limit('account:x', 10, null, { elsewhere: true });

  it('sends a call elsewhere when it is spent', async () => {
    const { budgets } = budgetsNow();
    const failure = await failureOf(budgets.reserve(claim([key, account], 20)));
    assert.deepEqual(
      [failure.kind, failure.details.scope, failure.retry],
      ['budget-exceeded', 'account:x', 'elsewhere'],
    );
  });

  it('does not hide one that binds everywhere', async () => {
    const { budgets } = budgetsNow();
    const failure = await failureOf(budgets.reserve(claim([key, account], 120)));
    assert.deepEqual([failure.details.scope, failure.retry], ['key:a', 'never']);
  });

  it('is waited for only where nothing else is left to try', async () => {
    const { budgets } = budgetsNow();
    const first = budgets.tryReserve(claim([account], 8));
    const busy = await failureOf(budgets.reserve(claim([key, account], 5, { hasAlternative: true })));
    assert.deepEqual([busy.kind, busy.details.scope, busy.retry], ['rate-limited', 'account:x', 'elsewhere']);
    const waiting = budgets.reserve(claim([key, account], 5));
    first?.settle(nanoUsd(2));
    assert.equal((await waiting).amount, 5);
  });

  it('is not gone round by one who must wait for a limit that binds', async () => {
    const { budgets } = budgetsNow();
    const first = budgets.tryReserve(claim([key], 98));
    const waiting = budgets.reserve(claim([key, account], 5, { hasAlternative: true }));
    first?.release();
    assert.equal((await waiting).amount, 5);
  });

  it('sends on who would have to queue for it behind another', async () => {
    const { budgets } = budgetsNow();
    const first = budgets.tryReserve(claim([account], 8));
    const ahead = budgets.reserve(claim([account], 10));
    const behind = await failureOf(budgets.reserve(claim([key, account], 1, { hasAlternative: true })));
    assert.equal(behind.retry, 'elsewhere');
    first?.release();
    assert.equal((await ahead).amount, 10);
  });
});

describe('what is deleted', () => {
  it('is counted from nothing if it comes back, also on single models', () => {
    const { clock, budgets } = budgetsNow();
    const scopes = ['project:p', 'project:p/group:gpt', 'project:pier'].map((scope) => limit(scope, 100, null));
    budgets.tryReserve(claim(scopes, 10))?.settle(nanoUsd(10));
    budgets.apply({ type: 'project-deleted', at: clock.now(), id: 'p' });
    assert.deepEqual(
      scopes.map(({ scope }) => budgets.spend(scope, null).total),
      [0, 0, 10],
    );
  });
});
