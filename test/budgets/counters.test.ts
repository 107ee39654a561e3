import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Budgets } from '../../src/budgets/budgets.ts';
import { windowAt } from '../../src/budgets/windows.ts';
import { noUsage } from '../../src/chat/chat.ts';
import { nanoUsd } from '../../src/chat/money.ts';
import type { CloseRecord, JournalRecord, OpenRecord } from '../../src/ledger/records.ts';
import type { Json } from '../../src/lib/json.ts';
import { fakeClock } from '../support/fake-clock.ts';

const settings = { timeZone: 'America/New_York', resetTime: '00:00', holdWaitMs: 30_000, budgetExceededStatus: 400 };
const now = Date.parse('2026-11-22T13:37:42.500Z');
const scopes = ['key:a', 'key:b', 'gateway'];
const durations = ['30s', '1h', '1d', '7d', '30d', '60d', null];

const open = (call: string, at: number, hold: number, names: readonly string[]): OpenRecord => ({
  type: 'open',
  call,
  at,
  key: 'a',
  project: null,
  evidence: null,
  scopes: names,
  group: 'gpt-4o',
  model: 'gpt-4o',
  provider: 'openai',
  account: 'OPENAI_API_KEY',
  deployment: 'd1',
  dialect: 'openai-chat',
  stream: false,
  assistant: null,
  session: null,
  hold: nanoUsd(hold),
});
const close = (opened: OpenRecord, cost: number | null, attempts: CloseRecord['attempts'] = []): CloseRecord => {
  return {
    ...opened,
    type: 'close',
    status: 'done',
    failure: null,
    usage: noUsage,
    cost: cost === null ? null : nanoUsd(cost),
    source: 'computed',
    upperBound: false,
    price: null,
    firstTokenMs: null,
    totalMs: 1,
    outputLimit: null,
    attempts,
    warnings: [],
  };
};
const correction = (row: CloseRecord, cost: number): JournalRecord => ({
  type: 'correction',
  call: row.call,
  at: now,
  cost: nanoUsd(cost),
  reason: 'the price was wrong',
  row: { at: row.at, scopes: row.scopes, cost: row.cost },
});

const budgetsNow = () => {
  const clock = fakeClock(now);
  return new Budgets(clock, settings, clock.after);
};
const everything = (budgets: Budgets) =>
  scopes.flatMap((scope) => durations.map((duration) => [scope, duration, budgets.spend(scope, duration)]));
const throughJson = (json: Json): Json => JSON.parse(JSON.stringify(json)) as Json;

/** Some calls with their records in an order that a journal can have: opened, perhaps closed, perhaps corrected. */
const journals = fc
  .array(
    fc.record({
      age: fc.oneof(fc.integer({ min: 0, max: 90_000 }), fc.integer({ min: 0, max: 80 * 86_400_000 })),
      hold: fc.integer({ min: 0, max: 1000 }),
      cost: fc.option(fc.integer({ min: 0, max: 1000 })),
      corrected: fc.option(fc.integer({ min: 0, max: 1000 })),
      scopes: fc.subarray(scopes),
      isReset: fc.boolean(),
    }),
    { maxLength: 30 },
  )
  .chain((calls) => {
    const streams = calls.map(({ age, hold, cost, corrected, scopes: names, isReset }, index): JournalRecord[] => {
      const opened = open(`call-${index}`, now - age, hold, names);
      const closed = close(opened, cost);
      const reset: JournalRecord[] = isReset
        ? [{ type: 'spend-reset', at: now - age, scope: 'key:b', to: nanoUsd(hold) }]
        : [];
      return [opened, closed, ...(corrected === null ? [] : [correction(closed, corrected)]), ...reset];
    });
    const turns = streams.flatMap((stream, index) => stream.map(() => index));
    return fc.shuffledSubarray(turns, { minLength: turns.length }).map((order) => {
      const next = streams.map(() => 0);
      return order.map((index) => streams[index]?.[(next[index] = (next[index] ?? 0) + 1) - 1] as JournalRecord);
    });
  });

