import assert from 'node:assert/strict';
import { objectIn, objectsIn } from '../../src/lib/json.ts';
import { startServer, type BuiltServer } from '../support/built-server.ts';
import { chatAnswer, chatChunk, fakeProvider, json, type FakeProvider } from '../support/fake-provider.ts';
import {
  adminKey,
  chat,
  configText,
  hello,
  manage,
  newKey,
  openaiModel,
  rowsOf,
  send,
} from '../support/gateway-client.ts';

const fine = json(200, chatAnswer('Hi.'));

describe('routing', () => {
  let first: FakeProvider;
  let second: FakeProvider;
  let server: BuiltServer;
  before(async () => {
    first = await fakeProvider();
    second = await fakeProvider();
    const models = [
      { ...openaiModel('gpt', `${first.url}/v1`, { order: 1 }), model_info: { id: 'first' } },
      { ...openaiModel('gpt', `${second.url}/v1`, { order: 2 }), model_info: { id: 'second' } },
      { ...openaiModel('alone', `${first.url}/v1`), model_info: { id: 'alone' } },
      { ...openaiModel('backup', `${second.url}/v1`), model_info: { id: 'backup' } },
    ];
    const router_settings = {
      cooldown_time: 300,
      num_retries: 1,
      fallbacks: [{ alone: ['backup'] }],
      idle_timeout: 0.2,
    };
    server = await startServer({ config: configText(models, { router_settings }) });
  });
  beforeEach(() => {
    for (const provider of [first, second]) {
      provider.plays(fine);
      provider.requests.splice(0);
    }
  });
  after(async () => {
    await server.stop();
    await Promise.all([first.close(), second.close()]);
  });

  const states = async (): Promise<unknown[]> =>
    objectsIn((await manage(server.url, '/purser/deployments'))['deployments']).map(({ id, state }) => [id, state]);

  it('leaves a full deployment alone, shows that, and tries it again when told to', async () => {
    first.plays(json(429, { error: { message: 'Slow down.' } }));
    const answer = await chat(server.url, adminKey, hello('gpt'));
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.headers.get('x-litellm-model-id'), 'second');
    const [shown] = objectsIn((await manage(server.url, '/purser/deployments'))['deployments']);
    assert.deepEqual(
      [shown?.['id'], shown?.['state'], shown?.['reason'], shown?.['message'], shown?.['inFlight']],
      ['first', 'cooling', 'provider-rate-limited', 'Slow down.', 0],
    );
    assert.ok(Number(shown?.['until']) > Date.now() + 200_000);
    assert.ok(!JSON.stringify(shown).includes('sk-provider-key-of-the-tests'));
    first.plays(fine);
    assert.equal((await manage(server.url, '/purser/deployments/retry', { id: 'first' }))['state'], 'healthy');
    assert.equal((await chat(server.url, adminKey, hello('gpt'))).headers.get('x-litellm-model-id'), 'first');
    assert.deepEqual((await states())[0], ['first', 'healthy']);
  });

  it('shows its deployments to the administrator alone, and names what it does not know', async () => {
    const key = await newKey(server.url);
    assert.equal((await send(`${server.url}/purser/deployments`, { key })).status, 403);
    const wrong = await send(`${server.url}/purser/deployments/retry`, { key: adminKey, body: { id: 'none' } });
    assert.deepEqual([wrong.status, objectIn(wrong.body['error'])['param']], [404, 'id']);
  });

  it('tries again after a moment, then lets another model stand in, and tells both', async () => {
    first.plays(json(500, { error: { message: 'Broken.' } }));
    const answer = await chat(server.url, adminKey, hello('alone'));
    assert.equal(answer.status, 200, answer.text);
    const told = ['attempted-retries', 'attempted-fallbacks', 'model-group'].map((name) =>
      answer.headers.get(`x-litellm-${name}`),
    );
    assert.deepEqual(told, ['1', '1', 'backup']);
    assert.equal(first.requests.length, 2);
    const [row] = await rowsOf(server.url, answer.headers.get('x-litellm-call-id') ?? '');
    assert.ok(row !== undefined);
  });

  it('ends a hung stream with an error event, and keeps nothing', async () => {
    first.plays((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`data: ${JSON.stringify(chatChunk({ content: 'Half' }))}\n\n`);
    });
    const answer = await chat(server.url, adminKey, hello('alone', { stream: true }));
    assert.match(answer.text, /Half[^]*fell silent for 0\.2 s[^]*idle_timeout/);
    assert.ok(!answer.text.includes('[DONE]'));
    assert.equal(objectsIn((await manage(server.url, '/purser/deployments'))['deployments'])[2]?.['inFlight'], 0);
  });

  it('does not follow a redirect with the key', async () => {
    first.plays((_request, response) => void response.writeHead(307, { location: `${second.url}/v1` }).end());
    const answer = await chat(server.url, adminKey, hello('alone', { disable_fallbacks: true }));
    assert.equal(answer.status, 502);
    assert.deepEqual([first.requests.length, second.requests.length], [1, 0]);
  });
});
