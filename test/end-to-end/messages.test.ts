import Anthropic from '@anthropic-ai/sdk';
import assert from 'node:assert/strict';
import { objectIn, objectsIn } from '../../src/lib/json.ts';
import {
  blockEvents,
  message,
  messageEvents,
  named,
  textBlock,
  thinkingBlock,
  toolBlock,
} from '../support/anthropic-wire.ts';
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
import {
  anthropicModel,
  configText,
  geminiModel,
  newKey,
  openaiModel,
  rowsOf,
  send,
  text,
} from '../support/gateway-client.ts';
import { chunk, signedCall, whole } from '../support/gemini-wire.ts';

const messages = [{ role: 'user' as const, content: 'Hello' }];
const weather = {
  name: 'weather',
  description: 'The weather in a town',
  input_schema: { type: 'object' as const, properties: { town: { type: 'string' } } },
};

describe("Anthropic's client through the gateway", () => {
  let provider: FakeProvider;
  let server: BuiltServer;
  let key: string;
  let client: Anthropic;
  before(async () => {
    provider = await fakeProvider();
    server = await startServer({
      config: configText([
        anthropicModel('claude', provider.url),
        openaiModel('gpt', `${provider.url}/v1`),
        geminiModel('flash', provider.url),
        openaiModel('calm', `${provider.url}/v1`, { temperature: 0.2, seed: 7 }),
        anthropicModel('calm-claude', provider.url, { temperature: 0.2, seed: 7 }),
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

  const clientWith = (authToken: string): Anthropic =>
    new Anthropic({ baseURL: server.url, authToken, apiKey: null, maxRetries: 0 });

  describe('to Anthropic', () => {
    it('passes the query as it came, but for a key in it', async () => {
      provider.plays(json(200, message(textBlock('Ahoy'))));
      const body = { model: 'claude', max_tokens: 64, messages };
      const answer = await send(`${server.url}/v1/messages?beta=true&key=${key}`, { body });
      assert.equal(answer.status, 200);
      assert.equal(provider.requests.at(-1)?.path, '/v1/messages?beta=true');
    });

    it('passes body, version and betas as they came, but for key and model', async () => {
      provider.plays(json(200, message(textBlock('Good morning.'))));
      const body = { model: 'claude', max_tokens: 64, messages, context_management: { edits: [] }, fallbacks: ['x'] };
      const answer = await client.messages.create(body, { headers: { 'anthropic-beta': 'some-beta-2026-01-01' } });
      assert.deepEqual(answer.content, [textBlock('Good morning.')]);
      const [request] = provider.requests;
      assert.equal(request?.path, '/v1/messages');
      assert.deepEqual(request.body, { ...body, model: 'claude-sonnet-4-5' });
      assert.equal(request.headers['anthropic-beta'], 'some-beta-2026-01-01');
      assert.match(String(request.headers['anthropic-version']), /^20\d\d-\d\d-\d\d$/);
      assert.equal(request.headers['x-api-key'], 'sk-provider-key-of-the-tests');
      assert.equal(request.headers.authorization, undefined);
    });

    it('streams thinking with its signature, and books what it cost', async () => {
      provider.plays(named(...messageEvents(thinkingBlock('Hm.', 'signed'), textBlock('Good evening.'))));
      const stream = client.messages.stream({ model: 'claude', max_tokens: 64, messages });
      const answer = await stream.finalMessage();
      assert.deepEqual(answer.content, [thinkingBlock('Hm.', 'signed'), textBlock('Good evening.')]);
      assert.equal(answer.usage.output_tokens, 5);
      const [row] = await rowsOf(server.url, stream.response?.headers.get('x-litellm-call-id') ?? '');
      assert.equal(row?.['cost'], 10 * 1000 + 5 * 2000);
      assert.equal(row['dialect'], 'anthropic');
    });

    it('counts tokens as Anthropic does, and books nothing', async () => {
      provider.plays(json(200, { input_tokens: 4321 }));
      const before = (await rowsOf(server.url)).length;
      const counted = await client.messages.countTokens({ model: 'claude', messages });
      assert.equal(counted.input_tokens, 4321);
      assert.equal(provider.requests[0]?.path, '/v1/messages/count_tokens');
      assert.deepEqual(provider.requests[0].body, { model: 'claude-sonnet-4-5', messages });
      assert.equal((await rowsOf(server.url)).length, before);
    });

    it('counts tokens itself where Anthropic cannot be asked', async () => {
      provider.plays(json(500, { type: 'error', error: { type: 'api_error', message: 'down' } }));
      const counted = await client.messages.countTokens({ model: 'claude', messages });
      assert.ok(counted.input_tokens > 0 && counted.input_tokens < 50);
    });
  });

  describe('to OpenAI', () => {
    it('chats, without the line that would spoil the prompt cache', async () => {
      provider.plays(json(200, chatAnswer('Good morning.')));
      const answer = await client.messages.create({
        model: 'gpt',
        max_tokens: 64,
        system: [
          { type: 'text', text: 'x-anthropic-billing-header: cc_version=2; cch=abc' },
          { type: 'text', text: 'Be brief.' },
        ],
        messages,
      });
      assert.deepEqual(
        answer.content.map((block) => block.type === 'text' && block.text),
        ['Good morning.'],
      );
      assert.equal(answer.usage.input_tokens, 10);
      assert.deepEqual(objectsIn(provider.requests[0]?.body['messages'])[0], { role: 'system', content: 'Be brief.' });
    });

    it('begins a stream with the size of the prompt, and ends it with what the provider says', async () => {
      provider.plays(chatStream('Good ', 'evening.'));
      const stream = client.messages.stream({ model: 'gpt', max_tokens: 64, messages });
      const starts: number[] = [];
      stream.on('streamEvent', (event) => {
        if (event.type === 'message_start') starts.push(event.message.usage.input_tokens);
      });
      const answer = await stream.finalMessage();
      assert.equal(answer.content[0]?.type === 'text' && answer.content[0].text, 'Good evening.');
      assert.ok(starts.length === 1 && Number(starts[0]) > 0);
      assert.equal(answer.usage.input_tokens, 10);
      assert.equal(answer.usage.output_tokens, 5);
    });

    it('carries a tool loop', async () => {
      provider.plays(
        events(
          chatChunk({ role: 'assistant', content: null }),
          chatChunk({
            tool_calls: [{ index: 0, id: 'call_a', type: 'function', function: { name: 'weather', arguments: '' } }],
          }),
          chatChunk({ tool_calls: [{ index: 0, function: { arguments: '{"town":"Brest"}' } }] }),
          chatChunk({}, 'tool_calls'),
          usageChunk(),
          '[DONE]',
        ),
      );
      const ask = { model: 'gpt', max_tokens: 64, tools: [weather] };
      const first = await client.messages.stream({ ...ask, messages }).finalMessage();
      assert.equal(first.stop_reason, 'tool_use');
      assert.deepEqual(first.content, [toolBlock('call_a', 'weather', { town: 'Brest' })]);

      provider.plays(json(200, chatAnswer('It rains.')));
      const result = { type: 'tool_result' as const, tool_use_id: 'call_a', content: 'rain' };
      const second = await client.messages.create({
        ...ask,
        messages: [...messages, { role: 'assistant', content: first.content }, { role: 'user', content: [result] }],
      });
      assert.equal(second.content[0]?.type === 'text' && second.content[0].text, 'It rains.');
      const sent = objectsIn(provider.requests.at(-1)?.body['messages']);
      assert.deepEqual(
        sent.map((one) => one['role']),
        ['user', 'assistant', 'tool'],
      );
      assert.equal(sent[2]?.['tool_call_id'], 'call_a');
    });

    it('gives reasoning back to a model that wants it, also when the client has lost it', async () => {
      const call = { id: 'call_r', type: 'function', function: { name: 'weather', arguments: '{"town":"Brest"}' } };
      const thoughtful = chatAnswer('');
      const [choice] = thoughtful.choices;
      provider.plays(
        json(200, {
          ...thoughtful,
          choices: [
            {
              ...choice,
              message: { role: 'assistant', content: null, reasoning_content: 'I should look.', tool_calls: [call] },
              finish_reason: 'tool_calls',
            },
          ],
        }),
      );
      const ask = { model: 'gpt', max_tokens: 64, tools: [weather] };
      const first = await client.messages.create({ ...ask, messages });
      const calls = first.content.filter((block) => block.type === 'tool_use');
      assert.equal(calls.length, 1);

      provider.plays(json(200, chatAnswer('It rains.')));
      const result = { type: 'tool_result' as const, tool_use_id: 'call_r', content: 'rain' };
      const stripped = [...messages, { role: 'assistant' as const, content: calls }];
      await client.messages.create({ ...ask, messages: [...stripped, { role: 'user', content: [result] }] });
      const [, turn] = objectsIn(provider.requests.at(-1)?.body['messages']);
      assert.equal(turn?.['reasoning_content'], 'I should look.');
    });

    it("takes the configuration's defaults into its requests, in the provider's words where it has them", async () => {
      provider.plays(json(200, chatAnswer('Calm.')));
      await client.messages.create({ model: 'calm', max_tokens: 64, messages });
      assert.equal(provider.requests.at(-1)?.body['temperature'], 0.2);
      assert.equal(provider.requests.at(-1)?.body['seed'], 7);
      const body = { model: 'calm', max_tokens: 64, messages, temperature: 0.9 };
      assert.equal((await send(`${server.url}/v1/messages`, { key, body })).status, 200);
      assert.equal(provider.requests.at(-1)?.body['temperature'], 0.9);
      provider.plays(json(200, message(textBlock('Calm.'))));
      await client.messages.create({ model: 'calm-claude', max_tokens: 64, messages });
      const relayed = { model: 'claude-sonnet-4-5', max_tokens: 64, messages, temperature: 0.2 };
      assert.deepEqual(provider.requests.at(-1)?.body, relayed);
    });

    it('counts tokens itself', async () => {
      const counted = await client.messages.countTokens({ model: 'gpt', messages });
      assert.ok(counted.input_tokens > 0 && counted.input_tokens < 50);
      assert.equal(provider.requests.length, 0);
    });

    it('refuses message threads in the words at which the SDK sends everything', async () => {
      const thread = { type: 'continue', previous_message_id: 'msg_1' };
      const answer = await send(`${server.url}/v1/messages`, {
        key,
        body: { model: 'gpt', max_tokens: 64, messages, thread },
      });
      assert.equal(answer.status, 400);
      assert.deepEqual(objectIn(objectIn(answer.body['error'])['details']), {
        error_code: 'thread_unsupported_request',
        unsupported: ['thread'],
      });
    });
  });

  describe('to Gemini', () => {
    it('carries a tool loop with its thought signature, also when the client has lost it', async () => {
      provider.plays(events(chunk([signedCall('weather', { town: 'Brest' }, 'c2lnbmVk')], 'STOP')));
      const ask = { model: 'flash', max_tokens: 64, tools: [weather] };
      const first = await client.messages.stream({ ...ask, messages }).finalMessage();
      assert.equal(first.stop_reason, 'tool_use');
      const [call] = first.content.filter((block) => block.type === 'tool_use');
      assert.ok(call);

      provider.plays(json(200, whole({ text: 'It rains.' })));
      const { id, name, input } = call;
      const second = await client.messages.create({
        ...ask,
        messages: [
          ...messages,
          { role: 'assistant', content: [{ type: 'tool_use', id, name, input }] },
          { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: 'rain' }] },
        ],
      });
      assert.equal(second.content[0]?.type === 'text' && second.content[0].text, 'It rains.');
      const [, turn] = objectsIn(provider.requests.at(-1)?.body['contents']);
      assert.equal(objectsIn(turn?.['parts'])[0]?.['thoughtSignature'], 'c2lnbmVk');
    });
  });

  describe('what goes wrong', () => {
    it('shows our sentence when a budget is spent, and the request never reaches the provider', async () => {
      const spent = clientWith(await newKey(server.url, { max_budget: 0 }));
      const refusal = await refused(spent.messages.create({ model: 'gpt', max_tokens: 64, messages }));
      assert.equal(refusal.status, 400);
      assert.match(refusal.message, /budget/i);
      assert.equal(objectIn(objectIn(refusal.error)['error'])['type'], 'budget_exceeded');
      assert.equal(provider.requests.length, 0);
    });

    it("refuses a wrong key in Anthropic's form, and says that trying again is of no use", async () => {
      const refusal = await refused(
        clientWith('sk-wrong-key-of-nobody').messages.create({ model: 'gpt', max_tokens: 1, messages }),
      );
      assert.equal(refusal.status, 401);
      assert.equal(objectIn(objectIn(refusal.error)['error'])['type'], 'authentication_error');
      assert.equal(refusal.headers?.get('x-should-retry'), 'false');
    });

    for (const [model, script] of [
      ['claude', named(...blockEvents(textBlock('Half')))],
      ['claude', eventsThenBreak(...blockEvents(textBlock('Half')))],
      ['gpt', eventsThenBreak(chatChunk({ role: 'assistant', content: 'Half' }))],
      ['gpt', events(chatChunk({ role: 'assistant', content: 'Half' }))],
    ] as const) {
      it(`throws where the provider of ${model} breaks off`, async () => {
        provider.plays(script);
        await assert.rejects(
          client.messages.stream({ model, max_tokens: 64, messages }).finalMessage(),
          Anthropic.APIError,
        );
      });
    }
  });

  it('answers those who ask whether anyone is there', async () => {
    for (const path of ['/', '/api/hello']) {
      assert.equal((await fetch(`${server.url}${path}`, { method: 'HEAD' })).status, 200);
    }
  });

  it("lists the models in Anthropic's form, page by page", async () => {
    const ids: string[] = [];
    for await (const model of client.models.list({ limit: 2 })) ids.push(model.id);
    assert.deepEqual(ids, ['claude', 'gpt', 'flash', 'calm', 'calm-claude']);
    assert.equal((await client.models.retrieve('flash')).display_name, 'flash');
  });
});

describe('models for Claude Code', () => {
  it('are all there under names that it takes, and answer under them', async () => {
    const provider = await fakeProvider();
    const server = await startServer({
      config: configText([openaiModel('gpt', `${provider.url}/v1`), openaiModel('claude-mine', `${provider.url}/v1`)]),
    });
    const key = await newKey(server.url, { models: ['gpt', 'claude-mine'] });
    const headers = { 'user-agent': 'claude-cli/2.1.330 (external, cli)', 'anthropic-version': '2023-06-01' };
    const list = await send(`${server.url}/v1/models?limit=1000`, { key, headers });
    const names = objectsIn(list.body['data']).map(({ id }) => id);
    assert.deepEqual(names, ['claude/gpt', 'claude-mine']);
    for (const model of names) {
      const body = { model, max_tokens: 64, messages };
      assert.equal((await send(`${server.url}/v1/messages`, { key, headers, body })).status, 200);
      assert.equal(provider.requests.at(-1)?.body['model'], 'gpt-4o');
    }
    await server.stop();
    await provider.close();
  });

  it('are told within the 3 seconds that it waits, also when the provider does not say which it has', async () => {
    const provider = await fakeProvider(() => undefined); // never answers
    const server = await startServer({
      config: configText([anthropicModel('claude-*', provider.url, { model: 'anthropic/claude-*' })]),
    });
    const started = performance.now();
    const headers = { 'user-agent': 'claude-cli/2.1.330 (external, cli)', 'anthropic-version': '2023-06-01' };
    const list = await send(`${server.url}/v1/models?limit=1000`, { key: await newKey(server.url), headers });
    assert.ok(performance.now() - started < 3000);
    const names = objectsIn(list.body['data']).map(({ id }) => text(id));
    assert.ok(names.length > 3 && names.every((name) => name.startsWith('claude-')));
    await server.stop();
    await provider.close();
  });
});

async function refused(call: Promise<unknown>): Promise<InstanceType<typeof Anthropic.APIError>> {
  try {
    await call;
  } catch (error) {
    assert.ok(error instanceof Anthropic.APIError, String(error));
    return error;
  }
  assert.fail('it was not refused');
}
