import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Failure } from '../../src/chat/failure.ts';
import { nanoUsd } from '../../src/chat/money.ts';
import { objectsIn, type JsonObject } from '../../src/lib/json.ts';
import {
  chatAnswer,
  chatChunk,
  chatStream,
  fakeProvider,
  json,
  type FakeProvider,
  type Script,
} from '../support/fake-provider.ts';
import { configText, hello, openaiModel } from '../support/gateway-client.ts';
import { gatewayUnderTest, type GatewayUnderTest, type Heard } from '../support/gateway-under-test.ts';

const fine = json(200, chatAnswer('Hi.'));
const refusal = (status: number, message = 'No.', headers: Record<string, string> = {}, more: object = {}): Script =>
  json(status, { error: { message, ...more } }, headers);
const down = refusal(500, 'Broken.');
const full = refusal(429, 'Slow down.');
const empty = refusal(429, 'You exceeded your current quota.', {}, { code: 'insufficient_quota' });
const tooLong = refusal(400, 'Too long.', {}, { code: 'context_length_exceeded' });
const improper = refusal(400, 'Flagged.', {}, { code: 'content_policy_violation' });

describe('serving a call', () => {
  let provider: FakeProvider;
  let gateway: GatewayUnderTest | undefined;
  /** How each place answers; the first part of a path names it. */
  let places: Record<string, Script>;
  before(async () => {
    provider = await fakeProvider((request, response) => (places[placeOf(request.path)] ?? fine)(request, response));
  });
  beforeEach(() => {
    places = {};
    provider.requests.splice(0);
  });
  afterEach(async () => {
    assert.deepEqual(gateway?.ports.budgets.abandonHolds() ?? [], [], 'no hold is left');
    await gateway?.close();
    gateway = undefined;
  });
  after(() => provider.close());

  const placeOf = (path: string): string => path.split('/')[1] ?? '';
  const asked = (): string[] => provider.requests.splice(0).map(({ path }) => placeOf(path));
  /** A deployment of `name` at a place of its own, with a key of its own. */
  const at = (name: string, place: string, more: JsonObject = {}, info: JsonObject = {}) => ({
    ...openaiModel(name, `${provider.url}/${place}/v1`, { api_key: `sk-of-the-place-${place}`, ...more }),
    model_info: { id: place, ...info },
  });
  const start = async (
    models: readonly ReturnType<typeof at>[],
    router: JsonObject = {},
    more: JsonObject = {},
  ): Promise<GatewayUnderTest> =>
    (gateway = await gatewayUnderTest(configText(models, { router_settings: router, ...more })));
  const row = async (): Promise<JsonObject> => (await gateway?.rows())?.[0] ?? {};
  const path = async (): Promise<unknown[]> =>
    objectsIn((await row())['attempts']).map(({ deployment, reason, group, failure }) =>
      [deployment, reason, group, failure]
        .flatMap((one) => (typeof one === 'string' ? one.split(':', 1) : []))
        .join(' '),
    );
  const counted = ({ headers }: Heard): unknown[] =>
    ['attempted-retries', 'attempted-fallbacks', 'model-group'].map((name) => headers[`x-litellm-${name}`]);

  it('tries a lone deployment again, with growing waits, and books every attempt in one row', async () => {
    let times = 0;
    places['a'] = (request, response) => ((times += 1) < 3 ? down : fine)(request, response);
    const { call, pauses, rows } = await start([at('gpt', 'a')]);
    const heard = await call(hello('gpt'));
    assert.deepEqual([heard.status, ...counted(heard)], [200, '2', '0', 'gpt']);
    assert.deepEqual(pauses, [500, 1000]);
    assert.deepEqual(await path(), ['a provider-error', 'a retry provider-error', 'a retry']);
    assert.equal((await rows()).length, 1);
  });

  it('waits as long as the provider says, and not at all for one that wants to be left alone for longer', async () => {
    places['a'] = refusal(429, 'Slow down.', { 'retry-after': '7' });
    const { call, pauses } = await start([at('gpt', 'a')], { num_retries: 1 });
    await call(hello('gpt'));
    assert.deepEqual(pauses, [7000]);
    places['a'] = refusal(429, 'Slow down.', { 'retry-after': '60' });
    const { failure } = await call(hello('gpt'));
    assert.deepEqual([failure?.kind, failure?.details.retryAfter, pauses.length], ['provider-rate-limited', 60, 1]);
  });

  it('retries as often as the request says', async () => {
    places['a'] = down;
    const { call } = await start([at('gpt', 'a')]);
    await call(hello('gpt', { num_retries: 0 }));
    assert.equal(asked().length, 1);
    await call(hello('gpt'), { headers: { 'x-litellm-num-retries': '3' } });
    assert.equal(asked().length, 4);
    assert.match((await call(hello('gpt', { num_retries: -1 }))).failure?.message ?? '', /num_retries must be/);
  });

  it("spends no retry, no cooldown and no stand-in on the client's own mistakes", async () => {
    const { call, ports, pauses } = await start([at('gpt', 'a'), at('gpt', 'b'), at('other', 'c')], {
      fallbacks: [{ gpt: ['other'] }],
    });
    for (const script of [refusal(400, 'Nonsense.'), refusal(422), tooLong, improper]) {
      places = { a: script, b: script };
      await call(hello('gpt'));
      assert.equal(asked().length, 1);
    }
    assert.deepEqual(pauses, []);
    assert.ok(ports.catalog().deployments.every((one) => ports.health.of(one).state === 'healthy'));
  });

  it('walks over the deployments of a name without counting that as a retry, and leaves a full one alone', async () => {
    places = { a: full };
    const { call, pauses } = await start([at('gpt', 'a', { order: 1 }), at('gpt', 'b', { order: 2 })]);
    const heard = await call(hello('gpt'));
    assert.deepEqual([...counted(heard), asked()], ['0', '1', 'gpt', ['a', 'b']]);
    assert.deepEqual(await path(), ['a provider-rate-limited', 'b next']);
    await call(hello('gpt'));
    assert.deepEqual([asked(), pauses], [['b'], []]);
  });

  it('goes back when its time is over, with one call', async () => {
    places = { a: full };
    const { call, clock } = await start([at('gpt', 'a', { order: 1 }), at('gpt', 'b', { order: 2 })]);
    await call(hello('gpt'));
    clock.pass(5000);
    places = { a: fine };
    asked();
    await call(hello('gpt'));
    await call(hello('gpt'));
    assert.deepEqual(asked(), ['a', 'a']);
  });

  it('leaves all deployments of an empty account alone, and names it to the client, in the log and as an event', async () => {
    const key = { api_key: 'os.environ/OPENAI_ALPHA' };
    places = { a: empty, b: empty };
    const { call, ports, logged } = await start(
      [at('gpt', 'a', key), at('mini', 'b', key), at('mini', 'c')],
      {},
      { environment_variables: { OPENAI_ALPHA: 'sk-of-the-account-alpha' } },
    );
    const { failure } = await call(hello('gpt'));
    assert.equal(failure?.status, 400);
    assert.match(failure.message, /account openai\/OPENAI_ALPHA/);
    asked();
    assert.equal((await call(hello('mini'))).status, 200);
    assert.deepEqual(asked(), ['c']);
    const [event] = ports.events.since(0);
    assert.deepEqual(event?.type === 'account-cooling' && [event.account, event.failure], [
      'openai/OPENAI_ALPHA',
      'provider-account-empty',
    ]);
    assert.ok(logged.some((line) => line.includes('The account openai/OPENAI_ALPHA is left alone for 60 s')));
  });

  it('still asks an account that was empty where nothing else serves: it may have been paid', async () => {
    places = { a: empty };
    const { call } = await start([at('gpt', 'a')]);
    await call(hello('gpt'));
    places = {};
    assert.equal((await call(hello('gpt'))).status, 200);
  });

  it('answers 429 with the time and every reason when all have said that they are full', async () => {
    const wait = refusal(429, 'Slow down.', { 'retry-after': '90' });
    places = { a: wait, b: wait };
    const { call, clock } = await start([at('gpt', 'a'), at('gpt', 'b')]);
    await call(hello('gpt'));
    asked();
    clock.pass(30_000);
    const { failure } = await call(hello('gpt'));
    assert.deepEqual([failure?.status, failure?.details.retryAfter, asked()], [429, 60, []]);
    assert.match(
      failure?.message ?? '',
      /No deployments available for selected model.*gpt-4o.*Slow down\..*gpt-4o.*Slow down\./,
    );
  });

  it('asks the stand-ins in their order, and says which one served', async () => {
    places = { a: down, b: down };
    const { call } = await start([at('gpt', 'a'), at('second', 'b'), at('third', 'c')], {
      num_retries: 0,
      fallbacks: [{ gpt: ['second', 'third'] }],
    });
    const heard = await call(hello('gpt'));
    assert.deepEqual([heard.status, ...counted(heard)], [200, '0', '2', 'third']);
    assert.deepEqual(await path(), ['a provider-error', 'b fallback second provider-error', 'c fallback third']);
    const { group, status } = await row();
    assert.deepEqual([group, status], ['gpt', 'done']);
  });

  it('says why the first one failed when no stand-in serves either', async () => {
    places = { a: refusal(500, 'The first.'), b: refusal(500, 'The second.') };
    const { call } = await start([at('gpt', 'a'), at('second', 'b')], {
      num_retries: 0,
      default_fallbacks: ['second'],
    });
    assert.equal((await call(hello('gpt'))).failure?.message, 'The first.');
    assert.deepEqual(asked(), ['a', 'b']);
  });

  it('asks no more stand-ins than it may, and none of them twice', async () => {
    const names = ['a', 'b', 'c', 'd'];
    places = Object.fromEntries(names.map((name) => [name, down]));
    const lists = [{ '*': names }];
    const { call } = await start(
      names.map((name) => at(name, name)),
      { num_retries: 0, fallbacks: lists, max_fallbacks: 2 },
    );
    await call(hello('a'));
    assert.deepEqual(asked(), ['a', 'b', 'c']);
  });

  it('has lists of its own for prompts that are too long and for what a policy refuses', async () => {
    const { call } = await start([at('gpt', 'a'), at('long', 'b'), at('lax', 'c'), at('other', 'd')], {
      fallbacks: [{ gpt: ['other'] }],
      context_window_fallbacks: [{ gpt: ['long'] }],
      content_policy_fallbacks: [{ gpt: ['lax'] }],
    });
    places = { a: tooLong };
    assert.deepEqual(counted(await call(hello('gpt'))), ['0', '1', 'long']);
    assert.deepEqual(await path(), ['a context-length', 'b context-window long']);
    places = { a: improper };
    assert.deepEqual(counted(await call(hello('gpt'))), ['0', '1', 'lax']);
  });

  it('goes on with a cheaper model when a budget cannot pay for the one that was asked for', async () => {
    const { call, newKey } = await start([at('gpt', 'a', { output_cost_per_token: 0.01 }), at('mini', 'b')], {
      budget_fallbacks: [{ gpt: ['mini'] }],
    });
    const key = await newKey({ maxBudget: nanoUsd(2_000_000) });
    const heard = await call(hello('gpt', { max_tokens: 300 }), { key });
    assert.deepEqual([heard.status, heard.headers['x-litellm-model-group'], asked()], [200, 'mini', ['b']]);
  });

  it('passes over a stand-in that the key may not use, and refuses one that the request names', async () => {
    places = { a: down };
    const { call, newKey } = await start([at('gpt', 'a'), at('secret', 'b'), at('open', 'c')], {
      num_retries: 0,
      fallbacks: [{ gpt: ['secret', 'open'] }],
    });
    const key = await newKey({ models: ['gpt', 'open'] });
    assert.equal((await call(hello('gpt'), { key })).headers['x-litellm-model-group'], 'open');
    assert.deepEqual(asked(), ['a', 'c']);
    const { failure } = await call(hello('gpt', { fallbacks: ['secret'] }), { key });
    assert.deepEqual([failure?.kind, failure?.details.param, asked()], ['forbidden', 'fallbacks', []]);
  });

  it("takes the request's own stand-ins, or none where it wants none", async () => {
    places = { a: down };
    const { call } = await start([at('gpt', 'a'), at('b', 'b'), at('c', 'c')], {
      num_retries: 0,
      fallbacks: [{ gpt: ['b'] }],
    });
    assert.equal((await call(hello('gpt', { fallbacks: [{ gpt: ['c'] }] }))).headers['x-litellm-model-group'], 'c');
    assert.equal((await call(hello('gpt', { disable_fallbacks: true }))).failure?.status, 500);
  });

  it('stays with the deployment that served a session, while that is well', async () => {
    const { call, ports } = await start([at('gpt', 'a'), at('gpt', 'b')]);
    let drawn = 0;
    Object.assign(ports, { random: () => (drawn = (drawn + 0.37) % 1) });
    const turns = async (session: string): Promise<Set<string>> => {
      for (let turn = 0; turn < 8; turn += 1) await call(hello('gpt'), { session });
      return new Set(asked());
    };
    const [first = ''] = await turns('s1');
    assert.deepEqual(await turns('s1'), new Set([first]));
    places = { [first]: full };
    const after = await turns('s1');
    assert.ok(after.has(first === 'a' ? 'b' : 'a'));
  });

  it('knows a conversation by its beginning where the client names none, and spreads others', async () => {
    const { call, ports } = await start([at('gpt', 'a'), at('gpt', 'b')]);
    let drawn = 0;
    Object.assign(ports, { random: () => (drawn = (drawn + 0.37) % 1) });
    const seen = new Set<string>();
    for (let talk = 0; talk < 8; talk += 1) {
      const messages: JsonObject[] = [{ role: 'user', content: `Talk ${talk}` }];
      for (let turn = 0; turn < 3; turn += 1) {
        await call({ model: 'gpt', messages: [...messages] });
        messages.push({ role: 'assistant', content: 'Hi.' }, { role: 'user', content: 'Go on.' });
      }
      const served = new Set(asked());
      assert.equal(served.size, 1);
      served.forEach((place) => seen.add(place));
    }
    assert.equal(seen.size, 2);
  });

  it('passes over a deployment that is out of room', async () => {
    const { call, clock } = await start([at('gpt', 'a', { order: 1, rpm: 1 }), at('gpt', 'b', { order: 2 })]);
    for (let times = 0; times < 3; times += 1) await call(hello('gpt'));
    assert.deepEqual(asked(), ['a', 'b', 'b']);
    clock.pass(60_000);
    await call(hello('gpt'));
    assert.deepEqual(asked(), ['a']);
  });

  it('sends a request only where its tags are served', async () => {
    const { call } = await start([at('gpt', 'a', { tags: ['free'] }), at('gpt', 'b', { tags: ['paid'] })], {
      enable_tag_filtering: true,
    });
    await call(hello('gpt', { tags: ['paid'] }));
    await call(hello('gpt'), { headers: { 'x-litellm-tags': 'eu, free' } });
    assert.deepEqual(asked(), ['b', 'a']);
    assert.equal((await call(hello('gpt', { metadata: { tags: ['none'] } }))).failure?.status, 401);
  });

  it('passes over a model that the prompt does not fit, and asks none where it fits nowhere', async () => {
    const { call } = await start(
      [at('gpt', 'a', { order: 1 }, { max_input_tokens: 50 }), at('gpt', 'b', { order: 2 }, { max_input_tokens: 500 })],
      {
        enable_pre_call_checks: true,
      },
    );
    const words = (count: number) => ({ messages: [{ role: 'user', content: 'word '.repeat(count) }] });
    await call(hello('gpt', words(200)));
    assert.deepEqual(asked(), ['b']);
    const { failure } = await call(hello('gpt', words(2000)));
    assert.deepEqual([failure?.kind, failure?.code, asked()], ['context-length', 'context_length_exceeded', []]);
  });

  it('ends its wait when the client goes away', async () => {
    places = { a: down };
    const { call, ports } = await start([at('gpt', 'a')]);
    const gone = new AbortController();
    Object.assign(ports.timers, {
      pause: () => {
        gone.abort(new Failure('cancelled', 'The client went away.'));
        return Promise.resolve();
      },
    });
    const { failure } = await call(hello('gpt'), { signal: gone.signal });
    assert.deepEqual([failure?.kind, asked(), (await row())['status']], ['cancelled', ['a'], 'cancelled']);
  });

  it('gives the money of a refused attempt back before the next: a tight budget pays for one of them', async () => {
    let times = 0;
    places['a'] = (request, response) => ((times += 1) < 3 ? full : fine)(request, response);
    const { call, newKey } = await start([at('gpt', 'a')]);
    const key = await newKey({ maxBudget: nanoUsd(1_000_000) });
    assert.equal((await call(hello('gpt', { max_tokens: 300 }), { key })).status, 200);
  });

  for (const [what, script] of Object.entries<Script>({
    'that hangs before its first content': (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    },
    'that falls silent in the middle': (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`data: ${JSON.stringify(chatChunk({ content: 'Half' }))}\n\n`);
    },
    'that drips for longer than it may take': (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const drip = setInterval(() => response.write(`data: ${JSON.stringify(chatChunk({ content: '.' }))}\n\n`), 20);
      response.on('close', () => clearInterval(drip));
    },
  })) {
    it(`ends a stream ${what} with an error, and books it as timed out`, async () => {
      places = { a: script };
      const { call } = await start([at('gpt', 'a')], {
        num_retries: 0,
        stream_timeout: 0.05,
        idle_timeout: 0.05,
        timeout: 0.2,
      });
      const heard = await call(hello('gpt', { stream: true }));
      const told = heard.failure?.message ?? heard.text;
      assert.match(told, /\((stream_timeout|idle_timeout|timeout)\)/);
      assert.ok(!told.includes('[DONE]'));
      assert.deepEqual([(await row())['status'], (await row())['failure']], ['timed-out', 'provider-timeout']);
    });
  }

  it('goes elsewhere while a stream has only opened, and no more once there was content', async () => {
    const event = (data: object): string => `data: ${JSON.stringify(data)}\n\n`;
    const broken = (...content: string[]): Script => {
      const chunks = [
        chatChunk({ role: 'assistant', content: '' }),
        ...content.map((text) => chatChunk({ content: text })),
      ];
      return (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.end([...chunks, { error: { message: 'Overloaded.' } }].map(event).join(''));
      };
    };
    places = { a: broken(), b: chatStream('Fine.'), c: broken('Half'), d: chatStream('Fine.') };
    const { call } = await start(
      [
        at('gpt', 'a', { order: 1 }),
        at('gpt', 'b', { order: 2 }),
        at('other', 'c', { order: 1 }),
        at('other', 'd', { order: 2 }),
      ],
      { num_retries: 0 },
    );
    const saved = await call(hello('gpt', { stream: true }));
    assert.deepEqual([asked(), saved.text.includes('Fine.')], [['a', 'b'], true]);
    assert.ok(!saved.text.includes('Overloaded.'));
    const cut = await call(hello('other', { stream: true }));
    assert.deepEqual([asked(), cut.text.includes('Half'), cut.text.includes('Overloaded.')], [['c'], true, true]);
  });

  it('lets go of a stream that told its failure and stays open', async () => {
    places = {
      a: (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write(`data: ${JSON.stringify({ error: { message: 'Broken.' } })}\n\n`);
      },
    };
    const { call } = await start([at('gpt', 'a')], { num_retries: 0 });
    assert.equal((await call(hello('gpt', { stream: true }))).failure?.message, 'Broken.');
    await provider.requests[0]?.hungUp;
  });

  it('ends a stream that goes on and on without an event', async () => {
    const nothing = Buffer.alloc(1024 * 1024, ':');
    places = {
      a: (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        for (let times = 0; times < 40; times += 1) response.write(nothing);
      },
    };
    const { call } = await start([at('gpt', 'a')], { num_retries: 0 });
    assert.match((await call(hello('gpt', { stream: true }))).failure?.message ?? '', /without one whole event/);
    await provider.requests[0]?.hungUp;
  });

  it('takes the times that the request says', async () => {
    places = { a: () => undefined };
    const { call } = await start([at('gpt', 'a')], { num_retries: 0 });
    const quick = await call(hello('gpt', { timeout: 0.03 }));
    assert.match(quick.failure?.message ?? '', /within 0.03 s/);
    const stream = await call(hello('gpt', { stream: true }), { headers: { 'x-litellm-stream-timeout': '0.03' } });
    assert.match(stream.failure?.message ?? '', /within 0.03 s \(stream_timeout\)/);
  });

  it('never asks one that is left alone while another is well, and settles every call once', async function () {
    this.timeout(60_000);
    const names = ['a', 'b', 'c'];
    const scripts = [
      fine,
      fine,
      full,
      empty,
      down,
      refusal(401),
      refusal(404, 'No such model.'),
      refusal(503),
      chatStream('Hi.'),
    ];
    const { call, ports, clock, rows } = await start(
      names.map((name) => at('gpt', name, { max_parallel_requests: 4 })),
      { allowed_fails: 1, num_retries: 1 },
    );
    const timers = clock.pending;
    const steps = fc.array(
      fc.record({
        script: fc.constantFrom(...scripts),
        place: fc.constantFrom(...names),
        ms: fc.nat(20_000),
        stream: fc.boolean(),
      }),
      { minLength: 5, maxLength: 15 },
    );
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        for (const { script, place, ms, stream } of all) {
          places[place] = script;
          clock.pass(ms);
          const states = new Map(ports.catalog().deployments.map((one) => [one.id, ports.health.of(one).state]));
          const before = (await rows()).length;
          asked();
          await call(hello('gpt', { stream }));
          const [first] = asked();
          const well = [...states].filter(([, state]) => state === 'healthy' || state === 'due').map(([id]) => id);
          if (well.length > 0)
            assert.ok(first !== undefined && well.includes(first), `${first} of ${JSON.stringify([...states])}`);
          assert.equal((await rows()).length, before + (first === undefined ? 0 : 1));
          assert.ok(ports.catalog().deployments.every((one) => ports.health.stats(one).inFlight === 0));
          assert.equal(clock.pending, timers);
        }
      }),
      { numRuns: 12, seed: 11 },
    );
  });
});
