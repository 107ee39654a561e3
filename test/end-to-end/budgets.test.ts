import assert from 'node:assert/strict';
import OpenAI from 'openai';
import { objectIn, type JsonObject } from '../../src/lib/json.ts';
import { startServer, type BuiltServer } from '../support/built-server.ts';
import {
  chatAnswer,
  fakeProvider,
  json,
  type FakeProvider,
  type ReceivedRequest,
  type Script,
} from '../support/fake-provider.ts';
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
} from '../support/gateway-client.ts';

/** Bills all that it was allowed to write, as a provider may. */
const billsTheMost: Script = (request, response) => {
  const most = limitIn(request);
  return json(200, chatAnswer('x', { prompt_tokens: 10, completion_tokens: most, total_tokens: 10 + most }))(
    request,
    response,
  );
};
const limitIn = ({ body }: ReceivedRequest): number => Number(body['max_tokens'] ?? body['max_completion_tokens']);

describe('a budget', () => {
  let provider: FakeProvider;
  let server: BuiltServer;
  before(async () => {
    provider = await fakeProvider();
    const base = `${provider.url}/v1`;
    server = await startServer({
      config: configText(
        [
          openaiModel('gpt', base),
          openaiModel('free', base, { input_cost_per_token: 0, output_cost_per_token: 0 }),
          {
            model_name: 'unpriced',
            litellm_params: { model: 'openai/never-heard-of-it', api_key: 'sk-x', api_base: base },
          },
        ],
        { general_settings: { hold_wait_seconds: 0 }, litellm_settings: { max_budget: 1000 } },
      ),
    });
  });
  after(async () => {
    await server.stop();
    await provider.close();
  });
  beforeEach(() => {
    provider.requests.splice(0);
    provider.plays(billsTheMost);
  });

  it('that is spent is told whole, once, and nothing reaches the provider', async () => {
    const key = await newKey(server.url, { key_alias: 'spent', max_budget: 0.001, budget_duration: '30d' });
    provider.plays(json(200, chatAnswer('Dear.', { prompt_tokens: 1000, completion_tokens: 0, total_tokens: 1000 })));
    await chat(server.url, key, hello('gpt', { max_tokens: 300 }));
    provider.requests.splice(0);
    let asked = 0;
    const client = new OpenAI({
      baseURL: `${server.url}/v1`,
      apiKey: key,
      fetch: (...request: Parameters<typeof fetch>) => {
        asked += 1;
        return fetch(...request);
      },
    });
    const error: unknown = await client.chat.completions
      .create({ model: 'gpt', messages: [{ role: 'user', content: 'Hello' }] })
      .then(
        () => assert.fail('it was not refused'),
        (reason: unknown) => reason,
      );
    assert.ok(error instanceof OpenAI.BadRequestError, String(error));
    assert.equal(asked, 1);
    assert.equal(provider.requests.length, 0);
    assert.equal(error.type, 'budget_exceeded');
    for (const part of [
      /budget/i,
      /\$0\.001/,
      /key "spent"/i,
      /has spent/,
      /resets on/,
      /max_budget with POST \/key\/update/,
    ]) {
      assert.match(error.message, part);
    }
    assert.equal((await rowsOf(server.url)).length, 1);
  });

  it('that is raised serves again at once', async () => {
    const key = await newKey(server.url, { max_budget: 0 });
    assert.equal((await chat(server.url, key, hello('gpt'))).status, 400);
    await manage(server.url, '/key/update', { key, max_budget: 1 });
    assert.equal((await chat(server.url, key, hello('gpt', { max_tokens: 300 }))).status, 200);
  });

  it('that is spent leaves free models usable', async () => {
    const key = await newKey(server.url, { max_budget: 0 });
    const answer = await chat(server.url, key, hello('free', { max_tokens: 300 }));
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('x-litellm-response-cost'), '0');
  });

  it('lowers the output that the provider is allowed, says so, and is not passed by the bill', async () => {
    const key = await newKey(server.url, { max_budget: 0.002 });
    const answer = await chat(server.url, key, hello('gpt', { max_tokens: 4000 }));
    assert.equal(answer.status, 200, answer.text);
    const [request] = provider.requests;
    assert.ok(request);
    const limit = limitIn(request);
    assert.ok(limit < 1000 && limit > 900, String(limit));
    assert.equal(answer.headers.get('x-purser-output-limit'), String(limit));
    const [row] = await rowsOf(server.url, answer.headers.get('x-litellm-call-id') ?? '');
    assert.equal(row?.['outputLimit'], limit);
    assert.ok(Number(answer.headers.get('x-litellm-key-spend')) <= 0.002);
    assert.equal(answer.headers.get('x-litellm-key-max-budget'), '0.002');
  });

  it('leaves alone a limit that it affords', async () => {
    const key = await newKey(server.url, { max_budget: 1 });
    const answer = await chat(server.url, key, hello('gpt', { max_tokens: 300 }));
    assert.equal(answer.headers.get('x-purser-output-limit'), null);
    assert.deepEqual(provider.requests[0]?.body, hello('gpt-4o', { max_tokens: 300 }));
  });

  it('gives a call without a limit of its own at most a quarter of what is left', async () => {
    const key = await newKey(server.url, { max_budget: 0.1 });
    await chat(server.url, key, hello('gpt'));
    const [request] = provider.requests;
    assert.ok(request && limitIn(request) > 11_000 && limitIn(request) <= 12_500);
  });

  it('is never passed by twenty calls at once, and what is only held makes the others wait', async () => {
    const key = await newKey(server.url, { max_budget: 0.005 });
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => chat(server.url, key, hello('gpt', { max_tokens: 400 }))),
    );
    const served = answers.filter(({ status }) => status === 200);
    const { spend } = objectIn((await manage(server.url, `/key/info?key=${key}`))['info']);
    assert.ok(served.length >= 5, String(served.length));
    assert.equal(served.length, provider.requests.length);
    assert.ok(Number(spend) <= 0.005, `${Number(spend)}`);
    const rows = (await rowsOf(server.url)).filter((row) =>
      served.some(({ headers }) => headers.get('x-litellm-call-id') === row['call']),
    );
    assert.equal(
      Math.round(Number(spend) * 1e9),
      rows.reduce((sum, row) => sum + Number(row['cost']), 0),
    );
    for (const { status, headers } of answers) {
      if (status === 429) assert.equal(headers.get('retry-after'), '5');
      else assert.ok(status === 200 || status === 400, String(status));
    }
  });

  it('counts an unknown price as the dearest of its family, and says so', async () => {
    provider.plays(json(200, chatAnswer('Dear.')));
    const key = await newKey(server.url, { max_budget: 5 });
    const answer = await chat(server.url, key, hello('unpriced', { max_tokens: 300 }));
    assert.equal(answer.status, 200, answer.text);
    const [row] = await rowsOf(server.url, answer.headers.get('x-litellm-call-id') ?? '');
    assert.equal(row?.['source'], 'assumed');
    assert.ok(Number(row['cost']) > 20_000);
  });

  it('books nothing for a call that the provider refused, and gives its hold back', async () => {
    const key = await newKey(server.url, { max_budget: 0.002 });
    provider.plays(json(400, { error: { message: 'No.' } }));
    for (let count = 0; count < 3; count += 1)
      assert.equal((await chat(server.url, key, hello('gpt', { max_tokens: 900 }))).status, 400);
    provider.plays(billsTheMost);
    assert.equal((await chat(server.url, key, hello('gpt', { max_tokens: 900 }))).status, 200);
  });

  it('books the hold, as an upper bound, where nobody knows what a call cost', async () => {
    provider.plays((_request, response) => void response.socket?.destroy());
    const answer = await chat(server.url, adminKey, hello('gpt', { max_tokens: 500 }));
    assert.equal(answer.status, 502);
    const [row] = await rowsOf(server.url);
    assert.deepEqual([row?.['status'], row?.['upperBound'], row?.['source']], ['failed', true, 'estimated']);
    assert.ok(Number(row?.['cost']) >= 500 * 2000);
  });

  it('of several windows is held by each, and /purser/events tells when one fills', async () => {
    const { events: before } = await manage(server.url, '/purser/events');
    const last = Number(objectIn((before as JsonObject[]).at(-1))['id'] ?? 0);
    const budget_limits = [
      { max_budget: 0.001, budget_duration: '1d' },
      { max_budget: 1, budget_duration: '30d' },
    ];
    const key = await newKey(server.url, { key_alias: 'windows', budget_limits });
    provider.plays(json(200, chatAnswer('Dear.', { prompt_tokens: 1000, completion_tokens: 0, total_tokens: 1000 })));
    assert.equal((await chat(server.url, key, hello('gpt', { max_tokens: 300 }))).status, 200);
    const refused = await chat(server.url, key, hello('gpt', { max_tokens: 300 }));
    assert.equal(refused.status, 400);
    assert.match(refused.text, /daily budget of \$0\.001.*budget_limits with POST \/key\/update/);
    const { events } = await manage(server.url, `/purser/events?since=${last}`);
    const told = (events as JsonObject[]).filter(({ type }) => type === 'budget-threshold');
    assert.deepEqual(
      told.map(({ percent, duration, spent, max }) => [percent, duration, spent, max]),
      [[100, '1d', 1_000_000, 1_000_000]],
    );
    assert.match(text(told[0]?.['title']), /windows/);
    assert.equal((await send(`${server.url}/purser/events?since=x`, { key: adminKey })).status, 400);
    assert.equal((await send(`${server.url}/purser/events`, { key })).status, 403);
  });

  it('of the whole gateway is told by /global/spend', async () => {
    const { body } = await send(`${server.url}/global/spend`, { key: adminKey });
    const rows = await rowsOf(server.url);
    assert.equal(body['max_budget'], 1000);
    assert.equal(
      Math.round(Number(body['spend']) * 1e9),
      rows.reduce((sum, row) => sum + Number(row['cost']), 0),
    );
  });
});

describe('the budget of the whole gateway', () => {
  it('stops the administrator too', async () => {
    const provider = await fakeProvider();
    const server = await startServer({
      config: configText([openaiModel('gpt', `${provider.url}/v1`)], {
        litellm_settings: { max_budget: 0, budget_exceeded_status_code: 402 },
      }),
    });
    const answer = await chat(server.url, adminKey, hello('gpt'));
    assert.equal(answer.status, 402);
    assert.match(answer.text, /whole gateway.*litellm_settings\.max_budget/);
    await assert.rejects(
      openai(server.url, adminKey).chat.completions.create({
        model: 'gpt',
        messages: [{ role: 'user', content: 'Hello' }],
      }),
      /budget/i,
    );
    assert.equal(provider.requests.length, 0);
    await server.stop();
    await provider.close();
  });
});
