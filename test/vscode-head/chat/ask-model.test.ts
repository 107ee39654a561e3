import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { managementRoutes } from '../../../src/admin/routes.ts';
import { Failure } from '../../../src/chat/failure.ts';
import { noMoney } from '../../../src/chat/money.ts';
import { createGatewayServer } from '../../../src/http/app.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import type { Told } from '../../../src/vscode/chat/answer-parts.ts';
import { askModel, editorErrorOf } from '../../../src/vscode/chat/ask-model.ts';
import { requestBody } from '../../../src/vscode/chat/request-body.ts';
import { tokenCounts } from '../../../src/vscode/chat/token-counts.ts';
import {
  chatChunk,
  chatStream,
  events,
  eventsThenBreak,
  fakeProvider,
  type FakeProvider,
} from '../../support/fake-provider.ts';
import { adminKey, configText, openaiModel } from '../../support/gateway-client.ts';
import { gatewayUnderTest, type GatewayUnderTest } from '../../support/gateway-under-test.ts';

const demo = { model_name: 'demo', litellm_params: { model: 'openai/demo', mock_response: 'Hi from the demo.' } };

describe("a call of the editor's chat", () => {
  let provider: FakeProvider;
  let gateway: GatewayUnderTest;
  let server: Server;
  let url: string;
  before(async () => {
    provider = await fakeProvider();
    gateway = await gatewayUnderTest(configText([demo, openaiModel('gpt', provider.url)]));
    server = createGatewayServer(gateway.ports, managementRoutes).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(async () => {
    server.close();
    server.closeAllConnections();
    await gateway.close();
    await provider.close();
  });

  const bodyFor = (model: string): JsonObject =>
    requestBody({
      ...{ model, maxOutput: 100, tools: [], mustCall: false, options: {} },
      messages: [{ role: 1, content: [{ value: 'Hello' }] }],
    });
  const asked = async (model: string, key = adminKey, signal = new AbortController().signal) => {
    const heard: Told[] = [];
    await askModel({ url, key, version: '1.2.3' }, { body: bodyFor(model), tell: (told) => heard.push(told), signal });
    return heard;
  };
  const failure = async (model: string, key?: string): Promise<Failure> => {
    const error = await asked(model, key).then(
      () => undefined,
      (one: unknown) => one,
    );
    assert.ok(error instanceof Failure, String(error));
    return error;
  };

  it('is answered piece by piece, and booked as the chat of the editor', async () => {
    provider.plays(chatStream('Good ', 'morning.'));
    const heard = await asked('gpt');
    assert.deepEqual(heard.slice(0, 2), [
      { type: 'text', text: 'Good ' },
      { type: 'text', text: 'morning.' },
    ]);
    assert.equal(heard.at(-1)?.type, 'usage');
    const [row] = await gateway.rows();
    assert.deepEqual([row?.['assistant'], row?.['status']], ['VS Code chat', 'done']);
  });

  it('is ended at the provider when the editor ends it', async () => {
    const ending = new AbortController();
    provider.plays((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`data: ${JSON.stringify(chatChunk({ role: 'assistant', content: 'Good ' }))}\n\n`);
      setTimeout(() => ending.abort(), 20);
    });
    await assert.rejects(asked('gpt', adminKey, ending.signal));
    assert.ok(ending.signal.aborted);
    await provider.requests.at(-1)?.hungUp;
  });

  it('says why it is refused, in the words for its user, and what the editor calls that', async () => {
    const spent = await gateway.newKey({ maxBudget: noMoney });
    const budget = await failure('gpt', spent);
    assert.match(budget.message, /^Budget exceeded: /);
    assert.equal(editorErrorOf(budget), 'Blocked');
    assert.equal(editorErrorOf(await failure('nobody')), 'NotFound');
    assert.equal(editorErrorOf(await failure('gpt', 'sk-of-nobody-at-all-00')), 'NoPermissions');
    const others = await gateway.newKey({ models: ['demo'] });
    assert.equal(editorErrorOf(await failure('gpt', others)), 'NoPermissions');
  });

  it('says when the answer broke off', async () => {
    provider.plays(eventsThenBreak(chatChunk({ role: 'assistant', content: 'Good ' })));
    const broken = await failure('gpt');
    assert.equal(editorErrorOf(broken), undefined);
    assert.notEqual(broken.message, '');
  });

  it('says when no gateway is there', async () => {
    const nowhere = askModel(
      { url: 'http://127.0.0.1:9', key: adminKey, version: '1' },
      { body: bodyFor('gpt'), tell: () => undefined, signal: new AbortController().signal },
    );
    await assert.rejects(nowhere, /cannot be reached/);
  });

  it('has its tokens counted here, each text once, and no provider is asked', async () => {
    const before = provider.requests.length;
    let questions = 0;
    const count = tokenCounts(() => {
      questions += 1;
      return Promise.resolve({ url, adminKey });
    });
    assert.equal(await count('gpt', ''), 0);
    assert.equal(await count('gpt', 'x'.repeat(40)), 10);
    assert.equal(await count('gpt', 'x'.repeat(40)), 10);
    const picture = { mimeType: 'image/png', data: Buffer.from('png') };
    const call = { callId: '1', name: 'y'.repeat(8), input: {} };
    const message = { role: 1, content: [{ value: 'x'.repeat(40) }, picture, call] };
    assert.equal(await count('gpt', message), 4 + 10 + 1_640 + 2 + 1);
    assert.equal(questions, 3);
    assert.equal(provider.requests.length, before);
  });

  it('has its tokens estimated where no gateway answers', async () => {
    const count = tokenCounts(() => Promise.reject(new Error('The gateway is starting.')));
    assert.equal(await count('gpt', 'x'.repeat(42)), 11);
  });

  it('hears of an error in the midst of a stream in its own words', async () => {
    provider.plays(
      events(chatChunk({ content: 'Good ' }), { error: { message: 'Overloaded, sorry', type: 'server_error' } }),
    );
    assert.match((await failure('gpt')).message, /Overloaded, sorry/);
  });
});
