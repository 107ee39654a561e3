import assert from 'node:assert/strict';
import * as format from '../../webview-ui/format.ts';
import { plural, t } from '../../webview-ui/l10n.ts';

describe('amounts and sentences of the page', () => {
  it('show dollars as people write them, and never less than nothing for what is something', () => {
    assert.deepEqual([0, 1, 1e7, 1_234_560_000_000].map(format.dollars), ['$0.00', '<$0.01', '$0.01', '$1,234.56']);
    assert.deepEqual([0, 1, 100_000, 12_345_600].map(format.smallDollars), [
      '$0.0000',
      '<$0.0001',
      '$0.0001',
      '$0.0123',
    ]);
    assert.deepEqual([0, 1, 1_500_000_000].map(format.exactDollars), ['$0', '$0.000000001', '$1.5']);
    assert.equal(format.perMillion(0.00000125), '$1.25');
    assert.equal(format.perMillion(null), '–');
  });

  it('show shares, changes and times', () => {
    assert.deepEqual([0, 0.004, 0.126].map(format.percent), ['0%', '<1%', '13%']);
    assert.deepEqual(
      [format.change(112, 100), format.change(50, 100), format.change(1, 0)],
      ['+12%', '−50%', undefined],
    );
    assert.deepEqual([45_000, 180_000, 7_500_000, 86_400_000, 5 * 86_400_000].map(format.span), [
      '45 s',
      '3 min',
      '2 h 5 min',
      '1 day',
      '5 days',
    ]);
    assert.equal(format.taken(2_449), '2.4 s');
  });

  it('put values into their places, once each, whatever they hold', () => {
    assert.equal(t('{1} of {0}', '{1}', 'two'), 'two of {1}');
    assert.equal(t('{0} and {2}', 'a'), 'a and {2}');
    assert.deepEqual(
      [0, 1, 1_200].map((count) => plural(count, '{0} call', '{0} calls')),
      ['0 calls', '1 call', '1,200 calls'],
    );
  });
});
