import assert from 'node:assert/strict';
import { managementRoutes } from '../../src/admin/routes.ts';
import { Failure } from '../../src/chat/failure.ts';
import { authenticate } from '../../src/gateway/authenticate.ts';
import { objectIn, objectsIn, stringIn, type JsonObject } from '../../src/lib/json.ts';
import { writeFeed } from '../../src/pricing/price-feeds.ts';
import { checkedFeed } from '../../src/pricing/read-feed.ts';
import { readText } from '../support/fixtures.ts';
import { adminKey } from '../support/gateway-client.ts';
import { gatewayUnderTest, type GatewayUnderTest } from '../support/gateway-under-test.ts';

const config = `
model_list:
  - model_name: own
    litellm_params:
      model: openai/gpt-4o
      api_key: sk-secret-of-the-provider
      api_base: https://example.org/v1
      input_cost_per_token: 0.000001
      output_cost_per_token: 0.000002
    model_info: { id: first, team: blue }
  - { model_name: table, litellm_params: { model: openai/gpt-4o, api_key: sk-secret-of-the-provider, rpm: 10 } }
  - { model_name: table, litellm_params: { model: openai/gpt-5, api_key: sk-secret-of-the-provider, rpm: 20 } }
  - { model_name: fast, litellm_params: { model: xai/grok-code-fast-1, api_key: sk-secret-of-the-provider } }
  - { model_name: new, litellm_params: { model: deepseek/deepseek-flash, api_key: sk-secret-of-the-provider } }
  - { model_name: mystery, litellm_params: { model: groq/nobody-knows-it, api_key: sk-secret-of-the-provider } }
  - { model_name: local, litellm_params: { model: ollama_chat/llama3 } }
  - { model_name: any/*, litellm_params: { model: openai/*, api_key: sk-secret-of-the-provider } }
`;

