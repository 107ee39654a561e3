import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import type OpenAI from 'openai';
import { objectIn, objectsIn, type JsonObject } from '../../src/lib/json.ts';
import { startServer, type BuiltServer } from '../support/built-server.ts';
import { chatAnswer, fakeProvider, json, type FakeProvider, type Script } from '../support/fake-provider.ts';
import { framesOf, readJson, readText, wireOf } from '../support/fixtures.ts';
import { adminKey, chat, configText, hello, newKey, openai, openaiModel, rowsOf } from '../support/gateway-client.ts';

/** Answers with a recorded stream of server-sent events. */
const recordedStream =
  (name: string): Script =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(wireOf(framesOf(name)));
  };
/** Answers with a recorded stream of JSON lines. */
const recordedLines =
  (name: string): Script =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    response.end(readText(name));
  };
const recorded = (name: string): Script => json(200, readJson(name));

const weather = {
  type: 'function' as const,
  function: { name: 'weather', parameters: { type: 'object', properties: { location: { type: 'string' } } } },
};
const messages = [{ role: 'user' as const, content: 'What is the weather in San Francisco?' }];

describe("OpenAI's client through the gateway to", () => {
  let provider: FakeProvider;
  let server: BuiltServer;
  let client: OpenAI;
  before(async () => {
    provider = await fakeProvider();
    const at = (model: string, api_key: string): JsonObject => ({ model, api_key, api_base: provider.url });
    server = await startServer({
      config: configText([
        { model_name: 'claude', litellm_params: at('anthropic/claude-sonnet-4-5', 'key-of-anthropic') },
        { model_name: 'gemini', litellm_params: at('gemini/gemini-3-pro-preview', 'key-of-google') },
        { model_name: 'local', litellm_params: { model: 'ollama/llama3.1', api_base: provider.url } },
        { model_name: 'sonar', litellm_params: at('perplexity/sonar', 'key-of-perplexity') },
        openaiModel('alpha', `${provider.url}/v1`, { api_key: 'key-of-alpha' }),
        openaiModel('agents', `${provider.url}/v1`, { api_key: 'key-of-agents' }),
      ]),
    });
    client = openai(server.url, await newKey(server.url));
  });
  after(async () => {
    await server.stop();
    await provider.close();
  });
  beforeEach(() => provider.requests.splice(0));

  const lastRow = async (): Promise<JsonObject> => {
    const [row] = await rowsOf(server.url);
    assert.ok(row);
    return row;
  };

  it('Anthropic: a whole answer, with the key where Anthropic wants it', async () => {
    provider.plays(recorded('anthropic/anthropic-text.json'));
    const answer = await client.chat.completions.create({
      model: 'claude',
      messages: [{ role: 'system', content: 'Be kind.' }, ...messages],
    });
    assert.match(answer.choices[0]?.message.content ?? '', /^Hello! I'm doing well/);
    assert.deepEqual(answer.usage && [answer.usage.prompt_tokens, answer.usage.completion_tokens], [12, 29]);
    const [request] = provider.requests;
    assert.equal(request?.path, '/v1/messages');
    assert.equal(request.headers['x-api-key'], 'key-of-anthropic');
    assert.equal(request.headers.authorization, undefined);
    assert.match(JSON.stringify(request.body['system']), /Be kind\./);
    assert.ok(Number(request.body['max_tokens']) > 0);
    const row = await lastRow();
    assert.deepEqual(
      [row['provider'], row['model'], row['cost'], row['source']],
      ['anthropic', 'claude-sonnet-4-5', 12 * 3000 + 29 * 15_000, 'computed'],
    );
  });

  it('Anthropic: a streamed tool call', async () => {
    provider.plays(recordedStream('anthropic/anthropic-json-tool.1.chunks.txt'));
    const answer = await client.chat.completions
      .stream({ model: 'claude', messages, tools: [weather] })
      .finalChatCompletion();
    const [choice] = answer.choices;
    const [call] = choice?.message.tool_calls ?? [];
    assert.equal(choice?.finish_reason, 'tool_calls');
    assert.ok(call?.type === 'function');
    assert.equal(call.id, 'toolu_01KFbKqPYSuAKujiL6mTfzYA');
    assert.deepEqual(JSON.parse(call.function.arguments), {
      elements: [{ location: 'San Francisco', temperature: 58, condition: 'sunny' }],
    });
    assert.deepEqual(objectIn((await lastRow())['usage'])['output'], 47);
  });

  it("Anthropic: its overload amid a stream is the client's error", async () => {
    const begun = framesOf('anthropic/anthropic-json-tool.1.chunks.txt').slice(0, 3);
    const error = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
    provider.plays((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(wireOf([...begun, { event: 'error', data: JSON.stringify(error) }]));
    });
    await assert.rejects(
      client.chat.completions.stream({ model: 'claude', messages, tools: [weather] }).finalChatCompletion(),
      /Overloaded/,
    );
  });

  for (const stream of [true, false]) {
    it(`Gemini: thought signatures survive a tool loop${stream ? ', streamed' : ''}`, async () => {
      const name = `gemini/google-tool-call-gemini3.${stream ? 'chunks.txt' : 'json'}`;
      const [, signature] = /"thoughtSignature":\s*"([^"]+)"/.exec(readText(name)) ?? [];
      assert.ok(signature);
      provider.plays(stream ? recordedStream(name) : recorded(name));
      const answer = stream
        ? await client.chat.completions.stream({ model: 'gemini', messages, tools: [weather] }).finalChatCompletion()
        : await client.chat.completions.create({ model: 'gemini', messages, tools: [weather] });
      const [first] = provider.requests;
      assert.equal(
        first?.path,
        `/models/gemini-3-pro-preview:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
      );
      assert.equal(first.headers['x-goog-api-key'], 'key-of-google');
      const message = answer.choices[0]?.message;
      const [call] = message?.tool_calls ?? [];
      assert.ok(message && call?.type === 'function');
      assert.deepEqual(JSON.parse(call.function.arguments), { location: 'San Francisco' });

      provider.plays(recorded('gemini/google-text.json'));
      const next = [...messages, message, { role: 'tool' as const, tool_call_id: call.id, content: 'Sunny.' }];
      await client.chat.completions.create({ model: 'gemini', messages: next, tools: [weather] });
      const [, answered, returned] = objectsIn(provider.requests[1]?.body['contents']);
      const parts = objectsIn(answered?.['parts']);
      assert.deepEqual(parts.map((part) => part['thoughtSignature']).filter(Boolean), [signature]);
      assert.equal(objectIn(objectsIn(returned?.['parts'])[0]?.['functionResponse'])['name'], 'weather');
    });
  }

  it('Ollama: a streamed tool call, for nothing and without a key', async () => {
    provider.plays(recordedLines('ollama/tool-call-stream.chunks.txt'));
    const answer = await client.chat.completions
      .stream({ model: 'local', messages, tools: [weather] })
      .finalChatCompletion();
    assert.equal(answer.choices[0]?.finish_reason, 'tool_calls');
    const [request] = provider.requests;
    assert.equal(request?.path, '/api/chat');
    assert.equal(request.headers.authorization, undefined);
    assert.equal(request.body['stream'], true);
    const row = await lastRow();
    assert.deepEqual([row['cost'], row['status']], [0, 'done']);
  });

  it('Ollama: a whole answer', async () => {
    provider.plays(recorded('ollama/thinking.json'));
    const answer = await client.chat.completions.create({ model: 'local', messages });
    assert.equal(answer.choices[0]?.message.content, 'Hello.');
    assert.equal(provider.requests[0]?.body['stream'], false);
    assert.equal(answer.usage?.completion_tokens, 19);
  });

  it('Perplexity: a stream with its citations', async () => {
    provider.plays(recordedStream('openai-chat/perplexity-text.chunks.txt'));
    const answer = await client.chat.completions.stream({ model: 'sonar', messages }).finalChatCompletion();
    assert.ok((answer.choices[0]?.message.content ?? '').length > 0);
    const [request] = provider.requests;
    assert.equal(request?.path, '/chat/completions');
    assert.equal(request.headers.authorization, 'Bearer key-of-perplexity');
    assert.equal((await lastRow())['status'], 'done');
  });

  it('two accounts of one provider, each with its own key', async () => {
    provider.plays(json(200, chatAnswer('Hi.')));
    await Promise.all(['alpha', 'agents', 'alpha'].map((model) => client.chat.completions.create({ model, messages })));
    const keys = provider.requests.map(({ headers }) => headers.authorization).sort();
    assert.deepEqual(keys, ['Bearer key-of-agents', 'Bearer key-of-alpha', 'Bearer key-of-alpha']);
    const rows = (await rowsOf(server.url)).slice(0, 3);
    assert.equal(new Set(rows.map((row) => JSON.stringify([row['group'], row['account']]))).size, 2);
  });
});

describe('deployments of one name', () => {
  it('stand in for one another, and the headers and the row tell', async () => {
    const first = await fakeProvider(json(500, { error: { message: 'Out of order.' } }));
    const second = await fakeProvider(json(200, chatAnswer('From the second.')));
    const models = [
      openaiModel('gpt', `${first.url}/v1`, { order: 1 }),
      openaiModel('gpt', `${second.url}/v1`, { order: 2, model: 'openai/gpt-4o-mini' }),
    ];
    const server = await startServer({ config: configText(models) });
    const answer = await chat(server.url, adminKey, hello('gpt'));
    assert.equal(answer.status, 200, answer.text);
    assert.match(answer.text, /From the second\./);
    assert.equal(answer.headers.get('x-litellm-attempted-fallbacks'), '1');
    const [row, ...others] = await rowsOf(server.url);
    assert.deepEqual(others, []);
    const attempts = objectsIn(row?.['attempts']);
    assert.deepEqual(
      attempts.map(({ model, failure }) => [model, failure]),
      [
        ['openai/gpt-4o', 'provider-error: Out of order.'],
        ['openai/gpt-4o-mini', undefined],
      ],
    );
    await server.stop();
    await Promise.all([first.close(), second.close()]);
  });
});

describe('the way out', () => {
  it('leads through the proxy and trusts the authority that .env names', async () => {
    const origin = createTlsServer(
      { key: readText('tls/server-key.pem'), cert: readText('tls/server.pem') },
      (_request, response) => {
        response
          .writeHead(200, { 'content-type': 'application/json' })
          .end(JSON.stringify(chatAnswer('From behind the proxy.')));
      },
    );
    origin.listen(0, '127.0.0.1');
    await once(origin, 'listening');
    const tunnels: (string | undefined)[] = [];
    const proxy = createServer();
    proxy.on('connect', (request, client: Socket) => {
      tunnels.push(request.url);
      const tunnel = connect((origin.address() as AddressInfo).port, '127.0.0.1', () => {
        client.write('HTTP/1.1 200 Connection established\r\n\r\n');
        tunnel.pipe(client).pipe(tunnel);
      });
      client.on('error', () => tunnel.destroy());
      tunnel.on('error', () => client.destroy());
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');

    const authority = join(import.meta.dirname, '../fixtures/tls/authority.pem');
    const server = await startServer({
      config: configText([openaiModel('gpt', 'https://api.provider.test/v1')]),
      dotEnv: `HTTPS_PROXY=http://127.0.0.1:${(proxy.address() as AddressInfo).port}\nNODE_EXTRA_CA_CERTS=${authority}\n`,
    });
    const answer = await chat(server.url, adminKey, hello('gpt'));
    assert.match(answer.text, /From behind the proxy\./);
    assert.deepEqual(tunnels, ['api.provider.test:443']);
    await server.stop();
    origin.closeAllConnections();
    for (const one of [origin, proxy]) one.close();
  });
});
