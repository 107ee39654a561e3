import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { Failure } from '../../src/chat/failure.ts';
import { openaiResponses } from '../../src/dialects/openai-responses/openai-responses.ts';
import { isRouteMissing, missingRoutes } from '../../src/gateway/missing-routes.ts';
import { objectIn, objectsIn, parseJson } from '../../src/lib/json.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { chatAnswer, fakeProvider, json, type FakeProvider, type ReceivedRequest } from '../support/fake-provider.ts';
import { configText, openaiModel } from '../support/gateway-client.ts';
import { gatewayUnderTest, type GatewayUnderTest } from '../support/gateway-under-test.ts';

describe('missing routes', () => {
  it('are asked again after an hour', () => {
    const clock = fakeClock();
    const missing = missingRoutes(clock);
    missing.add('http://a/responses');
    assert.deepEqual([missing.has('http://a/responses'), missing.has('http://b/responses')], [true, false]);
    clock.pass(60 * 60_000);
    assert.equal(missing.has('http://a/responses'), false);
  });

  it('are told from missing models, and from what was to be kept', () => {
    const missing = (message: string, status = 404) =>
      isRouteMissing(new Failure('provider-model-missing', message, { status }));
    for (const message of ['Not Found', '404 page not found', 'Cannot POST /v1/responses']) assert.ok(missing(message));
    assert.ok(missing('Method Not Allowed', 405));
    assert.ok(!missing('The model `gpt-9` does not exist.'));
    assert.ok(!missing('Not Found', 400));
    assert.ok(!isRouteMissing(new Failure('not-found', 'No response with id resp_1.', { status: 404 })));
  });
});

describe('a call for a response', () => {
  let provider: FakeProvider;
  let gateway: GatewayUnderTest;
  beforeEach(async () => {
    provider = await fakeProvider();
    const base = `${provider.url}/v1`;
    const forced = {
      model_name: 'forced',
      litellm_params: { model: 'openai/responses/gpt-4o', api_key: 'sk-x', api_base: base },
    };
    gateway = await gatewayUnderTest(configText([openaiModel('gpt', base), forced]));
  });
  afterEach(async () => {
    await gateway.close();
    await provider.close();
  });

  const onlyChat = (request: ReceivedRequest, response: ServerResponse): void => {
    const script = request.path.endsWith('/responses')
      ? json(404, { detail: 'Not Found' })
      : json(200, chatAnswer('From chat.'));
    void script(request, response);
  };
  const paths = () => provider.requests.map(({ path }) => path);
  const ask = (model = 'gpt') => gateway.call({ model, input: 'Hi.' }, { client: openaiResponses });
  const usage = { input_tokens: 10, output_tokens: 5, total_tokens: 15 };
  const response = {
    id: 'resp_1',
    object: 'response',
    status: 'completed',
    model: 'gpt-4o-2024-08-06',
    output: [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Hi.' }] }],
    usage,
  };

  it('is relayed to a server that has the route', async () => {
    provider.plays(json(200, response));
    const { text } = await ask();
    assert.deepEqual(parseJson(text), response);
    assert.deepEqual(paths(), ['/v1/responses']);
    assert.equal(provider.requests[0]?.body['input'], 'Hi.');
  });

  it('is translated for a server that has not, which is remembered', async () => {
    provider.plays(onlyChat);
    for (const tried of [['/v1/responses', '/v1/chat/completions'], ['/v1/chat/completions']]) {
      const { text, status } = await ask();
      assert.equal(status, 200);
      const [message] = objectsIn(objectIn(parseJson(text))['output']);
      assert.equal(objectsIn(message?.['content'])[0]?.['text'], 'From chat.');
      assert.deepEqual(paths(), tried);
      provider.requests.splice(0);
    }
  });

  it('fails where the configuration names the route and the server has it not', async () => {
    provider.plays(onlyChat);
    const { failure } = await ask('forced');
    assert.equal(failure?.status, 404);
    assert.deepEqual(paths(), ['/v1/responses']);
  });

  it('goes to the named route for clients of other dialects too', async () => {
    provider.plays(json(200, response));
    const { text } = await gateway.call({ model: 'forced', messages: [{ role: 'user', content: 'Hi.' }] });
    assert.deepEqual(paths(), ['/v1/responses']);
    assert.equal(objectIn(objectsIn(objectIn(parseJson(text))['choices'])[0]?.['message'])['content'], 'Hi.');
    assert.equal(provider.requests[0]?.body['store'], false);
  });

  it('is never answered without a model of that name', async () => {
    provider.plays(json(404, { error: { message: 'The model `gpt-4o` does not exist.', code: 'model_not_found' } }));
    const { failure } = await ask();
    assert.equal(failure?.status, 404);
    assert.deepEqual(paths(), ['/v1/responses']);
  });
});
