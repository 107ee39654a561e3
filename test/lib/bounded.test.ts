import assert from 'node:assert/strict';
import { eachBounded } from '../../src/lib/bounded.ts';

describe('work for each item', () => {
  it('has a bounded part of itself under way at once, and results in order', async () => {
    let running = 0;
    let most = 0;
    const double = async (item: number): Promise<number> => {
      running += 1;
      most = Math.max(most, running);
      for (let turns = 0; turns < 10 - item; turns += 1) await Promise.resolve();
      running -= 1;
      return item * 2;
    };
    assert.deepEqual(await eachBounded([1, 2, 3, 4, 5, 6, 7], 3, double), [2, 4, 6, 8, 10, 12, 14]);
    assert.equal(most, 3);
  });

  it('is none for no items, and fails with the first that fails', async () => {
    assert.deepEqual(await eachBounded([], 3, () => Promise.resolve(1)), []);
    await assert.rejects(
      eachBounded([1, 2], 3, () => Promise.reject(new Error('no'))),
      /no/,
    );
  });
});
