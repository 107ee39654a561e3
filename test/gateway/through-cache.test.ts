import assert from 'node:assert/strict';
import { anthropic } from '../../src/dialects/anthropic/anthropic.ts';
import type { ClientDialect } from '../../src/dialects/dialect.ts';
import { gemini } from '../../src/dialects/gemini/gemini.ts';
import { openaiResponses } from '../../src/dialects/openai-responses/openai-responses.ts';
import { embeddings, moderations, rerank } from '../../src/dialects/relayed/formats.ts';
import { objectIn, type JsonObject } from '../../src/lib/json.ts';
import { chatAnswer, chatStream, events, fakeProvider, json, type FakeProvider } from '../support/fake-provider.ts';
import { configText, hello, openaiModel } from '../support/gateway-client.ts';
import { gatewayUnderTest, type GatewayUnderTest } from '../support/gateway-under-test.ts';

describe('a question that was answered before', () => {
  let provider: FakeProvider;
  let gateway: GatewayUnderTest;
  const start = async (params: JsonObject = {}, cache = true): Promise<void> => {
    provider = await fakeProvider();
    const models = [
      openaiModel('gpt', provider.url, { model: 'litellm_proxy/gpt' }),
      openaiModel('other', provider.url, { model: 'litellm_proxy/other' }),
    ];
    const litellm_settings = { cache, cache_params: params };
    const router_settings = { model_group_alias: { best: 'gpt' } };
    gateway = await gatewayUnderTest(configText(models, { litellm_settings, router_settings }));
  };
  afterEach(async () => {
    await gateway.close();
    await provider.close();
  });
  const asked = (): number => provider.requests.length;
  const question = hello('gpt');

  it('gets the same answer without a provider, at no cost, with a row that says so', async () => {
    await start();
    const first = await gateway.call(question);
    const again = await gateway.call(question);
    assert.equal(asked(), 1);
    assert.equal(again.text, first.text);
    assert.match(again.headers['x-litellm-cache-key'] ?? '', /^[0-9a-f]{64}$/);
    assert.equal(first.headers['x-litellm-cache-key'], undefined);
    assert.equal(Number(again.headers['x-litellm-response-cost']), 0);
    const [second, row] = await gateway.rows();
    assert.deepEqual([row?.['cost'], second?.['cost']], [20_000, 0]);
    const usage = objectIn(second?.['usage']);
    assert.deepEqual([usage['input'], usage['output'], second?.['group']], [10, 5, 'gpt']);
    assert.ok(second?.['cached'] === true || second?.['cached'] === 1);
  });

  it('asks the provider as long as the configuration does not say otherwise', async () => {
    await start({}, false);
    await gateway.call(question);
    await gateway.call({ ...question, cache: { 'use-cache': true } });
    assert.equal(asked(), 2);
    assert.equal(provider.requests[1]?.body['cache'], undefined);
  });

  it('is the same whatever the order of its members, who asks for which user, and by which alias', async () => {
    await start();
    await gateway.call({ ...question, temperature: 0, seed: 1 });
    const { model: _, ...rest } = question;
    const again = {
      seed: 1,
      temperature: 0,
      ...rest,
      model: 'best',
      user: 'anne',
      metadata: { trace_id: '1' },
      timeout: 9,
    };
    await gateway.call(again);
    assert.equal(asked(), 1);
  });

  it('is another with any other word, setting or model', async () => {
    await start();
    await gateway.call(question);
    for (const other of [{ temperature: 0.5 }, { messages: [{ role: 'user', content: 'Hello!' }] }, { model: 'other' }])
      await gateway.call({ ...question, ...other });
    assert.equal(asked(), 4);
  });

  it("is not answered with another key's answer", async () => {
    await start();
    const [anne, bob] = [await gateway.newKey(), await gateway.newKey()];
    await gateway.call(question, { key: anne });
    const bobs = await gateway.call({ ...question, cache: { namespace: 'anne' } }, { key: bob });
    assert.equal(bobs.headers['x-litellm-cache-key'], undefined);
    await gateway.call(question, { key: bob });
    assert.equal(asked(), 3);
    await gateway.call(question, { key: anne });
    assert.equal(asked(), 3);
  });

  it('is answered for every key where the configuration names a namespace, which a request may part again', async () => {
    await start({ namespace: 'team' });
    const [anne, bob] = [await gateway.newKey(), await gateway.newKey()];
    await gateway.call(question, { key: anne });
    await gateway.call(question, { key: bob });
    assert.equal(asked(), 1);
    await gateway.call({ ...question, cache: { namespace: 'apart' } }, { key: bob });
    assert.equal(asked(), 2);
  });

  it('is answered also where the budget is spent, but for no key that may not use the model', async () => {
    await start({ namespace: 'team' });
    const spent = await gateway.newKey({ maxBudget: 20_000 as never });
    const barred = await gateway.newKey({ models: ['other'] });
    await gateway.call({ ...question, max_tokens: 5 });
    const heard = await gateway.call({ ...question, max_tokens: 5 }, { key: spent });
    assert.equal(heard.status, 200);
    const refused = await gateway.call({ ...question, max_tokens: 5 }, { key: barred });
    assert.equal(refused.failure?.kind, 'forbidden');
  });

  it('is asked anew after its time, which the request may shorten', async () => {
    await start({ ttl: 60 });
    await gateway.call(question);
    gateway.clock.pass(59_000);
    await gateway.call(question);
    assert.equal(asked(), 1);
    gateway.clock.pass(1_000);
    await gateway.call({ ...question, cache: { ttl: 5 } });
    assert.equal(asked(), 2);
    gateway.clock.pass(5_000);
    await gateway.call(question);
    assert.equal(asked(), 3);
    gateway.clock.pass(10_000);
    await gateway.call({ ...question, cache: { 's-maxage': 10 } });
    assert.equal(asked(), 3);
    await gateway.call({ ...question, cache: { 's-maxage': 9 } });
    assert.equal(asked(), 4);
  });

  it('is not looked up with no-cache, and not kept with no-store', async () => {
    await start();
    await gateway.call({ ...question, cache: { 'no-store': true } });
    await gateway.call(question);
    assert.equal(asked(), 2);
    provider.plays(json(200, chatAnswer('Newer.')));
    await gateway.call({ ...question, cache: { 'no-cache': true } });
    assert.equal(asked(), 3);
    assert.match((await gateway.call(question)).text, /Newer\./);
    assert.equal(asked(), 3);
    assert.ok(provider.requests.every(({ body }) => body['cache'] === undefined));
  });

  it('is looked up only on request where the mode is default_off', async () => {
    await start({ mode: 'default_off' });
    await gateway.call(question);
    const wanted = { ...question, cache: { 'use-cache': true } };
    await gateway.call(wanted);
    await gateway.call(wanted);
    await gateway.call(question);
    assert.equal(asked(), 3);
  });

  it('refuses controls that mean nothing, by name', async () => {
    await start();
    for (const [cache, message] of [
      [{ ttl: 'long' }, /cache\.ttl must be a number of seconds/],
      [{ 's-maxage': -1 }, /cache\.s-maxage must be/],
      [{ namespace: 1 }, /cache\.namespace must be a text/],
      ['on', /cache must be an object/],
    ] as const) {
      const { failure } = await gateway.call({ ...question, cache });
      assert.equal(failure?.kind, 'invalid-request');
      assert.match(failure.message, message);
    }
    assert.equal(asked(), 0);
  });

  it('gets no failure, no broken answer and no answer that a budget cut short', async () => {
    await start();
    provider.plays(json(500, { error: { message: 'Ill.' } }));
    await gateway.call(question);
    provider.plays(events({ id: 'x', choices: [{ index: 0, delta: { content: 'Half' } }] }));
    const broken = await gateway.call({ ...question, stream: true });
    assert.match(broken.text, /error/);
    provider.plays(json(200, chatAnswer('Hi.', { prompt_tokens: 10, completion_tokens: 300, total_tokens: 310 })));
    const poor = await gateway.newKey({ maxBudget: 700_000 as never });
    const cut = await gateway.call(question, { key: poor });
    assert.ok(Number(cut.headers['x-purser-output-limit']) <= 350);
    const before = asked();
    await gateway.call(question);
    assert.equal(asked(), before + 1);
  });

  it('gets no answer of a model that only stood in', async () => {
    await start();
    provider.plays((request, response) =>
      (request.body['model'] === 'other' ? json(500, { error: { message: 'Ill.' } }) : json(200, chatAnswer('Hi.')))(
        request,
        response,
      ),
    );
    const withStandIn = { ...hello('other'), num_retries: 0, fallbacks: ['gpt'] };
    assert.equal((await gateway.call(withStandIn)).status, 200);
    assert.equal(asked(), 2);
    provider.plays(json(200, chatAnswer('Well again.')));
    assert.match((await gateway.call(withStandIn)).text, /Well again\./);
    assert.match((await gateway.call(withStandIn)).text, /Well again\./);
    assert.equal(asked(), 3);
  });

  it('gets no answer where the answer rests on something kept elsewhere', async () => {
    await start();
    const search = { ...question, web_search_options: {} };
    await gateway.call(search);
    await gateway.call(search);
    assert.equal(asked(), 2);
  });

  it('is asked again once there is another configuration', async () => {
    await start();
    await gateway.call(question);
    const config = { ...gateway.ports.config() };
    const place = { key: 'k', read: true, maxAgeMs: Infinity, write: true, ttlMs: 60_000 };
    assert.equal(gateway.ports.responses.find(config, place), undefined);
    await gateway.call(question);
    assert.equal(asked(), 2);
  });

  it('keeps only the kinds of calls that are named', async () => {
    await start({ supported_call_types: ['aembedding'] });
    await gateway.call(question);
    await gateway.call(question);
    assert.equal(asked(), 2);
  });

  it('is answered for embeddings and rerank, and never for moderations', async () => {
    await start();
    const vector = {
      object: 'list',
      data: [{ index: 0, embedding: [1, 2] }],
      usage: { prompt_tokens: 4, total_tokens: 4 },
    };
    provider.plays(json(200, vector));
    const counts: number[] = [];
    for (const [client, body] of [
      [embeddings, { model: 'gpt', input: 'Ahoy' }],
      [rerank, { model: 'gpt', query: 'sea', documents: ['land'] }],
      [moderations, { model: 'gpt', input: 'Ahoy' }],
    ] as const) {
      const first = await gateway.call(body, { client });
      const second = await gateway.call(body, { client });
      assert.deepEqual([first.status, second.text], [200, first.text]);
      counts.push(asked());
    }
    assert.deepEqual(counts, [1, 2, 4]);
  });

  const turn = { role: 'user', content: 'Hello' };
  const forms: readonly (readonly [ClientDialect, JsonObject])[] = [
    [openaiResponses, { model: 'gpt', input: 'Hello' }],
    [anthropic, { model: 'gpt', max_tokens: 50, messages: [turn] }],
    [gemini, { model: 'gpt', contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] }],
  ];

  describe('as a stream', () => {
    it('gets the very bytes again', async () => {
      await start();
      provider.plays(chatStream('Good ', 'day.'));
      const first = await gateway.call({ ...question, stream: true });
      const again = await gateway.call({ ...question, stream: true });
      assert.equal(asked(), 1);
      assert.equal(again.text, first.text);
      assert.match(again.headers['content-type'] ?? '', /event-stream/);
    });

    it('is told its usage where the first was not asked for it', async () => {
      await start();
      provider.plays(chatStream('Good day.'));
      await gateway.call({ ...question, stream: true });
      const again = await gateway.call({ ...question, stream: true, stream_options: { include_usage: true } });
      assert.equal(asked(), 1);
      assert.match(again.text, /"total_tokens":15/);
      assert.match(again.text, /Good day\./);
    });

    it('gets the whole answer as a stream, and the other way', async () => {
      await start();
      await gateway.call(question);
      const streamed = await gateway.call({ ...question, stream: true });
      assert.match(streamed.text, /^data: .*\n\n[^]*Hi\.[^]*data: \[DONE\]\n\n$/);
      provider.plays(chatStream('Good ', 'day.'));
      const other = hello('other');
      await gateway.call({ ...other, stream: true });
      const whole = objectIn(JSON.parse((await gateway.call(other)).text));
      assert.equal(asked(), 2);
      assert.match(JSON.stringify(whole), /"content":"Good day\."/);
      assert.equal(objectIn(whole['usage'])['total_tokens'], 15);
    });

    it('is asked for itself where several choices were wanted', async () => {
      await start();
      await gateway.call({ ...question, n: 2 });
      provider.plays(chatStream('Good day.'));
      await gateway.call({ ...question, n: 2, stream: true });
      assert.equal(asked(), 2);
    });

    for (const [client, body] of forms) {
      it(`and whole, in the format ${client.name}`, async () => {
        await start();
        const whole = await gateway.call(body, { client });
        assert.equal(whole.status, 200, whole.failure?.message);
        const streamed = await gateway.call({ ...body, stream: true }, { client });
        assert.match(streamed.text, /Hi\./);
        assert.equal(asked(), 1);
        provider.plays(chatStream('Good ', 'day.'));
        const other = { ...body, model: 'other' };
        const stream = await gateway.call({ ...other, stream: true }, { client });
        assert.equal((await gateway.call({ ...other, stream: true }, { client })).text, stream.text);
        assert.match((await gateway.call(other, { client })).text, /Good day\./);
        assert.equal(asked(), 2);
      });
    }
  });
});
