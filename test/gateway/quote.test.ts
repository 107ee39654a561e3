import assert from 'node:assert/strict';
import fc from 'fast-check';
import { nanoUsd, noMoney } from '../../src/chat/money.ts';
import { quoteOf, type Ask } from '../../src/gateway/quote.ts';
import { costOf } from '../../src/pricing/cost.ts';
import { freePrice, type Price } from '../../src/pricing/price.ts';
import { noUsage } from '../../src/chat/chat.ts';

/** A dollar per million tokens in, two out: 1,000 and 2,000 nano-dollars a token. */
const price: Price = { input: 1_000_000, output: 2_000_000, source: 'config' };

const ask = (more: Partial<Ask> = {}): Ask => ({
  inputTokens: 100,
  price,
  clientLimit: undefined,
  modelLimit: 16_384,
  thinkingBudget: undefined,
  choices: 1,
  caches: false,
  serviceTier: undefined,
  minUseful: 256,
  extra: noMoney,
  ...more,
});
const input = 100 * 1000;

describe('a quote', () => {
  it('holds the input and all that the model can write where there is no limit', () => {
    assert.deepEqual(quoteOf(ask())(Infinity), { hold: input + 16_384 * 2000 });
    assert.deepEqual(quoteOf(ask({ modelLimit: undefined }))(Infinity), { hold: input + 131_072 * 2000 });
  });

  it("holds the client's own limit where that is less, and leaves it as it is", () => {
    assert.deepEqual(quoteOf(ask({ clientLimit: 500 }))(Infinity), { hold: input + 500 * 2000 });
    assert.deepEqual(quoteOf(ask({ clientLimit: 500 }))(2_000_000), { hold: input + 500 * 2000 });
  });

  it('lowers the limit to what is left', () => {
    assert.deepEqual(quoteOf(ask({ clientLimit: 1000 }))(1_100_000), { hold: 1_100_000, outputLimit: 500 });
  });

  it('gives a call without a limit the larger of 4,096 tokens and a quarter of what is left', () => {
    assert.equal(quoteOf(ask())(10_000_000)?.outputLimit, 4096);
    assert.equal(quoteOf(ask())(60_400_000)?.outputLimit, 7500);
    assert.equal(quoteOf(ask())(1_000_000)?.outputLimit, 450);
  });

  it('refuses a limit that is too small to be of use, but for a client that asked for so little', () => {
    assert.equal(quoteOf(ask())(input + 255 * 2000), undefined);
    assert.equal(quoteOf(ask())(input + 256 * 2000)?.outputLimit, 256);
    assert.deepEqual(quoteOf(ask({ clientLimit: 5 }))(input + 5 * 2000), { hold: input + 5 * 2000 });
    assert.equal(quoteOf(ask({ clientLimit: 5 }))(input + 4 * 2000), undefined);
  });

  it('refuses a lowered limit that thinking would use up', () => {
    const thinking = ask({ clientLimit: 8000, thinkingBudget: 4000 });
    assert.equal(quoteOf(thinking)(input + 4000 * 2000), undefined);
    assert.equal(quoteOf(thinking)(input + 4001 * 2000)?.outputLimit, 4001);
  });

  it('counts every answer that is asked for', () => {
    assert.deepEqual(quoteOf(ask({ clientLimit: 500, choices: 3 }))(Infinity), { hold: input + 3 * 500 * 2000 });
  });

  it('holds nothing for what is free, whatever is left', () => {
    for (const left of [0, 1, Infinity])
      assert.deepEqual(quoteOf(ask({ price: freePrice, clientLimit: 500 }))(left), { hold: 0 });
  });

  it('holds what is configured on top where no limit can bound the cost', () => {
    const more = ask({ clientLimit: 500, extra: nanoUsd(5_000_000) });
    assert.deepEqual(quoteOf(more)(Infinity), { hold: input + 500 * 2000 + 5_000_000 });
    assert.equal(quoteOf(more)(5_000_000), undefined);
    assert.deepEqual(quoteOf(ask({ price: undefined, extra: nanoUsd(7) }))(7), { hold: 7 });
    assert.equal(quoteOf(ask({ price: undefined, extra: nanoUsd(7) }))(6), undefined);
  });

  it('never holds more than is left, nor less than what the provider may bill', () => {
    const amounts = fc.record({
      left: fc.integer({ min: 0, max: 1_000_000_000 }),
      inputTokens: fc.integer({ min: 0, max: 200_000 }),
      clientLimit: fc.option(fc.integer({ min: 1, max: 100_000 }), { nil: undefined }),
      choices: fc.integer({ min: 1, max: 4 }),
    });
    fc.assert(
      fc.property(amounts, ({ left, inputTokens, clientLimit, choices }) => {
        const quoted = quoteOf(ask({ inputTokens, clientLimit, choices }))(left);
        if (quoted === undefined) return;
        const output = choices * (quoted.outputLimit ?? Math.min(clientLimit ?? Infinity, 16_384));
        assert.ok(quoted.hold <= left);
        assert.ok(costOf({ ...noUsage, input: inputTokens, output }, price) <= quoted.hold);
      }),
    );
  });

  it('fits with more where it fits with less', () => {
    const quote = quoteOf(ask({ clientLimit: 3000, thinkingBudget: 1000 }));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000_000 }), fc.integer({ min: 0, max: 10_000_000 }), (left, more) => {
        if (quote(left) !== undefined) assert.ok(quote(left + more) !== undefined);
      }),
    );
  });
});
