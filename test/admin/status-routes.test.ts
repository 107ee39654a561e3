import assert from 'node:assert/strict';
import { managementRoutes } from '../../src/admin/routes.ts';
import type { Status } from '../../src/admin/status-routes.ts';
import { nanoUsd } from '../../src/chat/money.ts';
import { authenticate } from '../../src/gateway/authenticate.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { chatAnswer, fakeProvider, json, type FakeProvider } from '../support/fake-provider.ts';
import { adminKey, configText, hello, openaiModel } from '../support/gateway-client.ts';
import { gatewayUnderTest, type GatewayUnderTest } from '../support/gateway-under-test.ts';

describe('the status', () => {
  let provider: FakeProvider;
  let gateway: GatewayUnderTest;
  before(async () => {
    provider = await fakeProvider(json(200, chatAnswer('Hi.')));
  });
  after(() => provider.close());
  afterEach(() => gateway.close());

  const start = async (more: JsonObject = {}, models = ['gpt-*']): Promise<void> => {
    const entries = models.map((name) => openaiModel(name, `${provider.url}/v1`));
    gateway = await gatewayUnderTest(configText(entries, more));
  };
  const run = (
    method: 'get' | 'post',
    path: string,
    query: Record<string, string>,
    body: JsonObject = {},
  ): Promise<unknown> => {
    const route = managementRoutes.find((one) => one.method === method && one.paths.includes(path));
    assert.ok(route);
    const { ports } = gateway;
    return Promise.resolve(route.run(ports, { caller: authenticate(ports, adminKey), query, params: {}, body }));
  };
  const status = async (project?: string): Promise<Status> =>
    (await run('get', '/purser/status', project === undefined ? {} : { project })) as Status;

  it("tells a project's spend and budgets, and the whole gateway's budget", async () => {
    await start({ litellm_settings: { max_budget: 5, budget_duration: '1mo' } });
    const { team_id: id } = (await run('post', '/team/new', {}, { team_alias: 'harbour', max_budget: 1 })) as {
      team_id: string;
    };
    const key = await gateway.newKey({ project: id });
    await gateway.call(hello('gpt-5'), { key });
    await gateway.call(hello('gpt-5'));
    const [ofProject, ofAll] = [await status(id), await status()];
    assert.deepEqual(ofProject.project, { id, title: 'harbour', blocked: false });
    assert.equal(ofProject.today, 20_000);
    assert.deepEqual(
      ofProject.budgets.map(({ scope, spent, max }) => [scope, spent, max]),
      [
        ['gateway', 40_000, 5e9],
        [`project:${id}`, 20_000, 1e9],
      ],
    );
    assert.equal(ofAll.project, null);
    assert.equal(ofAll.today, 40_000);
    assert.deepEqual(
      ofAll.budgets.map(({ scope }) => scope),
      ['gateway'],
    );
    assert.ok(ofAll.revision > 0);
    assert.deepEqual((await status('unknown')).project, null);
  });

  it('is for the administrator', async () => {
    await start();
    const route = managementRoutes.find(({ paths }) => paths.includes('/purser/status'));
    assert.equal(route?.access, 'admin');
  });

  it('tells what is paused and how many providers there are', async () => {
    await start();
    assert.deepEqual([(await status()).paused, (await status()).providers], [null, 1]);
    await run('post', '/purser/pause', {}, { on: true });
    assert.equal((await status()).paused, gateway.clock.now());
  });

  it('names the families that nothing serves, until an alias stands in for them', async () => {
    await start();
    assert.deepEqual((await status()).unserved, ['claude-*', 'gemini-*']);
    gateway.configure(
      configText([openaiModel('gpt-*', `${provider.url}/v1`)], {
        router_settings: { model_group_alias: { 'claude-*': 'gpt-5' } },
      }),
    );
    assert.deepEqual((await status()).unserved, ['gemini-*']);
    const { status: answered } = await gateway.call(hello('claude-sonnet-4-5'));
    assert.equal(answered, 200);
    assert.equal(provider.requests.at(-1)?.body['model'], 'gpt-4o');
    const { data } = (await run('get', '/purser/models', {})) as { data: readonly JsonObject[] };
    assert.ok(data.every((model) => model['model_group'] !== 'claude-*'));
  });

  it('gives new projects the budget of the configuration, unless they have one of their own', async () => {
    await start({ litellm_settings: { default_team_params: { max_budget: 3, budget_duration: '1d' } } });
    assert.equal((await status()).hasDefaultBudget, true);
    const opened = (await run('post', '/purser/projects/open', {}, { folders: ['/work/a'], name: 'a' })) as {
      team_id: string;
    };
    const project = gateway.ports.projects.known(opened.team_id);
    assert.deepEqual([project.maxBudget, project.budgetDuration], [nanoUsd(3e9), '1d']);
    await run('post', '/team/new', {}, { team_id: 't', max_budget: 7 });
    assert.equal(gateway.ports.projects.known('t').maxBudget, 7e9);
    await run('post', '/purser/projects/open', {}, { folders: ['/work/a'], name: 'a' });
    assert.equal(gateway.ports.projects.list().length, 2, 'an old project is not made again');
  });
});
