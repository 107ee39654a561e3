import { ApiError, FunctionCallingConfigMode, GoogleGenAI, type GenerateContentResponse } from '@google/genai';
import assert from 'node:assert/strict';
import { objectIn, objectsIn } from '../../src/lib/json.ts';
import { message, messageEvents, named, textBlock, thinkingBlock, toolBlock } from '../support/anthropic-wire.ts';
import { startServer, type BuiltServer } from '../support/built-server.ts';
import {
  chatAnswer,
  chatChunk,
  chatStream,
  events,
  eventsThenBreak,
  fakeProvider,
  json,
  type FakeProvider,
} from '../support/fake-provider.ts';
import {
  anthropicModel,
  configText,
  geminiModel,
  newKey,
  openaiModel,
  rowsOf,
  send,
} from '../support/gateway-client.ts';
import { chunk, signedCall, whole } from '../support/gemini-wire.ts';

const contents = 'Hello';
const weather = {
  name: 'weather',
  description: 'The weather in a town',
  parametersJsonSchema: { type: 'object', properties: { town: { type: 'string' } } },
};
const tools = [{ functionDeclarations: [weather] }];

describe("Google's client through the gateway", () => {
  let provider: FakeProvider;
  let server: BuiltServer;
  let key: string;
  let client: GoogleGenAI;
  before(async () => {
    provider = await fakeProvider();
    server = await startServer({
      config: configText([
        geminiModel('flash', provider.url),
        openaiModel('vendor/gpt', `${provider.url}/v1`),
        anthropicModel('claude', provider.url),
      ]),
    });
    key = await newKey(server.url);
    client = clientWith(key);
  });
  after(async () => {
    await server.stop();
    await provider.close();
  });
  beforeEach(() => provider.requests.splice(0));

  const clientWith = (apiKey: string, apiVersion?: string): GoogleGenAI =>
    new GoogleGenAI({
      apiKey,
      vertexai: false,
      httpOptions: { baseUrl: server.url },
      ...(apiVersion !== undefined && { apiVersion }),
    });

  describe('to Gemini', () => {
    for (const version of [undefined, 'v1beta']) {
      it(`passes the body as it came, under ${version ?? "the SDK's own version"}`, async () => {
        provider.plays(json(200, whole({ text: 'Good morning.' })));
        const answer = await clientWith(key, version).models.generateContent({
          model: 'flash',
          contents,
          config: { maxOutputTokens: 64, labels: { team: 'harbour' } },
        });
        assert.equal(answer.text, 'Good morning.');
        const [request] = provider.requests;
        assert.equal(request?.path, '/v1beta/models/gemini-2.5-flash:generateContent');
        assert.equal(request.headers['x-goog-api-key'], 'sk-provider-key-of-the-tests');
        assert.equal('model' in request.body, false);
        assert.deepEqual(objectIn(request.body['generationConfig']), { maxOutputTokens: 64 });
      });
    }

    it('streams, and its row is written before the client has the last chunk', async () => {
      provider.plays(events(chunk([{ text: 'Good ' }]), whole({ text: 'evening.' })));
      const url = `${server.url}/v1beta/models/flash:streamGenerateContent?alt=sse&key=${key}`;
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ contents: [{ parts: [{ text: 'Hello' }] }] }),
      });
      let text = '';
      for await (const piece of response.body ?? []) {
        text += Buffer.from(piece).toString();
        if (text.includes('"finishReason"')) break;
      }
      assert.match(text, /evening/);
      const [row] = await rowsOf(server.url, response.headers.get('x-litellm-call-id') ?? '');
      assert.equal(row?.['status'], 'done');
      assert.equal(row['cost'], 10 * 1000 + 5 * 2000);
    });

    it('carries a tool loop with its thought signature', async () => {
      provider.plays(events(chunk([signedCall('weather', { town: 'Brest' }, 'c2lnbmVk')], 'STOP')));
      const first = await collected(
        await client.models.generateContentStream({ model: 'flash', contents, config: { tools } }),
      );
      const [content] = first.map(({ candidates }) => candidates?.[0]?.content);
      assert.ok(content);
      provider.plays(json(200, whole({ text: 'It rains.' })));
      const result = { functionResponse: { name: 'weather', response: { output: 'rain' } } };
      await client.models.generateContent({
        model: 'flash',
        contents: [{ role: 'user', parts: [{ text: contents }] }, content, { role: 'user', parts: [result] }],
        config: { tools },
      });
      const [, turn] = objectsIn(provider.requests.at(-1)?.body['contents']);
      assert.equal(objectsIn(turn?.['parts'])[0]?.['thoughtSignature'], 'c2lnbmVk');
    });

    it('counts tokens as Gemini does, and books nothing', async () => {
      provider.plays(json(200, { totalTokens: 4321 }));
      const before = (await rowsOf(server.url)).length;
      assert.equal((await client.models.countTokens({ model: 'flash', contents })).totalTokens, 4321);
      assert.equal(provider.requests[0]?.path, '/v1beta/models/gemini-2.5-flash:countTokens');
      assert.equal((await rowsOf(server.url)).length, before);
    });
  });

  describe('to OpenAI', () => {
    it('chats with a model whose name holds a slash', async () => {
      provider.plays(json(200, chatAnswer('Good morning.')));
      const answer = await client.models.generateContent({
        model: 'vendor/gpt',
        contents,
        config: { systemInstruction: 'Be brief.', maxOutputTokens: 64 },
      });
      assert.equal(answer.text, 'Good morning.');
      assert.equal(answer.usageMetadata?.totalTokenCount, 15);
      assert.deepEqual(provider.requests[0]?.body['messages'], [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hello' },
      ]);
    });

    it('streams', async () => {
      provider.plays(chatStream('Good ', 'evening.'));
      const chunks = await collected(await client.models.generateContentStream({ model: 'vendor/gpt', contents }));
      assert.equal(textOf(chunks), 'Good evening.');
      assert.equal(chunks.at(-1)?.candidates?.[0]?.finishReason, 'STOP');
      assert.equal(chunks.at(-1)?.usageMetadata?.promptTokenCount, 10);
    });

    it('streams as one JSON array without alt=sse, as Google does', async () => {
      provider.plays(chatStream('Good ', 'night.'));
      const answer = await send(`${server.url}/v1beta/models/vendor/gpt:streamGenerateContent`, {
        key,
        body: { contents: [{ parts: [{ text: 'Hello' }] }] },
      });
      assert.match(answer.headers.get('content-type') ?? '', /^application\/json/);
      assert.equal(textOf(JSON.parse(answer.text) as Wire[]), 'Good night.');
    });

    it('counts tokens itself', async () => {
      const { totalTokens = 0 } = await client.models.countTokens({ model: 'vendor/gpt', contents });
      assert.ok(totalTokens > 0 && totalTokens < 50);
      assert.equal(provider.requests.length, 0);
    });
  });

  describe('to Anthropic', () => {
    it('carries a tool loop, with the thinking that its calls must come back with', async () => {
      const call = toolBlock('toolu_a', 'weather', { town: 'Brest' });
      provider.plays(named(...messageEvents(thinkingBlock('Look.', 'signed'), call)));
      const config = {
        tools,
        maxOutputTokens: 4096,
        thinkingConfig: { thinkingBudget: 1024 },
        toolConfig: { functionCallingConfig: { mode: FunctionCallingConfigMode.AUTO } },
      };
      const first = await collected(await client.models.generateContentStream({ model: 'claude', contents, config }));
      const parts = first.flatMap(({ candidates }) => candidates?.[0]?.content?.parts ?? []);
      const calls = parts.filter(({ functionCall }) => functionCall);
      assert.deepEqual(calls[0]?.functionCall?.args, { town: 'Brest' });

      provider.plays(json(200, message(textBlock('It rains.'))));
      const result = { functionResponse: { id: 'toolu_a', name: 'weather', response: { output: 'rain' } } };
      const second = await client.models.generateContent({
        model: 'claude',
        contents: [
          { role: 'user', parts: [{ text: contents }] },
          { role: 'model', parts: calls },
          { role: 'user', parts: [result] },
        ],
        config,
      });
      assert.equal(second.text, 'It rains.');
      const [, turn] = objectsIn(provider.requests.at(-1)?.body['messages']);
      assert.deepEqual(turn?.['content'], [thinkingBlock('Look.', 'signed'), call]);
    });
  });

  describe('what goes wrong', () => {
    it('shows our sentence when a budget is spent, and the request never reaches the provider', async () => {
      const spent = clientWith(await newKey(server.url, { max_budget: 0 }));
      const refusal = await refused(spent.models.generateContent({ model: 'vendor/gpt', contents }));
      assert.equal(refusal.status, 400);
      assert.match(refusal.message, /budget/i);
      assert.match(refusal.message, /FAILED_PRECONDITION/);
      assert.equal(provider.requests.length, 0);
    });

    it("refuses a wrong key, and a method that is not there, in Google's form", async () => {
      const wrong = await refused(
        clientWith('sk-wrong-key-of-nobody').models.generateContent({ model: 'flash', contents }),
      );
      assert.equal(wrong.status, 401);
      assert.match(wrong.message, /UNAUTHENTICATED/);
      const missing = await send(`${server.url}/v1beta/models/flash:dream`, { key, body: {} });
      assert.equal(missing.status, 404);
      assert.equal(objectIn(missing.body['error'])['status'], 'NOT_FOUND');
    });

    for (const [model, script] of [
      ['flash', eventsThenBreak(chunk([{ text: 'Half' }]))],
      ['vendor/gpt', eventsThenBreak(chatChunk({ role: 'assistant', content: 'Half' }))],
    ] as const) {
      it(`does not end in good order where the provider of ${model} breaks off`, async () => {
        provider.plays(script);
        const url = `${server.url}/v1beta/models/${model}:streamGenerateContent?alt=sse`;
        const { text } = await send(url, { key, body: { contents: [{ parts: [{ text: 'Hello' }] }] } });
        assert.match(text, /Half/);
        assert.doesNotMatch(text, /"finishReason"/);
        assert.match(text, /"error":\{"code":502/);
      });
    }
  });

  it("lists the models in Google's form where Google's headers are, and under v1beta", async () => {
    const names: string[] = [];
    for await (const model of await client.models.list()) names.push(String(model.name));
    assert.deepEqual(names, ['models/flash', 'models/vendor/gpt', 'models/claude']);
    assert.equal((await send(`${server.url}/v1beta/models/vendor/gpt`, { key })).body['name'], 'models/vendor/gpt');
    assert.equal((await send(`${server.url}/v1/models`, { key })).body['object'], 'list');
  });
});

type Wire = Pick<GenerateContentResponse, 'candidates'>;

const textOf = (chunks: readonly Wire[]): string =>
  chunks
    .flatMap(({ candidates }) => candidates?.[0]?.content?.parts ?? [])
    .map(({ text = '' }) => text)
    .join('');

async function collected(stream: AsyncIterable<GenerateContentResponse>): Promise<GenerateContentResponse[]> {
  const chunks: GenerateContentResponse[] = [];
  for await (const one of stream) chunks.push(one);
  return chunks;
}

async function refused(call: Promise<unknown>): Promise<ApiError> {
  try {
    await call;
  } catch (error) {
    assert.ok(error instanceof ApiError, String(error));
    return error;
  }
  assert.fail('it was not refused');
}
