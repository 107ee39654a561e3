import assert from 'node:assert/strict';
import { expiryOf, isWindow, parseDuration } from '../../src/lib/duration.ts';

const at = (text: string) => new Date(text).getTime();

describe('duration', () => {
  it('reads a count with a unit, and the words', () => {
    assert.deepEqual(parseDuration('30s'), { count: 30, unit: 's' });
    assert.deepEqual(parseDuration('1mo'), { count: 1, unit: 'mo' });
    assert.deepEqual(parseDuration('15m'), { count: 15, unit: 'm' });
    assert.deepEqual(parseDuration('weekly'), { count: 1, unit: 'w' });
  });

  for (const text of ['', '1y', 'd', '30', '0d', '-1d', '1.5h', ' 1d', '1D', 'constructor', '9999999d']) {
    it(`takes "${text}" for no duration`, () => assert.equal(parseDuration(text), undefined));
  }

  it('counts budgets by one month at most', () => {
    assert.ok(isWindow('1mo') && isWindow('30d') && isWindow('60d') && isWindow('monthly'));
    assert.ok(!isWindow('3mo') && !isWindow('yearly'));
  });

  it('lets a life of 30d last exactly 2,592,000 seconds', () => {
    assert.equal(expiryOf('30d', at('2026-11-22T13:37:42Z')), at('2026-12-22T13:37:42Z'));
    assert.equal((expiryOf('30d', 0) ?? 0) / 1000, 2_592_000);
  });

  const months: [from: string, life: string, to: string][] = [
    ['2026-11-22T13:37:42.123Z', '1mo', '2026-12-22T13:37:42.123Z'],
    ['2026-01-31T10:00:00Z', '1mo', '2026-02-28T10:00:00Z'],
    ['2028-01-31T10:00:00Z', '1mo', '2028-02-29T10:00:00Z'],
    ['2026-10-31T23:59:59Z', '4mo', '2027-02-28T23:59:59Z'],
  ];
  for (const [from, life, to] of months) {
    it(`ends a life of ${life} from ${from} on ${to}`, () => assert.equal(expiryOf(life, at(from)), at(to)));
  }
});
