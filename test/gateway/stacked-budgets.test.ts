import assert from 'node:assert/strict';
import { nanoUsd } from '../../src/chat/money.ts';
import type { Raised } from '../../src/gateway/events.ts';
import { isArray, objectIn, type JsonObject } from '../../src/lib/json.ts';
import { chatAnswer, fakeProvider, json, type FakeProvider } from '../support/fake-provider.ts';
import { configText, hello, openaiModel, text } from '../support/gateway-client.ts';
import { gatewayUnderTest, type GatewayUnderTest } from '../support/gateway-under-test.ts';

const usage = (prompt_tokens: number) =>
  json(200, chatAnswer('Hi.', { prompt_tokens, completion_tokens: 0, total_tokens: prompt_tokens }));

describe('budgets on the way of a call', () => {
  let provider: FakeProvider;
  let gateway: GatewayUnderTest;
  before(async () => {
    provider = await fakeProvider();
  });
  after(() => provider.close());
  beforeEach(() => {
    provider.plays(usage(100));
  });
  afterEach(() => gateway.close());

  const start = async (models: readonly [name: string, more: JsonObject][], more: JsonObject = {}): Promise<void> => {
    const entries = models.map(([name, params]) => openaiModel(name, `${provider.url}/v1`, params));
    gateway = await gatewayUnderTest(configText(entries, more));
  };
  const ask = (model = 'gpt', key?: string) =>
    gateway.call(hello(model, { max_tokens: 300 }), key === undefined ? {} : { key });
  /** What a call of 100 tokens costs. */
  const each = 100_000;
  const spent = (scope: string) => gateway.ports.budgets.spend(scope, null).total;
  const told = (type: string) => gateway.ports.events.since(0).filter((event) => event.type === type);

  it('send a call to another deployment when an account has none left, and count on the one that served', async () => {
    await start(
      [
        ['gpt', { api_key: 'sk-first-key-of-the-tests', order: 1 }],
        ['gpt', { api_key: 'sk-second-key-of-the-tests', order: 2 }],
      ],
      {},
    );
    const accounts = gateway.ports.catalog().deployments.map(({ account }) => account);
    await gateway.close();
    await start(
      [
        ['gpt', { api_key: 'sk-first-key-of-the-tests', order: 1 }],
        ['gpt', { api_key: 'sk-second-key-of-the-tests', order: 2 }],
      ],
      {
        general_settings: {
          account_budgets: { [accounts[0] ?? '']: { max_budget: 0.0008 }, [accounts[1] ?? '']: { max_budget: 0.0008 } },
        },
      },
    );
    provider.plays(usage(500));
    const served = [await ask(), await ask()];
    assert.deepEqual(
      served.map(({ failure }) => failure?.message),
      [undefined, undefined],
    );
    assert.deepEqual(
      accounts.map((account) => spent(`account:${account}`)),
      [500_000, 500_000],
    );
    const { failure } = await ask();
    assert.equal(failure?.kind, 'budget-exceeded');
    assert.ok(failure.message.includes(`account ${accounts[1]}`), failure.message);
    assert.match(failure.message, /raise general_settings\.account_budgets/);
  });

  it('of provider, model and deployment refuse with the setting that raises them', async () => {
    await start([['gpt', {}]], { router_settings: { provider_budget_config: { openai: { budget_limit: 0 } } } });
    assert.match(
      (await ask()).failure?.message ?? '',
      /provider OpenAI .*router_settings\.provider_budget_config\.openai/,
    );
    await gateway.close();
    await start(
      [
        ['gpt', {}],
        ['other', {}],
      ],
      { router_settings: { model_group_budget_config: { gpt: { max_budget: 0 } } } },
    );
    const { failure } = await ask();
    assert.deepEqual([failure?.details.scope, failure?.retry], ['group:gpt', 'never']);
    assert.match(failure?.message ?? '', /model_group_budget_config\."gpt"/);
    assert.equal((await ask('other')).failure, undefined);
    await gateway.close();
    await start([['gpt', { max_budget: 0 }]]);
    assert.match((await ask()).failure?.message ?? '', /deployment openai\/gpt-4o of "gpt" .*in model_list/);
  });

  it('of one model hold back a key for that model alone', async () => {
    await start([
      ['gpt', {}],
      ['other', {}],
    ]);
    const key = await gateway.newKey({ modelBudgets: { gpt: { max: nanoUsd(0), duration: '1d' } } });
    const { failure } = await ask('gpt', key);
    assert.match(failure?.message ?? '', /for "gpt" .*model_max_budget with POST \/key\/update/);
    assert.match(failure?.details.scope ?? '', /^key:[0-9a-f]{64}\/group:gpt$/);
    assert.equal((await ask('other', key)).failure, undefined);
  });

  it('count what was spent before they were set, at every level', async () => {
    await start([['team/*', {}]]);
    await gateway.ports.books.change(gateway.ports.projects.created({ alias: 'harbour' }, 'p'));
    const key = await gateway.newKey({ project: 'p' });
    assert.equal((await ask('team/gpt-4o', key)).failure, undefined);
    const [deployment] = gateway.ports.catalog().deployments;
    const id = gateway.ports.keys.find(key)?.id;
    const owners = ['gateway', 'project:p', `key:${id}`];
    const models = ['group:team/*', 'group:team/gpt-4o'];
    const scopes = [
      ...owners,
      ...models,
      ...owners.slice(1).flatMap((owner) => models.map((model) => `${owner}/${model}`)),
      'provider:openai',
      `account:${deployment?.account}`,
      `deployment:${deployment?.id}`,
    ];
    assert.deepEqual(
      scopes.map((scope) => [scope, spent(scope)]),
      scopes.map((scope) => [scope, each]),
    );
  });

  it('leave free models usable, whatever is spent', async () => {
    const free = { input_cost_per_token: 0, output_cost_per_token: 0 };
    await start([['gpt', free]], {
      litellm_settings: { budget_limits: [{ max_budget: 0, budget_duration: '1d' }] },
      router_settings: { provider_budget_config: { openai: { budget_limit: 0 } } },
    });
    assert.equal((await ask('gpt', await gateway.newKey({ maxBudget: nanoUsd(0) }))).failure, undefined);
  });

  it('count every attempt where its own account is, and together where all are', async () => {
    const dear = { api_key: 'sk-first-key-of-the-tests', order: 1, max_budget: 1 };
    await start(
      [
        ['gpt', dear],
        ['gpt', { order: 2, max_budget: 1 }],
      ],
      { router_settings: { num_retries: 0 } },
    );
    const [first, second] = gateway.ports.catalog().deployments;
    // The first one hangs up, so that nobody knows what it cost: its hold is booked.
    let asked = 0;
    provider.plays((request, response) => {
      asked += 1;
      if (asked === 1) response.socket?.destroy();
      else void usage(100)(request, response);
    });
    assert.equal((await ask()).failure, undefined);
    const [row] = await gateway.rows();
    const lost = spent(`deployment:${first?.id}`);
    assert.ok(lost > 600_000, String(lost));
    assert.equal(spent(`deployment:${second?.id}`), each);
    assert.equal(row?.['cost'], lost + each);
    assert.equal(spent('gateway'), lost + each);
  });

  it('tell of 75, 90 and 100 percent once in a window, and of a soft budget', async () => {
    await start([['gpt', {}]]);
    const max = nanoUsd(10 * each);
    const key = await gateway.newKey({
      alias: 'told',
      maxBudget: max,
      budgetDuration: '1d',
      softBudget: nanoUsd(2 * each),
    });
    const key10 = () => gateway.call(hello('gpt', { max_tokens: 1 }), { key });
    for (let count = 0; count < 10; count += 1) assert.equal((await key10()).failure, undefined);
    const percents = told('budget-threshold').map((event) => (event as Raised & { percent: number }).percent);
    assert.deepEqual(percents, [75, 90, 100]);
    const [soft, ...more] = told('soft-budget');
    assert.deepEqual(more, []);
    assert.deepEqual(
      [soft?.type === 'soft-budget' && soft.title.includes('told'), soft?.type === 'soft-budget' && soft.spent],
      [true, 2 * each],
    );
    gateway.clock.pass(86_400_000);
    for (let count = 0; count < 8; count += 1) await key10();
    assert.equal(told('budget-threshold').length, 4);
    assert.equal(told('soft-budget').length, 2);
  });

  it('are raised for a while, and fall back by themselves', async () => {
    await start([['gpt', {}]]);
    const until = gateway.clock.now() + 60_000;
    const key = await gateway.newKey({ maxBudget: nanoUsd(0), raise: { amount: nanoUsd(1e9), until } });
    const served = await ask('gpt', key);
    assert.equal(served.failure, undefined);
    assert.equal(served.headers['x-litellm-key-max-budget'], '1');
    gateway.clock.pass(60_000);
    assert.equal((await ask('gpt', key)).failure?.kind, 'budget-exceeded');
  });

  it('hold what a call of the kind cost the last time beyond what could be reckoned, and the row says that it may exceed', async () => {
    await start([['gpt', {}]]);
    const search = hello('gpt', { max_tokens: 300, web_search_options: {} });
    const key = await gateway.newKey({ maxBudget: nanoUsd(3_000_000) });
    provider.plays(usage(2000));
    assert.equal((await gateway.call(search, { key })).failure, undefined);
    const [row] = await gateway.rows();
    const warnings = row?.['warnings'];
    assert.ok(isArray(warnings));
    assert.match(text(warnings[0]), /No limit could bound this call/);
    // 1,000,000 are left: enough for what can be reckoned, not for what the last one cost.
    assert.equal((await gateway.call(search, { key })).failure?.kind, 'budget-exceeded');
    assert.equal((await ask('gpt', key)).failure, undefined);
  });

  it('of rates send a call on from a full deployment, and give places back', async () => {
    await start([
      ['gpt', { rpm: 1, order: 1 }],
      ['gpt', { order: 2, api_key: 'sk-another-key-of-the-tests' }],
    ]);
    const ids = gateway.ports.catalog().deployments.map(({ id }) => id);
    const answers = [await ask(), await ask(), await ask()];
    assert.deepEqual(
      answers.map(({ headers }) => headers['x-litellm-model-id']),
      [ids[0], ids[1], ids[1]],
    );
    await gateway.close();
    await start([['gpt', { max_parallel_requests: 1 }]]);
    assert.deepEqual([(await ask()).failure, (await ask()).failure], [undefined, undefined]);
  });

  it('of the whole gateway bound the calls under way', async () => {
    await start([['gpt', {}]], { general_settings: { global_max_parallel_requests: 1 } });
    let finish = (): void => undefined;
    const arrived = new Promise<void>((resolve) => {
      provider.plays((request, response) => {
        finish = () => void usage(100)(request, response);
        resolve();
      });
    });
    const first = ask();
    await arrived;
    const { failure } = await ask();
    assert.equal(failure?.kind, 'rate-limited');
    assert.match(failure.message, /global_max_parallel_requests/);
    finish();
    assert.equal((await first).failure, undefined);
    assert.equal(objectIn((await gateway.rows())[0])['status'], 'done');
  });

  it('tell once in a window that they refuse, before all is spent', async () => {
    await start([['gpt', {}]], { litellm_settings: { max_budget: 0.0005, budget_duration: '1d' } });
    for (let call = 0; call < 3; call += 1) assert.equal((await ask()).failure?.kind, 'budget-exceeded');
    const [event, ...more] = told('budget-refused');
    assert.deepEqual(more, []);
    assert.ok(event?.type === 'budget-refused');
    assert.deepEqual([event.scope, event.spent, event.max], ['gateway', 0, 500_000]);
    gateway.clock.pass(86_400_000);
    await ask();
    assert.equal(told('budget-refused').length, 2, 'and again in the next');
  });
});
