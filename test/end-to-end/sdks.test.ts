import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import {
  embedMany,
  generateText,
  Output,
  stepCountIs,
  streamText,
  tool,
  type EmbeddingModel,
  type LanguageModel,
} from 'ai';
import assert from 'node:assert/strict';
import { z } from 'zod';
import { startServer, type BuiltServer } from '../support/built-server.ts';
import { fakeProvider, json, type FakeProvider, type ReceivedRequest } from '../support/fake-provider.ts';
import { anthropicModel, configText, geminiModel, newKey, openaiModel, rowsOf } from '../support/gateway-client.ts';
import { begin, speak, toolsOf } from '../support/speaking-provider.ts';

/** Vercel's providers, each with the models that it asks for: one of a provider of its own format, and one of another's. */
const clients: Readonly<
  Record<
    string,
    {
      readonly own: string;
      readonly foreign: string;
      readonly model: (url: string, key: string, name: string) => LanguageModel;
    }
  >
> = {
  'openai (Responses)': {
    own: 'gpt-4o',
    foreign: 'claude-sonnet-4-5',
    model: (url, apiKey, name) => createOpenAI({ baseURL: `${url}/v1`, apiKey })(name),
  },
  'openai (chat)': {
    own: 'gpt-4o',
    foreign: 'gemini-2.5-flash',
    model: (url, apiKey, name) => createOpenAI({ baseURL: `${url}/v1`, apiKey }).chat(name),
  },
  'openai-compatible': {
    own: 'gpt-4o',
    foreign: 'claude-sonnet-4-5',
    model: (url, apiKey, name) =>
      createOpenAICompatible({
        name: 'purser',
        baseURL: `${url}/v1`,
        apiKey,
        includeUsage: true,
        supportsStructuredOutputs: true,
      })(name),
  },
  anthropic: {
    own: 'claude-sonnet-4-5',
    foreign: 'gpt-4o',
    model: (url, authToken, name) => createAnthropic({ baseURL: `${url}/v1`, authToken })(name),
  },
  google: {
    own: 'gemini-2.5-flash',
    foreign: 'gpt-4o',
    model: (url, apiKey, name) => createGoogleGenerativeAI({ baseURL: `${url}/v1beta`, apiKey })(name),
  },
};

const picture = Buffer.from('\x89PNG\r\n\x1a\n a picture').toString('base64');

