import assert from 'node:assert/strict';
import OpenAI from 'openai';
import { objectIn, type JsonObject } from '../../src/lib/json.ts';
import { startServer, type BuiltServer } from '../support/built-server.ts';
import {
  chatAnswer,
  chatChunk,
  events,
  eventsThenBreak,
  fakeProvider,
  json,
  type FakeProvider,
} from '../support/fake-provider.ts';
import {
  adminKey,
  anthropicModel,
  configText,
  geminiModel,
  newKey,
  openai,
  openaiModel,
  rowsOf,
  send,
} from '../support/gateway-client.ts';

const vector = [0.5, -0.25, 2];
const packed = Buffer.from(Float32Array.from(vector).buffer).toString('base64');

const embeddingAnswer = (embedding: unknown) => ({
  object: 'list',
  data: [{ object: 'embedding', index: 0, embedding }],
  model: 'text-embedding-3-small',
  usage: { prompt_tokens: 7, total_tokens: 7 },
});

const completion = (text: string, finish: string | null, more: object = {}) => ({
  id: 'cmpl-fake',
  object: 'text_completion',
  created: 1700000000,
  model: 'code',
  choices: [{ index: 0, text, logprobs: null, finish_reason: finish }],
  ...more,
});
const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };

describe('the routes beside the chat', () => {
  let provider: FakeProvider;
  let server: BuiltServer;
  let client: OpenAI;
  before(async () => {
    provider = await fakeProvider();
    const tablePrice = { input_cost_per_token: null, output_cost_per_token: null };
    const base = `${provider.url}/v1`;
    server = await startServer({
      config: configText([
        openaiModel('embed', base, { model: 'openai/text-embedding-3-small', ...tablePrice }),
        openaiModel('code', base, { model: 'openai/code' }),
        openaiModel('picture', base, { model: 'openai/gpt-image-1' }),
        openaiModel('fim', base, { model: 'mistral/codestral-latest' }),
        openaiModel('order', provider.url, { model: 'cohere/rerank-v3.5', input_cost_per_request: 0.002 }),
        anthropicModel('claude', provider.url),
        geminiModel('google', provider.url, { model: 'gemini/gemini-embedding-001' }),
        anthropicModel('mixed', provider.url, { order: 1 }),
        openaiModel('mixed', base, { model: 'openai/code', order: 2 }),
      ]),
    });
    client = openai(server.url, await newKey(server.url, { key_alias: 'indexer' }));
  });
  after(async () => {
    await server.stop();
    await provider.close();
  });
  beforeEach(() => provider.requests.splice(0));

  async function rowOf(response: { readonly headers: Headers }): Promise<JsonObject> {
    const rows = await rowsOf(server.url, response.headers.get('x-litellm-call-id') ?? '');
    assert.equal(rows.length, 1);
    return objectIn(rows[0]);
  }

  it("embeds in base64, which OpenAI's client asks for unasked, and books the table's price", async () => {
    provider.plays(json(200, embeddingAnswer(packed)));
    const { data, response } = await client.embeddings.create({ model: 'embed', input: 'Ahoy' }).withResponse();
    assert.deepEqual([...(data.data[0]?.embedding ?? [])], vector);
    const [request] = provider.requests;
    assert.equal(request?.path, '/v1/embeddings');
    assert.equal(request.headers.authorization, 'Bearer sk-provider-key-of-the-tests');
    assert.deepEqual(request.body, { model: 'text-embedding-3-small', input: 'Ahoy', encoding_format: 'base64' });
    const row = await rowOf(response);
    // 7 tokens at $0.02 a million.
    assert.deepEqual(
      { cost: row.cost, source: row.source, dialect: row.dialect, group: row.group, status: row.status },
      { cost: 140, source: 'computed', dialect: 'openai-embeddings', group: 'embed', status: 'done' },
    );
    assert.equal(Math.round(Number(response.headers.get('x-litellm-response-cost')) * 1e9), 140);
  });

  it('embeds in numbers where they are asked for', async () => {
    provider.plays(json(200, embeddingAnswer(vector)));
    const answer = await client.embeddings.create({ model: 'embed', input: ['Ahoy'], encoding_format: 'float' });
    assert.deepEqual(answer.data[0]?.embedding, vector);
  });

  it("embeds at Google's OpenAI-compatible address, which takes the key as OpenAI does", async () => {
    provider.plays(json(200, embeddingAnswer(packed)));
    await client.embeddings.create({ model: 'google', input: 'Ahoy' });
    const [request] = provider.requests;
    assert.equal(request?.path, '/v1beta/openai/embeddings');
    assert.equal(request.headers.authorization, 'Bearer sk-provider-key-of-the-tests');
    assert.equal(request.headers['x-goog-api-key'], undefined);
  });

  it('gives base64 also where the server knows only numbers', async () => {
    provider.plays(json(200, embeddingAnswer(vector)));
    const answer = await client.embeddings.create({ model: 'embed', input: 'Ahoy' });
    assert.deepEqual([...(answer.data[0]?.embedding ?? [])], vector);
  });

  it('completes in the middle', async () => {
    provider.plays(json(200, completion('b', 'stop', { usage })));
    const body = { model: 'code', prompt: 'a', suffix: 'c', max_tokens: 20 };
    const { data, response } = await client.completions.create(body).withResponse();
    assert.equal(data.choices[0]?.text, 'b');
    assert.equal(provider.requests[0]?.path, '/v1/completions');
    assert.deepEqual(provider.requests[0].body, body);
    assert.equal((await rowOf(response)).cost, 10 * 1000 + 5 * 2000);
  });

  for (const include_usage of [true, false]) {
    it(`streams completions, ${include_usage ? 'with the usage asked for' : 'and drops the usage that only we asked for'}`, async () => {
      const last = completion('', null, { choices: [], usage });
      provider.plays(events(completion('b', null), completion('c', 'stop'), last, '[DONE]'));
      const { data, response } = await client.completions
        .create({
          model: 'code',
          prompt: 'a',
          stream: true,
          ...(include_usage && { stream_options: { include_usage } }),
        })
        .withResponse();
      const chunks: OpenAI.Completion[] = [];
      for await (const chunk of data) chunks.push(chunk);
      assert.equal(chunks.map((chunk) => chunk.choices[0]?.text ?? '').join(''), 'bc');
      assert.equal(chunks.filter((chunk) => chunk.usage != null).length, include_usage ? 1 : 0);
      assert.deepEqual(provider.requests[0]?.body['stream_options'], { include_usage: true });
      const row = await rowOf(response);
      assert.deepEqual([row.cost, row.status, row.stream], [20_000, 'done', true]);
    });
  }

  it("gives Mistral's completions, which come as a chat, in the form of completions", async () => {
    provider.plays(json(200, chatAnswer('b')));
    const whole = await client.completions.create({ model: 'fim', prompt: 'a', suffix: 'c' });
    assert.deepEqual(
      [whole.object, whole.choices[0]?.text, whole.choices[0]?.finish_reason],
      ['text_completion', 'b', 'stop'],
    );
    assert.equal(provider.requests[0]?.path, '/v1/fim/completions');
    provider.plays(events(chatChunk({ content: 'b' }), chatChunk({ content: 'c' }, 'stop', { usage }), '[DONE]'));
    const { data, response } = await client.completions
      .create({ model: 'fim', prompt: 'a', stream: true })
      .withResponse();
    let text = '';
    for await (const chunk of data) text += chunk.choices[0]?.text ?? '';
    assert.equal(text, 'bc');
    assert.equal((await rowOf(response)).cost, 20_000);
  });

  it('moderates, at no cost where none is told', async () => {
    provider.plays(json(200, { id: 'modr-1', model: 'code', results: [{ flagged: false }] }));
    const { data, response } = await client.moderations.create({ model: 'code', input: 'Ahoy' }).withResponse();
    assert.equal(data.results[0]?.flagged, false);
    assert.equal((await rowOf(response)).cost, 0);
  });

  it('draws, and books the tokens that are told', async () => {
    const told = { input_tokens: 10, output_tokens: 1000, total_tokens: 1010 };
    provider.plays(json(200, { created: 1, data: [{ b64_json: 'aGk=' }], usage: told }));
    const { data, response } = await client.images.generate({ model: 'picture', prompt: 'A ship' }).withResponse();
    assert.equal(data.data?.[0]?.b64_json, 'aGk=');
    assert.equal((await rowOf(response)).cost, 10 * 1000 + 1000 * 2000);
  });

  it('ranks, with the price of a request', async () => {
    const answer = {
      id: 'r',
      results: [{ index: 1, relevance_score: 0.9 }],
      meta: { billed_units: { search_units: 1 } },
    };
    provider.plays(json(200, answer));
    const body = { model: 'order', query: 'sea', documents: ['land', 'sea'] };
    const heard = await send(`${server.url}/rerank`, { key: adminKey, body });
    assert.deepEqual(heard.body, answer);
    assert.equal(provider.requests[0]?.path, '/v2/rerank');
    const cost = Number((await rowOf(heard)).cost);
    assert.ok(cost > 2_000_000 && cost < 2_100_000, String(cost)); // and a few tokens at the model's own rate
  });

  it('names the provider and the route that it does not have', async () => {
    await assert.rejects(client.embeddings.create({ model: 'claude', input: 'Ahoy' }), (error) => {
      assert.ok(error instanceof OpenAI.BadRequestError);
      assert.match(error.message, /Anthropic has no \/v1\/embeddings .* anthropic\/claude-sonnet-4-5/);
      assert.equal(error.code, 'route_not_supported');
      return true;
    });
    assert.equal(provider.requests.length, 0);
  });

  it('goes on to a deployment that has the route', async () => {
    provider.plays(json(200, completion('b', 'stop', { usage })));
    const answer = await client.completions.create({ model: 'mixed', prompt: 'a' });
    assert.equal(answer.choices[0]?.text, 'b');
  });

  it("tells the provider's refusal in its own words, and books nothing", async () => {
    provider.plays(json(400, { error: { message: 'input is too long', type: 'invalid_request_error' } }));
    await assert.rejects(client.embeddings.create({ model: 'embed', input: 'x' }), /input is too long/);
    const [row] = await rowsOf(server.url);
    assert.deepEqual([row?.['status'], row?.['cost']], ['failed', 0]);
  });

  it('refuses before the provider is asked what a budget does not pay for', async () => {
    const poor = openai(server.url, await newKey(server.url, { max_budget: 0.000001 }));
    await assert.rejects(poor.embeddings.create({ model: 'embed', input: 'Ahoy '.repeat(1000) }), /[Bb]udget/);
    assert.equal(provider.requests.length, 0);
  });

  it('draws no picture that a budget pays for in part only', async () => {
    const poor = openai(server.url, await newKey(server.url, { max_budget: 0.005 }));
    await assert.rejects(poor.images.generate({ model: 'picture', prompt: 'A ship' }), /[Bb]udget/);
    assert.equal(provider.requests.length, 0);
  });

  it('throws where the provider breaks a completion off, and books what came', async () => {
    provider.plays(eventsThenBreak(completion('Half a ', null), completion('completion', null)));
    const { data, response } = await client.completions
      .create({ model: 'code', prompt: 'a', stream: true })
      .withResponse();
    await assert.rejects(async () => {
      for await (const chunk of data) assert.ok(chunk.choices.length > 0);
    }, OpenAI.APIError);
    const row = await rowOf(response);
    assert.deepEqual([row.status, row.source], ['failed', 'estimated']);
    assert.ok(Number(row.cost) > 0);
  });

  it('counts what it embeds where the provider counts nothing', async () => {
    provider.plays(json(200, { ...embeddingAnswer(vector), usage: undefined }));
    const { response } = await client.embeddings.create({ model: 'embed', input: ['Ahoy there'] }).withResponse();
    const row = await rowOf(response);
    assert.equal(row.source, 'estimated');
    assert.ok(Number(row.cost) > 0);
  });

  it('takes the word of a server that it has no such route', async () => {
    provider.plays(json(404, { detail: 'Not Found' }));
    const ask = () => client.moderations.create({ model: 'picture', input: 'x' });
    await assert.rejects(ask(), /has no \/v1\/moderations/);
    await assert.rejects(ask(), /has no \/v1\/moderations/);
    assert.equal(provider.requests.length, 1);
  });

  it('lowers the length of a completion to what a budget pays for', async () => {
    provider.plays(json(200, completion('b', 'length', { usage })));
    const poor = openai(server.url, await newKey(server.url, { max_budget: 0.002 }));
    const { response } = await poor.completions.create({ model: 'code', prompt: 'a', max_tokens: 5000 }).withResponse();
    const limit = Number(response.headers.get('x-purser-output-limit'));
    assert.ok(limit > 0 && limit < 1000, String(limit));
    assert.equal(provider.requests[0]?.body['max_tokens'], limit);
  });

  it("keeps to the key's models", async () => {
    const narrow = openai(server.url, await newKey(server.url, { models: ['code'] }));
    await assert.rejects(narrow.embeddings.create({ model: 'embed', input: 'x' }), OpenAI.PermissionDeniedError);
  });
});
