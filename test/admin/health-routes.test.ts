import assert from 'node:assert/strict';
import { checkRoutes } from '../../src/admin/health-routes.ts';
import { authenticate } from '../../src/gateway/authenticate.ts';
import { objectIn, objectsIn, type JsonObject } from '../../src/lib/json.ts';
import { chatAnswer, fakeProvider, json, type FakeProvider } from '../support/fake-provider.ts';
import { adminKey, configText, hello, openaiModel, text } from '../support/gateway-client.ts';
import { gatewayUnderTest, type GatewayUnderTest } from '../support/gateway-under-test.ts';

const vector = { data: [{ index: 0, embedding: [1] }], usage: { prompt_tokens: 1, total_tokens: 1 } };

describe('health checks', () => {
  let well: FakeProvider;
  let ill: FakeProvider;
  let gateway: GatewayUnderTest;
  const start = async (general_settings: JsonObject = {}): Promise<void> => {
    well = await fakeProvider(({ path }, response) =>
      json(200, path.endsWith('/embeddings') ? vector : chatAnswer('Hi.'))({} as never, response),
    );
    ill = await fakeProvider(json(500, { error: { message: 'The model is on fire.' } }));
    const info = (more: JsonObject) => ({ model_info: more });
    const models = [
      { ...openaiModel('gpt', well.url), ...info({ id: 'good' }) },
      { ...openaiModel('gpt', ill.url), ...info({ id: 'bad' }) },
      { ...openaiModel('embed', well.url, { model: 'openai/text-embedding-3-small' }), ...info({ id: 'embed' }) },
      {
        ...openaiModel('mine/*', well.url, { model: 'openai/*' }),
        ...info({ health_check_model: 'openai/gpt-4o-mini', id: 'star' }),
      },
      { ...openaiModel('any/*', well.url, { model: 'openai/*' }), ...info({ id: 'any' }) },
      {
        ...openaiModel('draw', well.url),
        ...info({ mode: 'image_generation', id: 'draw', disable_background_health_check: true }),
      },
    ];
    gateway = await gatewayUnderTest(configText(models, { general_settings, litellm_settings: { cache: true } }));
  };
  afterEach(async () => {
    await gateway.close();
    await well.close();
    await ill.close();
  });
  const run = async (path: string, query: Record<string, string> = {}, body: JsonObject = {}, key = adminKey) => {
    const route = checkRoutes.find(({ paths }) => paths.includes(path));
    const caller = authenticate(gateway.ports, key);
    return objectIn(await route?.run(gateway.ports, { caller, query, body, params: {} }));
  };
  const ids = (endpoints: unknown): unknown[] => objectsIn(endpoints).map((one) => one['model_id']);

  it('call every deployment, and say which answer, in the words of LiteLLM', async () => {
    await start();
    const report = await run('/health');
    assert.deepEqual(ids(report['healthy_endpoints']), ['good', 'embed', 'star']);
    assert.deepEqual([report['healthy_count'], report['unhealthy_count'], report['skipped_count']], [3, 1, 2]);
    const [bad] = objectsIn(report['unhealthy_endpoints']);
    assert.deepEqual(
      { id: bad?.['model_id'], model: bad?.['model'], error: bad?.['error'], status: bad?.['status'] },
      { id: 'bad', model: 'openai/gpt-4o', error: 'The model is on fire.', status: 500 },
    );
    assert.deepEqual(
      objectsIn(report['skipped_endpoints']).map((one) => [
        one['model_id'],
        /wildcard|image_generation/.exec(text(one['reason']))?.[0],
      ]),
      [
        ['any', 'wildcard'],
        ['draw', 'image_generation'],
      ],
    );
    assert.ok(!JSON.stringify(report).includes('provider-key'));
  });

  it('ask for a few tokens in the way that the model is used', async () => {
    await start();
    await run('/health');
    const asked = well.requests.map(({ path, body }) => [
      path,
      body['model'],
      body['max_tokens'] ?? body['max_completion_tokens'],
    ]);
    assert.deepEqual(asked.sort(), [
      ['/chat/completions', 'gpt-4o', 16],
      ['/chat/completions', 'gpt-4o-mini', 16],
      ['/embeddings', 'text-embedding-3-small', undefined],
    ]);
    assert.equal(ill.requests.length, 1);
  });

  it('are booked like any other call, on whoever asks', async () => {
    await start();
    await run('/health', { model: 'gpt' });
    const rows = await gateway.rows();
    assert.deepEqual(rows.map((row) => [row['assistant'], row['key'], row['status'], row['deployment']]).sort(), [
      ['health-check', 'admin', 'done', 'good'],
      ['health-check', 'admin', 'failed', 'bad'],
    ]);
    const key = await gateway.newKey({ models: ['embed'] });
    const report = await run('/health', {}, {}, key);
    assert.deepEqual(ids(report['healthy_endpoints']), ['embed']);
    assert.equal(report['unhealthy_count'], 0);
    const [newest] = await gateway.rows();
    assert.equal(newest?.['key'], gateway.ports.keys.find(key)?.id);
  });

  it('pick out one deployment, and are never answered from memory', async () => {
    await start();
    await run('/health', { model_id: 'good' });
    await run('/health', { model: 'openai/gpt-4o' });
    assert.deepEqual([well.requests.length, ill.requests.length], [2, 1]);
  });

  it('leave alone what does not answer, and heal what does', async () => {
    await start();
    const bad = gateway.ports.catalog().deployments[1];
    assert.ok(bad);
    await run('/health', { model: 'gpt' });
    const condition = gateway.ports.health.of(bad);
    assert.equal(condition.state, 'cooling');
    for (let times = 0; times < 3; times += 1) await gateway.call(hello('gpt', { cache: { 'no-cache': true } }));
    assert.equal(ill.requests.length, 1);
    ill.plays(json(200, chatAnswer('Well again.')));
    const tested = await run('/purser/deployments/test', {}, { id: 'bad' });
    assert.equal(tested['healthy'], true);
    assert.equal(gateway.ports.health.of(bad).state, 'healthy');
  });

  it("test one deployment, with the provider's own words", async () => {
    await start();
    const tested = await run('/purser/deployments/test', {}, { id: 'bad' });
    assert.deepEqual(
      [tested['healthy'], tested['error'], tested['kind']],
      [false, 'The model is on fire.', 'provider-error'],
    );
    await assert.rejects(run('/purser/deployments/test', {}, { id: 'none' }), /There is no deployment none/);
    await assert.rejects(run('/purser/deployments/test'), /id is missing/);
  });

  describe('in the background', () => {
    const settled = async (done: () => boolean): Promise<void> => {
      while (!done()) await new Promise((resolve) => setImmediate(resolve));
    };

    it('are off unless the configuration asks for them', async () => {
      await start();
      gateway.ports.checks.restart();
      assert.equal(gateway.clock.pending, 0);
    });

    it('come again after each interval, and answer for /health meanwhile', async () => {
      await start({ background_health_checks: true, health_check_interval: 60 });
      const { checks } = gateway.ports;
      checks.restart();
      assert.equal(checks.latest(), undefined);
      gateway.clock.pass(60_000);
      await settled(() => checks.latest() !== undefined);
      const asked = well.requests.length;
      assert.deepEqual([asked, ill.requests.length], [3, 1]);
      const report = await run('/health');
      assert.deepEqual([report['healthy_count'], report['unhealthy_count'], report['skipped_count']], [3, 1, 1]);
      assert.equal(well.requests.length, asked);
      const first = checks.latest();
      gateway.clock.pass(60_000);
      await settled(() => checks.latest() !== first);
      assert.equal(well.requests.length, 2 * asked);
      checks.stop();
      gateway.clock.pass(600_000);
      assert.equal(well.requests.length, 2 * asked);
      assert.equal(checks.latest(), undefined);
    });
  });
});
