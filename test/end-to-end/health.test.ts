import assert from 'node:assert/strict';
import { objectsIn } from '../../src/lib/json.ts';
import { startServer, type BuiltServer } from '../support/built-server.ts';
import { chatAnswer, fakeProvider, json, type FakeProvider } from '../support/fake-provider.ts';
import { configText, manage, newKey, openaiModel, rowsOf, send, text } from '../support/gateway-client.ts';

describe('health', () => {
  let well: FakeProvider;
  let ill: FakeProvider;
  let server: BuiltServer;
  before(async () => {
    well = await fakeProvider();
    ill = await fakeProvider(json(401, { error: { message: 'Wrong key.', code: 'invalid_api_key' } }));
    const models = [
      openaiModel('good', `${well.url}/v1`),
      openaiModel('bad', `${ill.url}/v1`, { api_key: 'sk-other-key-0001' }),
    ];
    const general_settings = { background_health_checks: true, health_check_interval: 1 };
    server = await startServer({ config: configText(models, { general_settings }) });
  });
  after(async () => {
    await server.stop();
    await well.close();
    await ill.close();
  });

  it('tells which deployments answer, and books what that cost', async () => {
    const report = await manage(server.url, '/health');
    assert.deepEqual([report['healthy_count'], report['unhealthy_count']], [1, 1]);
    assert.match(text(objectsIn(report['unhealthy_endpoints'])[0]?.['error']), /Wrong key\./);
    const rows = await rowsOf(server.url);
    assert.ok(rows.length >= 2 && rows.every((row) => row['assistant'] === 'health-check'));
  });

  it('needs a key, and shows it only what it may use', async () => {
    assert.equal((await send(`${server.url}/health`)).status, 401);
    const key = await newKey(server.url, { models: ['good'] });
    const heard = await send(`${server.url}/health`, { key });
    assert.deepEqual([heard.status, heard.body['healthy_count'], heard.body['unhealthy_count']], [200, 1, 0]);
  });

  it('is looked at in the background, in the intervals that are asked for', async () => {
    const asked = well.requests.length;
    const again = new Promise<void>((resolve) => {
      well.plays((request, response) => {
        resolve();
        return json(200, chatAnswer('Hi.'))(request, response);
      });
    });
    await again;
    assert.equal(well.requests.length, asked + 1);
  });

  it('is stopped with the gateway, whatever check is next', async () => {
    assert.equal(await server.stop(), 0);
  });
});
