import assert from 'node:assert/strict';
import { correctAssumed } from '../../src/gateway/price-corrections.ts';
import { priceLines } from '../../src/pricing/price-lines.ts';
import { writeFeed } from '../../src/pricing/price-feeds.ts';
import { stringIn } from '../../src/lib/json.ts';
import { fakeProvider, json, type FakeProvider } from '../support/fake-provider.ts';
import { gatewayUnderTest, type GatewayUnderTest } from '../support/gateway-under-test.ts';

const answer = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'brand-new-1',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi.' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1000, completion_tokens: 100, prompt_tokens_details: { cached_tokens: 400 } },
};

describe('a price that arrives late', () => {
  let provider: FakeProvider;
  let gateway: GatewayUnderTest;
  beforeEach(async () => {
    provider = await fakeProvider(json(200, answer));
    gateway = await gatewayUnderTest(`
model_list:
  - model_name: new
    litellm_params: { model: groq/brand-new-1, api_base: ${provider.url}, api_key: sk-provider }
  - model_name: known
    litellm_params: { model: groq/llama-3.1-8b-instant, api_base: ${provider.url}, api_key: sk-provider }
`);
  });
  afterEach(async () => {
    await gateway.close();
    await provider.close();
  });

  const call = (model: string, key: string) =>
    gateway.call({ model, max_tokens: 100, messages: [{ role: 'user', content: 'Hello' }] }, { key });
  const arrives = async (inputDollars: number): Promise<void> => {
    const entry = {
      litellm_provider: 'groq',
      input_cost_per_token: inputDollars,
      output_cost_per_token: 3e-7,
      cache_read_input_token_cost: 5e-8,
    };
    const head = { fetched: gateway.clock.now(), url: 'https://example.org/map.json' };
    await writeFeed(gateway.folder, 'litellm', { head, lines: priceLines([['groq/brand-new-1', entry]]) });
    await gateway.ports.prices.renew();
  };

  it('corrects the rows that were booked at an assumed one, by lines that are appended', async () => {
    const key = await gateway.newKey({ maxBudget: 1e9 as never });
    await call('new', key);
    await call('known', key);
    const before = await gateway.rows();
    const booked = before.find((row) => row['group'] === 'new')?.['cost'];
    assert.equal(before.find((row) => row['group'] === 'new')?.['source'], 'assumed');

    await arrives(1e-7);
    assert.equal(await correctAssumed(gateway.ports), 1);
    const rows = await gateway.rows();
    const row = rows.find((one) => one['group'] === 'new');
    // 600 fresh at $0.1, 400 cached at $0.05 and 100 out at $0.3 for a million
    assert.equal(row?.['cost'], 600 * 100 + 400 * 50 + 100 * 300);
    assert.equal(row['bookedCost'], booked);
    assert.match(stringIn(row['correction']) ?? '', /known from litellm \(2026-11-22\)/);
    assert.match(gateway.logged.join('\n'), /info: .*1 rows were corrected, by -\$0\.00\d+ in all/);

    const known = rows.find((one) => one['group'] === 'known');
    assert.deepEqual([known?.['correction'], known?.['cost']], [null, known?.['bookedCost']]);
    const spent = gateway.ports.budgets.spend('gateway', null).total;
    assert.equal(spent, row['cost'] + Number(known?.['cost']));
  });

  it('is not taken twice', async () => {
    await call('new', await gateway.newKey());
    await arrives(1e-7);
    assert.equal(await correctAssumed(gateway.ports), 1);
    assert.equal(await correctAssumed(gateway.ports), 0);
  });

  it('changes nothing while it has not come, and nothing of long ago', async () => {
    await call('new', await gateway.newKey());
    assert.equal(await correctAssumed(gateway.ports), 0);
    await arrives(1e-7);
    gateway.clock.pass(91 * 86_400_000);
    assert.equal(await correctAssumed(gateway.ports), 0);
  });
});
