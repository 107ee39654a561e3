import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { anthropic } from '../../src/dialects/anthropic/anthropic.ts';
import type { ClientDialect } from '../../src/dialects/dialect.ts';
import { gemini } from '../../src/dialects/gemini/gemini.ts';
import { openaiChat } from '../../src/dialects/openai-chat/openai-chat.ts';
import { openaiResponses } from '../../src/dialects/openai-responses/openai-responses.ts';
import { completions } from '../../src/dialects/relayed/completions.ts';
import { embeddings } from '../../src/dialects/relayed/formats.ts';
import type { Bill } from '../../src/gateway/bill.ts';
import { readKept, type KeptBody } from '../../src/gateway/kept-body.ts';
import { readableAnswer, readablePrompt } from '../../src/gateway/readable-body.ts';
import { nowhere } from '../../src/gateway/sink.ts';
import type { JsonObject } from '../../src/lib/json.ts';
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
import { adminKey, configText, hello, openaiModel } from '../support/gateway-client.ts';
import { gatewayUnderTest, type GatewayUnderTest } from '../support/gateway-under-test.ts';

const dayMs = 86_400_000;

describe('the bodies of a call', () => {
  let provider: FakeProvider;
  let gateway: GatewayUnderTest;
  let key: string;
  const start = async (general: JsonObject = {}): Promise<void> => {
    provider = await fakeProvider();
    const models = [
      openaiModel('gpt', provider.url, { model: 'groq/llama' }),
      openaiModel('Qwen', provider.url, { model: 'litellm_proxy/q' }),
    ];
    gateway = await gatewayUnderTest(configText(models, { general_settings: general }));
    key = await gateway.newKey({ alias: 'alpha', keepBodies: 7 });
  };
  beforeEach(() => start());
  afterEach(async () => {
    await gateway.close();
    await provider.close();
  });
  const keptOf = async (call: string): Promise<KeptBody | undefined> => {
    const found = await gateway.ports.bodies.find(call);
    return found && readKept(found);
  };
  const kept = async (call: string): Promise<KeptBody> => (await keptOf(call)) ?? assert.fail('nothing is kept');
  const textOf = (body: KeptBody): string =>
    readableAnswer(body)
      .map(({ text }) => text)
      .join('');
  /** Everything in the data folder, as whoever finds the disk reads it. */
  const onDisk = (): string =>
    readdirSync(gateway.folder, { recursive: true, withFileTypes: true })
      .filter((one) => one.isFile())
      .map((one) => readFileSync(join(one.parentPath, one.name)))
      .map((bytes) => (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString('latin1'))
      .join('\n');

  it('are kept as the client sent and got them, for a key that has it on', async () => {
    const body = hello('gpt', { max_tokens: 100, temperature: 0.5 });
    const { id } = await gateway.call(body, { key });
    const one = await kept(id);
    assert.deepEqual([one.request, one.dialect, one.model, one.stream], [body, 'openai-chat', 'gpt', false]);
    assert.deepEqual(one.answer, { ...chatAnswer('Hi.') });
    assert.deepEqual(
      [one.requestCut, one.answerCut, one.failure, one.at, textOf(one)],
      [false, false, null, gateway.clock.now(), 'Hi.'],
    );
    assert.deepEqual(readablePrompt(one), [{ role: 'user', parts: [{ type: 'text', text: 'Hello' }] }]);
  });

  it('are kept of no other call: not of a key that has it off, not of the admin key', async () => {
    const off = await gateway.newKey({ alias: 'beta' });
    const secret = { messages: [{ role: 'user', content: 'nobody keeps this' }], max_tokens: 10 };
    for (const other of [off, adminKey]) {
      const { id } = await gateway.call({ model: 'gpt', ...secret }, { key: other });
      assert.equal(await keptOf(id), undefined);
    }
    assert.doesNotMatch(onDisk(), /nobody keeps this/);
    assert.ok(!readdirSync(gateway.folder).includes('bodies'));
  });

  it('stand in no other file and in no log', async () => {
    provider.plays(json(200, chatAnswer('the answer by itself')));
    await gateway.call({ model: 'gpt', messages: [{ role: 'user', content: 'the prompt by itself' }] }, { key });
    await gateway.ports.bodies.state();
    await gateway.ports.ledger.snapshot();
    assert.equal(onDisk().split('the prompt by itself').length, 2);
    assert.equal(onDisk().split('the answer by itself').length, 2);
    assert.doesNotMatch(gateway.logged.join('\n'), /by itself/);
  });

  const asks: readonly (readonly [name: string, client: ClientDialect, body: JsonObject])[] = [
    ['OpenAI', openaiChat, hello('gpt')],
    ['Anthropic', anthropic, hello('gpt', { max_tokens: 100 })],
    ['Responses', openaiResponses, { model: 'gpt', input: 'Hello' }],
    ['Gemini', gemini, { model: 'gpt', contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] }],
    ['completions', completions, { model: 'Qwen', prompt: 'Hello' }],
  ];
  for (const [name, client, body] of asks)
    it(`are put together where ${name}'s client had a stream, and read alike`, async () => {
      if (client === completions)
        provider.plays(
          events(
            {
              id: 'c',
              object: 'text_completion',
              model: 'q',
              choices: [{ index: 0, text: 'Good ', finish_reason: null }],
            },
            {
              id: 'c',
              object: 'text_completion',
              model: 'q',
              choices: [{ index: 0, text: 'day.', finish_reason: 'stop' }],
            },
            '[DONE]',
          ),
        );
      else provider.plays(chatStream('Good ', 'day.'));
      const { id, failure } = await gateway.call({ ...body, stream: true }, { key, client });
      assert.equal(failure, undefined);
      const one = await kept(id);
      assert.deepEqual([one.stream, textOf(one)], [true, 'Good day.']);
      assert.deepEqual(
        readablePrompt(one).map(({ parts }) => parts[0]?.text),
        ['Hello'],
      );
    });

  it('hold no secrets: not a provider key, not a virtual key, not what looks like one, whole or in the pieces of a stream', async () => {
    const secrets = [key, adminKey, 'sk-provider-key-of-the-tests', 'ghp_abcdefghijklmnopqrstuvwxyz0123456789'];
    const said = `keys: ${secrets.join(' ')} end`;
    provider.plays(chatStream(...(said.match(/.{1,3}/gs) ?? [])));
    const { id, text } = await gateway.call(
      {
        model: 'gpt',
        stream: true,
        messages: [{ role: 'user', content: said }],
        metadata: { deep: [{ [said]: said }] },
      },
      { key },
    );
    assert.ok(text.length > 1_000);
    const one = await kept(id);
    assert.match(textOf(one), /^keys: \.\.\..{4} \.\.\..{4} \.\.\..{4} \.\.\..{4} end$/);
    const disk = onDisk();
    for (const secret of secrets) assert.ok(!disk.includes(secret), secret);
  });

  it('of a failed call hold why, without the secrets in it', async () => {
    provider.plays(json(400, { error: { message: 'Incorrect API key provided: sk-provider-key-of-the-tests' } }));
    const { id } = await gateway.call(hello('gpt'), { key });
    const one = await kept(id);
    assert.equal(one.answer, null);
    assert.match(one.failure ?? '', /Incorrect API key provided: \.\.\.ests/);
  });

  it('of a stream that broke off hold as much as came', async () => {
    provider.plays(eventsThenBreak(chatChunk({ role: 'assistant', content: 'Half of' })));
    const { id } = await gateway.call(hello('gpt', { stream: true }), { key });
    const one = await kept(id);
    assert.equal(textOf(one), 'Half of');
    assert.notEqual(one.failure, null);
  });

  it('of a call that was refused before it was let in are not kept: it has no row either', async () => {
    const poor = await gateway.newKey({ keepBodies: 7, maxBudget: 0 as never });
    const { id, failure } = await gateway.call(hello('gpt'), { key: poor });
    assert.equal(failure?.kind, 'budget-exceeded');
    assert.equal(await keptOf(id), undefined);
  });

  it('are cut where they are long, and say so', async () => {
    const long = 'All work and no play. '.repeat(200_000);
    provider.plays(json(200, chatAnswer(long)));
    const { id, text } = await gateway.call({ model: 'gpt', messages: [{ role: 'user', content: long }] }, { key });
    assert.ok(text.length > long.length);
    const one = await kept(id);
    assert.deepEqual([one.requestCut, one.answerCut], [true, true]);
    assert.ok(textOf(one).length <= 2 * 1024 * 1024 && textOf(one).startsWith('All work'));
  });

  it('of vectors are kept as they are, though there is nothing to read', async () => {
    provider.plays(
      json(200, { object: 'list', data: [{ index: 0, embedding: [0.5] }], model: 'e', usage: { prompt_tokens: 3 } }),
    );
    const { id } = await gateway.call({ model: 'Qwen', input: 'Hello' }, { key, client: embeddings });
    const one = await kept(id);
    assert.deepEqual([readableAnswer(one), readablePrompt(one)[0]?.parts[0]?.text], [[], 'Hello']);
    assert.deepEqual((one.answer as JsonObject)['model'], 'e');
  });

  it('go when they are as old as their key and the configuration let them become', async () => {
    const { id } = await gateway.call(hello('gpt'), { key });
    gateway.clock.pass(7 * dayMs - 1);
    assert.notEqual(await keptOf(id), undefined);
    gateway.configure(configText([openaiModel('gpt', provider.url)], { general_settings: { keep_bodies_days: 3 } }));
    assert.equal(await keptOf(id), undefined);
  });

  it('are kept of nobody where the configuration says 0 days', async () => {
    await gateway.close();
    await provider.close();
    await start({ keep_bodies_days: 0 });
    const { id } = await gateway.call(hello('gpt'), { key });
    assert.equal(await keptOf(id), undefined);
  });

  it('that cannot be read are not kept, and the log says so without a word of them', async () => {
    const { id } = await gateway.call(hello('gpt'), { key });
    const unreadable = {
      get prompt(): string {
        throw new Error('the prompt by itself');
      },
    };
    const caller = { id: gateway.ports.keys.list()[0]?.id ?? '', key: undefined, project: null };
    const outline = { model: 'gpt', stream: false, wantsUsage: false, choices: 1, caches: false };
    const attribution = { project: null, evidence: null };
    const given = {
      id: 'odd',
      started: 0,
      client: openaiChat,
      caller,
      raw: Buffer.alloc(0),
      body: unreadable,
      outline,
    };
    const rest = { assistant: null, session: null, wishes: {}, attribution, signal: new AbortController().signal };
    gateway.ports.bodies.begin({ ...given, ...rest }, nowhere).done({ attempts: [{}] } as unknown as Bill);
    assert.equal(await keptOf('odd'), undefined);
    assert.match(gateway.logged.join('\n'), /Prompts and answers cannot be kept in .*: a call could not be read\./);
    assert.doesNotMatch(gateway.logged.join('\n'), /by itself/);
    await kept(id);
  });

  it('are written after the call: a client has its answer while the disk is still busy', async () => {
    let release = (): void => undefined;
    const busy = new Promise<void>((resolve) => (release = resolve));
    const name = { call: 'busy', key: gateway.ports.keys.list()[0]?.id ?? '', at: gateway.clock.now() };
    gateway.ports.bodies.keep(name, 1, async () => {
      await busy;
      return {};
    });
    const { id, status } = await gateway.call(hello('gpt'), { key });
    assert.equal(status, 200);
    const found = keptOf(id);
    release();
    assert.notEqual(await found, undefined);
  });
});
