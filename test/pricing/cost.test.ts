import assert from 'node:assert/strict';
import fc from 'fast-check';
import { noUsage, type Usage } from '../../src/chat/chat.ts';
import { type NanoUsd, toDollars } from '../../src/chat/money.ts';
import { totalInput } from '../../src/chat/usage.ts';
import { affordableOutput, costOf, worstCase } from '../../src/pricing/cost.ts';
import { freePrice, type Price, priceRecord, type Rates, type Tier } from '../../src/pricing/price.ts';

/** A price in dollars per million tokens, as price lists have it. */
const priced = (rates: Rates, more: Partial<Price> = {}): Price => ({
  ...perMillion(rates),
  source: 'config',
  ...more,
});
const perMillion = <T extends object>(rates: T): T =>
  Object.fromEntries(Object.entries(rates).map(([kind, dollars]) => [kind, Math.round(Number(dollars) * 1e6)])) as T;

const sonnet = priced({ input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75, cacheWrite1h: 6 });
const gpt4o = priced({ input: 2.5, output: 10, cacheRead: 1.25 });
const gpt5 = priced({ input: 1.25, output: 10, cacheRead: 0.125 });
const geminiPro = priced(
  { input: 1.25, output: 10, cacheRead: 0.125 },
  { tiers: [{ ...perMillion({ input: 2.5, output: 15, cacheRead: 0.25 }), above: 200_000 }] },
);
const dollars = (usage: Partial<Usage>, price: Price): number => toDollars(costOf({ ...noUsage, ...usage }, price));

describe('cost of a call', () => {
  it('counts what the provider bills where that is not what it read and wrote', () => {
    const usage = { input: 691, cacheRead: 992, output: 62, billed: { input: 39, output: 27 } };
    assert.equal(dollars(usage, gpt4o), 0.0003675);
    assert.equal(dollars({ ...usage, searches: 2 }, { ...gpt4o, search: 5e9 }), 0.0103675);
  });

  it('is what the price lists say, to the nano-dollar', () => {
    assert.equal(dollars({ input: 3, cacheRead: 2000, cacheWrite: 1000, output: 50 }, sonnet), 0.005109);
    assert.equal(dollars({ input: 400, cacheRead: 600, output: 100 }, gpt4o), 0.00275);
    assert.equal(dollars({ input: 10, output: 100, reasoning: 90 }, gpt5), 0.0010125);
  });

  it('moves the whole request to the higher tier strictly above its size', () => {
    assert.equal(dollars({ input: 200_000, output: 10 }, geminiPro), 0.2501);
    assert.equal(dollars({ input: 200_001, output: 10 }, geminiPro), 0.5001525);
    assert.equal(dollars({ input: 100_001, cacheRead: 100_000, output: 10 }, geminiPro), 0.2751525);
  });

  it('bills an hour of cache at its own price, else at that of five minutes, else as input', () => {
    assert.equal(dollars({ cacheWrite1h: 1000 }, sonnet), 0.006);
    assert.equal(dollars({ cacheWrite1h: 1000 }, priced({ input: 3, output: 15, cacheWrite: 3.75 })), 0.00375);
    assert.equal(
      dollars({ cacheWrite1h: 1000, cacheWrite: 1000, cacheRead: 1000 }, priced({ input: 3, output: 15 })),
      0.009,
    );
  });

  it('bills reasoning and sound within their kind, never twice', () => {
    const price = priced({ input: 1, output: 8, reasoning: 3, audioInput: 10, audioOutput: 20 });
    assert.equal(dollars({ output: 1000, reasoning: 400 }, price), 0.006);
    assert.equal(dollars({ input: 1000, audioInput: 100 }, price), 0.0019);
    assert.equal(dollars({ output: 1000, audioOutput: 500 }, price), 0.014);
    assert.equal(dollars({ input: 1000, audioInput: 100, output: 10, audioOutput: 10 }, sonnet), 0.00315);
  });

  it('adds what a request and each search cost', () => {
    const price = priced({ input: 3, output: 15 }, { request: 14e9, search: 10e9 });
    assert.equal(dollars({ input: 1000, searches: 2 }, price), 0.037);
  });

  it('follows the service tier that the provider says it used', () => {
    const price = priced(
      { input: 1, output: 10 },
      { serviceTiers: { priority: perMillion({ input: 2, output: 20 }) } },
    );
    assert.equal(dollars({ input: 1000, serviceTier: 'priority' }, price), 0.002);
    assert.equal(dollars({ input: 1000, serviceTier: 'default' }, price), 0.001);
    assert.equal(dollars({ input: 1000, serviceTier: 'toString' }, price), 0.001);
  });

  it('rounds once, half up, and stays exact where doubles do not', () => {
    const price: Price = { input: 75, output: 0, source: 'config' };
    assert.equal(costOf({ ...noUsage, input: 6 }, price), 0); // 450 pico-dollars
    assert.equal(costOf({ ...noUsage, input: 7 }, price), 1); // 525
    const large: Price = { input: 999_999_999_937, output: 0, source: 'config' };
    assert.equal(costOf({ ...noUsage, input: 9_007_008 }, large), 9_007_007_999_432_558); // a double has ...559
  });

  it('counts nonsense from a provider as nothing', () => {
    assert.equal(costOf({ ...noUsage, input: NaN, output: -5, cacheRead: Infinity, searches: -1 }, sonnet), 0);
  });
});

