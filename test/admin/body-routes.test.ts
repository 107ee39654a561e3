import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { managementRoutes } from '../../src/admin/routes.ts';
import { anthropic } from '../../src/dialects/anthropic/anthropic.ts';
import type { ClientDialect } from '../../src/dialects/dialect.ts';
import { gemini } from '../../src/dialects/gemini/gemini.ts';
import { openaiChat } from '../../src/dialects/openai-chat/openai-chat.ts';
import { openaiResponses } from '../../src/dialects/openai-responses/openai-responses.ts';
import { createGatewayServer } from '../../src/http/app.ts';
import { objectIn, objectsIn, type JsonObject } from '../../src/lib/json.ts';
import { chatAnswer, chatStream, fakeProvider, json, type FakeProvider } from '../support/fake-provider.ts';
import { adminKey, configText, hello, manage, openaiModel, send, text } from '../support/gateway-client.ts';
import { gatewayUnderTest, type GatewayUnderTest } from '../support/gateway-under-test.ts';

describe('kept prompts and answers', () => {
  let gateway: GatewayUnderTest;
  let provider: FakeProvider;
  let server: Server;
  let url: string;
  let key: string;
  beforeEach(async () => {
    provider = await fakeProvider();
    const models = [
      openaiModel('gpt', provider.url, { model: 'groq/llama' }),
      openaiModel('cheap', provider.url, { model: 'groq/small', input_cost_per_token: 0.0000001 }),
    ];
    const more = { litellm_settings: { max_budget: 10, num_retries: 0, cache: true } };
    gateway = await gatewayUnderTest(configText(models, more));
    server = createGatewayServer(gateway.ports, managementRoutes);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    key = text((await manage(url, '/key/generate', { key_alias: 'alpha', keep_bodies: 7 }))['key']);
  });
  afterEach(async () => {
    server.close();
    server.closeAllConnections();
    await gateway.close();
    await provider.close();
  });
  const made = async (
    body: JsonObject = hello('gpt', { max_tokens: 50 }),
    client: ClientDialect = openaiChat,
  ): Promise<string> => {
    const { id, failure } = await gateway.call(body, { key, client });
    assert.equal(failure, undefined);
    return id;
  };
  const refused = async (path: string, body?: JsonObject): Promise<string> => {
    const answer = await send(`${url}${path}`, { key: adminKey, ...(body && { body }) });
    assert.notEqual(answer.status, 200);
    return `${answer.status} ${text(objectIn(answer.body['error'])['message'])}`;
  };

  describe('at their routes', () => {
    it('are shown to the administrator alone', async () => {
      const call = await made();
      const body = await manage(url, `/purser/calls/${call}/body`);
      assert.deepEqual(objectIn(body['request'])['max_tokens'], 50);
      assert.deepEqual(objectIn(body['answer'])['id'], 'chatcmpl-fake');
      assert.equal((await send(`${url}/purser/calls/${call}/body`, { key })).status, 403);
      assert.equal((await send(`${url}/purser/calls/${call}/body`)).status, 401);
      const state = await manage(url, '/purser/bodies');
      assert.deepEqual([state['calls'], state['most_days'], state['trouble']], [1, 7, null]);
    });

    it('are shown to be read, and as JSON without files', async () => {
      const picture = `data:image/png;base64,${'A'.repeat(4_000)}`;
      const content = [
        { type: 'text', text: 'What is this?' },
        { type: 'image_url', image_url: { url: picture } },
      ];
      const call = await made({ model: 'gpt', max_tokens: 50, messages: [{ role: 'user', content }] });
      const readable = await manage(url, `/purser/calls/body?call=${call}&view=readable`);
      assert.deepEqual(objectsIn(readable['prompt']), [
        {
          role: 'user',
          parts: [
            { type: 'text', text: 'What is this?' },
            { type: 'media', text: '', media: 'image/png', bytes: 3_000 },
          ],
        },
      ]);
      assert.deepEqual(objectsIn(readable['answer']), [{ type: 'text', text: 'Hi.' }]);
      assert.equal(readable['until'], gateway.clock.now() + 7 * 86_400_000);
      const raw = await manage(url, `/purser/calls/body?call=${call}&view=raw`);
      assert.match(text(raw['request']), /"\[4022 characters of a file\]"/);
      assert.match(await refused(`/purser/calls/body?call=${call}&view=else`), /^400 view must be/);
    });

    it('are deleted one by one, with DELETE as with POST', async () => {
      const [one, two] = [await made(), await made()];
      const gone = await fetch(`${url}/purser/calls/${one}/body`, {
        method: 'DELETE',
        headers: { authorization: `Bearer ${adminKey}` },
      });
      assert.deepEqual([gone.status, await gone.json()], [200, { deleted: true }]);
      await manage(url, '/purser/calls/body/delete', { call: two });
      for (const call of [one, two]) assert.match(await refused(`/purser/calls/${call}/body`), /^404 Nothing is kept/);
      assert.match(await refused('/purser/calls/body/delete', { call: two }), /^404/);
      const foreign = await fetch(`${url}/purser/calls/${one}/body`, {
        method: 'DELETE',
        headers: { authorization: `Bearer ${adminKey}`, origin: 'https://elsewhere.example' },
      });
      assert.equal(foreign.status, 403);
    });

    it('go when their key has it switched off, or is deleted, alone or with its team', async () => {
      const bodies = async (): Promise<unknown> => (await manage(url, '/purser/bodies'))['calls'];
      await made();
      await manage(url, '/key/update', { key, max_budget: 5 });
      assert.equal(await bodies(), 1);
      await manage(url, '/key/update', { key, keep_bodies: null });
      assert.equal(await bodies(), 0);
      await manage(url, '/key/update', { key, keep_bodies: 3 });
      await made();
      assert.equal(await bodies(), 1);
      await manage(url, '/key/delete', { keys: [key] });
      assert.equal(await bodies(), 0);
      await manage(url, '/team/new', { team_id: 'harbour' });
      key = text((await manage(url, '/key/generate', { team_id: 'harbour', keep_bodies: 1 }))['key']);
      await made();
      assert.equal(await bodies(), 1);
      await manage(url, '/team/delete', { team_ids: ['harbour'] });
      assert.equal(await bodies(), 0);
    });

    it('outlast the rotation of their key', async () => {
      const call = await made();
      const rotated = await manage(url, '/key/regenerate', { key });
      assert.equal(rotated['keep_bodies'], 7);
      await manage(url, `/purser/calls/${call}/body`);
    });

    it('say what to do where there are none', async () => {
      assert.match(await refused('/purser/calls/none-such/body'), /^404 There is no call none-such\./);
      const { id } = await gateway.call(hello('gpt', { max_tokens: 5 }));
      assert.match(await refused(`/purser/calls/${id}/body`), /admin key are never kept/);
      const off = text((await manage(url, '/key/generate', { key_alias: 'beta' }))['key']);
      const other = await gateway.call(hello('gpt', { max_tokens: 5 }), { key: off });
      assert.match(await refused(`/purser/calls/${other.id}/body`), /key "beta" .* set keep_bodies/);
      await manage(url, '/key/delete', { keys: [off] });
      assert.match(await refused(`/purser/calls/${other.id}/body`), /key of this call is gone/);
    });

    it('are kept for no longer than the configuration lets them be, and the refusal says so', async () => {
      assert.match(
        await refused('/key/update', { key, keep_bodies: 8 }),
        /^400 keep_bodies 8 is too much.*keep_bodies_days/,
      );
      assert.match(await refused('/key/update', { key, keep_bodies: 0.5 }), /^400 .*keep_bodies/);
      assert.equal(objectIn((await manage(url, `/key/info?key=${key}`))['info'])['keep_bodies'], 7);
    });
  });

  describe('sent to another model', () => {
    const clients: readonly (readonly [string, ClientDialect, JsonObject])[] = [
      ['OpenAI', openaiChat, hello('gpt', { max_tokens: 50, stream: true, stream_options: { include_usage: true } })],
      ['Anthropic', anthropic, hello('gpt', { max_tokens: 50, system: 'Be brief.' })],
      ['Responses', openaiResponses, { model: 'gpt', input: 'Hello', max_output_tokens: 50, stream: true }],
      ['Gemini', gemini, { model: 'gpt', contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] }],
    ];
    for (const [name, client, body] of clients)
      it(`are answered and booked like any call, whichever format they are in: ${name}`, async () => {
        provider.plays(body['stream'] === true ? chatStream('First.') : json(200, chatAnswer('First.')));
        const call = await made(body, client);
        provider.plays(body['stream'] === true ? chatStream('Sec', 'ond.') : json(200, chatAnswer('Second.')));
        gateway.clock.pass(1_000);
        const done = await manage(url, '/purser/replay', { call, model: 'cheap' });
        assert.deepEqual(done['answer'], [{ type: 'text', text: 'Second.' }]);
        assert.equal(provider.requests.at(-1)?.body['model'], 'small');
        const [original, again] = [objectIn(done['original']), objectIn(done['replay'])];
        assert.deepEqual([original['group'], original['cost']], ['gpt', 20_000]);
        assert.deepEqual(
          [again['group'], again['cost'], again['key'], again['assistant']],
          ['cheap', 11_000, 'admin', 'replay'],
        );
        assert.equal((await gateway.rows()).length, 2);
      });

    it('are really sent again, also to the same model with the cache on', async () => {
      const call = await made();
      await manage(url, '/purser/replay', { call, model: 'gpt' });
      assert.equal(provider.requests.length, 2);
    });

    it("count on the original's project and obey its budget, and not on its key", async () => {
      await manage(url, '/team/new', { team_id: 'harbour', max_budget: 0.00011 });
      key = text((await manage(url, '/key/generate', { team_id: 'harbour', keep_bodies: 7, max_budget: 1 }))['key']);
      const call = await made(hello('gpt', { max_tokens: 10 }));
      const done = await manage(url, '/purser/replay', { call, model: 'cheap' });
      assert.equal(objectIn(done['replay'])['project'], 'harbour');
      const { info } = await manage(url, `/key/info?key=${key}`);
      assert.equal(objectIn(info)['spend'], 0.00002);
      await manage(url, '/team/update', { team_id: 'harbour', max_budget: 0.000031 });
      assert.match(await refused('/purser/replay', { call, model: 'cheap' }), /^400 .*[Bb]udget/);
    });

    it('leave out what the other model has no word for', async () => {
      const call = await made(
        { model: 'gpt', max_tokens: 50, top_k: 3, messages: [{ role: 'user', content: 'Hi' }] },
        anthropic,
      );
      await manage(url, '/purser/replay', { call, model: 'cheap' });
      assert.equal(provider.requests.at(-1)?.body['top_k'], undefined);
    });

    it('are quoted before: the most that they can cost, with the price', async () => {
      const call = await made();
      const quote = await manage(url, '/purser/replay/quote', { call, model: 'cheap' });
      const [one] = objectsIn(quote['deployments']);
      assert.deepEqual([one?.['model'], objectIn(one?.['price'])['output']], ['groq/small', 2_000_000]);
      // 50 tokens out, and no more than a token for each byte in.
      assert.ok(Number(quote['most']) >= 100_000 && Number(quote['most']) < 120_000);
      assert.equal(provider.requests.length, 1);
    });

    it('refuse a model that nothing serves, a request that is not whole, and what is not known', async () => {
      const call = await made();
      for (const path of ['/purser/replay', '/purser/replay/quote']) {
        assert.match(await refused(path, { call, model: 'none' }), /^400 Invalid model name/);
        assert.match(await refused(path, { call: 'none', model: 'gpt' }), /^404/);
        assert.match(await refused(path, { call }), /^400 model is missing/);
        assert.match(await refused(path, { model: 'gpt' }), /^400 call is missing/);
        assert.match(await refused(path, { call, model: 'gpt', more: 1 }), /^400 more is not known/);
      }
      const long = await made({ model: 'gpt', messages: [{ role: 'user', content: 'word '.repeat(600_000) }] });
      assert.match(await refused('/purser/replay', { call: long, model: 'cheap' }), /too long to be kept whole/);
    });

    it("tell the provider's refusal, and book it", async () => {
      const call = await made();
      provider.plays(json(400, { error: { message: 'No such luck.' } }));
      assert.match(await refused('/purser/replay', { call, model: 'cheap' }), /No such luck/);
      const [row] = await gateway.rows();
      assert.deepEqual([row?.['status'], row?.['assistant']], ['failed', 'replay']);
      assert.equal(gateway.ports.running.size, 0);
    });
  });
});
