import assert from 'node:assert/strict';
import { objectIn, type JsonObject } from '../../src/lib/json.ts';
import { startServer, type BuiltServer } from '../support/built-server.ts';
import { chatAnswer, fakeProvider, json, type FakeProvider } from '../support/fake-provider.ts';
import {
  adminKey,
  chat,
  configText,
  hello,
  manage,
  newKey,
  openaiModel,
  rowsOf,
  send,
  text,
} from '../support/gateway-client.ts';

describe('projects, which are teams', () => {
  let provider: FakeProvider;
  let server: BuiltServer;
  const start = async (folder?: string): Promise<void> => {
    const models = [openaiModel('gpt', `${provider.url}/v1`), openaiModel('other', `${provider.url}/v1`)];
    server = await startServer({
      config: configText(models, { general_settings: { hold_wait_seconds: 0 } }),
      ...(folder !== undefined && { folder }),
    });
  };
  before(async () => {
    // 20,000 nano-dollars a call
    provider = await fakeProvider(json(200, chatAnswer('Hi.')));
    await start();
  });
  after(async () => {
    await server.stop();
    await provider.close();
  });

  const team = (settings: JsonObject) => manage(server.url, '/team/new', settings);
  const ask = (key: string, headers: Record<string, string> = {}, body: JsonObject = {}) =>
    send(`${server.url}/v1/chat/completions`, { key, headers, body: hello('gpt', { max_tokens: 300, ...body }) });
  const infoOf = async (id: string) => objectIn((await manage(server.url, `/team/info?team_id=${id}`))['team_info']);

  it('are made with all their settings, which /team/info tells again, with their keys and what they spent', async () => {
    const settings = {
      team_alias: 'Lighthouse',
      models: ['gpt'],
      max_budget: 12.5,
      budget_duration: '30d',
      budget_limits: [{ max_budget: 1, budget_duration: '1d' }],
      soft_budget: 10,
      model_max_budget: { gpt: { budget_limit: 5, time_period: '1d' } },
      rpm_limit: 60,
      tpm_limit: 100_000,
      max_parallel_requests: 4,
      metadata: { owner: 'sam' },
      model_aliases: { small: 'gpt' },
      folders: ['/home/dev/lighthouse'],
      git_remotes: ['https://git.test/dev/lighthouse'],
    };
    const made = await team({ ...settings, team_id: 'lighthouse' });
    const shown = await infoOf('lighthouse');
    for (const [name, value] of Object.entries(settings)) {
      assert.deepEqual(made[name], value, name);
      assert.deepEqual(shown[name], value, name);
    }
    const key = await newKey(server.url, { team_id: 'lighthouse', key_alias: 'lamp' });
    assert.equal((await ask(key, {}, { model: 'small' })).status, 200);
    const { team_info, keys } = await manage(server.url, '/team/info?team_id=lighthouse');
    assert.equal(objectIn(team_info)['spend'], 0.00002);
    assert.deepEqual(
      (keys as JsonObject[]).map((row) => [row['key_alias'], row['spend']]),
      [['lamp', 0.00002]],
    );
    assert.equal((await ask(key, {}, { model: 'other' })).status, 403);
    const { data } = (await send(`${server.url}/v1/models`, { key })).body;
    assert.deepEqual(
      (data as JsonObject[]).map(({ id }) => id),
      ['gpt'],
    );
    assert.deepEqual((await send(`${server.url}/team/info`, { key })).body['keys'], []);
    assert.equal((await send(`${server.url}/team/info?team_id=another`, { key })).status, 403);
  });

  it('share one budget among their keys, and are named when it is spent', async () => {
    await team({ team_id: 'shared', team_alias: 'Shared', max_budget: 0.0002, budget_duration: '1d' });
    const [first, second] = [
      await newKey(server.url, { team_id: 'shared' }),
      await newKey(server.url, { team_id: 'shared' }),
    ];
    const small = { max_tokens: 5 };
    provider.plays(json(200, chatAnswer('Hi.', { prompt_tokens: 190, completion_tokens: 5, total_tokens: 195 })));
    const served = await ask(first, {}, small);
    provider.plays(json(200, chatAnswer('Hi.')));
    assert.equal(served.status, 200, served.text);
    const refused = await ask(second, {}, small);
    assert.equal(refused.status, 400);
    assert.match(
      refused.text,
      /[Pp]roject \\"Shared\\" has spent .* daily budget .*max_budget with POST \/team\/update/,
    );
    await manage(server.url, '/team/update', { team_id: 'shared', max_budget: null });
    assert.equal((await ask(second, {}, small)).status, 200);
  });

  it('are found by folder, remote, header and path, and counted for keys that have none', async () => {
    await team({ team_id: 'pier', folders: ['/home/dev/pier'], git_remotes: ['git@git.test:dev/pier.git'] });
    await team({ team_id: 'quay', team_alias: 'Quay' });
    const key = await newKey(server.url);
    const prompt = (folder: string) => ({
      messages: [{ role: 'system', content: `Working directory: ${folder}\n` }],
    });
    const codex = JSON.stringify({
      workspaces: { '/tmp/worktree': { associated_remote_urls: { origin: 'https://git.test/dev/pier' } } },
    });
    const projectOf = async (headers: Record<string, string>, body: JsonObject = {}, own = key) => {
      const answer = await ask(own, headers, body);
      assert.equal(answer.status, 200, answer.text);
      const [row] = await rowsOf(server.url, answer.headers.get('x-litellm-call-id') ?? '');
      return [row?.['project'], row?.['evidence']];
    };
    assert.deepEqual(await projectOf({}, prompt('/home/dev/pier/src/deep')), ['pier', 'prompt']);
    assert.deepEqual(await projectOf({ 'x-codex-turn-metadata': codex }), ['pier', 'codex']);
    assert.deepEqual(await projectOf({ 'x-purser-project': 'Quay' }), ['quay', 'header']);
    assert.deepEqual(await projectOf({ 'x-purser-project': 'nobody' }), ['nobody', 'header']);
    assert.equal((await infoOf('pier'))['spend'], 0.00004);
    const own = await newKey(server.url, { team_id: 'quay' });
    assert.deepEqual(await projectOf({ 'x-purser-project': 'pier' }, {}, own), ['quay', 'key']);
    assert.equal((await infoOf('pier'))['spend'], 0.00004);
  });

  it('hold back calls that only their evidence gives away', async () => {
    await team({ team_id: 'broke', folders: ['/home/dev/broke'], max_budget: 0 });
    const key = await newKey(server.url);
    const messages = [{ role: 'system', content: 'Working directory: /home/dev/broke/src\n' }];
    const refused = await ask(key, {}, { messages });
    assert.equal(refused.status, 400);
    assert.match(refused.text, /[Pp]roject \\"broke\\"/);
    assert.equal((await ask(key)).status, 200);
  });

  it('are blocked and unblocked at once', async () => {
    await team({ team_id: 'blocked', team_alias: 'Closed' });
    const key = await newKey(server.url, { team_id: 'blocked' });
    await manage(server.url, '/team/block', { team_id: 'blocked' });
    const refused = await ask(key);
    assert.equal(refused.status, 403);
    assert.match(refused.text, /project \\"Closed\\" is blocked.*\/team\/unblock/);
    await manage(server.url, '/team/unblock', { team_id: 'blocked' });
    assert.equal((await ask(key)).status, 200);
  });

  it('limit the requests of all their keys together', async () => {
    await team({ team_id: 'slow', rpm_limit: 2 });
    const keys = [await newKey(server.url, { team_id: 'slow' }), await newKey(server.url, { team_id: 'slow' })];
    const [first, second] = [await ask(keys[0] ?? ''), await ask(keys[1] ?? '')];
    assert.deepEqual([first.status, second.status], [200, 200]);
    assert.equal(second.headers.get('x-ratelimit-team-remaining-requests'), '0');
    const refused = await ask(keys[0] ?? '');
    assert.equal(refused.status, 429);
    assert.ok(Number(refused.headers.get('retry-after')) >= 1);
  });

  it('take keys that named them before they were there, and go with their keys', async () => {
    const early = await newKey(server.url, { team_id: 'later' });
    assert.equal((await ask(early)).status, 200);
    await team({ team_id: 'later', max_budget: 0 });
    assert.equal((await ask(early)).status, 400);
    const gone = await manage(server.url, '/team/delete', { team_ids: ['later'] });
    assert.deepEqual([gone['deleted_teams'], (gone['deleted_keys'] as string[]).length], [['later'], 1]);
    assert.equal((await ask(early)).status, 401);
    const missing = await send(`${server.url}/team/delete`, { key: adminKey, body: { team_ids: ['pier', 'nowhere'] } });
    assert.equal(missing.status, 404);
    assert.equal((await infoOf('pier'))['team_id'], 'pier');
  });

  it('refuse what they do not know by name', async () => {
    for (const [body, param] of [
      [{ team_id: 'x', members_with_roles: [] }, 'members_with_roles'],
      [{ team_id: 'x', max_budget: -1 }, 'max_budget'],
      [{ team_id: 'pier' }, 'team_id'],
      [{ folders: ['not/absolute'] }, 'folders'],
      [{ folders: ['/home/dev/pier'] }, 'folders'],
    ] as const) {
      const refused = await send(`${server.url}/team/new`, { key: adminKey, body });
      assert.equal(refused.status, 400, JSON.stringify(body));
      assert.equal(objectIn(refused.body['error'])['param'], param);
    }
    assert.equal((await send(`${server.url}/team/list`, { key: await newKey(server.url) })).status, 403);
  });

  it('are there again after a restart, with what they spent', async () => {
    const before = await manage(server.url, '/team/list');
    const { folder } = server;
    await server.stop();
    await start(folder);
    assert.deepEqual(await manage(server.url, '/team/list'), before);
    assert.equal((await infoOf('pier'))['spend'], 0.00004);
    assert.equal(text((await infoOf('quay'))['team_alias']), 'Quay');
    await chat(server.url, adminKey, hello('gpt'));
  });
});
