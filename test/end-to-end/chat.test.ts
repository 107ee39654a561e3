import assert from 'node:assert/strict';
import OpenAI from 'openai';
import { startServer, type BuiltServer } from '../support/built-server.ts';
import {
  chatAnswer,
  chatChunk,
  chatStream,
  events,
  eventsThenBreak,
  fakeProvider,
  json,
  usageChunk,
  type FakeProvider,
} from '../support/fake-provider.ts';
import { adminKey, configText, hello, newKey, openai, openaiModel, rowsOf, text } from '../support/gateway-client.ts';

describe("OpenAI's client through the gateway", () => {
  let provider: FakeProvider;
  let server: BuiltServer;
  let client: OpenAI;
  before(async () => {
    provider = await fakeProvider();
    server = await startServer({ config: configText([openaiModel('gpt', `${provider.url}/v1`)]) });
    client = openai(server.url, await newKey(server.url, { key_alias: 'chat', team_id: 'harbour' }));
  });
  after(async () => {
    await server.stop();
    await provider.close();
  });
  beforeEach(() => provider.requests.splice(0));

  const messages = [{ role: 'user' as const, content: 'Hello' }];

  it('chats, and the provider gets its own key and model', async () => {
    provider.plays(json(200, chatAnswer('Good morning.')));
    const answer = await client.chat.completions.create({ model: 'gpt', messages, temperature: 0.5 });
    assert.equal(answer.choices[0]?.message.content, 'Good morning.');
    assert.equal(answer.usage?.total_tokens, 15);
    const [request] = provider.requests;
    assert.equal(request?.path, '/v1/chat/completions');
    assert.equal(request.headers.authorization, 'Bearer sk-provider-key-of-the-tests');
    assert.deepEqual(request.body, { model: 'gpt-4o', messages, temperature: 0.5 });
  });

  it('streams, with the usage frame where the client asked for it', async () => {
    provider.plays(chatStream('Good ', 'evening.'));
    const stream = await client.chat.completions.create({
      model: 'gpt',
      messages,
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = await collected(stream);
    assert.equal(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join(''), 'Good evening.');
    assert.equal(chunks.at(-1)?.usage?.total_tokens, 15);
  });

  it('streams without a usage frame where the client did not ask, and books the usage all the same', async () => {
    provider.plays(chatStream('Good ', 'night.'));
    const { data: stream, response } = await client.chat.completions
      .create({ model: 'gpt', messages, stream: true })
      .withResponse();
    const chunks = await collected(stream);
    assert.equal(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join(''), 'Good night.');
    assert.ok(chunks.every((chunk) => chunk.choices.length === 1 && chunk.usage == null));
    assert.deepEqual(provider.requests[0]?.body['stream_options'], { include_usage: true });
    const [row] = await rowsOf(server.url, response.headers.get('x-litellm-call-id') ?? '');
    assert.equal(row?.['cost'], 20_000);
    assert.equal(row['status'], 'done');
  });

  it('puts parallel tool calls together from their streamed pieces', async () => {
    const piece = (index: number, more: object) => chatChunk({ tool_calls: [{ index, ...more }] });
    provider.plays(
      events(
        chatChunk({ role: 'assistant', content: null }),
        piece(0, { id: 'call_a', type: 'function', function: { name: 'weather', arguments: '' } }),
        piece(0, { function: { arguments: '{"city":' } }),
        piece(0, { function: { arguments: '"Brest"}' } }),
        piece(1, { id: 'call_b', type: 'function', function: { name: 'weather', arguments: '{"city":"Lorient"}' } }),
        chatChunk({}, 'tool_calls'),
        usageChunk(),
        '[DONE]',
      ),
    );
    const answer = await client.chat.completions
      .stream({ model: 'gpt', messages, tools: [weather], parallel_tool_calls: true })
      .finalChatCompletion();
    const [choice] = answer.choices;
    assert.equal(choice?.finish_reason, 'tool_calls');
    assert.deepEqual(
      choice.message.tool_calls?.map((call) => [call.id, call.function.arguments]),
      [
        ['call_a', '{"city":"Brest"}'],
        ['call_b', '{"city":"Lorient"}'],
      ],
    );
    assert.deepEqual(provider.requests[0]?.body['tools'], [weather]);
  });

  it('passes tool results, a JSON schema and images as they are', async () => {
    const body = {
      model: 'gpt',
      messages: [
        {
          role: 'user' as const,
          content: [
            { type: 'text' as const, text: 'What is this?' },
            { type: 'image_url' as const, image_url: { url: pixel, detail: 'low' as const } },
          ],
        },
        {
          role: 'assistant' as const,
          tool_calls: [
            { id: 'call_a', type: 'function' as const, function: { name: 'weather', arguments: '{"city":"Brest"}' } },
          ],
        },
        { role: 'tool' as const, tool_call_id: 'call_a', content: '12 °C' },
      ],
      response_format: {
        type: 'json_schema' as const,
        json_schema: {
          name: 'sight',
          strict: true,
          schema: { type: 'object', properties: { what: { type: 'string' } } },
        },
      },
    };
    provider.plays(json(200, chatAnswer('{"what":"a pixel"}')));
    const answer = await client.chat.completions.parse(body);
    assert.deepEqual(answer.choices[0]?.message.parsed, { what: 'a pixel' });
    assert.deepEqual(provider.requests[0]?.body, { ...body, model: 'gpt-4o' });
  });

  it('throws where the provider breaks off, and what was forwarded is booked', async () => {
    provider.plays(eventsThenBreak(chatChunk({ role: 'assistant', content: '' }), chatChunk({ content: 'Half an ' })));
    const { data: stream, response } = await client.chat.completions
      .create({ model: 'gpt', messages, stream: true })
      .withResponse();
    const seen: string[] = [];
    await assert.rejects(async () => {
      for await (const chunk of stream) seen.push(chunk.choices[0]?.delta.content ?? '');
    }, OpenAI.APIError);
    assert.equal(seen.join(''), 'Half an ');
    const [row] = await rowsOf(server.url, response.headers.get('x-litellm-call-id') ?? '');
    assert.equal(row?.['status'], 'failed');
    assert.equal(row['failure'], 'provider-unreachable');
    assert.equal(row['source'], 'estimated');
    assert.ok(Number(row['cost']) > 0);
  });

  it('throws where the provider ends its stream without a finish', async () => {
    provider.plays(events(chatChunk({ role: 'assistant', content: 'Half' })));
    const stream = await client.chat.completions.create({ model: 'gpt', messages, stream: true });
    await assert.rejects(collected(stream), /ended its stream before the answer was complete/);
  });

  it("throws the provider's own words where an error comes amid the stream", async () => {
    provider.plays(
      events(chatChunk({ content: 'Half' }), {
        error: { message: 'The engine room is on fire.', type: 'server_error', code: 'fire' },
      }),
    );
    const stream = await client.chat.completions.create({ model: 'gpt', messages, stream: true });
    await assert.rejects(collected(stream), /The engine room is on fire\./);
  });

  it('ends the call at the provider when the client hangs up, and books it as cancelled', async () => {
    provider.plays((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`data: ${JSON.stringify(chatChunk({ role: 'assistant', content: 'Once upon' }))}\n\n`);
    });
    const { data: stream, response } = await client.chat.completions
      .create({ model: 'gpt', messages, stream: true })
      .withResponse();
    for await (const chunk of stream) {
      assert.equal(chunk.choices[0]?.delta.content, 'Once upon');
      break; // the client's own way to hang up
    }
    await provider.requests[0]?.hungUp;
    const row = await bookedRow(server.url, response.headers.get('x-litellm-call-id') ?? '');
    assert.equal(row['status'], 'cancelled');
    assert.ok(Number(row['cost']) > 0);
  });

  it('tells in its headers what the call cost, to the nano-dollar what the ledger has, streamed or not', async () => {
    provider.plays(json(200, chatAnswer('The same answer.')));
    const whole = await client.chat.completions.create({ model: 'gpt', messages }).withResponse();
    provider.plays(chatStream('The same ', 'answer.'));
    const streamed = await client.chat.completions.create({ model: 'gpt', messages, stream: true }).withResponse();
    await collected(streamed.data);

    const { headers } = whole.response;
    const id = headers.get('x-litellm-call-id') ?? '';
    const [row] = await rowsOf(server.url, id);
    const [streamedRow] = await rowsOf(server.url, streamed.response.headers.get('x-litellm-call-id') ?? '');
    assert.equal(Math.round(Number(headers.get('x-litellm-response-cost')) * 1e9), row?.['cost']);
    assert.equal(row?.['cost'], 10 * 1000 + 5 * 2000);
    assert.equal(streamedRow?.['cost'], row['cost']);
    assert.equal(headers.get('x-litellm-model-group'), 'gpt');
    assert.equal(headers.get('x-litellm-model-id'), row['deployment']);
    assert.equal(headers.get('x-litellm-attempted-fallbacks'), '0');
    assert.match(headers.get('x-litellm-overhead-duration-ms') ?? '', /^\d+\.\d{3}$/);
    assert.ok(Number(headers.get('x-litellm-key-spend')) > 0);
    assert.equal(headers.get('x-litellm-key-max-budget'), null);
  });

  it('books one row for each call, with all that a report needs', async () => {
    provider.plays(
      json(
        200,
        chatAnswer('Fine.', {
          prompt_tokens: 100,
          completion_tokens: 50,
          total_tokens: 150,
          prompt_tokens_details: { cached_tokens: 30 },
          completion_tokens_details: { reasoning_tokens: 20 },
        }),
      ),
    );
    const { response } = await client.chat.completions.create({ model: 'gpt', messages }).withResponse();
    const [row, ...others] = await rowsOf(server.url, response.headers.get('x-litellm-call-id') ?? '');
    assert.deepEqual(others, []);
    assert.ok(row);
    const { usage, at, firstTokenMs, totalMs } = row;
    assert.ok(Math.abs(Date.now() - Number(at)) < 60_000);
    assert.ok(Number(firstTokenMs) > 0 && Number(firstTokenMs) <= Number(totalMs));
    const { raw, ...tokens } = usage as Record<string, unknown>;
    assert.deepEqual(tokens, { input: 70, cacheRead: 30, cacheWrite: 0, cacheWrite1h: 0, output: 50, reasoning: 20 });
    assert.equal((raw as { prompt_tokens?: number }).prompt_tokens, 100);
    const { key, keyAlias, project, group, model, provider: name, deployment, dialect, assistant } = row;
    assert.match(text(key), /^[0-9a-f]{64}$/);
    assert.deepEqual(
      { keyAlias, project, group, model, name, dialect, assistant, status: row['status'], source: row['source'] },
      {
        keyAlias: 'chat',
        project: 'harbour',
        group: 'gpt',
        model: 'gpt-4o',
        name: 'openai',
        dialect: 'openai-chat',
        assistant: 'OpenAI JS',
        status: 'done',
        source: 'computed',
      },
    );
    assert.equal(deployment, response.headers.get('x-litellm-model-id'));
    assert.deepEqual([row['upperBound'], row['failure'], row['warnings']], [false, null, []]);
  });

  it("counts the administrator's calls like any other", async () => {
    provider.plays(json(200, chatAnswer('Aye.')));
    const answer = await openai(server.url, adminKey)
      .chat.completions.create({ model: 'gpt', messages })
      .withResponse();
    const [row] = await rowsOf(server.url, answer.response.headers.get('x-litellm-call-id') ?? '');
    assert.equal(row?.['key'], 'admin');
  });

  it('lists the models, and one by its id', async () => {
    const models = await client.models.list();
    assert.deepEqual(
      models.data.map(({ id }) => id),
      ['gpt'],
    );
    assert.equal((await client.models.retrieve('gpt')).id, 'gpt');
    await assert.rejects(client.models.retrieve('nope'), OpenAI.NotFoundError);
  });

  it("takes the model from the path, as Azure's clients put it there", async () => {
    provider.plays(json(200, chatAnswer('From the path.')));
    const response = await fetch(`${server.url}/openai/deployments/gpt/chat/completions?api-version=2024-10-21`, {
      method: 'POST',
      headers: { 'api-key': adminKey, 'content-type': 'application/json' },
      body: JSON.stringify({ ...hello('x'), model: undefined }),
    });
    assert.equal(response.status, 200);
    assert.equal(provider.requests[0]?.body['model'], 'gpt-4o');
  });
});

const weather = {
  type: 'function' as const,
  function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
};
const pixel =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

async function collected<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of stream) all.push(one);
  return all;
}

/** A row that is booked after the client is gone, as soon as it is there. */
async function bookedRow(url: string, call: string) {
  for (;;) {
    const [row] = await rowsOf(url, call);
    if (row !== undefined) return row;
  }
}
