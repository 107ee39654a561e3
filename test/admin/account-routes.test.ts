import assert from 'node:assert/strict';
import { accountRoutes } from '../../src/admin/account-routes.ts';
import { authenticate } from '../../src/gateway/authenticate.ts';
import { objectIn, objectsIn, type JsonObject } from '../../src/lib/json.ts';
import { fakeProvider, json, type FakeProvider, type Script } from '../support/fake-provider.ts';
import { adminKey, configText, hello, openaiModel, text } from '../support/gateway-client.ts';
import { gatewayUnderTest, type GatewayUnderTest } from '../support/gateway-under-test.ts';

/** Answers by path; anything else is not found. */
const byPath =
  (answers: Readonly<Record<string, Script>>): Script =>
  (request, response) =>
    (answers[request.path] ?? json(404, { error: { message: `no ${request.path}` } }))(request, response);

const refused = json(401, {
  error: { message: 'Incorrect API key provided: sk-planted-key-of-a-user.', code: 'invalid_api_key' },
});

describe('accounts', () => {
  let provider: FakeProvider;
  let gateway: GatewayUnderTest;
  beforeEach(async () => {
    provider = await fakeProvider();
    const base = `${provider.url}/v1`;
    const models = [
      openaiModel('gpt', base, { api_key: 'os.environ/MINE' }),
      openaiModel('gpt-too', base, { api_key: 'os.environ/MINE', model: 'openai/gpt-4o-mini' }),
      openaiModel('router', base, { model: 'openrouter/x/y', api_key: 'os.environ/ROUTER' }),
      openaiModel('moon', base, { model: 'moonshot/kimi', api_key: 'os.environ/MOON' }),
      openaiModel('deep', provider.url, { model: 'deepseek/deepseek-chat', api_key: 'os.environ/DEEP' }),
      { model_name: 'llama', litellm_params: { model: 'ollama_chat/llama3', api_base: provider.url } },
      { model_name: 'demo', litellm_params: { model: 'openai/demo', mock_response: 'Hi.' } },
    ];
    const environment_variables = {
      MINE: 'sk-planted-mine-0001',
      ROUTER: 'sk-planted-router-0001',
      MOON: 'sk-planted-moon-0001',
      DEEP: 'sk-planted-deep-0001',
    };
    const general_settings = { account_budgets: { MINE: { max_budget: 5, budget_duration: '1d' } } };
    gateway = await gatewayUnderTest(configText(models, { environment_variables, general_settings }));
  });
  afterEach(async () => {
    await gateway.close();
    await provider.close();
  });
  const run = async (path: string, body: JsonObject = {}): Promise<JsonObject> => {
    const route = accountRoutes.find(({ paths }) => paths.includes(path));
    const caller = authenticate(gateway.ports, adminKey);
    return objectIn(await route?.run(gateway.ports, { caller, query: {}, body, params: {} }));
  };
  const accounts = async () => objectsIn((await run('/purser/accounts'))['accounts']);
  const account = async (name: string) => objectIn((await accounts()).find((one) => one['account'] === name));

  it('are listed once each, with their spend and budget, and never a key', async () => {
    await gateway.call(hello('gpt'));
    await gateway.call(hello('gpt-too'));
    const all = await accounts();
    assert.deepEqual(
      all.map((one) => [one['account'], one['key'], objectsIn(one['deployments']).length]),
      [
        ['openai/MINE', 'set', 2],
        ['openrouter/ROUTER', 'set', 1],
        ['moonshot/MOON', 'set', 1],
        ['deepseek/DEEP', 'set', 1],
        ['ollama_chat/no key', 'not needed', 1],
      ],
    );
    assert.deepEqual(all[0]?.['spent'], { today: 40_000, month: 40_000 });
    const [budget] = objectsIn(all[0]['budgets']);
    assert.deepEqual([budget?.['max'], budget?.['duration'], budget?.['spent']], [5e9, '1d', 40_000]);
    assert.ok(!JSON.stringify(all).includes('planted'));
  });

  it('tell why they are left alone, and until when', async () => {
    provider.plays(json(429, { error: { message: 'You exceeded your current quota', code: 'insufficient_quota' } }));
    await gateway.call(hello('gpt'));
    const mine = await account('openai/MINE');
    assert.equal(objectIn(mine['cooling'])['reason'], 'provider-account-empty');
    assert.match(text(objectIn(mine['last_error'])['message']), /exceeded your current quota/);
    assert.ok(Date.parse(text(objectIn(mine['cooling'])['until'])) > gateway.clock.now());
    assert.equal((await account('moonshot/MOON'))['cooling'], null);
  });

  it('tell what is left where the provider does, and ask it once a minute', async () => {
    provider.plays(
      byPath({
        '/v1/credits': json(200, { data: { total_credits: 100.5, total_usage: 25.25 } }),
        '/v1/users/me/balance': json(200, { code: 0, data: { available_balance: 49.5 }, status: true }),
        '/user/balance': json(200, {
          is_available: true,
          balance_infos: [{ currency: 'CNY', total_balance: '110.00' }],
        }),
      }),
    );
    const balances: JsonObject = Object.fromEntries(
      (await accounts()).map((one) => [text(one['provider']), one['balances']] as const),
    );
    assert.deepEqual(balances, {
      openai: null,
      openrouter: [{ currency: 'USD', left: 75.25 }],
      moonshot: [{ currency: 'USD', left: 49.5 }],
      deepseek: [{ currency: 'CNY', left: 110 }],
      ollama_chat: null,
    });
    await accounts();
    assert.equal(provider.requests.length, 3);
    gateway.clock.pass(60_000);
    await accounts();
    assert.equal(provider.requests.length, 6);
  });

  it("tell what is left of the key's limit where only a management key may see the credits", async () => {
    const forbidden = json(403, { error: { message: 'Only management keys can fetch credits', code: 403 } });
    provider.plays(byPath({ '/v1/credits': forbidden, '/v1/key': json(200, { data: { limit_remaining: 7.5 } }) }));
    assert.deepEqual((await account('openrouter/ROUTER'))['balances'], [{ currency: 'USD', left: 7.5 }]);
  });

  it("tell the provider's words where it does not say what is left", async () => {
    provider.plays(json(401, { error: { message: 'Invalid key sk-planted-moon-0001' } }));
    const moon = await account('moonshot/MOON');
    assert.deepEqual(moon['balances'], []);
    assert.equal(moon['balance_error'], 'Invalid key ...0001');
  });

  describe("a provider's key", () => {
    const mine = 'sk-planted-key-of-a-user';
    const test = (body: JsonObject) => run('/purser/providers/test', { api_base: `${provider.url}/v1`, ...body });
    const models = json(200, { data: [{ id: 'gpt-9' }, { id: 'gpt-10' }] });

    it('is accepted with the models that it gives access to, by calls that cost nothing', async () => {
      provider.plays(({ headers }, response) => (headers.authorization ? models : refused)({} as never, response));
      assert.deepEqual(await test({ provider: 'openai', key: ` ${mine}\n` }), {
        provider: 'openai',
        ok: true,
        key: 'accepted',
        models: ['gpt-9', 'gpt-10'],
      });
      assert.equal(provider.requests[0]?.headers.authorization, `Bearer ${mine}`);
      assert.ok(provider.requests.every(({ method, path }) => method === 'GET' && path === '/v1/models'));
    });

    it("is refused in the provider's words, without the key", async () => {
      provider.plays(refused);
      const said = await test({ provider: 'openai', key: mine });
      assert.deepEqual([said['ok'], said['key'], said['status'], said['models']], [false, 'refused', 401, []]);
      assert.equal(said['error'], 'Incorrect API key provided: ...user.');
      assert.ok(!JSON.stringify([said, gateway.logged]).includes(mine));
    });

    it('is not taken for good where the list is for everyone', async () => {
      provider.plays(models);
      assert.equal((await test({ provider: 'huggingface', key: mine }))['key'], 'unknown');
    });

    it('is asked for itself where the provider has a call for that', async () => {
      provider.plays(byPath({ '/v1/key': refused, '/v1/models': models }));
      assert.equal((await test({ provider: 'openrouter', key: mine }))['key'], 'refused');
      provider.plays(byPath({ '/v1/key': json(200, { data: {} }), '/v1/models': models }));
      assert.equal((await test({ provider: 'openrouter', key: mine }))['key'], 'accepted');
    });

    it('is the configured one if none is sent, and goes to no other address', async () => {
      provider.plays(({ headers }, response) => (headers.authorization ? models : refused)({} as never, response));
      assert.equal((await run('/purser/providers/test', { provider: 'openai' }))['key'], 'accepted');
      assert.equal(provider.requests[0]?.headers.authorization, 'Bearer sk-planted-mine-0001');
      await assert.rejects(
        test({ provider: 'openai', api_base: `${provider.url}/elsewhere` }),
        /No key of OpenAI is configured/,
      );
    });

    it('is asked about where the configuration calls with its variable', async () => {
      provider.plays(({ headers }, response) => (headers.authorization ? models : refused)({} as never, response));
      const said = await run('/purser/providers/test', { provider: 'openai', key: mine, variable: 'MINE' });
      assert.equal(said['key'], 'accepted');
      assert.equal(provider.requests[0]?.headers.authorization, `Bearer ${mine}`);
    });

    it('is told from a server that is not there or is something else', async () => {
      provider.plays((_request, response) => void response.end('<html>Hello</html>'));
      const page = await test({ provider: 'openai', key: mine });
      assert.deepEqual([page['ok'], page['key'], page['kind']], [false, 'unknown', 'provider-nonsense']);
      const gone = await test({ provider: 'openai', key: mine, api_base: 'http://127.0.0.1:1/v1' });
      assert.deepEqual([gone['ok'], gone['kind']], [false, 'provider-unreachable']);
    });

    it('is not asked about in ways that mean nothing', async () => {
      for (const [body, message] of [
        [{}, /provider is missing/],
        [{ provider: 'opnai', key: mine }, /No provider is called 'opnai'/],
        [{ provider: 'openai', key: 7 }, /key must be a text/],
        [{ provider: 'openai', secret: mine }, /secret is not known here/],
        [{ provider: 'bedrock', key: mine }, /has no call that is free/],
      ] as const)
        await assert.rejects(test(body), message);
      assert.equal(provider.requests.length, 0);
    });
  });
});
