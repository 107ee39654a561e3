import assert from 'node:assert/strict';
import { Failure } from '../../src/chat/failure.ts';
import { anthropic } from '../../src/dialects/anthropic/anthropic.ts';
import type { ClientDialect } from '../../src/dialects/dialect.ts';
import { gemini } from '../../src/dialects/gemini/gemini.ts';
import { openaiChat } from '../../src/dialects/openai-chat/openai-chat.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { chatAnswer, fakeProvider, json, type FakeProvider } from '../support/fake-provider.ts';
import { configText, hello, openaiModel, text } from '../support/gateway-client.ts';
import { gatewayUnderTest, type GatewayUnderTest } from '../support/gateway-under-test.ts';

describe('a request to a provider', () => {
  let provider: FakeProvider;
  let gateway: GatewayUnderTest;
  before(async () => {
    provider = await fakeProvider();
    const base = `${provider.url}/v1`;
    const claude = { model: 'anthropic/claude-sonnet-4-5', api_key: 'sk-ant', api_base: provider.url };
    gateway = await gatewayUnderTest(
      configText([
        openaiModel('gpt', base),
        openaiModel('defaults', base, { temperature: 0.3, top_p: 0.9 }),
        openaiModel('headers', base, { extra_headers: { 'x-team': 'harbour' } }),
        { model_name: 'claude', litellm_params: claude },
        {
          model_name: 'gem',
          litellm_params: { model: 'gemini/gemini-2.5-flash', api_key: 'k', api_base: provider.url },
        },
        { model_name: 'sonar', litellm_params: { model: 'perplexity/sonar', api_key: 'k', api_base: base } },
        { model_name: 'claude-drops', litellm_params: { ...claude, drop_params: true } },
        { model_name: 'claude-drops-some', litellm_params: { ...claude, additional_drop_params: ['logit_bias'] } },
      ]),
    );
  });
  after(async () => {
    await gateway.close();
    await provider.close();
  });

  /** What the provider gets. */
  const sent = async (body: JsonObject): Promise<Record<string, unknown>> => {
    provider.requests.splice(0);
    provider.plays(json(200, text(body.model).startsWith('claude') ? claudeAnswer : chatAnswer('Hi.')));
    const { failure } = await gateway.call(body);
    if (failure) throw failure;
    const [request] = provider.requests;
    assert.ok(request);
    return request.body;
  };

  it('in its own dialect keeps all fields, also those that nobody knows', async () => {
    const odd = { metadata: { a: 1 }, some_new_field: [1, 2.5], service_tier: 'flex' };
    assert.deepEqual(await sent(hello('gpt', odd)), { ...hello('gpt-4o'), ...odd });
  });

  it("has the deployment's defaults under its own settings", async () => {
    const body = await sent(hello('defaults', { temperature: 1 }));
    assert.deepEqual([body['temperature'], body['top_p']], [1, 0.9]);
  });

  it("has the deployment's headers", async () => {
    await sent(hello('headers'));
    assert.equal(provider.requests[0]?.headers['x-team'], 'harbour');
  });

  it('asks for usage at the end of a stream, and keeps the other stream options', async () => {
    provider.requests.splice(0);
    await gateway.call(hello('gpt', { stream: true, stream_options: { include_obfuscation: false } }));
    assert.deepEqual(provider.requests[0]?.body['stream_options'], { include_obfuscation: false, include_usage: true });
  });

  it('in another dialect is refused by name where that has no word for a setting', async () => {
    const refused = async (body: JsonObject): Promise<Failure> => {
      const error: unknown = await sent(body).then(
        () => assert.fail('it was sent'),
        (reason: unknown) => reason,
      );
      assert.ok(error instanceof Failure);
      return error;
    };
    const failure = await refused(hello('claude', { logit_bias: { 1: 2 }, seed: 5 }));
    assert.equal(failure.kind, 'invalid-request');
    assert.match(
      failure.message,
      /Anthropic has no counterpart for (seed, logit_bias|logit_bias, seed)\..*drop_params/,
    );
    assert.equal((await refused(hello('claude-drops-some', { logit_bias: { 1: 2 }, seed: 5 }))).details.param, 'seed');
  });

  it('in another dialect leaves out what may be dropped, and says so', async () => {
    const body = hello('claude-drops', { logit_bias: { 1: 2 }, seed: 5, temperature: 0.4 });
    const wire = await sent(body);
    assert.deepEqual([wire['logit_bias'], wire['seed'], wire['temperature']], [undefined, undefined, 0.4]);
    const { headers } = await gateway.call(body);
    assert.deepEqual(headers['x-purser-dropped-params']?.split(',').sort(), ['logit_bias', 'seed']);
    assert.equal((await sent(hello('claude-drops-some', { logit_bias: { 1: 2 } })))['logit_bias'], undefined);
  });

  it('in another dialect is not refused for defaults that say nothing', async () => {
    const idle = {
      n: 1,
      top_p: 1,
      presence_penalty: 0,
      frequency_penalty: 0,
      logprobs: false,
      parallel_tool_calls: true,
    };
    assert.equal((await sent(hello('claude', idle)))['model'], 'claude-sonnet-4-5');
  });

  it('keeps the order to use a tool where that cannot be one call at a time, and says so', async () => {
    const heard = async (body: JsonObject, client: ClientDialect) => {
      provider.requests.splice(0);
      provider.plays(json(200, geminiAnswer));
      const { failure, headers } = await gateway.call(body, { client });
      if (failure) throw failure;
      return [provider.requests[0]?.body['toolConfig'], headers['x-purser-dropped-params']];
    };
    const forced = [{ functionCallingConfig: { mode: 'ANY' } }, 'parallel_tool_calls'];
    const tool = { name: 'look', input_schema: { type: 'object' } };
    const tool_choice = { type: 'any', disable_parallel_tool_use: true };
    assert.deepEqual(await heard(hello('gem', { max_tokens: 9, tools: [tool], tool_choice }), anthropic), forced);
    const look = { type: 'function', function: { name: 'look' } };
    const one = { tools: [look], tool_choice: 'required', parallel_tool_calls: false };
    assert.deepEqual(await heard(hello('gem', one), openaiChat), forced);
  });

  it('is refused where a tool must be used that the model cannot be given, in every format', async () => {
    const asked = (mode: string) => ({
      ...{ model: 'sonar', contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] },
      ...{ tools: [{ functionDeclarations: [{ name: 'look' }] }], toolConfig: { functionCallingConfig: { mode } } },
    });
    provider.plays(json(200, chatAnswer('Hi.')));
    assert.match(text((await gateway.call(asked('ANY'), { client: gemini })).failure?.message), /tools, tool_choice/);
    const { failure, headers } = await gateway.call(asked('AUTO'), { client: gemini });
    assert.deepEqual([failure, headers['x-purser-dropped-params']], [undefined, 'tools,tool_choice']);
  });
});

const geminiAnswer = {
  candidates: [{ content: { role: 'model', parts: [{ text: 'Hi.' }] }, finishReason: 'STOP', index: 0 }],
  usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 5, totalTokenCount: 15 },
  modelVersion: 'gemini-2.5-flash',
};

const claudeAnswer = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-sonnet-4-5',
  content: [{ type: 'text', text: 'Hi.' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 10, output_tokens: 5 },
};