describe('the prices that are shown', () => {
  let gateway: GatewayUnderTest;
  before(async () => {
    gateway = await gatewayUnderTest(config);
    const { lines } = await checkedFeed('litellm', readText('pricing/litellm-map.json'), undefined);
    await writeFeed(gateway.folder, 'litellm', { head: { fetched: gateway.clock.now(), url: 'https://x.org' }, lines });
  });
  after(() => gateway.close());

  const ask = async (path: string, asked: { query?: Record<string, string>; body?: JsonObject; key?: string } = {}) => {
    const route = managementRoutes.find(({ paths }) => paths.includes(path));
    assert.ok(route, path);
    const { query = {}, body = {}, key = adminKey } = asked;
    const answer = await route.run(gateway.ports, {
      caller: authenticate(gateway.ports, key),
      query,
      body,
      params: {},
    });
    return JSON.parse(JSON.stringify(answer)) as JsonObject;
  };
  const info = async (name: string): Promise<JsonObject> => {
    const { data } = await ask('/v1/model/info');
    return objectIn(objectsIn(data).find((one) => one['model_name'] === name)?.['model_info']);
  };
  const refused = async (path: string, body: JsonObject, why: RegExp): Promise<void> => {
    await assert.rejects(
      () => ask(path, { body }),
      (error) => error instanceof Failure && error.kind === 'invalid-request' && why.test(error.message),
    );
  };

  it('are those of the configuration first, and say so', async () => {
    const { input_cost_per_token, output_cost_per_token, price_source, team, id, mode, supports_vision, max_tokens } =
      await info('own');
    assert.deepEqual(
      { input_cost_per_token, output_cost_per_token, price_source, team, id, mode, supports_vision, max_tokens },
      {
        input_cost_per_token: 0.000001,
        output_cost_per_token: 0.000002,
        price_source: 'config',
        team: 'blue',
        id: 'first',
        mode: 'chat',
        supports_vision: true,
        max_tokens: 16_384,
      },
    );
  });

  it("are LiteLLM's where the first table has none, with the day on which they came", async () => {
    const { price_source, price_as_of, cache_read_input_token_cost, price_assumed, max_input_tokens } =
      await info('new');
    assert.deepEqual(
      { price_source, price_as_of, cache_read_input_token_cost, price_assumed, max_input_tokens },
      {
        price_source: 'litellm',
        price_as_of: '2026-11-22',
        cache_read_input_token_cost: 3e-9, // a Sunday, when it is cheaper
        price_assumed: false,
        max_input_tokens: 1_000_000,
      },
    );
  });

  it('are shown from both sources, with a warning where these do not agree', async () => {
    const { price_quotes: quotes, price_warning: warning, price_source: source } = await info('fast');
    assert.deepEqual(
      objectsIn(quotes).map((quote) => quote['source']),
      ['genai-prices', 'litellm'],
    );
    assert.equal(source, 'genai-prices');
    assert.match(stringIn(warning) ?? '', /do not agree: input \$0\.2 and \$1, output \$1\.5 and \$2/);
    assert.equal((await info('table'))['price_warning'], null);
  });

  it('say when they are assumed, and null where nothing is known', async () => {
    assert.deepEqual((await info('mystery'))['price_assumed'], true);
    const pattern = await info('any/*');
    assert.deepEqual([pattern['input_cost_per_token'], pattern['price_source']], [null, null]);
    const local = await info('local');
    assert.deepEqual([local['input_cost_per_token'], local['price_quotes']], [0, []]);
  });

  it('have tiers and service tiers by the keys of the map', async () => {
    const flash = await info('table');
    assert.equal(flash['input_cost_per_token'], 0.0000025);
    assert.equal(typeof flash['input_cost_per_token_priority'], 'number');
  });

  it('come without any key, and to a virtual key only for its models', async () => {
    const key = await gateway.newKey({ models: ['own'] });
    const { data } = await ask('/model/info', { key });
    assert.deepEqual(
      objectsIn(data).map((one) => one['model_name']),
      ['own'],
    );
    for (const path of ['/model/info', '/model_group/info'])
      assert.ok(!JSON.stringify(await ask(path)).includes('sk-secret'));
    assert.equal(objectsIn((await ask('/model/info', { query: { litellm_model_id: 'first' } }))['data']).length, 1);
  });

  it('are, of a group, the highest, with all that its deployments can do', async () => {
    const [group] = objectsIn((await ask('/model_group/info', { query: { model_group: 'table' } }))['data']);
    assert.deepEqual(
      [group?.['model_group'], group?.['providers'], group?.['rpm'], group?.['tpm'], group?.['mode']],
      ['table', ['openai'], 30, null, 'chat'],
    );
    assert.deepEqual([group?.['input_cost_per_token'], group?.['supports_vision']], [0.0000025, true]);
    assert.equal(group?.['max_output_tokens'], 128_000);
  });

  it('give an estimate for a call, a day and a month', async () => {
    const body = { model: 'own', input_tokens: 1000, output_tokens: 500, num_requests_per_day: 100 };
    const answer = await ask('/cost/estimate', { body });
    assert.deepEqual(
      [answer['cost_per_request'], answer['input_cost_per_request'], answer['output_cost_per_request']],
      [0.002, 0.001, 0.001],
    );
    assert.deepEqual([answer['daily_cost'], answer['monthly_cost'], answer['provider']], [0.2, null, 'openai']);
    await refused('/cost/estimate', { ...body, model: 'mystery' }, /price of 'mystery' is not known/);
    await refused('/cost/estimate', { ...body, input_tokens: -1 }, /input_tokens/);
    await refused('/cost/estimate', { ...body, model: 'nobody' }, /Invalid model name/);
  });

  it('give the cost of an answer, by its usage in either form, and of a prompt', async () => {
    const cost = async (body: JsonObject) => (await ask('/spend/calculate', { body }))['cost'];
    const usage = { prompt_tokens: 1000, completion_tokens: 10, prompt_tokens_details: { cached_tokens: 0 } };
    assert.equal(await cost({ completion_response: { model: 'own', usage } }), 0.00102);
    const counts = { input_tokens: 1000, output_tokens: 10 };
    assert.equal(await cost({ model: 'own', completion_response: { usage: counts } }), 0.00102);
    assert.ok(Number(await cost({ model: 'own', messages: [{ role: 'user', content: 'Hello there' }] })) > 0);
    await refused('/spend/calculate', { messages: [] }, /Say which model/);
    await refused('/spend/calculate', { model: 'own' }, /Give messages/);
    await refused('/spend/calculate', { model: 'own', completion_response: {} }, /usage must tell/);
  });

  it('stand beside the size and the abilities of every model that a key may use, wildcards filled in', async () => {
    const { data } = await ask('/purser/models');
    const models = new Map(objectsIn(data).map((one) => [stringIn(one['model_group']), one]));
    const { input_cost_per_token, supports_vision, mode, price_assumed } = objectIn(models.get('own'));
    assert.deepEqual([input_cost_per_token, supports_vision, mode, price_assumed], [0.000001, true, 'chat', false]);
    const { supports_function_calling: can, price_assumed: assumed } = objectIn(models.get('mystery'));
    assert.deepEqual([can, assumed], [null, true], 'of an unknown model nobody knows what it can do');
    assert.ok(
      [...models.keys()].some((name) => name?.startsWith('any/gpt-')),
      'the wildcard stands for many',
    );
    assert.ok(![...models.keys()].some((name) => name?.includes('*')));
  });

  it('are those of the models that a key may use, by its own names too', async () => {
    const key = await gateway.newKey({ models: ['own', 'quick'], aliases: { quick: 'own' } });
    const names = objectsIn((await ask('/purser/models', { key }))['data']).map((one) => one['model_group']);
    assert.deepEqual(names, ['own', 'quick']);
  });
});

describe('the count of tokens', () => {
  let gateway: GatewayUnderTest;
  before(async () => (gateway = await gatewayUnderTest(config)));
  after(() => gateway.close());
  const count = async (body: JsonObject): Promise<unknown> => {
    const route = managementRoutes.find(({ paths }) => paths.includes('/utils/token_counter'));
    const caller = authenticate(gateway.ports, adminKey);
    return objectIn(await route?.run(gateway.ports, { caller, query: {}, params: {}, body }))['total_tokens'];
  };

  it('is of a text, or of a prompt with what stands around its messages', async () => {
    assert.equal(await count({ model: 'own', prompt: 'x'.repeat(40) }), 10);
    const messages = [{ role: 'user', content: 'x'.repeat(40) }];
    assert.ok(Number(await count({ model: 'own', messages })) > 10);
  });

  it('needs one of the two', async () => {
    await assert.rejects(() => count({ model: 'own' }), /Give a prompt, or messages/);
    await assert.rejects(() => count({ model: 'own', text: 'x' }), /text/);
  });
});
