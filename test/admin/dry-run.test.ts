import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { DryRun } from '../../src/admin/contract.ts';
import { dryRun } from '../../src/admin/dry-run.ts';
import { anthropic } from '../../src/dialects/anthropic/anthropic.ts';
import { nanoUsd } from '../../src/chat/money.ts';
import type { KeySettings } from '../../src/keys/key-record.ts';
import { objectIn, parseJson, type JsonObject } from '../../src/lib/json.ts';
import { chatAnswer, fakeProvider, json, type FakeProvider } from '../support/fake-provider.ts';
import { anthropicModel, configText, hello, openaiModel } from '../support/gateway-client.ts';
import { gatewayUnderTest, type GatewayUnderTest } from '../support/gateway-under-test.ts';

const chatPath = '/v1/chat/completions';

describe('a dry run', () => {
  let provider: FakeProvider;
  let gateway: GatewayUnderTest;
  /** What was held while the provider answered, nano-dollars. */
  let held: number[] = [];
  before(async () => {
    provider = await fakeProvider((request, response) => {
      held.push(gateway.ports.budgets.spend('gateway', null).held);
      return json(200, chatAnswer('Hi.'))(request, response);
    });
  });
  beforeEach(() => {
    held = [];
    provider.requests.splice(0);
  });
  afterEach(() => close());
  after(() => provider.close());

  const at = (name: string, place: string, more: JsonObject = {}) => ({
    ...openaiModel(name, `${provider.url}/${place}/v1`, { api_key: `sk-of-the-place-${place}`, ...more }),
    model_info: { id: place },
  });
  const start = async (models: readonly ReturnType<typeof at>[], more: JsonObject = {}): Promise<void> => {
    gateway = await gatewayUnderTest(configText(models, more));
    isOpen = true;
  };
  const imagined = (body: JsonObject, key?: string, path = chatPath): Promise<DryRun> =>
    dryRun(gateway.ports, { path, body, key });
  const traces = async (): Promise<unknown> => ({
    budgets: gateway.ports.budgets.snapshot(),
    rows: await gateway.rows(),
    asked: provider.requests.length,
    told: gateway.ports.events.since(0),
    states: gateway.ports
      .catalog()
      .deployments.map((one) => [gateway.ports.health.of(one), { ...gateway.ports.health.stats(one).lastError }]),
  });
  let isOpen = false;
  const close = async (): Promise<void> => {
    if (isOpen) await gateway.close();
    isOpen = false;
  };
  const placeOf = (path: string | undefined): string | undefined => path?.split('/')[1];

  describe('says what then happens', () => {
    const share = fc.record({
      ...{ order: fc.constantFrom(undefined, 1, 2), weight: fc.constantFrom(undefined, 0, 3) },
      ...{ tags: fc.constantFrom(undefined, ['fast'], ['default']), rpm: fc.constantFrom(undefined, 1, 5) },
      ...{ max_budget: fc.constantFrom(undefined, 0, 0.0005, 1), input_cost_per_token: fc.constantFrom(0, 0.000001) },
      mock: fc.constantFrom(false, false, false, true),
      group: fc.constantFrom('first', 'second', 'wild-*'),
    });
    const setting = fc.record({
      deployments: fc.array(share, { minLength: 1, maxLength: 5 }),
      fallbacks: fc.constantFrom([], [{ first: ['second'] }], [{ first: ['nobody', 'wild-1'] }]),
      ...{ filter: fc.boolean(), strategy: fc.constantFrom('simple-shuffle', 'cost-based-routing', 'least-busy') },
      budget: fc.constantFrom(undefined, 0, 0.0003, 0.002, 5),
      key: fc.record({
        ...{ budget: fc.constantFrom(null, 0, 400_000, 2_000_000_000), rpm: fc.constantFrom(null, 1, 3) },
        models: fc.constantFrom([], ['first'], ['alias']),
      }),
      callsBefore: fc.integer({ min: 0, max: 2 }),
      body: fc.record({
        model: fc.constantFrom('first', 'second', 'alias', 'wild-1', 'nobody'),
        max_tokens: fc.constantFrom(undefined, 10, 500, 100_000),
        tags: fc.constantFrom(undefined, ['fast'], ['slow']),
        words: fc.constantFrom('Hello', 'word '.repeat(400)),
      }),
    });

    it('for any configuration and request, and leaves no trace', () =>
      fc.assert(
        fc.asyncProperty(
          setting,
          async ({ deployments, fallbacks, filter, strategy, budget, key, body, callsBefore }) => {
            const models = deployments.map(({ group, mock, ...more }, index) =>
              at(group, `place${index}`, {
                ...given(more),
                ...(group.includes('*') && { model: 'openai/*' }),
                ...(mock && { mock_response: 'Here.' }),
              }),
            );
            await start(models, {
              router_settings: {
                ...{ fallbacks, routing_strategy: strategy, enable_tag_filtering: filter, num_retries: 0 },
                model_group_alias: { alias: 'first' },
              },
              ...(budget !== undefined && { litellm_settings: { max_budget: budget } }),
            });
            const settings: KeySettings = {
              ...{ maxBudget: key.budget === null ? null : nanoUsd(key.budget), rpm: key.rpm, models: key.models },
            };
            const secret = await gateway.newKey(settings);
            const { words, ...rest } = body;
            const request = { ...given(rest), model: body.model, messages: [{ role: 'user', content: words }] };
            for (let made = 0; made < callsBefore; made += 1) await gateway.call(request, { key: secret });
            await agrees(request, secret);
            await close();
          },
        ),
        { numRuns: Number(process.env['DRY_RUNS'] ?? 30) },
      )).timeout(120_000);

    const given = (members: Readonly<Record<string, unknown>>): JsonObject =>
      Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as JsonObject;

    /** The same deployment first, the same money, the same limit, the same refusal. */
    async function agrees(request: JsonObject, secret: string): Promise<void> {
      held = [];
      provider.requests.splice(0);
      const before = await traces();
      const told = await imagined(request, secret);
      assert.deepEqual(await traces(), before);
      const real = await gateway.call(request, { key: secret });
      const first = told.steps.find(({ way }) => way !== null);
      switch (told.outcome) {
        case 'sent': {
          assert.equal(real.status, 200, real.failure?.message);
          const [asked] = provider.requests;
          assert.equal(placeOf(asked?.path), first?.id);
          assert.equal(held[0], first?.hold);
          if (first?.isLowered)
            assert.equal(asked?.body['max_tokens'] ?? asked?.body['max_completion_tokens'], first.outputLimit);
          break;
        }
        case 'mocked':
          assert.deepEqual([real.status, provider.requests.length], [200, 0]);
          assert.equal(real.headers['x-litellm-model-id'], told.steps.at(-1)?.id);
          break;
        case 'refused':
          assert.deepEqual(
            [real.failure?.kind, real.failure?.message, real.failure?.status],
            [told.error?.kind, told.error?.message, told.error?.status],
          );
          break;
        case 'cached':
          assert.fail('nothing is cached');
      }
    }
  });

  it('goes on to what comes next, and says what is passed over and why', async () => {
    await start(
      [
        at('gpt', 'here', { order: 1, tags: ['fast'] }),
        at('gpt', 'there', { order: 2, tags: ['fast'] }),
        at('gpt', 'slow', { tags: ['slow'] }),
        at('gpt', 'ill', { tags: ['fast'], order: 1 }),
        { ...anthropicModel('claude', `${provider.url}/claude`, { tags: ['fast'] }), model_info: { id: 'claude' } },
      ],
      { router_settings: { enable_tag_filtering: true, fallbacks: [{ gpt: ['claude'] }] } },
    );
    const ill = gateway.ports.catalog().deployments.find(({ id }) => id === 'ill');
    assert.ok(ill !== undefined);
    const run = gateway.ports.health.begin(ill);
    run.failed(
      (await gateway.call(hello('nobody'))).failure ?? assert.fail(),
      { disabled: false, ms: 60_000, allowedFailsByKind: {} },
      false,
    );
    run.end(0);
    const told = await imagined(hello('gpt', { tags: ['fast'], max_tokens: 100, temperature: 1 }));
    assert.deepEqual(
      told.steps.map(({ id, way, reason, group }) => [id, way, reason, group]).filter(([id]) => id !== 'ill'),
      [
        ['here', 'relay', null, 'gpt'],
        ['there', 'relay', 'next', 'gpt'],
        ['claude', 'translation', 'fallback', 'claude'],
      ],
    );
    assert.deepEqual(
      told.passedOver.filter(({ id }) => id === 'slow').map(({ reason, message }) => [reason, message]),
      [['tags', 'slow']],
    );
    const [first] = told.steps;
    assert.deepEqual(first?.changes, [
      { name: 'model', before: '"gpt"', after: '"gpt-4o"' },
      { name: 'tags', before: '["fast"]', after: null },
    ]);
    assert.equal(first.url, `${provider.url}/here/v1/chat/completions`);
    assert.equal(told.route?.by, 'name');
    assert.ok(!JSON.stringify(told).includes('sk-of-the-place'));
  });

  it("tells how a name leads to its group: a key's alias before the configuration's, a pattern last", async () => {
    await start([at('gpt', 'here'), at('wild-*', 'wild', { model: 'openai/*' })], {
      router_settings: { model_group_alias: { mine: 'gpt', yours: 'wild-2' } },
    });
    const key = await gateway.newKey({ aliases: { mine: 'wild-1' } });
    const ways = async (model: string): Promise<unknown> => (await imagined(hello(model), key)).route;
    assert.deepEqual(await ways('gpt'), { group: 'gpt', by: 'name', pattern: null });
    assert.deepEqual(await ways('mine'), { group: 'wild-1', by: 'alias of the key', pattern: 'wild-*' });
    assert.deepEqual(await ways('yours'), { group: 'wild-2', by: 'alias', pattern: 'wild-*' });
    assert.deepEqual(await ways('wild-3'), { group: 'wild-3', by: 'pattern', pattern: 'wild-*' });
    assert.equal(await ways('nobody'), null);
  });

  it('says what would be held on which budgets, and how far they lower the output', async () => {
    await start([at('gpt', 'here')], { litellm_settings: { max_budget: 0.001 } });
    const told = await imagined(hello('gpt', { max_tokens: 100_000 }));
    const [step] = told.steps;
    assert.equal(step?.isLowered, true);
    assert.ok((step.outputLimit ?? 0) > 256 && (step.outputLimit ?? 0) < 500);
    assert.ok(Math.abs((step.hold ?? 0) - 1_000_000) < 2_001);
    assert.deepEqual(
      step.budgets.map(({ title, max, spent, left }) => [title, max, spent, left]),
      [['the whole gateway', 1_000_000, 0, 1_000_000]],
    );
  });

  it('says how long a call would wait for money that others hold, and what it would get then', async () => {
    await start([at('gpt', 'here')], { litellm_settings: { max_budget: 0.001 } });
    const hold = gateway.ports.budgets.tryReserve({
      ...{ call: 'another', limits: [], scopes: ['gateway'], quote: () => ({ hold: nanoUsd(900_000) }) },
    });
    const told = await imagined(hello('gpt', { max_tokens: 400 }));
    assert.deepEqual([told.outcome, told.waitMs, told.error?.status], ['refused', 30_000, 429]);
    assert.match(told.error?.message ?? '', /held by a call under way/);
    hold?.release();
    assert.equal((await imagined(hello('gpt', { max_tokens: 400 }))).outcome, 'sent');
  });

  it("speaks each client's format, in its refusals too", async () => {
    await start([at('gpt', 'here')]);
    const messages = { model: 'nobody', max_tokens: 5, messages: [{ role: 'user', content: 'Hello' }] };
    const refused = await imagined(messages, undefined, '/v1/messages');
    const real = await gateway.call(messages, { client: anthropic });
    assert.equal(refused.error?.message, real.failure?.message);
    assert.equal(objectIn(parseJson(refused.error?.body ?? ''))['type'], 'error');
    const asked = await imagined(
      { contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] },
      undefined,
      '/v1beta/models/gpt:generateContent',
    );
    assert.deepEqual([asked.outcome, asked.steps[0]?.way], ['sent', 'translation']);
    const embedded = await imagined({ model: 'gpt', input: 'Hello' }, undefined, '/v1/embeddings');
    assert.equal(embedded.steps[0]?.url, `${provider.url}/here/v1/embeddings`);
    await assert.rejects(imagined(messages, undefined, '/v1/secrets'), /path must be one/);
  });

  it('refuses for a key what the key itself would be refused', async () => {
    await start([at('gpt', 'here')]);
    assert.equal((await imagined(hello('gpt'), 'sk-nobody-knows-this-one')).error?.status, 401);
    const key = await gateway.newKey({ models: ['other'] });
    assert.equal((await imagined(hello('gpt'), key)).error?.status, 403);
    assert.equal((await imagined({ messages: [] }, key)).error?.status, 400);
  });

  it('finds what the cache would answer', async () => {
    await start([at('gpt', 'here')], { litellm_settings: { cache: true } });
    const key = await gateway.newKey();
    assert.equal((await imagined(hello('gpt'), key)).outcome, 'sent');
    await gateway.call(hello('gpt'), { key });
    const told = await imagined(hello('gpt'), key);
    assert.deepEqual([told.outcome, told.steps, provider.requests.length], ['cached', [], 1]);
  });
});