describe('counters', () => {
  it('are the same after a restart from a checkpoint and the records behind it, wherever it was made', () => {
    fc.assert(
      fc.property(journals, fc.double({ min: 0, max: 1, noNaN: true }), (records, share) => {
        const cut = Math.floor(records.length * share);
        const whole = budgetsNow();
        const before = budgetsNow();
        const after = budgetsNow();
        everything(before); // windows that are counted as bills come must agree with those that are summed later
        for (const record of records) whole.apply(record);
        for (const record of records.slice(0, cut)) before.apply(record);
        after.restore(throughJson(before.snapshot()));
        for (const record of records.slice(cut)) [before, after].forEach((budgets) => budgets.apply(record));
        assert.deepEqual(everything(after), everything(whole));
        assert.deepEqual(everything(before), everything(whole));
        for (const [, , { held }] of everything(whole) as [string, string, { held: number }][]) assert.equal(held, 0);
      }),
    );
  });

  it('are the sum of the rows admitted since the window began, for any duration that a budget is given later', () => {
    fc.assert(
      fc.property(journals, (all) => {
        const records = all.filter(({ type }) => type !== 'spend-reset');
        const budgets = budgetsNow();
        for (const record of records) budgets.apply(record);
        for (const scope of scopes) {
          for (const duration of durations) {
            const { start } = windowAt(duration, now, settings);
            let sum = 0;
            for (const record of records) {
              if (record.type === 'close' && record.scopes.includes(scope) && record.at >= start)
                sum += record.cost ?? 0;
              if (record.type === 'correction' && record.row.scopes.includes(scope) && record.row.at >= start) {
                sum += record.cost - (record.row.cost ?? 0);
              }
            }
            assert.equal(budgets.spend(scope, duration).window, sum);
          }
        }
      }),
    );
  });

  it('hold what a call of an earlier process held until its row comes or it is given up', () => {
    const budgets = budgetsNow();
    const lost = open('lost', now, 40, ['key:a']);
    const found = open('found', now, 30, ['key:a', 'gateway']);
    for (const record of [lost, found, { ...found, hold: nanoUsd(5) }]) budgets.apply(record);
    assert.equal(budgets.spend('key:a', '1d').held, 75);
    budgets.apply(close(found, 12));
    assert.equal(budgets.spend('key:a', '1d').held, 40);
    assert.equal(budgets.spend('gateway', '1d').held, 0);
    assert.deepEqual(
      budgets.abandonHolds().map(({ call, amount }) => [call, amount]),
      [['lost', 40]],
    );
    assert.deepEqual(budgets.spend('key:a', null), { window: 12, held: 0, total: 12, resetsAt: null });
  });

  it('count a call of this process once: its open record adds no hold, and its row settles it', () => {
    const budgets = budgetsNow();
    const hold = budgets.tryReserve({ call: 'c', limits: [], scopes: ['key:a'], quote: () => ({ hold: nanoUsd(50) }) });
    const opened = open('c', now, 50, ['key:a']);
    budgets.apply(opened);
    assert.equal(budgets.spend('key:a', '1d').held, 50);
    budgets.apply(close(opened, 20));
    hold?.settle(nanoUsd(50));
    assert.deepEqual(budgets.spend('key:a', null), { window: 20, held: 0, total: 20, resetsAt: null });
  });

  it('book an attempt at another account there, and the rest of the row where the row says', () => {
    const budgets = budgetsNow();
    const opened = open('c', now, 50, ['key:a', 'account:second']);
    const first = {
      deployment: 'd0',
      model: 'm',
      failure: 'provider-error',
      cost: nanoUsd(8),
      scopes: ['key:a', 'account:first'],
    };
    budgets.apply(close(opened, 20, [first, { deployment: 'd1', model: 'm', cost: nanoUsd(12) }]));
    assert.equal(budgets.spend('key:a', '1d').window, 20);
    assert.equal(budgets.spend('account:first', '1d').window, 8);
    assert.equal(budgets.spend('account:second', '1d').window, 12);
  });

  it('forget a key that was deleted', () => {
    const budgets = budgetsNow();
    budgets.apply(close(open('c', now, 5, ['key:a', 'gateway']), 5));
    budgets.apply({ type: 'key-deleted', at: now, id: 'a' });
    assert.equal(budgets.spend('key:a', null).total, 0);
    assert.equal(budgets.spend('gateway', null).total, 5);
  });

  it('keep nothing of a scope that never cost anything, whoever asks for it', () => {
    const budgets = budgetsNow();
    const nothingKept = throughJson(budgets.snapshot());
    budgets.spend('group:made-up', '1d');
    const quote = () => ({ hold: nanoUsd(50) });
    budgets.tryReserve({ call: 'c', limits: [], scopes: ['group:made-up'], quote })?.release();
    budgets.apply(close(open('d', now, 5, ['group:made-up-too']), 0));
    assert.deepEqual(throughJson(budgets.snapshot()), nothingKept);
  });

  it('move their windows when the time zone changes', () => {
    const budgets = budgetsNow();
    budgets.apply(close(open('c', Date.parse('2026-11-22T02:00:00Z'), 5, ['key:a']), 5));
    assert.equal(budgets.spend('key:a', '1d').window, 0); // still the day before in New York
    budgets.configure({ ...settings, timeZone: 'UTC' });
    assert.equal(budgets.spend('key:a', '1d').window, 5);
  });

  it('are not read from a checkpoint that is damaged, and stay as they were', () => {
    const budgets = budgetsNow();
    budgets.apply(close(open('c', now, 5, ['key:a']), 5));
    const holds = [{ call: 'c', at: 'now', scopes: [], amount: 1 }];
    for (const json of [
      null,
      {},
      { version: 2, scopes: {}, holds: [] },
      { version: 1, scopes: { a: 1 }, holds: [] },
      { version: 1, scopes: {}, holds },
    ]) {
      assert.throws(() => budgets.restore(json), TypeError);
    }
    assert.equal(budgets.spend('key:a', '1d').window, 5);
  });
});
