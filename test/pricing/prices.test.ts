import assert from 'node:assert/strict';
import { noUsage } from '../../src/chat/chat.ts';
import { toDollars } from '../../src/chat/money.ts';
import { costOf } from '../../src/pricing/cost.ts';
import { type PriceQuery, type PriceTable, priceTable } from '../../src/pricing/prices.ts';
import { picoPerToken } from '../../src/pricing/rates.ts';

let now = Date.UTC(2026, 10, 22, 12);
let table: PriceTable;
const find = (provider: string, model: string, more: Partial<PriceQuery> = {}) =>
  table.find({ provider, model, ...more });

before(async () => {
  table = priceTable({ clock: { now: () => now } });
  await table.warm();
});
afterEach(() => (now = Date.UTC(2026, 10, 22, 12)));

describe('price table', () => {
  it('knows every model of the classic home-lab configuration', () => {
    const rates = (provider: string, model: string) => {
      const price = find(provider, model);
      return price && [price.input, price.output];
    };
    assert.deepEqual(rates('openai', 'gpt-4o'), [2_500_000, 10_000_000]);
    assert.deepEqual(rates('perplexity', 'sonar'), [1_000_000, 1_000_000]);
    assert.deepEqual(rates('perplexity', 'sonar-pro'), [3_000_000, 15_000_000]);
    assert.deepEqual(rates('openrouter', 'anthropic/claude-3.5-sonnet'), [3_000_000, 15_000_000]);
    assert.deepEqual(rates('openrouter', 'deepseek/deepseek-r1'), [450_000, 2_150_000]);
    assert.deepEqual(rates('anthropic', 'claude-3-opus-20240229'), [15_000_000, 75_000_000]);
    assert.deepEqual(rates('gemini', 'gemini-1.5-pro'), [1_250_000, 5_000_000]);
    assert.deepEqual(rates('groq', 'llama3-70b-8192'), [590_000, 790_000]);
    assert.equal(find('ollama', 'llama3', { local: true })?.free, true);
  });

  it('knows the models of Bedrock by their ids, profiles and regions', () => {
    const input = (model: string) => find('aws', model)?.input;
    const haiku = 'anthropic.claude-haiku-4-5-20251001-v1:0';
    // A global profile costs what Anthropic asks, a region's own a tenth more.
    assert.equal(input(`global.${haiku}`), 1_000_000);
    for (const region of ['', 'us.', 'eu.', 'jp.', 'us-gov.']) assert.equal(input(`${region}${haiku}`), 1_100_000);
    assert.equal(input(`arn:aws:bedrock:us-east-1:123:inference-profile/us.${haiku}`), 1_100_000);
    assert.equal(input('eu.amazon.nova-lite-v1:0'), 60_000);
    assert.equal(input('us.meta.llama3-3-70b-instruct-v1:0'), 720_000);
    assert.equal(input('anthropic.claude-opus-4-6-v1'), 5_500_000);
    assert.equal(find('cohere', 'command-a-03-2025')?.input, 2_500_000);
  });

  it('has the usual checks come out to the nano-dollar', () => {
    const sonnet = find('anthropic', 'claude-sonnet-4-5-20250929');
    const gemini = find('gemini', 'gemini-2.5-pro');
    assert.ok(sonnet && gemini);
    const usage = { ...noUsage, input: 3, cacheRead: 2000, cacheWrite: 1000, output: 50 };
    assert.equal(toDollars(costOf(usage, sonnet)), 0.005109);
    assert.equal(toDollars(costOf({ ...noUsage, input: 200_000, output: 10 }, gemini)), 0.2501);
    assert.equal(toDollars(costOf({ ...noUsage, input: 200_001, output: 10 }, gemini)), 0.5001525);
  });

  it('takes names with a date, a version, a folder or a route', () => {
    const input = (provider: string, model: string) => find(provider, model)?.input;
    assert.equal(input('openai', 'gpt-5-2099-01-01'), 1_250_000);
    assert.equal(input('gemini', 'models/gemini-2.5-pro'), 1_250_000);
    assert.equal(input('vertex_ai', 'claude-sonnet-4-5@20250929'), 3_000_000);
    assert.equal(input('bedrock', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'), 3_300_000);
    assert.equal(input('openrouter', 'openai/gpt-4o:nitro'), 2_500_000);
    assert.equal(input('azure_ai', 'gpt-4o'), 2_500_000);
  });

  it('does not know what nobody has priced, and does not call it free', () => {
    assert.equal(find('openai', 'gpt-99-unheard-of'), undefined);
    assert.equal(find('nobody', 'gpt-4o'), undefined);
    assert.equal(find('cerebras', 'qwen-3-coder-480b'), undefined); // an empty entry
    assert.equal(find('ollama', 'llama3'), undefined);
  });

  it('takes the suffix :free of OpenRouter for the zero that it is', () => {
    const price = find('openrouter', 'deepseek/deepseek-r1:free');
    assert.deepEqual([price?.input, price?.output, price?.free], [0, 0, true]);
  });

  it("stands the vendor's price in for OpenRouter's, and says so", () => {
    assert.equal(find('openrouter', 'anthropic/claude-unheard-of'), undefined);
    const vendors = find('openrouter', 'anthropic/claude-sonnet-4-5-20250929');
    assert.deepEqual([vendors?.input, vendors?.approximate], [3_000_000, true]);
    assert.equal(find('openrouter', 'anthropic/claude-sonnet-4.5')?.approximate, undefined);
  });

  it('derives what Anthropic bills for an hour of cache where the table does not say', () => {
    const price = find('openrouter', 'anthropic/claude-3.5-sonnet');
    assert.deepEqual([price?.cacheWrite, price?.cacheWrite1h], [3_750_000, 6_000_000]);
  });

  it('knows where caches are written unasked', () => {
    assert.equal(find('openai', 'gpt-5.6-luna')?.cachesUnasked, true);
    assert.equal(find('openai', 'gpt-4o')?.cachesUnasked, undefined);
    assert.equal(find('anthropic', 'claude-sonnet-4-5')?.cachesUnasked, undefined);
  });

  it('has flex and priority for OpenAI alone', () => {
    const tiers = find('openai', 'gpt-5')?.serviceTiers;
    assert.deepEqual([tiers?.flex?.input, tiers?.priority?.input], [625_000, 2_500_000]);
    assert.equal(find('openai', 'gpt-5.5')?.serviceTiers?.priority?.input, 12_500_000);
    assert.equal(find('azure', 'gpt-4o')?.serviceTiers, undefined);
  });

  it('charges searches and requests by the piece', () => {
    assert.equal(find('openai', 'gpt-5')?.search, 10_000_000_000);
    assert.equal(find('perplexity', 'sonar-pro')?.request, 14_000_000_000);
  });

  it('finds the price by base_model, with a provider before it or without', () => {
    const own = (info: object) => find('azure', 'my-deployment', { prices: {}, info: { ...info } })?.input;
    assert.equal(own({ base_model: 'azure/gpt-4o' }), 2_500_000);
    assert.equal(own({ base_model: 'gpt-4o-mini' }), 150_000);
    assert.equal(own({}), undefined);
    assert.equal(find('openai', 'mine', { info: { base_model: 'claude-3-haiku-20240307' } })?.input, 250_000);
  });

  it('follows prices that begin on a day', () => {
    const input = () => find('openai', 'gpt-5.6-luna')?.input;
    now = Date.UTC(2026, 6, 29, 23, 59);
    assert.equal(input(), 1_000_000);
    now = Date.UTC(2026, 6, 30);
    assert.equal(input(), 200_000);
    assert.equal(find('openai', 'gpt-5.6-luna')?.asOf, '2026-07-30');
  });

  it('follows prices that change by the hour', () => {
    const input = () => find('deepseek', 'deepseek-chat')?.input;
    now = Date.UTC(2026, 10, 22, 16, 29, 59);
    assert.equal(input(), 270_000);
    now = Date.UTC(2026, 10, 22, 16, 30);
    assert.equal(input(), 135_000);
  });

  it('remembers what it found for a deployment, as long as that does not change', () => {
    const query = { provider: 'openai', model: 'gpt-4o' };
    assert.equal(table.find(query), table.find(query));
    assert.deepEqual(table.find({ ...query }), table.find(query));
  });

  it('knows the dearest of a family, and of all', () => {
    const openai = table.dearest('openai');
    assert.deepEqual([openai.input, openai.output, openai.source], [150_000_000, 600_000_000, 'family']);
    assert.deepEqual([table.dearest('groq').input, table.dearest('groq').output], [1_000_000, 3_000_000]);
    assert.equal(table.dearest('anthropic').cacheWrite1h, 30_000_000);
    assert.equal(table.dearest('nobody').output, 600_000_000);
    for (const model of table.models('openai')) assert.ok((find('openai', model)?.output ?? 0) <= openai.output);
  });

  it('knows context windows', () => {
    assert.equal(table.contextWindow({ provider: 'anthropic', model: 'claude-sonnet-4-5' }), 200_000);
    assert.equal(table.contextWindow({ provider: 'openai', model: 'gpt-99' }), undefined);
  });

  it('lists models that write text', () => {
    const models = table.models('openai');
    assert.ok(models.includes('gpt-4o-mini'));
    assert.ok(!models.some((model) => /embedding|whisper|tts|image|ft:/.test(model)));
    assert.ok(table.models('gemini').includes('gemini-2.5-flash'));
    assert.deepEqual(table.models('nobody'), []);
  });

  it('says so when it is asked before it is loaded, unless a deployment has its own price', () => {
    const cold = priceTable({ clock: { now: () => now } });
    const prices = { input_cost_per_token: 1e-6, output_cost_per_token: 2e-6 };
    assert.equal(cold.find({ provider: 'openai', model: 'gpt-4o', prices })?.input, 1_000_000);
    assert.throws(() => cold.find({ provider: 'openai', model: 'gpt-4o' }), /not loaded/);
  });
});

describe('a deployment with its own price', () => {
  const own = (prices: PriceQuery['prices'] & object, model = 'custom', provider = 'openai') =>
    find(provider, model, { prices });

  it('has it in place of the table, in whole pico-dollars', () => {
    const price = own(
      { input_cost_per_token: 7.5e-8, output_cost_per_token: 3e-7, cache_read_input_token_cost: 1e-8 },
      'gpt-4o',
    );
    assert.deepEqual(
      [price?.input, price?.output, price?.cacheRead, price?.source],
      [75_000, 300_000, 10_000, 'config'],
    );
    assert.equal(price?.search, undefined);
  });

  it('has tiers by their keys, strictly above the size and for xAI at it', () => {
    const prices = {
      input_cost_per_token: 1e-6,
      output_cost_per_token: 2e-6,
      input_cost_per_token_above_200k_tokens: 2e-6,
      output_cost_per_token_above_200k_tokens: 3e-6,
      input_cost_per_token_above_128k_tokens: 1.5e-6,
    };
    assert.deepEqual(own(prices)?.tiers, [
      { input: 1_500_000, output: 2_000_000, above: 128_000 },
      { input: 2_000_000, output: 3_000_000, above: 200_000 },
    ]);
    assert.deepEqual(
      own({ ...prices }, 'grok', 'xai')?.tiers?.map((tier) => tier.above),
      [127_999, 199_999],
    );
  });

  it('has tiers by ranges', () => {
    const price = own({
      tiered_pricing: [
        { range: [0, 32_000], input_cost_per_token: 1e-6, output_cost_per_token: 4e-6 },
        { range: [32_000, 128_000], input_cost_per_token: 2e-6, output_cost_per_token: 8e-6 },
      ],
    });
    assert.deepEqual([price?.input, price?.output], [1_000_000, 4_000_000]);
    assert.deepEqual(price?.tiers, [{ input: 2_000_000, output: 8_000_000, above: 32_000 }]);
  });

  it('has service tiers by suffix, and OpenAI has them anyway', () => {
    const prices = {
      input_cost_per_token: 1e-6,
      output_cost_per_token: 2e-6,
      input_cost_per_token_priority: 3e-6,
      input_cost_per_token_batches: 5e-7,
    };
    assert.deepEqual(own(prices, 'custom', 'groq')?.serviceTiers, {
      priority: { input: 3_000_000, output: 2_000_000 },
      batch: { input: 500_000, output: 2_000_000 },
    });
    assert.deepEqual(own({ ...prices }, 'gpt-4o')?.serviceTiers?.flex, { input: 500_000, output: 1_000_000 });
  });

  it('may have sound, reasoning, requests and searches', () => {
    const price = own({
      input_cost_per_token: 1e-6,
      output_cost_per_token: 2e-6,
      input_cost_per_audio_token: 1e-5,
      output_cost_per_audio_token: 2e-5,
      output_cost_per_reasoning_token: 3e-6,
      input_cost_per_request: 0.005,
      search_context_cost_per_query: { search_context_size_low: 0.01, search_context_size_high: 0.025 },
    });
    assert.deepEqual(
      [price?.audioInput, price?.audioOutput, price?.reasoning, price?.request, price?.search],
      [10_000_000, 20_000_000, 3_000_000, 5_000_000_000, 25_000_000_000],
    );
  });

  it('may change a part of the price in the table', () => {
    const price = own({ cache_read_input_token_cost: 5e-7 }, 'gemini-2.5-pro', 'gemini');
    assert.deepEqual([price?.input, price?.cacheRead, price?.tiers?.[0]?.cacheRead], [1_250_000, 500_000, 250_000]);
    assert.equal(own({ cache_read_input_token_cost: 5e-7 }, 'unheard-of'), undefined);
  });

  it("has Anthropic's shares for cache writes that it does not name", () => {
    const price = own({ input_cost_per_token: 1e-6, output_cost_per_token: 5e-6 }, 'claude-next', 'anthropic');
    assert.deepEqual([price?.cacheWrite, price?.cacheWrite1h], [1_250_000, 2_000_000]);
  });

  it('is free only by an explicit zero in both', () => {
    assert.equal(own({ input_cost_per_token: 0, output_cost_per_token: 0 })?.free, true);
    assert.equal(own({ input_cost_per_token: 0 }), undefined);
    assert.equal(
      own({ input_cost_per_token: 0, output_cost_per_token: 0, input_cost_per_request: 0.01 })?.free,
      undefined,
    );
    assert.equal(
      find('openai', 'custom', { prices: { input_cost_per_token: 0 }, info: { mode: 'embedding' } })?.free,
      true,
    );
  });

  it('writes at least at its price for reading when nobody says for what', () => {
    assert.equal(own({ input_cost_per_token: 1e-6 })?.output, 1_000_000);
  });

  it('costs something on a local server too', () => {
    assert.equal(
      find('ollama', 'llama3', { local: true, prices: { input_cost_per_token: 1e-7, output_cost_per_token: 1e-7 } })
        ?.input,
      100_000,
    );
  });

  it('ignores what is no amount', () => {
    assert.equal(
      own({ input_cost_per_token: '1e-6', output_cost_per_token: -1, mode: 'chat' }, 'unheard-of'),
      undefined,
    );
  });
});

describe('pico-dollars per token', () => {
  it('are the decimal that was written', () => {
    assert.equal(picoPerToken(0.075, 1e6), 75_000);
    assert.equal(picoPerToken(1.1, 1e6), 1_100_000);
    assert.equal(picoPerToken(1.5e-7, 1), 150_000);
    for (let cents = 1; cents < 2000; cents++) assert.equal(picoPerToken(cents / 100, 1e6), cents * 10_000);
  });
});