describe("Vercel's AI SDK through the gateway", () => {
  let provider: FakeProvider;
  let server: BuiltServer;
  let key: string;
  before(async () => {
    Object.assign(globalThis, { AI_SDK_LOG_WARNINGS: false }); // of models that its providers do not know
    provider = await fakeProvider();
    server = await startServer({
      config: configText([
        openaiModel('gpt-4o', `${provider.url}/v1`),
        anthropicModel('claude-sonnet-4-5', provider.url),
        geminiModel('gemini-2.5-flash', provider.url),
        openaiModel('text-embedding-3-small', `${provider.url}/v1`, { model: 'openai/text-embedding-3-small' }),
      ]),
    });
    key = await newKey(server.url);
  });
  after(async () => {
    await server.stop();
    await provider.close();
  });
  beforeEach(() => provider.requests.splice(0));

  for (const [name, client] of Object.entries(clients)) {
    for (const whose of ['own', 'foreign'] as const) {
      describe(`${name} on ${client[whose]}`, () => {
        const model = (): LanguageModel => client.model(server.url, key, client[whose]);

        it('generates a text, with usage', async () => {
          provider.plays((request, response) => speak(request, response, { text: 'Good morning.' }));
          const { text, usage, finishReason } = await generateText({ model: model(), prompt: 'Hello', maxRetries: 0 });
          assert.equal(text, 'Good morning.');
          assert.equal(finishReason, 'stop');
          assert.deepEqual([usage.inputTokens, usage.outputTokens], [10, 5]);
        });

        it('streams a text, with usage, and is booked once', async () => {
          const before = (await rowsOf(server.url)).length;
          provider.plays((request, response) => speak(request, response, { text: 'Good evening.' }));
          const stream = streamText({ model: model(), prompt: 'Hello', maxRetries: 0 });
          let text = '';
          for await (const piece of stream.textStream) text += piece;
          assert.equal(text, 'Good evening.');
          const usage = await stream.usage;
          assert.deepEqual([usage.inputTokens, usage.outputTokens], [10, 5]);
          const rows = await rowsOf(server.url);
          assert.equal(rows.length, before + 1);
          assert.equal(rows[0]?.['cost'], 10 * 1000 + 5 * 2000);
        });

        it('carries a tool loop', async () => {
          provider.plays((request, response) =>
            JSON.stringify(request.body).includes('rain in Brest')
              ? speak(request, response, { text: 'It rains.' })
              : speak(request, response, { tool: 'weather', input: { town: 'Brest' } }),
          );
          const weather = tool({
            description: 'The weather in a town',
            inputSchema: z.object({ town: z.string() }),
            execute: ({ town }) => `rain in ${town}`,
          });
          const ask = { model: model(), prompt: 'Hello', tools: { weather }, stopWhen: stepCountIs(3), maxRetries: 0 };
          const { text, steps } = await generateText(ask);
          assert.equal(text, 'It rains.');
          assert.equal(steps.length, 2);
          assert.equal(await streamText(ask).text, 'It rains.');
        });

        it('generates an object of a schema, which the provider is told', async () => {
          provider.plays((request, response) =>
            // Some of its providers ask for an object by way of a tool.
            toolsOf(request).includes('json')
              ? speak(request, response, { tool: 'json', input: { harbour: 'Brest' } })
              : speak(request, response, { text: '{"harbour":"Brest"}' }),
          );
          const schema = z.object({ harbour: z.string() });
          const { output } = await generateText({
            model: model(),
            prompt: 'Where?',
            output: Output.object({ schema }),
            maxRetries: 0,
          });
          assert.deepEqual(output, { harbour: 'Brest' });
          assert.match(JSON.stringify(provider.requests[0]?.body), /"harbour"/);
        });

        it('sends a picture', async () => {
          provider.plays((request, response) => speak(request, response, { text: 'A boat.' }));
          const content = [
            { type: 'text' as const, text: 'What is it?' },
            { type: 'image' as const, image: picture, mediaType: 'image/png' },
          ];
          const { text } = await generateText({ model: model(), messages: [{ role: 'user', content }], maxRetries: 0 });
          assert.equal(text, 'A boat.');
          assert.ok(JSON.stringify(provider.requests[0]?.body).includes(picture));
        });

        it('leaves, and so does the gateway', async () => {
          const asked = new Promise<ReceivedRequest>((resolve) => {
            provider.plays((request, response) => {
              begin(request, response, { text: 'Once upon a time.' });
              resolve(request);
            });
          });
          const leaving = new AbortController();
          const stream = streamText({ model: model(), prompt: 'Hello', abortSignal: leaving.signal, maxRetries: 0 });
          const read = stream.consumeStream();
          const { hungUp } = await asked;
          leaving.abort();
          await hungUp;
          await read;
        });

        it('hears why a spent budget refuses, and tries nothing again', async () => {
          const spent = await newKey(server.url, { max_budget: 0 });
          const refused = generateText({ model: client.model(server.url, spent, client[whose]), prompt: 'Hello' });
          await assert.rejects(refused, /has spent \$0\S* of its [a-z ]*budget of \$0/);
          assert.equal(provider.requests.length, 0);
        });
      });
    }
  }

  const embedders: Readonly<Record<string, (url: string, key: string) => EmbeddingModel>> = {
    openai: (url, apiKey) => createOpenAI({ baseURL: `${url}/v1`, apiKey }).embeddingModel('text-embedding-3-small'),
    'openai-compatible': (url, apiKey) =>
      createOpenAICompatible({ name: 'purser', baseURL: `${url}/v1`, apiKey }).embeddingModel('text-embedding-3-small'),
  };
  for (const [name, embedder] of Object.entries(embedders)) {
    it(`${name} embeds texts`, async () => {
      const data = [0, 1].map((index) => ({ object: 'embedding', index, embedding: [index, 0.5] }));
      const usage = { prompt_tokens: 4, total_tokens: 4 };
      provider.plays(json(200, { object: 'list', data, model: 'text-embedding-3-small', usage }));
      const answer = await embedMany({ model: embedder(server.url, key), values: ['one', 'two'], maxRetries: 0 });
      assert.deepEqual(answer.embeddings, [
        [0, 0.5],
        [1, 0.5],
      ]);
      assert.equal(answer.usage.tokens, 4);
    });
  }
});
