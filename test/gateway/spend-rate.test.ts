import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fromDollars } from '../../src/chat/money.ts';
import { spendRates, type RateBounds, type SpendRates } from '../../src/gateway/spend-rate.ts';

const minute = 60_000;
const start = Date.parse('2026-11-23T09:00:00Z');
const bounds: RateBounds = { floor: fromDollars(5), factor: 5 };

/** Spends so many dollars a minute for some minutes from one on; gives the minutes in which there was an alarm. */
function spend(rates: SpendRates, { from, minutes, dollars }: { from: number; minutes: number; dollars: number }) {
  const alarms: number[] = [];
  for (let at = from; at < from + minutes; at += 1) {
    if (rates.add('key', fromDollars(dollars), start + at * minute, bounds) !== undefined) alarms.push(at);
  }
  return alarms;
}

describe('the rate of spending', () => {
  it('is told once when five minutes cost far more than usual', () => {
    const rates = spendRates();
    assert.deepEqual(spend(rates, { from: 0, minutes: 120, dollars: 0.3 }), []);
    const alarms = spend(rates, { from: 120, minutes: 60, dollars: 4 });
    assert.deepEqual(alarms, [121]);
  });

  it('is told with what was spent and what is usual', () => {
    const rates = spendRates();
    spend(rates, { from: 1, minutes: 99, dollars: 0.2 });
    const alarm = rates.add('key', fromDollars(20), start + 100 * minute, bounds);
    assert.deepEqual(alarm, { recent: fromDollars(20.8), usual: fromDollars(1) });
  });

  it('is told again when it runs away anew after it had come to rest', () => {
    const rates = spendRates();
    spend(rates, { from: 0, minutes: 60, dollars: 0.2 });
    assert.equal(spend(rates, { from: 60, minutes: 6, dollars: 3 }).length, 1);
    assert.equal(spend(rates, { from: 66, minutes: 100, dollars: 0.2 }).length, 0);
    assert.equal(spend(rates, { from: 166, minutes: 6, dollars: 4 }).length, 1);
  });

  it('does not take a morning after a quiet night for a runaway', () => {
    const rates = spendRates();
    spend(rates, { from: 0, minutes: 100, dollars: 1.5 });
    assert.deepEqual(spend(rates, { from: 200, minutes: 100, dollars: 1.5 }), []);
  });

  it('of one spender says nothing of another', () => {
    const rates = spendRates();
    spend(rates, { from: 0, minutes: 100, dollars: 10 });
    assert.notEqual(rates.add('other', fromDollars(6), start + 100 * minute, bounds), undefined);
  });

  it('keeps the spenders of last use, and no more', () => {
    const rates = spendRates(2);
    const add = (name: string, at: number) => rates.add(name, fromDollars(6), start + at, bounds) !== undefined;
    assert.deepEqual([add('a', 0), add('b', 1), add('a', 2), add('c', 3)], [true, true, false, true]);
    assert.deepEqual([add('a', 4), add('b', 5)], [false, true]);
  });

  it('goes on when the clock is set back', () => {
    const rates = spendRates();
    assert.equal(rates.add('key', fromDollars(3), start, bounds), undefined);
    assert.notEqual(rates.add('key', fromDollars(3), start - 90 * minute, bounds), undefined);
  });

  const dollars = fc.double({ min: 0, max: 0.99, noNaN: true });

  it('is never told below the floor, however unusual', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(10), dollars), { maxLength: 100 }), (calls) => {
        const rates = spendRates();
        let at = 0;
        for (const [wait, amount] of calls) {
          at += wait + 1; // at most one call a minute, so less than 5 dollars in 5 minutes
          assert.equal(rates.add('key', fromDollars(amount), start + at * minute, bounds), undefined);
        }
      }),
    );
  });

  it('is told at most once, at the beginning, where it is steady', () => {
    const steady = fc.record({
      amount: fc.double({ min: 0.01, max: 50, noNaN: true }),
      wobble: fc.array(fc.double({ min: 0.7, max: 1.3, noNaN: true }), { minLength: 100, maxLength: 300 }),
    });
    fc.assert(
      fc.property(steady, ({ amount, wobble }) => {
        const rates = spendRates();
        const alarms = wobble.flatMap((factor, at) => spend(rates, { from: at, minutes: 1, dollars: amount * factor }));
        assert.ok(alarms.length <= 1, `told at ${alarms.join()}`);
        assert.ok(alarms.every((at) => at < 10));
      }),
    );
  });

  it('is told exactly once in an episode, whatever its height', () => {
    fc.assert(
      fc.property(fc.double({ min: 6, max: 1000, noNaN: true }), fc.integer({ min: 5, max: 60 }), (high, minutes) => {
        const rates = spendRates();
        spend(rates, { from: 0, minutes: 200, dollars: 0.5 });
        assert.equal(spend(rates, { from: 200, minutes, dollars: high }).length, 1);
      }),
    );
  });
});
