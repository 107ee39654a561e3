import assert from 'node:assert/strict';
import { nanoUsd } from '../../src/chat/money.ts';
import { Failure } from '../../src/chat/failure.ts';
import { objectIn, objectsIn } from '../../src/lib/json.ts';
import {
  chatAnswer,
  chatChunk,
  chatStream,
  events,
  fakeProvider,
  json,
  type FakeProvider,
} from '../support/fake-provider.ts';
import { configText, hello, openaiModel, text } from '../support/gateway-client.ts';
import { gatewayUnderTest, type GatewayUnderTest } from '../support/gateway-under-test.ts';

describe('answer', () => {
  let provider: FakeProvider;
  let spare: FakeProvider;
  let gateway: GatewayUnderTest;
  before(async () => {
    provider = await fakeProvider();
    spare = await fakeProvider();
    const base = `${provider.url}/v1`;
    gateway = await gatewayUnderTest(
      configText(
        [
          openaiModel('gpt', base),
          openaiModel('two', base, { order: 1 }),
          openaiModel('two', `${spare.url}/v1`, { order: 2, model: 'openai/gpt-4o-mini' }),
          { model_name: 'demo', litellm_params: { model: 'openai/demo', mock_response: 'From the demo.' } },
          {
            model_name: 'odd-price',
            litellm_params: { model: 'openai/never-heard-of-it', api_key: 'sk-x', api_base: base },
          },
        ],
        { general_settings: { hold_wait_seconds: 0 } },
      ),
    );
  });
  after(async () => {
    await gateway.close();
    await provider.close();
    await spare.close();
  });
  beforeEach(() => {
    provider.requests.splice(0);
    spare.requests.splice(0);
    provider.plays(json(200, chatAnswer('Hi.')));
    spare.plays(json(200, chatAnswer('From the spare one.')));
    gateway.ports.catalog().deployments.forEach(gateway.ports.health.tryNow);
  });

  const spentBy = (key: string) => gateway.ports.budgets.spend(`key:${gateway.ports.keys.find(key)?.id}`, null).total;

  it('takes no calls once the gateway stops', async () => {
    gateway.accepts(false);
    const { failure } = await gateway.call(hello('gpt'));
    gateway.accepts(true);
    assert.equal(failure?.kind, 'stopping');
    assert.equal(provider.requests.length, 0);
  });

  it('books the row before the last frame goes out', async () => {
    provider.plays(chatStream('One ', 'two.'));
    const key = await gateway.newKey();
    const spentAt: [last: boolean, spent: number][] = [];
    await gateway.call(hello('gpt', { stream: true }), {
      key,
      onPiece: (text) => spentAt.push([text.includes('[DONE]'), spentBy(key)]),
    });
    assert.deepEqual(
      spentAt.filter(([last]) => last),
      [[true, 20_000]],
    );
    assert.ok(spentAt.filter(([last]) => !last).every(([, spent]) => spent === 0));
  });

  it('goes to the next deployment when one fails before a byte was sent, and adds up what both cost', async () => {
    provider.plays((_request, response) => void response.socket?.destroy());
    const heard = await gateway.call(hello('two', { max_tokens: 300 }));
    assert.equal(heard.status, 200);
    assert.match(heard.text, /From the spare one/);
    assert.equal(heard.headers['x-litellm-attempted-fallbacks'], '1');
    const [row] = await gateway.rows();
    const [first, second] = objectsIn(row?.['attempts']);
    assert.match(text(first?.['failure']), /^provider-unreachable: /);
    assert.equal(second?.['failure'], undefined);
    assert.ok(Number(first?.['cost']) >= 300 * 2000);
    assert.equal(row?.['cost'], Number(first?.['cost']) + Number(second?.['cost']));
    assert.equal(row['upperBound'], true);
    assert.deepEqual(row['status'], 'done');
    assert.equal(heard.headers['x-litellm-response-cost'], `${row['cost'] / 1e9}`);
  });

  it('does not try again what is wrong with the request itself', async () => {
    provider.plays(json(400, { error: { message: 'Nonsense.' } }));
    const heard = await gateway.call(hello('two'));
    assert.equal(heard.failure?.message, 'Nonsense.');
    assert.equal(spare.requests.length, 0);
  });

  it('does not go elsewhere once a byte has reached the client, and says why it failed there', async () => {
    provider.plays(events(chatChunk({ content: 'Half' }), { error: { message: 'Broken.' } }));
    const heard = await gateway.call(hello('two', { stream: true }));
    assert.equal(heard.failure, undefined);
    assert.equal(spare.requests.length, 0);
    assert.match(heard.text, /Half[^]*Broken\./);
    assert.ok(!heard.text.includes('[DONE]'));
    const [row] = await gateway.rows();
    assert.match(JSON.stringify(row?.['attempts']), /Broken\./);
  });

  it('goes elsewhere when a stream begins with its failure', async () => {
    provider.plays(events({ error: { message: 'Overloaded.', code: 503 } }));
    spare.plays(chatStream('From the spare one.'));
    const heard = await gateway.call(hello('two', { stream: true }));
    assert.match(heard.text, /From the spare one[^]*\[DONE\]/);
  });

  it('does not go elsewhere for a client that is gone, and cuts its connection', async () => {
    const gone = new AbortController();
    provider.plays(() => gone.abort(new Failure('cancelled', 'The client went away.')));
    const heard = await gateway.call(hello('two'), { signal: gone.signal });
    assert.equal(heard.failure?.kind, 'cancelled');
    assert.equal(spare.requests.length, 0);
    const [row] = await gateway.rows();
    assert.deepEqual([row?.['status'], row?.['upperBound']], ['cancelled', true]);
  });

  it('ends a stream in the words of whoever stopped it', async () => {
    const stopped = new AbortController();
    provider.plays((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`data: ${JSON.stringify(chatChunk({ content: 'Half' }))}\n\n`);
    });
    const heard = await gateway.call(hello('gpt', { stream: true }), {
      signal: stopped.signal,
      onPiece: () => stopped.abort(new Failure('stopping', 'Purser was stopped.')),
    });
    assert.match(heard.text, /Half[^]*Purser was stopped\./);
    assert.equal((await gateway.rows())[0]?.['status'], 'failed');
  });

  it('books nothing for a call that was never let in', async () => {
    const before = (await gateway.rows()).length;
    const key = await gateway.newKey({ maxBudget: nanoUsd(0), models: ['gpt'] });
    assert.equal((await gateway.call(hello('gpt'), { key })).failure?.kind, 'budget-exceeded');
    assert.equal((await gateway.call(hello('two'), { key })).failure?.kind, 'forbidden');
    assert.equal((await gateway.call(hello('nope'))).failure?.kind, 'invalid-request');
    assert.equal((await gateway.rows()).length, before);
  });

  it('gives every hold back, however the call ends', async () => {
    const key = await gateway.newKey({ maxBudget: nanoUsd(2_000_000) });
    const endings = [
      json(500, { error: { message: 'No.' } }),
      json(200, 'not an object'),
      events(chatChunk({ content: 'cut' })),
      events({ error: { message: 'No.' } }),
    ];
    for (const ending of endings) {
      provider.plays(ending);
      await gateway.call(hello('gpt', { stream: true, max_tokens: 100 }), { key });
    }
    assert.deepEqual(gateway.ports.budgets.abandonHolds(), []);
  });

  it('plays a mock whole and streamed, books it for nothing, and asks no provider', async () => {
    const whole = await gateway.call(hello('demo'));
    assert.equal(
      objectIn(objectsIn(objectIn(JSON.parse(whole.text))['choices'])[0]?.['message'])['content'],
      'From the demo.',
    );
    const streamed = await gateway.call(hello('demo', { stream: true }));
    assert.match(streamed.text, /From the demo\.[^]*\[DONE\]/);
    const [row] = await gateway.rows();
    assert.deepEqual([row?.['cost'], row?.['status'], row?.['stream']], [0, 'done', true]);
    assert.equal(provider.requests.length, 0);
  });

  it('answers with a stream where the provider answers whole although a stream was asked for', async () => {
    provider.plays(json(200, chatAnswer('Whole.')));
    const heard = await gateway.call(hello('gpt', { stream: true, stream_options: { include_usage: true } }));
    assert.match(heard.headers['content-type'] ?? '', /event-stream/);
    assert.match(heard.text, /Whole\.[^]*"total_tokens":15[^]*\[DONE\]/);
  });

  it('says so when a provider answers with a web page or with nothing', async () => {
    for (const [type, body, expected] of [
      ['text/html', '<html>', /a web page/],
      ['application/json', '', /an empty body/],
      ['application/json', '[]', /not a JSON object/],
    ] as const) {
      provider.plays((_request, response) => void response.writeHead(200, { 'content-type': type }).end(body));
      const { failure } = await gateway.call(hello('gpt'));
      assert.equal(failure?.kind, 'provider-nonsense');
      assert.match(failure.message, expected);
    }
  });

  it('takes an error that came as an answer for no answer, and bills the same for it streamed or not', async () => {
    const costs: unknown[] = [];
    for (const stream of [false, true]) {
      const error = { error: { message: 'No provider could be found.', code: 502 } };
      provider.plays(stream ? events(error) : json(200, error));
      const { failure } = await gateway.call(hello('gpt', { stream }));
      assert.equal(failure?.message, 'No provider could be found.');
      const [row] = await gateway.rows();
      assert.deepEqual([row?.['status'], row?.['source'], row?.['upperBound']], ['failed', 'estimated', false]);
      costs.push(row?.['cost']);
    }
    assert.equal(costs[0], costs[1]);
  });

  it('counts for itself where the provider counts nothing', async () => {
    provider.plays(json(200, { ...chatAnswer('Twelve chars'), usage: undefined }));
    await gateway.call(hello('gpt'));
    const [row] = await gateway.rows();
    assert.equal(row?.['source'], 'estimated');
    assert.equal(objectIn(row['usage'])['output'], 3);
    assert.ok(Number(objectIn(row['usage'])['input']) > 0);
  });
});
