import assert from 'node:assert/strict';
import fc from 'fast-check';
import { amounts } from '../../src/ledger/amounts.ts';
import { readQuarters, withQuarters } from '../../src/ledger/quarters.ts';

const figures = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: -1e15, max: 1e15 })), {
  minLength: amounts.length,
  maxLength: amounts.length,
});
const quarters = fc.dictionary(fc.integer({ min: 0, max: 95 }).map(String), figures);
type Quarters = Readonly<Record<string, readonly number[]>>;

const asMap = (all: Quarters): Map<number, Float64Array> =>
  new Map(Object.entries(all).map(([quarter, sums]) => [Number(quarter), Float64Array.from(sums)]));

function read(text: string, span: readonly [number, number] = [0, 96]): Record<string, number[]> {
  const all: Record<string, number[]> = {};
  readQuarters(text, span, (quarter, sums) => (all[quarter] = [...sums]));
  return all;
}

describe('the quarters of a day', () => {
  it('come back as they were written, all or those of a span', () =>
    fc.assert(
      fc.property(quarters, fc.nat({ max: 96 }), fc.nat({ max: 96 }), (all, from, to) => {
        const text = withQuarters('', asMap(all));
        assert.deepEqual(read(text), { ...all });
        const within = Object.entries(all).filter(([quarter]) => Number(quarter) >= from && Number(quarter) < to);
        assert.deepEqual(read(text, [from, to]), Object.fromEntries(within));
      }),
    ));

  it('are added to those that are there', () =>
    fc.assert(
      fc.property(quarters, quarters, (before, more) => {
        const sums: Record<string, number[]> = {};
        for (const [quarter, own] of [...Object.entries(before), ...Object.entries(more)])
          sums[quarter] = own.map((figure, place) => figure + (sums[quarter]?.[place] ?? 0));
        assert.deepEqual(read(withQuarters(withQuarters('', asMap(before)), asMap(more))), sums);
      }),
    ));

  it('may leave out what is nothing', () => {
    assert.deepEqual(read('3,5;7,,1;'), {
      3: [5, 0, 0, 0, 0, 0, 0, 0, 0, 0],
      7: [0, 1, 0, 0, 0, 0, 0, 0, 0, 0],
    });
  });
});