const rate = fc.integer({ min: 0, max: 600_000_000 });
const rates = fc.record(
  {
    ...{ input: rate, output: rate, cacheRead: rate, cacheWrite: rate, cacheWrite1h: rate },
    ...{ audioCacheRead: rate, audioOutput: rate, imageOutput: rate },
  },
  { requiredKeys: ['input', 'output'] },
);
/** Tiers of real price lists only rise. */
const prices = fc
  .record({ base: rates, factors: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }) })
  .map(({ base, factors }): Price => ({
    ...base,
    tiers: factors.reduce<Tier[]>((tiers, factor, index) => {
      const below: Rates = tiers.at(-1) ?? base;
      const raised = Object.fromEntries(
        Object.entries(below).map(([kind, value]: [string, number]) => [kind, value * factor]),
      );
      return [...tiers, { ...(raised as unknown as Rates), above: 100_000 * (index + 1) }];
    }, []),
    second: base.input * 100,
    search: base.output * 1000,
    source: 'config',
  }));
const tokens = fc.integer({ min: 0, max: 300_000 });
const usages = fc
  .record({
    input: tokens,
    cacheRead: tokens,
    cacheWrite: tokens,
    cacheWrite1h: tokens,
    output: tokens,
    audioCacheRead: tokens,
    audioOutput: tokens,
    imageOutput: tokens,
    seconds: fc.double({ min: 0, max: 1e4, noNaN: true }),
    searches: fc.nat(100),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ share, ...usage }): Usage => ({ ...usage, reasoning: Math.floor(usage.output * share) }));

describe('cost, whatever the usage and the price', () => {
  it('is a whole number that is not negative', () => {
    fc.assert(
      fc.property(usages, prices, (usage, price) => {
        const cost = costOf(usage, price);
        assert.ok(Number.isSafeInteger(cost) && cost >= 0);
      }),
    );
  });

  it('never falls when a kind grows', () => {
    const kinds = fc.constantFrom('input', 'cacheRead', 'cacheWrite', 'cacheWrite1h', 'output' as const);
    fc.assert(
      fc.property(usages, prices, kinds, tokens, (usage, price, kind, more) => {
        assert.ok(costOf({ ...usage, [kind]: usage[kind] + more }, price) >= costOf(usage, price));
      }),
    );
  });

  it('is never raised by cache reads in place of input', () => {
    fc.assert(
      fc.property(usages, prices, tokens, (usage, price, wanted) => {
        const moved = Math.min(wanted, usage.input);
        const warmer = { ...usage, input: usage.input - moved, cacheRead: usage.cacheRead + moved };
        assert.ok(costOf(warmer, price) <= costOf(usage, price));
      }),
    );
  });

  it('never passes the worst case of its bounds', () => {
    fc.assert(
      fc.property(usages, prices, tokens, tokens, (usage, price, spareInput, spareOutput) => {
        const bounds = {
          inputTokens: totalInput(usage) + spareInput,
          outputTokens: usage.output + spareOutput,
          price,
          caches: true,
          audio: true,
          pieces: usage,
        };
        assert.ok(costOf(usage, price) <= worstCase(bounds));
      }),
    );
  });
});

