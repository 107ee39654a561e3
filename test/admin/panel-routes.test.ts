import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { panelMethods, type Method, type PanelAction } from '../../src/admin/contract.ts';
import { askGateway, type GatewayAccess } from '../../src/admin/gateway-client.ts';
import { panelHandlers } from '../../src/admin/handlers.ts';
import { configRoutes } from '../../src/admin/config-routes.ts';
import { routesWith } from '../../src/admin/routes.ts';
import { servePanel } from '../../src/admin/serve-panel.ts';
import { configFileAt } from '../../src/config-file.ts';
import { createGatewayServer } from '../../src/http/app.ts';
import { isObject, objectIn, objectsIn, type JsonObject } from '../../src/lib/json.ts';
import { fakeProvider, type FakeProvider } from '../support/fake-provider.ts';
import { adminKey, configText, hello, openaiModel, send, text, type Answer } from '../support/gateway-client.ts';
import { gatewayUnderTest, newFolder, type GatewayUnderTest } from '../support/gateway-under-test.ts';

/** A question of the panel over one of its transports: its answer, or the words of its refusal. */
type Transport = (method: string, params: unknown) => Promise<unknown>;

describe('the contract of the panel', () => {
  let gateway: GatewayUnderTest;
  let provider: FakeProvider;
  let server: Server;
  let access: GatewayAccess;
  /** A fresh gateway with one call in its books, for the tests of one block. */
  const withGateway = (): void => {
    before(async () => {
      provider = await fakeProvider();
      const budget = { litellm_settings: { max_budget: 10, budget_duration: '1mo' } };
      gateway = await gatewayUnderTest(configText([openaiModel('gpt', `${provider.url}/v1`)], budget));
      const path = join(newFolder(), 'config.yaml');
      const place = { file: path, environment: () => undefined, orStarter: true, say: () => undefined };
      server = createGatewayServer(gateway.ports, routesWith(configRoutes(configFileAt(path, place))));
      await once(server.listen(0, '127.0.0.1'), 'listening');
      access = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, adminKey };
      await gateway.call(hello('gpt', { max_tokens: 100 }));
    });
    after(async () => {
      server.close();
      server.closeAllConnections();
      await gateway.close();
      await provider.close();
    });
  };

  const overHttp: Transport = async (method, params) => {
    const { status, body } = await send(`${access.url}/purser/panel`, { key: adminKey, body: { method, params } });
    return status === 200 ? body : { refused: objectIn(body['error'])['message'] };
  };
  const acted: PanelAction[] = [];
  const overMessages: Transport = async (method, params) => {
    const handlers = panelHandlers({
      admin: (path, body) => askGateway(access, path, body),
      about: () => ({ baseUrl: `${access.url}/v1`, host: 'editor', timeZone: 'UTC' }),
      act: (action) => Promise.resolve(void acted.push(action)),
      folder: () => ({ name: 'harbour', path: '/work/harbour/src' }),
      save: (path) => Promise.resolve(path),
    });
    // Only what can be cloned goes through postMessage.
    const told = await servePanel(handlers, structuredClone({ type: 'ask', id: 7, method, params }));
    if (told === undefined) return undefined;
    assert.ok(told.type !== 'changed' && told.id === 7);
    return told.type === 'reply' ? structuredClone(told.result) : { refused: told.message };
  };

  for (const [transport, ask] of [
    ['over HTTP', overHttp],
    ['over messages', overMessages],
  ] as const) {
    describe(transport, () => {
      withGateway();
      const asked = async (method: Method, params: JsonObject = {}): Promise<JsonObject> => {
        const answer = await ask(method, params);
        assert.ok(isObject(answer) && answer['refused'] === undefined, `${method}: ${JSON.stringify(answer)}`);
        panelMethods[method].result(answer, method); // as the page reads it
        return answer;
      };
      const listed = async (method: Method, name: string): Promise<readonly JsonObject[]> =>
        objectsIn((await asked(method))[name]);

      it('reads what was spent', async () => {
        assert.equal((await asked('spend'))['today'], 20_000);
        assert.equal(objectIn((await asked('overview'))['today'])['calls'], 1);
        const report = await asked('report', { by: 'model', step: 'day' });
        assert.deepEqual(
          objectsIn(report['lines']).map(({ name, cost }) => [name, cost]),
          [['gpt-4o', 20_000]],
        );
        assert.equal(objectsIn(report['series']).length, 1);
        const [budget] = await listed('budgets', 'budgets');
        assert.deepEqual([budget?.['scope'], budget?.['spent'], budget?.['max']], ['gateway', 20_000, 10e9]);
        assert.equal(budget?.['since'], Date.parse('2026-11-01T00:00Z'));
      });

      it('reads rows page by page, under a filter', async () => {
        const page = await asked('rows', { limit: 1, count: 'true', search: 'gpt' });
        const [row] = objectsIn(page['rows']);
        assert.deepEqual([row?.['model'], row?.['cost'], page['count']], ['gpt-4o', 20_000, 1]);
        assert.deepEqual((await asked('rows', { status: 'failed' }))['rows'], []);
        assert.deepEqual((await asked('rows', { after: text(page['next']) }))['rows'], []);
      });

      it('reads models, deployments and accounts', async () => {
        const [deployment] = await listed('deployments', 'deployments');
        const [model] = await listed('deployments', 'models');
        assert.equal(objectIn(model?.['model_info'])['id'], deployment?.['id']);
        assert.equal(objectIn(model?.['model_info'])['input_cost_per_token'], 0.000001);
        const [account] = await listed('accounts', 'accounts');
        assert.deepEqual([account?.['key'], objectIn(account?.['spent'])['month']], ['set', 20_000]);
      });

      it('shows, deletes and sends again what a key has kept, and says why there is nothing', async () => {
        const key = await gateway.newKey({ keepBodies: 7 });
        const { id: call } = await gateway.call(hello('gpt', { max_tokens: 100 }), { key });
        const body = objectIn((await asked('callBody', { call }))['body']);
        assert.deepEqual(objectsIn(body['answer']), [{ type: 'text', text: 'Hi.' }]);
        assert.match(text((await asked('rawBody', { call }))['request']), /"max_tokens": 100/);
        assert.ok(Number((await asked('replayQuote', { call, model: 'gpt' }))['most']) >= 200_000);
        const replay = await asked('replay', { call, model: 'gpt' });
        assert.deepEqual([objectIn(replay['replay'])['cost'], objectsIn(replay['answer']).length], [20_000, 1]);
        await asked('deleteBody', { call });
        const gone = await asked('callBody', { call });
        assert.equal(gone['body'], null);
        assert.match(text(gone['why']), /^Nothing is kept of this call any more/);
        const { refused } = objectIn(await ask('replay', { call, model: 'gpt' }));
        assert.match(text(refused), /^Nothing is kept/);
      });

      it('makes, changes, rotates, blocks and deletes a key', async () => {
        const made = await asked('createKey', { key_alias: transport, max_budget: 1, budget_duration: '1d' });
        const key = text(made['token']);
        assert.match(text(made['key']), /^sk-/);
        const changed = await asked('updateKey', { key, budget_limits: [{ max_budget: 5, budget_duration: '7d' }] });
        assert.deepEqual(changed['budget_limits'], [{ max_budget: 5, budget_duration: '7d' }]);
        const rotated = await asked('rotateKey', { key, grace_period: '1h' });
        assert.notEqual(rotated['key'], made['key']);
        await asked('blockKey', { key, blocked: true });
        const [row] = (await listed('keys', 'keys')).filter(({ key_alias }) => key_alias === transport);
        assert.equal(row?.['blocked'], true);
        assert.ok(!JSON.stringify(row).includes(text(rotated['key'])));
        await asked('blockKey', { key, blocked: false });
        await asked('deleteKey', { key });
        assert.deepEqual(
          (await listed('keys', 'keys')).filter(({ key_alias }) => key_alias === transport),
          [],
        );
      });

      it('makes, changes, blocks and deletes a project', async () => {
        await asked('createProject', { team_alias: transport, max_budget: 2, folders: ['/work/harbour'] });
        const mine = async () =>
          (await listed('projects', 'projects')).find(({ team_alias }) => team_alias === transport);
        const id = text((await mine())?.['team_id']);
        await asked('updateProject', { team_id: id, max_budget: 3 });
        await asked('blockProject', { team_id: id, blocked: true });
        assert.deepEqual([(await mine())?.['max_budget'], (await mine())?.['blocked']], [3, true]);
        if (ask === overMessages) {
          const here = objectIn((await asked('workspace'))['project']);
          assert.deepEqual([here['title'], here['max']], [transport, 3e9]);
        }
        await asked('deleteProject', { team_id: id });
        assert.equal(await mine(), undefined);
      });

      it('tests a deployment, and lets one be tried again', async () => {
        const [deployment] = await listed('deployments', 'deployments');
        const id = text(deployment?.['id']);
        assert.deepEqual(await asked('retryDeployment', { id }), {});
        const books = (await gateway.rows()).length;
        assert.equal((await asked('testDeployment', { id }))['healthy'], true);
        const rows = await gateway.rows();
        assert.equal(rows.length, books + 1);
      });

      it('plays a request through without sending it', async () => {
        const sent = provider.requests.length;
        const body = JSON.stringify(hello('gpt', { max_tokens: 100 }));
        const told = await asked('dryRun', { path: '/v1/chat/completions', body });
        const [step] = objectsIn(told['steps']);
        assert.deepEqual([told['outcome'], step?.['way'], step?.['outputLimit']], ['sent', 'relay', 100]);
        assert.ok(Number(step?.['hold']) > 200_000);
        assert.equal(provider.requests.length, sent);
        assert.deepEqual(await ask('dryRun', { path: '/v1/chat/completions', body: 'Hello' }), {
          refused: 'The request is no JSON object. Paste the whole body that a client sends.',
        });
      });

      it("edits the configuration's file", async () => {
        const { version, listsModels } = await asked('configuration');
        const add = { type: 'deployment', id: null, values: { model_name: transport, model: 'openai/gpt-5' } };
        const shown = await asked('editConfiguration', { version, edits: [add], save: false });
        assert.ok(objectsIn(shown['diff']).some(({ mark }) => mark === '+'));
        const saved = await asked('editConfiguration', { version, edits: [add], save: true });
        assert.equal(saved['saved'], true);
        const names = (await listed('configuration', 'entries')).map(({ values }) => objectIn(values)['model_name']);
        assert.ok(names.includes(transport));
        assert.equal(listsModels, names.length > 1);
        const late = await ask('editConfiguration', { version, edits: [add], save: true });
        assert.match(text(objectIn(late)['refused']), /was changed meanwhile, so nothing was written/);
      });

      it('shows the calls under way, and stops one at its provider', async () => {
        provider.plays((_request, response) => {
          response.writeHead(200, { 'content-type': 'text/event-stream' });
          response.write('data: {"choices":[{"index":0,"delta":{"content":"Wait"},"finish_reason":null}]}\n\n');
        });
        const said = send(`${access.url}/v1/chat/completions`, {
          key: adminKey,
          body: hello('gpt', { stream: true, max_tokens: 1_000 }),
        });
        let call: JsonObject | undefined;
        while (call?.['stage'] !== 'answering') [call] = await listed('calls', 'calls');
        assert.equal(call['group'], 'gpt');
        assert.ok(Number(call['cost']) > 0 && Number(call['cost']) < Number(call['most']));
        await asked('stopCall', { call: text(call['call']) });
        await provider.requests.at(-1)?.hungUp;
        assert.match((await said).text, /stopped by the owner of the gateway/);
        assert.deepEqual(await listed('calls', 'calls'), []);
        const gone = await ask('stopCall', { call: text(call['call']) });
        assert.deepEqual(gone, { refused: 'That call is not under way any more.' });
        const [row] = await gateway.rows();
        assert.deepEqual([row?.['status'], row?.['failure']], ['cancelled', 'cancelled']);
      });

      it('hands on the words of a refusal', async () => {
        assert.deepEqual(await ask('updateKey', { key: 'sk-nobody' }), { refused: 'Key not found in database' });
      });

      it('never shows a key of a provider, whatever is asked', async () => {
        for (const method of ['deployments', 'accounts', 'rows', 'overview', 'keys', 'calls', 'budgets'] as const)
          assert.ok(!JSON.stringify(await asked(method)).includes('sk-provider-key'), method);
      });
    });
  }

  describe('refuses what no page of ours sends', () => {
    withGateway();
    const hostile: readonly (readonly [unknown, unknown])[] = [
      ['constructor', {}],
      ['__proto__', {}],
      ['toString', {}],
      [['spend'], {}],
      [null, {}],
      ['spend', undefined],
      ['spend', []],
      ['spend', { since: 0 }],
      ['report', { by: 'constructor' }],
      ['report', { by: 'model', since: '0 OR 1=1' }],
      ['rows', { limit: '100' }],
      ['rows', { search: ['a'] }],
      ['rows', { search: 'a'.repeat(501) }],
      ['createKey', { key_alias: 'a', key: 'sk-chosen-by-an-attacker' }],
      ['createKey', { key_alias: 'a', metadata: {} }],
      ['updateKey', { max_budget: 1e9, key: 'sk', spend: 0 }],
      ['deleteKey', { keys: ['a', 'b'] }],
      ['deleteProject', { team_id: { $ne: null } }],
      ['stopCall', { call: 1 }],
      ['testProvider', { provider: 'openai', api_base: 'http://evil.test' }],
      ['exportRows', { format: 'csv', filter: {}, path: '/etc/passwd' }],
      ['dryRun', { path: '/v1/chat/completions', body: {} }],
      ['dryRun', { path: '/v1/chat/completions', body: '{}', headers: { host: 'evil.test' } }],
      ['configuration', { file: '/etc/passwd' }],
      ['editConfiguration', { version: '', edits: [{ type: 'constructor' }], save: true }],
      [
        'editConfiguration',
        { version: '', edits: [{ type: 'remove', id: 'a', path: ['general_settings'] }], save: true },
      ],
      [
        'editConfiguration',
        { version: '', edits: [{ type: 'deployment', id: null, values: { api_key: 'sk' } }], save: true },
      ],
      ['editConfiguration', { version: '', edits: [{ type: 'starter', values: [] }], save: true, file: '/etc/passwd' }],
      ['act', { action: 'workbench.action.terminal.new' }],
    ];
    for (const [method, params] of hostile) {
      it(`${JSON.stringify(method)} with ${JSON.stringify(params ?? null).slice(0, 60)}`, async () => {
        assert.equal(await overMessages(method as string, params), undefined);
        const { status } = await send(`${access.url}/purser/panel`, { key: adminKey, body: { method, params } });
        assert.equal(status, 400);
      });
    }

    it('names what is wrong to those who send it over HTTP', async () => {
      const message = async (body: unknown): Promise<unknown> =>
        objectIn((await send(`${access.url}/purser/panel`, { key: adminKey, body })).body['error'])['message'];
      assert.equal(await message({ method: 'rows', params: { limit: '5' } }), 'params.limit must be a number.');
      assert.equal(
        await message({ method: 'spend', params: {}, also: 1 }),
        'also is not known here; expected method and params.',
      );
    });

    it('what only the editor can do, over HTTP', async () => {
      assert.deepEqual(await overHttp('act', { action: 'restart' }), { refused: 'Only the editor can do that.' });
      assert.deepEqual(await overHttp('exportRows', { format: 'csv', filter: {} }), {
        refused: 'Only the editor can do that.',
      });
    });

    it("a tool's key, a missing key, and a page of somebody else's", async () => {
      const key = await gateway.newKey();
      const body = { method: 'spend', params: {} };
      const ask = (more: object): Promise<Answer> => send(`${access.url}/purser/panel`, { body, ...more });
      assert.equal((await ask({ key })).status, 403);
      assert.equal((await ask({})).status, 401);
      assert.equal((await ask({ key: adminKey, headers: { origin: 'https://evil.test' } })).status, 403);
      assert.equal((await ask({ key: adminKey, headers: { 'content-type': 'text/plain' } })).status, 415);
    });
  });

  it('has the editor act, and save the rows that are meant, without a word to the gateway', async () => {
    access = { url: 'http://127.0.0.1:9', adminKey };
    assert.deepEqual(await overMessages('act', { action: 'openPanel' }), {});
    assert.deepEqual(acted, ['openPanel']);
    const saved = await overMessages('exportRows', { format: 'csv', filter: { search: 'a&b', since: 5 } });
    assert.deepEqual(saved, { saved: '/purser/export?format=csv&search=a%26b&since=5' });
  });
});
