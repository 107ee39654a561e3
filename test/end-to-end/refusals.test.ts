import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import OpenAI from 'openai';
import { objectIn } from '../../src/lib/json.ts';
import { startServer, type BuiltServer } from '../support/built-server.ts';
import { chatAnswer, fakeProvider, json, type FakeProvider } from '../support/fake-provider.ts';
import {
  adminKey,
  chat,
  configText,
  hello,
  manage,
  newKey,
  openai,
  openaiModel,
  rowsOf,
  send,
  text,
  type Answer,
} from '../support/gateway-client.ts';
import { rawRequest } from '../support/raw-request.ts';

const messages = [{ role: 'user' as const, content: 'Hello' }];

describe('a refusal', () => {
  let provider: FakeProvider;
  let server: BuiltServer;
  let key: string;
  before(async () => {
    provider = await fakeProvider();
    const base = `${provider.url}/v1`;
    const models = [
      openaiModel('gpt', base, { api_key: 'os.environ/OPENAI_KEY_OF_GPT' }),
      openaiModel('gpt-lenient', base, { drop_params: true }),
      {
        model_name: 'claude',
        litellm_params: { model: 'anthropic/claude-sonnet-4-5', api_key: 'sk-ant', api_base: provider.url },
      },
      {
        model_name: 'claude-lenient',
        litellm_params: {
          model: 'anthropic/claude-sonnet-4-5',
          api_key: 'sk-ant',
          api_base: provider.url,
          drop_params: true,
        },
      },
    ];
    server = await startServer({
      variables: { OPENAI_KEY_OF_GPT: 'sk-provider-key-of-the-tests' },
      config: configText(models, {
        general_settings: { max_request_size_mb: 1, allowed_origins: ['https://dashboard.test'] },
      }),
    });
    key = await newKey(server.url);
  });
  after(async () => {
    await server.stop();
    await provider.close();
  });
  beforeEach(() => {
    provider.requests.splice(0);
    provider.plays(json(200, chatAnswer('Hi.')));
  });

  /** What the client of OpenAI throws, which has tried as often as it likes. */
  const thrownBy = async (apiKey: string, model = 'gpt'): Promise<InstanceType<typeof OpenAI.APIError>> => {
    const error: unknown = await openai(server.url, apiKey, 2)
      .chat.completions.create({ model, messages })
      .then(
        () => assert.fail('it was not refused'),
        (reason: unknown) => reason,
      );
    assert.ok(error instanceof OpenAI.APIError, String(error));
    return error;
  };

  describe('of a key', () => {
    it('is 401, says what is wrong and is not tried again', async () => {
      const error = await thrownBy('sk-nobody-has-this-key-0000');
      assert.equal(error.status, 401);
      assert.equal(error.headers?.get('x-should-retry'), 'false');
      assert.equal(error.code, 'token_not_found_in_db');
      assert.match(error.message, /This gateway has no key sk-\.\.\.0000/);
      assert.ok(!error.message.includes('nobody'));
    });

    it('is 401 where none was sent', async () => {
      const answer = await send(`${server.url}/v1/chat/completions`, { body: hello('gpt') });
      assert.equal(answer.status, 401);
      assert.match(messageOf(answer), /No api key passed in/);
    });

    it('comes before anything of the body is read', async () => {
      assert.equal(
        (await send(`${server.url}/v1/chat/completions`, { key: 'sk-wrong-key-of-nobody', body: '{' })).status,
        401,
      );
    });

    it('takes the key from every header that clients put it in, and from the query', async () => {
      for (const name of ['x-api-key', 'api-key', 'x-goog-api-key', 'x-litellm-api-key']) {
        const answer = await send(`${server.url}/v1/chat/completions`, {
          headers: { [name]: key },
          body: hello('gpt'),
        });
        assert.equal(answer.status, 200, name);
      }
      assert.equal((await send(`${server.url}/v1/chat/completions?key=${key}`, { body: hello('gpt') })).status, 200);
    });
  });

  describe('of a model', () => {
    it('is 400 where nobody serves it', async () => {
      const error = await thrownBy(key, 'gpt-99');
      assert.equal(error.status, 400);
      assert.equal(error.code, 'model_not_found');
      assert.match(error.message, /Invalid model name passed in model=gpt-99/);
    });

    it('is 403 where it is not for this key', async () => {
      const error = await thrownBy(await newKey(server.url, { models: ['claude'] }));
      assert.equal(error.status, 403);
      assert.equal(error.code, 'key_model_access_denied');
      assert.equal(error.type, 'key_model_access_denied');
      assert.equal(provider.requests.length, 0);
    });

    it('does not meet a key whose pattern or alias it fits', async () => {
      const patterned = await newKey(server.url, { models: ['gpt*'] });
      assert.equal((await chat(server.url, patterned, hello('gpt-lenient'))).status, 200);
      const aliased = await newKey(server.url, { models: ['gpt'], aliases: { 'gpt-4.1-nano': 'gpt' } });
      assert.equal((await chat(server.url, aliased, hello('gpt-4.1-nano'))).status, 200);
    });
  });

  describe('by the provider', () => {
    it('of its own key is 401 and is not tried again', async () => {
      provider.plays(
        json(401, {
          error: { message: 'Incorrect API key provided.', type: 'invalid_request_error', code: 'invalid_api_key' },
        }),
      );
      const error = await thrownBy(key);
      assert.equal(error.status, 401);
      assert.equal(error.headers?.get('x-should-retry'), 'false');
      assert.equal(provider.requests.length, 1);
      assert.match(error.message, /Incorrect API key provided.*openai\/OPENAI_KEY_OF_GPT/);
    });

    it('for its rate is 429, with its own retry-after', async () => {
      provider.plays(
        json(
          429,
          { error: { message: 'Slow down.', type: 'requests', code: 'rate_limit_exceeded' } },
          { 'retry-after': '7' },
        ),
      );
      const answer = await chat(server.url, key, hello('gpt', { num_retries: 0 }));
      assert.equal(answer.status, 429);
      assert.equal(answer.headers.get('retry-after'), '7');
      assert.equal(messageOf(answer), 'Slow down.');
    });

    it('is passed on with its words, and costs nothing', async () => {
      provider.plays(
        json(400, {
          error: { message: 'messages[0] is odd.', type: 'invalid_request_error', param: 'messages', code: null },
        }),
      );
      const answer = await chat(server.url, key, hello('gpt'));
      assert.equal(answer.status, 400);
      assert.deepEqual(
        [messageOf(answer), objectIn(answer.body['error'])['param']],
        ['messages[0] is odd.', 'messages'],
      );
      const [row] = await rowsOf(server.url);
      assert.deepEqual([row?.['status'], row?.['failure'], row?.['cost']], ['failed', 'invalid-request', 0]);
    });

    it('for want of money is 400 and names the account', async () => {
      provider.plays(
        json(429, {
          error: {
            message: 'You exceeded your current quota.',
            type: 'insufficient_quota',
            code: 'insufficient_quota',
          },
        }),
      );
      const answer = await chat(server.url, key, hello('gpt'));
      assert.equal(answer.status, 400);
      assert.equal(objectIn(answer.body['error'])['code'], 'insufficient_quota');
      assert.match(messageOf(answer), /You exceeded your current quota\..*openai\/OPENAI_KEY_OF_GPT/);
    });

    it('is 502 where it cannot be reached at all, or answers with a web page', async () => {
      provider.plays((_request, response) => void response.socket?.destroy());
      assert.equal((await chat(server.url, key, hello('gpt'))).status, 502);
      provider.plays(
        (_request, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
      );
      assert.equal((await chat(server.url, key, hello('gpt'))).status, 502);
    });
  });

  describe('of a parameter', () => {
    it('that the provider has no word for names it', async () => {
      const answer = await chat(server.url, key, hello('claude', { logit_bias: { 50256: -100 } }));
      assert.equal(answer.status, 400);
      assert.match(messageOf(answer), /Anthropic has no counterpart for logit_bias/);
      assert.equal(objectIn(answer.body['error'])['param'], 'logit_bias');
      assert.equal(provider.requests.length, 0);
    });

    it('is not made where drop_params is on, and a header says what was dropped', async () => {
      provider.plays(json(200, claudeAnswer));
      const answer = await chat(server.url, key, hello('claude-lenient', { logit_bias: { 50256: -100 } }));
      assert.equal(answer.status, 200, answer.text);
      assert.equal(answer.headers.get('x-purser-dropped-params'), 'logit_bias');
      assert.equal(provider.requests[0]?.body['logit_bias'], undefined);
    });
  });

  describe('of a body', () => {
    const post = (body: string, headers: Record<string, string> = {}): Promise<Answer> =>
      send(`${server.url}/v1/chat/completions`, { key, body, headers });

    it('says where its JSON breaks', async () => {
      const answer = await post('{"model": "gpt", nonsense}');
      assert.equal(answer.status, 400);
      assert.match(messageOf(answer), /Invalid JSON payload: it breaks at position 17/);
    });

    it('is 400 where it is no object or names no model', async () => {
      assert.equal((await post('[1]')).status, 400);
      assert.equal((await post('')).status, 400);
      const answer = await post('{"messages":[]}');
      assert.equal(answer.status, 400);
      assert.equal(objectIn(answer.body['error'])['param'], 'model');
    });

    it('is 415 where it is not JSON by its type, as a web form sends it', async () => {
      for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
        assert.equal((await post(JSON.stringify(hello('gpt')), { 'content-type': type })).status, 415, type);
      }
    });

    it('is 413 where it is too large, announced or not, packed or not', async () => {
      const large = JSON.stringify(hello('gpt', { padding: 'x'.repeat(1_100_000) }));
      const announced = await rawRequest(server.url, { key, body: large });
      assert.equal(announced.status, 413);
      assert.match(announced.text, /max_request_size_mb/);
      assert.equal((await rawRequest(server.url, { key, body: large, chunked: true })).status, 413);
      const packed = await rawRequest(server.url, {
        key,
        body: gzipSync(large),
        headers: { 'content-encoding': 'gzip' },
      });
      assert.equal(packed.status, 413);
    });

    it('does not meet one that is packed', async () => {
      const body = gzipSync(JSON.stringify(hello('gpt')));
      const answer = await rawRequest(server.url, { key, body, headers: { 'content-encoding': 'gzip' } });
      assert.equal(answer.status, 200, answer.text);
      assert.deepEqual(provider.requests[0]?.body, { ...hello('gpt-4o') });
    });

    it('says so where the packing is unknown or broken', async () => {
      const headers = { 'content-encoding': 'gzip' };
      assert.equal((await rawRequest(server.url, { key, body: 'not packed', headers })).status, 400);
      const odd = await rawRequest(server.url, { key, body: 'x', headers: { 'content-encoding': 'snappy' } });
      assert.equal(odd.status, 415);
    });
  });

  describe('of a web page', () => {
    const asked = (headers: Record<string, string>, path?: string) =>
      rawRequest(server.url, {
        key,
        body: JSON.stringify(hello('gpt')),
        headers,
        ...(path === undefined ? {} : { path }),
      });

    it('that came by a rebinding name is 403 and names the setting', async () => {
      for (const path of ['/v1/chat/completions', '/key/generate']) {
        const answer = await asked({ host: 'evil.test' }, path);
        assert.equal(answer.status, 403);
        assert.match(answer.text, /general_settings\.allowed_hosts/);
      }
      assert.equal(provider.requests.length, 0);
    });

    it('of another origin is 403 and names the setting', async () => {
      for (const origin of ['https://evil.test', 'null']) {
        const answer = await asked({ origin });
        assert.equal(answer.status, 403);
        assert.match(answer.text, /general_settings\.allowed_origins/);
      }
    });

    it('does not meet the loopback names, nor an allowed origin', async () => {
      const { port } = new URL(server.url);
      assert.equal((await asked({ host: `localhost:${port}` })).status, 200);
      assert.equal((await asked({ host: `[::1]:${port}` })).status, 200);
      assert.equal((await asked({ origin: 'https://dashboard.test' })).status, 200);
    });
  });

  describe('of a place', () => {
    it('is 404 and names it', async () => {
      const answer = await send(`${server.url}/v2/nothing`, { key });
      assert.equal(answer.status, 404);
      assert.match(messageOf(answer), /no route GET \/v2\/nothing/);
    });

    it('is 403 where only the administrator may go', async () => {
      for (const path of ['/key/list', '/spend/keys', '/global/spend']) {
        assert.equal((await send(`${server.url}${path}`, { key })).status, 403, path);
      }
      assert.equal((await send(`${server.url}/key/generate`, { key, body: {} })).status, 403);
      assert.equal((await send(`${server.url}/key/list`, { key: adminKey })).status, 200);
    });
  });

  it('of an unknown management field names it', async () => {
    const answer = await send(`${server.url}/key/generate`, {
      key: adminKey,
      body: { key_alias: 'x', max_budgett: 5 },
    });
    assert.equal(answer.status, 400);
    assert.match(messageOf(answer), /max_budgett: not supported by this gateway/);
    assert.equal(objectIn(answer.body['error'])['param'], 'max_budgett');
    assert.equal((await manage(server.url, '/key/list?key_alias=x'))['total_count'], 0);
  });
});

const messageOf = (answer: Answer): string => text(objectIn(answer.body['error'])['message']);

const claudeAnswer = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-sonnet-4-5',
  content: [{ type: 'text', text: 'Hi.' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 10, output_tokens: 5 },
};
