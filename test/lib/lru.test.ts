import assert from 'node:assert/strict';
import fc from 'fast-check';
import { lru } from '../../src/lib/lru.ts';

describe('what is kept by name', () => {
  it('is forgotten in the order in which it was last asked for', () => {
    const kept = lru<number>({ count: 2, size: 100 });
    kept.set('a', 1, 1);
    kept.set('b', 2, 1);
    assert.equal(kept.get('a'), 1);
    kept.set('c', 3, 1);
    assert.deepEqual([kept.get('a'), kept.get('b'), kept.get('c')], [1, undefined, 3]);
  });

  it('makes room by size, and a thing too large for all of it drives out nothing', () => {
    const kept = lru<number>({ count: 10, size: 10 });
    kept.set('a', 1, 4);
    kept.set('b', 2, 4);
    kept.set('c', 3, 4);
    assert.deepEqual([kept.get('a'), kept.get('b'), kept.get('c')], [undefined, 2, 3]);
    kept.set('d', 4, 11);
    assert.deepEqual([kept.get('d'), kept.count, kept.size], [undefined, 2, 8]);
  });

  it('takes the place of what had the same name', () => {
    const kept = lru<number>({ count: 10, size: 10 });
    kept.set('a', 1, 4);
    kept.set('a', 2, 5);
    assert.deepEqual([kept.get('a'), kept.count, kept.size], [2, 1, 5]);
    kept.set('a', 3, 11);
    assert.deepEqual([kept.get('a'), kept.count, kept.size], [undefined, 0, 0]);
  });

  it('never exceeds its limits, and knows its size', () => {
    const entry = fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd', 'e'), size: fc.nat(12), drop: fc.boolean() });
    fc.assert(
      fc.property(fc.array(entry), (entries) => {
        const kept = lru<number>({ count: 3, size: 20 });
        for (const { name, size, drop } of entries) {
          if (drop) kept.delete(name);
          else kept.set(name, size, size);
          assert.ok(kept.count <= 3 && kept.size <= 20);
        }
        const left = ['a', 'b', 'c', 'd', 'e'].map((name) => kept.get(name)).filter((size) => size !== undefined);
        assert.equal(left.length, kept.count);
        assert.equal(
          left.reduce((sum, size) => sum + size, 0),
          kept.size,
        );
      }),
    );
  });
});
