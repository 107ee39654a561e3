import assert from 'node:assert/strict';
import fc from 'fast-check';
import { limitPassed, thresholdPassed } from '../../src/budgets/thresholds.ts';
import { nanoUsd } from '../../src/chat/money.ts';

const standing = (spent: number, max = 1000) => ({
  limit: { scope: 'key:a', title: 'key a', max: nanoUsd(max), duration: '1d', raise: '' },
  window: { start: 100, end: 200, spent, held: 0 },
});

describe('thresholds', () => {
  it('are told by the cost that passes them, the highest of several alone', () => {
    assert.equal(thresholdPassed(standing(749), 100, 749), undefined);
    assert.equal(thresholdPassed(standing(750), 100, 1), 75);
    assert.equal(thresholdPassed(standing(751), 100, 1), undefined);
    assert.equal(thresholdPassed(standing(900), 100, 500), 90);
    assert.equal(thresholdPassed(standing(1200), 100, 1200), 100);
  });

  it('are not told by what counts in an earlier window', () => {
    assert.equal(thresholdPassed(standing(750), 99, 10), undefined);
    assert.equal(limitPassed(standing(1000), 99, 10), false);
  });

  it('are told at most once each, whatever the costs', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 30 }), (costs) => {
        let spent = 0;
        const told = costs.flatMap((cost) => thresholdPassed(standing((spent += cost)), 150, cost) ?? []);
        assert.deepEqual(
          told,
          [...new Set(told)].sort((a, b) => a - b),
        );
        assert.equal(
          told.at(-1),
          [100, 90, 75].find((percent) => spent >= percent * 10),
        );
      }),
    );
  });

  it('of a soft budget are its own amount', () => {
    assert.equal(limitPassed(standing(999), 100, 10), false);
    assert.equal(limitPassed(standing(1000), 100, 10), true);
    assert.equal(limitPassed(standing(1010), 100, 10), false);
  });
});
