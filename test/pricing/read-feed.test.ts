import assert from 'node:assert/strict';
import { noUsage } from '../../src/chat/chat.ts';
import { bundledPrices } from '../../src/pricing/bundled-prices.ts';
import { genaiTable } from '../../src/pricing/genai-table.ts';
import { linesIn, lineOf } from '../../src/pricing/price-lines.ts';
import { costOf } from '../../src/pricing/cost.ts';
import { checkedFeed } from '../../src/pricing/read-feed.ts';
import { readText } from '../support/fixtures.ts';

const text = readText('pricing/litellm-map.json');
const models = (count: number, price: (index: number) => number): string =>
  JSON.stringify(
    Object.fromEntries(
      Array.from({ length: count }, (_, index) => [
        `model-${index}`,
        { litellm_provider: 'openai', input_cost_per_token: price(index), output_cost_per_token: 2e-6 },
      ]),
    ),
  );
const refuses = (feed: 'genai-prices' | 'litellm', given: string, why: RegExp, before?: string) =>
  assert.rejects(() => checkedFeed(feed, given, before), { kind: 'provider-nonsense', message: why });

describe("LiteLLM's map, fetched", () => {
  it('is kept as a line for each model, with what is priced and no more', async () => {
    const { lines } = await checkedFeed('litellm', text, undefined);
    const names = [...linesIn(lines)].map(([name]) => name);
    assert.ok(names.includes('gpt-4o') && !names.includes('sample_spec'));
    const entry = lineOf(lines, 'gpt-4o');
    assert.equal(entry?.input_cost_per_token, 0.0000025);
    assert.equal(entry.supports_vision, true);
    assert.equal(entry.source, undefined);
    assert.equal(lineOf(lines, 'gpt-4'), undefined);
  });

  it('is refused when it was cut anywhere, is a page, or holds no price', async () => {
    for (const part of [0.1, 0.37, 0.62, 0.999]) await refuses('litellm', text.slice(0, text.length * part), /whole/);
    await refuses('litellm', `${text.trim().slice(0, -1)}, "x": {}`, /whole/);
    await refuses('litellm', `${text.trim().slice(0, -1)} garbage }`, /whole/);
    await refuses('litellm', '<html>Not found</html>', /whole/);
    await refuses('litellm', '{"message":"Not Found"}', /no model/);
    await refuses('litellm', '{}', /no model/);
    await refuses('litellm', '', /whole/);
  });

  it('is refused when prices have moved absurdly, and taken when they have moved', async () => {
    const { lines: before } = await checkedFeed(
      'litellm',
      models(200, () => 1e-6),
      undefined,
    );
    await refuses(
      'litellm',
      models(200, () => 1e-3),
      /200 of 200 prices are more than ten times/,
      before,
    );
    await refuses(
      'litellm',
      models(200, () => 0),
      /less than a tenth/,
      before,
    );
    const news = await checkedFeed(
      'litellm',
      models(200, (index) => (index < 20 ? 2e-6 : 1e-6)),
      before,
    );
    assert.equal(news.moved, 20);
    assert.equal(
      (
        await checkedFeed(
          'litellm',
          models(200, (index) => (index < 2 ? 1e-3 : 1e-6)),
          before,
        )
      ).moved,
      2,
    );
  });

  it('is refused when models vanish by the dozen, or cost more than a cent a token', async () => {
    const { lines: before } = await checkedFeed(
      'litellm',
      models(200, () => 1e-6),
      undefined,
    );
    await refuses(
      'litellm',
      models(100, () => 1e-6),
      /prices 100 models, where there were 200/,
      before,
    );
    await refuses(
      'litellm',
      models(200, () => 2.5),
      /more than a cent/,
    );
  });
});

describe('genai-prices, fetched', () => {
  const provider = (more: object): string =>
    JSON.stringify([
      {
        id: 'openai',
        name: 'OpenAI',
        api_pattern: '.*',
        models: [
          {
            id: 'gpt-next',
            match: { starts_with: 'gpt-next' },
            prices: [
              { prices: { input_mtok: 2, output_mtok: 8 } },
              { constraint: { start_date: '2026-12-01' }, prices: { input_mtok: 1, output_mtok: 4 } },
            ],
            ...more,
          },
        ],
      },
    ]);

  it('is a table like the one that Purser comes with', async () => {
    const { lines } = await checkedFeed('genai-prices', provider({}), undefined);
    const table = genaiTable(lines, '2026-11-23');
    const at = (day: string) => table.find('openai', 'gpt-next-mini', Date.parse(day))?.price;
    assert.deepEqual([at('2026-11-30')?.input, at('2026-11-30')?.asOf], [2_000_000, '2026-11-23']);
    assert.deepEqual([at('2026-12-02')?.input, at('2026-12-02')?.asOf], [1_000_000, '2026-12-01']);
    assert.equal(costOf({ ...noUsage, input: 1000, output: 10 }, at('2026-12-02') ?? assert.fail()), 1_040_000);
  });

  it('is refused when it is cut, something else, or lost most of its models', async () => {
    await refuses('genai-prices', provider({}).slice(0, 100), /no list of providers/);
    await refuses('genai-prices', '{"message":"Not Found"}', /no list/);
    await refuses('genai-prices', '[]', /no list/);
    await refuses('genai-prices', provider({ match: undefined }), /no list/);
    await refuses('genai-prices', provider({}), /prices 1 models, where there were/, await bundledPrices());
  });
});
