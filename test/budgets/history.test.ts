import assert from 'node:assert/strict';
import { SpendHistory } from '../../src/budgets/history.ts';
import { windowAt } from '../../src/budgets/windows.ts';

const calendar = { timeZone: 'Australia/Lord_Howe', resetTime: '07:10' };
const dayOf = (at: number) => windowAt('1d', at, calendar);
const now = Date.parse('2026-11-22T13:37:42Z');
const minute = 60_000;
/** A bill of one nano-dollar more each time, every 29 minutes of the 70 days until now, of which one has a change of the clocks. */
const bills = Array.from({ length: 3476 }, (_, index) => ({ at: now - (3476 - index) * 29 * minute, cost: index + 1 }));
const sumSince = (start: number): number => bills.reduce((sum, { at, cost }) => (at >= start ? sum + cost : sum), 0);

function full(): SpendHistory {
  const history = new SpendHistory();
  for (const { at, cost } of bills) history.add(at, cost);
  return history;
}

describe('the history of a scope', () => {
  for (const duration of ['30s', '90m', '5h', '1d', '3d', '7d', '30d', '60d', null]) {
    it(`gives the exact sum of a window of ${String(duration)} after old bills were folded into days`, () => {
      const history = full();
      history.compact(now, dayOf);
      const { start } = windowAt(duration, now, calendar);
      assert.equal(history.since(start), sumSince(start));
      assert.equal(history.total, sumSince(-Infinity));
    });
  }

  it('is small after that', () => {
    const history = full();
    history.compact(now, dayOf);
    const { times } = history.snapshot() as { times: number[] };
    assert.ok(times.length < 200, `${times.length} times`);
  });

  it('stays small under a bill each second of two days', () => {
    const history = new SpendHistory();
    for (let at = now - 2 * 86_400_000; at < now; at += 1000) history.add(at, 1);
    history.compact(now, dayOf);
    const { times } = history.snapshot() as { times: number[] };
    assert.ok(times.length < 3600 + 2 * 1440 + 4, `${times.length} times`);
    for (const duration of ['1s', '45s', '7m', '1h', '5h', '26h', '1d']) {
      const { start } = windowAt(duration, now, calendar);
      assert.equal(history.since(start), (now - Math.max(start, now - 2 * 86_400_000)) / 1000, duration);
    }
  });

  it('keeps its order when bills come in another', () => {
    const history = new SpendHistory();
    for (const at of [5000, 3000, 9000, 4000, 3999]) history.add(at, at);
    assert.equal(history.since(4000), 18_000);
    assert.deepEqual(history.snapshot(), {
      total: 24_999,
      times: [3000, 4000, 5000, 9000],
      costs: [6999, 4000, 5000, 9000],
    });
  });

  it('counts only what it was set to, and what comes after, once it is reset', () => {
    const history = full();
    history.reset(now, 7);
    history.add(now - minute, 5); // a call that was under way
    assert.equal(history.since(-Infinity), 12);
    assert.equal(history.since(now + 1000), 0);
    assert.equal(history.since(now), 7);
    assert.equal(history.total, sumSince(-Infinity) + 5);
  });

  for (const damaged of [
    null,
    {},
    { total: 1, times: [1], costs: [] },
    { total: 1, times: ['1'], costs: [1] },
    { total: 1, times: [1], costs: [0.5] },
  ]) {
    it(`is not read from ${JSON.stringify(damaged)}`, () =>
      assert.throws(() => SpendHistory.restore(damaged), TypeError));
  }
});
