import assert from 'node:assert/strict';
import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Paused } from '../../src/admin/pause-routes.ts';
import { managementRoutes } from '../../src/admin/routes.ts';
import { authenticate } from '../../src/gateway/authenticate.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { chatAnswer, fakeProvider, json, type FakeProvider } from '../support/fake-provider.ts';
import { adminKey, configText, hello, openaiModel } from '../support/gateway-client.ts';
import { gatewayUnderTest, newFolder, type GatewayUnderTest } from '../support/gateway-under-test.ts';

describe('the pause of all spending', () => {
  let provider: FakeProvider;
  let text: string;
  const open: GatewayUnderTest[] = [];
  before(async () => {
    provider = await fakeProvider();
    const base = `${provider.url}/v1`;
    const free = { input_cost_per_token: 0, output_cost_per_token: 0 };
    text = configText([
      openaiModel('paid', base),
      openaiModel('free', base, free),
      openaiModel('both', base, { order: 1 }),
      openaiModel('both', base, { ...free, order: 2 }),
    ]);
  });
  beforeEach(() => provider.plays(json(200, chatAnswer('Hi.'))));
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });
  after(() => provider.close());

  const start = async (folder?: string, more: JsonObject = {}): Promise<GatewayUnderTest> => {
    const gateway = await gatewayUnderTest(JSON.stringify({ ...JSON.parse(text), ...more }), folder);
    open.push(gateway);
    return gateway;
  };
  async function ask({ ports }: GatewayUnderTest, method: 'get' | 'post', body: JsonObject = {}): Promise<Paused> {
    const route = managementRoutes.find((one) => one.method === method && one.paths.includes('/purser/pause'));
    assert.equal(route?.access, 'admin');
    return (await route.run(ports, { caller: authenticate(ports, adminKey), body, query: {}, params: {} })) as Paused;
  }
  const pause = (gateway: GatewayUnderTest, on: boolean, more: JsonObject = {}): Promise<Paused> =>
    ask(gateway, 'post', { on, ...more });

  it('refuses paid calls with the status of a spent budget, and says how to go on', async () => {
    const gateway = await start();
    const answered = await pause(gateway, true);
    assert.deepEqual(answered, { on: true, since: gateway.clock.now(), running: 0, stopped: 0 });
    const asked = provider.requests.length;
    const { failure } = await gateway.call(hello('paid'));
    assert.equal(failure?.kind, 'budget-exceeded');
    assert.equal(failure.status, 400);
    assert.equal(failure.code, 'spending_paused');
    assert.match(failure.message, /^Budget paused: .*Resume Spending.*POST \/purser\/pause/);
    assert.equal(provider.requests.length, asked, 'the provider was not asked');
    assert.equal(gateway.ports.budgets.spend('gateway', null).held, 0);
  });

  it('lets free models go on, also where they share a name with paid ones', async () => {
    const gateway = await start();
    await pause(gateway, true);
    for (const model of ['free', 'both']) {
      const { status, failure } = await gateway.call(hello(model));
      assert.equal(failure, undefined, model);
      assert.equal(status, 200);
    }
    assert.equal(gateway.ports.budgets.spend('gateway', null).total, 0);
  });

  it('ends with the answer to the request that ends it', async () => {
    const gateway = await start();
    await pause(gateway, true);
    assert.deepEqual(await pause(gateway, false), { on: false, since: null, running: 0, stopped: 0 });
    assert.equal((await gateway.call(hello('paid'))).status, 200);
  });

  it('outlives a stop, a save and a crash', async () => {
    const first = await start();
    await pause(first, true);
    const since = first.clock.now();
    const copy = newFolder();
    for (const name of readdirSync(first.folder).filter((one) => !one.endsWith('.sock')))
      cpSync(join(first.folder, name), join(copy, name));
    assert.equal((await ask(await start(copy), 'get')).since, since, 'after a crash');
    open.splice(open.indexOf(first), 1);
    await first.close();
    const second = await start(first.folder);
    assert.equal((await ask(second, 'get')).since, since, 'after a stop');
    await pause(second, false);
    open.splice(open.indexOf(second), 1);
    await second.close();
    assert.equal((await ask(await start(first.folder), 'get')).on, false);
  });

  it('keeps when it began however often it is asked for, and writes nothing then', async () => {
    const gateway = await start();
    const { since } = await pause(gateway, true);
    const { revision } = gateway.ports.books;
    gateway.clock.pass(60_000);
    assert.equal((await pause(gateway, true)).since, since);
    assert.equal(gateway.ports.books.revision, revision);
  });

  describe('while calls are under way', () => {
    it('lets them come to their end', async () => {
      const gateway = await start();
      provider.plays(async (request, response) => {
        await pause(gateway, true);
        await json(200, chatAnswer('Hi.'))(request, response);
      });
      assert.equal((await gateway.call(hello('paid'))).status, 200);
      assert.equal((await gateway.call(hello('paid'))).failure?.code, 'spending_paused');
    });

    it('ends them if it is told to', async () => {
      const gateway = await start();
      const stop = new AbortController();
      gateway.ports.running.set(stop.signal, { stop });
      let answered: Paused & { readonly stopped?: number } = { on: false, since: null, running: 0 };
      provider.plays(async () => {
        answered = await pause(gateway, true, { stopRunning: true });
      });
      const { failure } = await gateway.call(hello('paid'), { signal: stop.signal });
      assert.equal(failure?.code, 'call_stopped');
      assert.match(failure.message, /paused all spending/);
      assert.deepEqual([answered.stopped, answered.running], [1, 1]);
    });

    it('refuses those that wait for money', async () => {
      const gateway = await start(undefined, { litellm_settings: { max_budget: 0.001 } });
      const asked = provider.requests.length;
      provider.plays(async (request, response) => {
        await pause(gateway, true);
        await json(200, chatAnswer('Hi.'))(request, response);
      });
      const body = hello('paid', { max_tokens: 300 });
      const [first, second] = await Promise.all([gateway.call(body), gateway.call(body)]);
      assert.deepEqual([first.status, second.failure?.code], [200, 'spending_paused']);
      assert.equal(provider.requests.length - asked, 1);
      assert.equal(gateway.ports.budgets.spend('gateway', null).held, 0);
    });

    it('refuses their next attempts', async () => {
      const gateway = await start(undefined, { router_settings: { num_retries: 3 } });
      const asked = provider.requests.length;
      provider.plays(async (request, response) => {
        await pause(gateway, true);
        await json(500, { error: { message: 'overloaded' } })(request, response);
      });
      const { failure } = await gateway.call(hello('paid'));
      assert.equal(failure?.code, 'spending_paused');
      assert.equal(provider.requests.length - asked, 1);
    });
  });

  it('names what it does not know', async () => {
    const gateway = await start();
    await assert.rejects(ask(gateway, 'post', {}), { kind: 'invalid-request', message: /on/ });
    await assert.rejects(ask(gateway, 'post', { on: true, for: '1h' }), { kind: 'invalid-request', message: /for/ });
  });
});
