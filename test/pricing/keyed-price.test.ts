import assert from 'node:assert/strict';
import { noUsage, type Usage } from '../../src/chat/chat.ts';
import { fromDollars, toDollars } from '../../src/chat/money.ts';
import { objectIn } from '../../src/lib/json.ts';
import { costOf, isTold, worstCase } from '../../src/pricing/cost.ts';
import { keyedPrice } from '../../src/pricing/keyed-price.ts';
import type { Price } from '../../src/pricing/price.ts';
import { readJson } from '../support/fixtures.ts';

const map = readJson('pricing/litellm-map.json');
const noon = Date.UTC(2026, 10, 23, 2); // a Monday, two in the morning

const priceOf = (keys: object, at = noon, base?: Price): Price => {
  const context = { provider: 'test', model: 'test', source: 'config', at, base: () => base } as const;
  const price = keyedPrice({ ...keys }, context);
  assert.ok(price);
  return price;
};
const listed = (name: string, at?: number): Price => priceOf(objectIn(map[name]), at);
const dollars = (usage: Partial<Usage>, price: Price): number => toDollars(costOf({ ...noUsage, ...usage }, price));
/** To the nano-dollar; a sum of doubles is only nearly what it says. */
const costs = (actual: number, expected: number): void => assert.equal(fromDollars(actual), fromDollars(expected));

describe('a price by the piece', () => {
  it('is by the second of sound, in fractions too, and billed once though it stands for both ways', () => {
    costs(dollars({ seconds: 9 }, listed('whisper-1')), 9 * 0.0001);
    costs(dollars({ seconds: 1.5 }, listed('whisper-1')), 0.00015);
  });

  it('is by the character that is spoken', () => {
    costs(dollars({ characters: 2000 }, listed('tts-1')), 2000 * 0.000015);
  });

  it('is by the page', () => costs(dollars({ pages: 3 }, listed('mistral/mistral-ocr-latest')), 3 * 0.004));

  it('is by the picture, whose tokens are then only an estimate', () => {
    const price = priceOf({ output_cost_per_image: 0.04 });
    costs(dollars({ images: 2, output: 2 * 6240 }, price), 0.08);
    assert.equal(toDollars(worstCase({ inputTokens: 100, outputTokens: 6240, price, pieces: { images: 2 } })), 0.08);
  });

  it('gives way to a price for the tokens of a picture', () => {
    const price = listed('gpt-image-1');
    assert.equal(price.image, undefined);
    // 50 tokens of text in, 200 of a picture; 4,160 of the picture that was made
    costs(
      dollars({ input: 250, imageInput: 200, output: 4160, imageOutput: 4160 }, price),
      50 * 5e-6 + 200 * 1e-5 + 4160 * 4e-5,
    );
  });

  it('is by the request, also where nothing else has a price', () => {
    costs(dollars({ input: 1000, output: 1000 }, priceOf({ input_cost_per_request: 0.002 })), 0.002);
    costs(dollars({ input: 300 }, listed('amazon.rerank-v1:0')), 0.001);
  });

  it('by the request comes on top of what is known of the model', () => {
    const base: Price = { input: 1_000_000, output: 2_000_000, source: 'genai-prices' };
    const price = priceOf({ input_cost_per_request: 0.002 }, noon, base);
    costs(dollars({ input: 1000, output: 500 }, price), 0.002 + 0.001 + 0.001);
  });

  it('by the second stands in the place of what is known of the model', () => {
    const base: Price = { input: 1_000_000, output: 2_000_000, source: 'genai-prices' };
    costs(dollars({ input: 1000, seconds: 2 }, priceOf({ input_cost_per_second: 0.01 }, noon, base)), 0.02);
  });

  it('cannot be reckoned from tokens alone', () => {
    assert.equal(isTold({ ...noUsage, input: 10 }, listed('whisper-1')), false);
    assert.equal(isTold({ ...noUsage, seconds: 10 }, listed('whisper-1')), true);
    assert.equal(isTold({ ...noUsage, input: 10 }, listed('gpt-4o')), true);
  });

  it('of a search alone says nothing of the model', () => {
    const context = { provider: 'test', model: 'test', source: 'config', at: 0, base: () => undefined } as const;
    assert.equal(keyedPrice({ search_context_cost_per_query: { search_context_size_low: 0.01 } }, context), undefined);
  });
});

describe('a price of tiers', () => {
  it('is by the size of the whole prompt, for input and output', () => {
    const price = listed('dashscope/qwen-flash');
    costs(dollars({ input: 256_000, output: 10 }, price), 256_000 * 5e-8 + 10 * 4e-7);
    costs(dollars({ input: 200_000, cacheRead: 56_001, output: 10 }, price), 256_001 * 2.5e-7 + 10 * 2e-6);
  });

  it('has the batch rates for answers of a batch', () => {
    costs(dollars({ input: 1000, output: 100, serviceTier: 'batch' }, listed('gpt-4o')), 1000 * 1.25e-6 + 100 * 5e-6);
  });

  it('has the priority rates for an answer that was served so', () => {
    costs(
      dollars({ input: 400, cacheRead: 600, output: 100, serviceTier: 'priority' }, listed('gpt-4o')),
      400 * 4.25e-6 + 600 * 2.125e-6 + 100 * 1.7e-5,
    );
  });
});

describe('a price that changes by the hour', () => {
  const input = (time: string): number => listed('deepseek-flash', Date.parse(time)).input;

  it('is lower in the hours that are named, on the days that are named', () => {
    assert.equal(input('2026-11-23T02:00Z'), 300_000); // Monday, at a busy hour
    assert.equal(input('2026-11-23T05:00Z'), 150_000);
    assert.equal(input('2026-11-23T06:00Z'), 300_000);
    assert.equal(input('2026-11-23T23:59Z'), 150_000);
    assert.equal(input('2026-11-22T02:00Z'), 150_000); // Sunday
  });

  it('may be told without windows, past midnight, and for tiers', () => {
    const keys = {
      input_cost_per_token: 1e-6,
      output_cost_per_token: 2e-6,
      input_cost_per_token_above_128k_tokens: 3e-6,
      off_peak_pricing: { hours_utc: '16:30-00:30', input_cost_per_token: 5e-7 },
    };
    const at = (time: string) => priceOf(keys, Date.parse(`2026-11-23T${time}Z`));
    assert.deepEqual(
      ['16:29', '16:30', '00:29', '00:30'].map((time) => at(time).input),
      [1_000_000, 500_000, 500_000, 1_000_000],
    );
    assert.equal(at('12:00').tiers?.[0]?.input, 3_000_000);
    assert.equal(at('17:00').tiers, undefined);
  });
});
