import assert from 'node:assert/strict';
import fc from 'fast-check';
import { starIn } from '../../src/lib/wildcard.ts';
import { inOrder, router, withFirst } from '../../src/routing/router.ts';

const deployment = (name: string, more: object = {}) => ({ name, ...more });

describe('router', () => {
  const routes = router([
    deployment('gpt-4o', { id: 1 }),
    deployment('gpt-4o', { id: 2 }),
    deployment('gpt-*'),
    deployment('openai/*'),
    deployment('*'),
  ]);

  it('takes an exact name before an alias of the same name', () => {
    assert.equal(routes.resolve('gpt-4o', { 'gpt-4o': 'other' })?.deployments.length, 2);
  });

  it('takes an alias before a wildcard, and the first list of aliases before the next', () => {
    assert.equal(routes.resolve('gpt-small', { 'gpt-small': 'gpt-4o' }, { 'gpt-small': 'openai/x' })?.group, 'gpt-4o');
  });

  it('takes the wildcard with the longest fixed part and says what its star stands for', () => {
    assert.deepEqual(routes.resolve('openai/o3'), {
      group: 'openai/o3',
      deployments: [{ name: 'openai/*' }],
      star: 'o3',
    });
    assert.equal(routes.resolve('anything')?.star, 'anything');
  });

  it('has an alias with a star stand in for a family that nothing serves, the longest first', () => {
    const few = router([deployment('gpt-5'), deployment('local/*'), deployment('claude-sonnet-*')]);
    const standIns = { 'claude-*': 'gpt-5', 'claude-haiku-*': 'local/llama' };
    assert.equal(few.resolve('claude-opus-4', {}, standIns)?.group, 'gpt-5');
    assert.equal(few.resolve('claude-haiku-4', {}, standIns)?.group, 'local/llama');
    assert.equal(few.resolve('claude-sonnet-4', {}, standIns)?.group, 'claude-sonnet-4', 'what is served stays');
    assert.equal(few.resolve('gemini-pro', {}, standIns), undefined);
    assert.equal(few.resolve('claude-opus-4', {}, { 'claude-*': 'nowhere' }), undefined);
  });

  it('knows no alias from the prototype of an object', () => {
    assert.equal(router([deployment('a')]).resolve('constructor', {}), undefined);
  });

  it('does not match a star with nothing', () => {
    assert.equal(starIn('gpt-*', 'gpt-'), undefined);
    assert.equal(starIn('a*z', 'abz'), 'b');
  });

  it('tries lower orders first, whatever the draw, the weights and the scores', () => {
    const one = fc.record({ order: fc.integer({ min: 1, max: 3 }), weight: fc.nat(5), score: fc.nat(3) });
    const draw = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 6 }), fc.infiniteStream(draw), (group, draws) => {
        const named = group.map((each) => deployment('m', each) as { name: string; order: number });
        const random = (): number => Number(draws.next().value);
        const orders = inOrder(
          named,
          random,
          group.map(({ score }) => score),
        ).map(({ order }) => order);
        assert.deepEqual(orders, orders.toSorted());
      }),
    );
  });

  it('keeps every deployment in the order it gives', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ weight: fc.nat(5), order: fc.nat(2) }), { maxLength: 6 }), (group) => {
        const named = group.map((one) => ({ name: 'm', ...one }));
        assert.deepEqual(new Set(inOrder(named, Math.random)), new Set(named));
      }),
    );
  });

  it('draws the first by weight', () => {
    const group = [
      { name: 'heavy', weight: 3 },
      { name: 'light', weight: 1 },
    ];
    let seed = 1;
    const random = (): number => (seed = (seed * 16807) % 2147483647) / 2147483647;
    let heavy = 0;
    for (let draw = 0; draw < 4000; draw++) if (inOrder(group, random)[0]?.name === 'heavy') heavy++;
    assert.ok(heavy > 2850 && heavy < 3150, `drew the heavy one ${heavy} of 4000 times`);
  });

  it('draws each by its weight, among many: as far off as chance is', () => {
    const weights = [5, 3, 1, 1];
    const group = weights.map((weight, index) => ({ name: `${index}`, weight }));
    let seed = 7;
    const random = (): number => (seed = (seed * 48271) % 2147483647) / 2147483647;
    const times = 20_000;
    const firsts = Array.from({ length: times }, () => inOrder(group, random)[0]?.name);
    const drawn = group.map(({ name }) => firsts.filter((first) => first === name).length);
    const chi = drawn.reduce((sum, count, index) => {
      const expected = (times * (weights[index] ?? 0)) / 10;
      return sum + (count - expected) ** 2 / expected;
    }, 0);
    assert.ok(chi < 16.27, `chi-square with 3 degrees of freedom: ${chi}`); // one in a thousand
  });

  it('takes what a strategy prefers first, and draws among equals', () => {
    const group = ['a', 'b', 'c'].map((name) => ({ name }));
    assert.deepEqual(
      inOrder(group, () => 0.5, [2, 0, 1]).map(({ name }) => name),
      ['b', 'c', 'a'],
    );
  });

  it('stays where it was, but not at a level that others come before', () => {
    const group = [{ name: 'a' }, { name: 'b' }, { name: 'later', order: 2 }];
    assert.deepEqual(
      withFirst(group, ({ name }) => name === 'b').map(({ name }) => name),
      ['b', 'a', 'later'],
    );
    assert.equal(
      withFirst(group, ({ name }) => name === 'later'),
      group,
    );
  });
});
