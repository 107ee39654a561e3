import assert from 'node:assert/strict';
import fc from 'fast-check';
import { pack, unpack } from '../../src/ledger/packed.ts';
import type { Json } from '../../src/lib/json.ts';

describe('packed JSON', () => {
  it('comes back as it was, whatever it holds', () =>
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        assert.equal(unpack(pack(value as Json)), JSON.stringify(value));
      }),
    ));

  it('has its numbers apart, so that rows that differ in them alone share the rest', () => {
    const usage = (input: number, cost: number): Json => ({
      usage: { input, raw: { '#3': '5 #', cost } },
      at: [input],
    });
    const [one, two] = [pack(usage(10, 1.5e-7)), pack(usage(2_000, -3))];
    assert.equal(one.shape, two.shape);
    assert.deepEqual([one.numbers, two.numbers], ['10,1.5e-7,10', '2000,-3,2000']);
  });
});
