import assert from 'node:assert/strict';
import Anthropic from '@anthropic-ai/sdk';
import type OpenAI from 'openai';
import { startServer, type BuiltServer } from '../support/built-server.ts';
import { chatAnswer, chatStream, fakeProvider, json, type FakeProvider } from '../support/fake-provider.ts';
import { configText, hello, manage, newKey, openai, openaiModel, rowsOf } from '../support/gateway-client.ts';

describe('the response cache', () => {
  let provider: FakeProvider;
  let server: BuiltServer;
  before(async () => {
    provider = await fakeProvider();
    const litellm_settings = { cache: true, cache_params: { type: 'local', ttl: 60 } };
    server = await startServer({
      config: configText([openaiModel('gpt', `${provider.url}/v1`)], { litellm_settings }),
    });
  });
  after(async () => {
    await server.stop();
    await provider.close();
  });
  beforeEach(() => {
    provider.requests.splice(0);
    provider.plays(json(200, chatAnswer('Hi.')));
  });

  const messages = [{ role: 'user' as const, content: 'Hello' }];

  it("serves OpenAI's client a second time without a provider, at no cost, whole and as a stream", async () => {
    const key = await newKey(server.url);
    const client = openai(server.url, key);
    const first = await client.chat.completions.create({ model: 'gpt', messages });
    const { data, response } = await client.chat.completions.create({ model: 'gpt', messages }).withResponse();
    assert.deepEqual(data, first);
    assert.match(response.headers.get('x-litellm-cache-key') ?? '', /^[0-9a-f]{64}$/);
    assert.equal(response.headers.get('x-litellm-response-cost'), '0');
    let text = '';
    const chunks: OpenAI.ChatCompletionChunk[] = [];
    for await (const chunk of await client.chat.completions.create({ model: 'gpt', messages, stream: true })) {
      chunks.push(chunk);
      text += chunk.choices[0]?.delta.content ?? '';
    }
    assert.equal(text, first.choices[0]?.message.content);
    assert.equal(provider.requests.length, 1);
    const [row] = await rowsOf(server.url, response.headers.get('x-litellm-call-id') ?? '');
    assert.deepEqual([row?.['cost'], row?.['cached'], row?.['status']], [0, true, 'done']);
    const spent = await manage(server.url, `/key/info?key=${key}`);
    assert.match(JSON.stringify(spent), /"spend":0\.00002\b/);
  });

  it("serves Anthropic's client, streamed first and then whole", async () => {
    provider.plays(chatStream('Good ', 'day.'));
    const client = new Anthropic({ baseURL: server.url, apiKey: await newKey(server.url), maxRetries: 0 });
    const question = { model: 'gpt', max_tokens: 100, messages };
    const streamed = await client.messages.stream(question).finalMessage();
    const whole = await client.messages.create(question);
    assert.deepEqual([whole.content, whole.usage.output_tokens], [streamed.content, streamed.usage.output_tokens]);
    assert.equal(provider.requests.length, 1);
  });

  it("keeps one key's answers from another, and asks anew with no-cache", async () => {
    const [mine, yours] = [openai(server.url, await newKey(server.url)), openai(server.url, await newKey(server.url))];
    const question = hello('gpt', { seed: 7 }) as unknown as OpenAI.ChatCompletionCreateParamsNonStreaming;
    await mine.chat.completions.create(question);
    await yours.chat.completions.create(question);
    await yours.chat.completions.create({ ...question, cache: { 'no-cache': true } } as typeof question);
    assert.equal(provider.requests.length, 3);
    assert.ok(provider.requests.every(({ body }) => !('cache' in body)));
  });
});