describe('worst case', () => {
  const bounds = { inputTokens: 1000, outputTokens: 100, price: sonnet };

  it('takes cache writes only where the prompt is marked for them', () => {
    assert.equal(toDollars(worstCase(bounds)), 0.0045);
    assert.equal(toDollars(worstCase({ ...bounds, caches: true })), 0.0075);
  });

  it('takes cache writes where the provider makes them unasked', () => {
    const price = priced({ input: 4, output: 20, cacheWrite: 5 }, { cachesUnasked: true });
    assert.equal(toDollars(worstCase({ ...bounds, price })), 0.007);
  });

  it('takes the dearest tier that the input can reach', () => {
    assert.equal(toDollars(worstCase({ inputTokens: 200_000, outputTokens: 10, price: geminiPro })), 0.2501);
    assert.equal(toDollars(worstCase({ inputTokens: 200_001, outputTokens: 10, price: geminiPro })), 0.5001525);
  });

  it('multiplies the output, and not the input, by the answers asked for', () => {
    assert.equal(toDollars(worstCase({ ...bounds, choices: 3 })), 0.0075);
  });

  it('takes sound where there is some, and searches that may be billed', () => {
    const price = priced({ input: 1, output: 2, audioInput: 10, audioOutput: 20 }, { search: 5e9 });
    assert.equal(toDollars(worstCase({ ...bounds, price })), 0.0012);
    assert.equal(toDollars(worstCase({ ...bounds, price, audio: true, pieces: { searches: 2 } })), 0.022);
  });

  it('takes the dearer of the asked service tier and the usual one', () => {
    const serviceTiers = { priority: perMillion({ input: 6, output: 30 }), flex: perMillion({ input: 1, output: 5 }) };
    const price = { ...sonnet, serviceTiers };
    assert.equal(toDollars(worstCase({ ...bounds, price, serviceTier: 'priority' })), 0.009);
    assert.equal(toDollars(worstCase({ ...bounds, price, serviceTier: 'flex' })), 0.0045);
  });

  it('is nothing where the price is', () => {
    assert.equal(worstCase({ ...bounds, price: freePrice }), 0);
    assert.equal(affordableOutput(0 as NanoUsd, { inputTokens: 1e9, price: freePrice }), Infinity);
  });
});

describe('affordable output', () => {
  it('is the largest whose worst case still fits', () => {
    const paid = rates.filter(({ output }) => output > 1000).map((one): Price => ({ ...one, source: 'config' }));
    const choices = fc.integer({ min: 1, max: 4 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e12 }), tokens, paid, choices, (left, inputTokens, price, choices) => {
        const bounds = { inputTokens, price, choices };
        const most = affordableOutput(left as NanoUsd, bounds);
        if (most >= 0) assert.ok(worstCase({ ...bounds, outputTokens: most }) <= left);
        assert.ok(worstCase({ ...bounds, outputTokens: most + 1 }) > left);
      }),
    );
  });

  it('is negative when not even the input fits', () => {
    assert.equal(affordableOutput(2_999_999 as NanoUsd, { inputTokens: 1000, price: sonnet }), -1);
    assert.equal(affordableOutput(3_000_000 as NanoUsd, { inputTokens: 1000, price: sonnet }), 0);
  });
});

describe('price record', () => {
  const usage = { ...noUsage, input: 200_001, cacheRead: 5, output: 10 };

  it('holds what the row was priced with, and gives its cost again', () => {
    const record = priceRecord(geminiPro, usage);
    assert.deepEqual(JSON.parse(JSON.stringify(record)), {
      ...perMillion({ input: 2.5, output: 15, cacheRead: 0.25 }),
      source: 'config',
    });
    assert.equal(costOf(usage, record as unknown as Price), costOf(usage, geminiPro));
  });

  it('leaves out tiers that were not used, to stay small', () => {
    const price = { ...geminiPro, serviceTiers: { flex: perMillion({ input: 1, output: 2 }) } };
    assert.deepEqual(Object.keys(priceRecord(price, { ...noUsage, serviceTier: 'flex' })), [
      'input',
      'output',
      'source',
    ]);
    assert.deepEqual(Object.keys(priceRecord(price)), ['input', 'output', 'cacheRead', 'source']);
  });

  it('holds the usual rates where no usage is known', () => {
    assert.deepEqual(priceRecord(geminiPro), {
      ...perMillion({ input: 1.25, output: 10, cacheRead: 0.125 }),
      source: 'config',
    });
  });
});
