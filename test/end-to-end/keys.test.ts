import assert from 'node:assert/strict';
import { objectIn, type JsonObject } from '../../src/lib/json.ts';
import { startServer, textsIn, type BuiltServer } from '../support/built-server.ts';
import { chatAnswer, fakeProvider, json, type FakeProvider } from '../support/fake-provider.ts';
import {
  adminKey,
  chat,
  configText,
  hello,
  manage,
  newKey,
  openaiModel,
  send,
  text,
  type Answer,
} from '../support/gateway-client.ts';

describe('virtual keys', () => {
  let provider: FakeProvider;
  let server: BuiltServer;
  before(async () => {
    provider = await fakeProvider();
    server = await startServer({ config: configText([openaiModel('gpt', `${provider.url}/v1`)]) });
  });
  after(async () => {
    await server.stop();
    await provider.close();
  });

  const call = (key: string): Promise<Answer> => chat(server.url, key, hello('gpt', { max_tokens: 5 }));
  const statusWith = async (key: string): Promise<number> => (await call(key)).status;
  const infoOf = async (key: string): Promise<JsonObject> =>
    objectIn((await manage(server.url, `/key/info?key=${key}`))['info']);

  it('are made with all their settings, which /key/info tells again', async () => {
    const made = await manage(server.url, '/key/generate', {
      key_alias: 'made',
      models: ['gpt'],
      team_id: 'harbour',
      max_budget: 12.5,
      budget_duration: '30d',
      duration: '90d',
      rpm_limit: 60,
      tpm_limit: 100_000,
      max_parallel_requests: 4,
      metadata: { owner: 'sam' },
    });
    assert.match(text(made['key']), /^sk-[\w-]{32}$/);
    const info = await infoOf(text(made['key']));
    assert.deepEqual(
      [
        'key_alias',
        'models',
        'team_id',
        'max_budget',
        'budget_duration',
        'rpm_limit',
        'tpm_limit',
        'max_parallel_requests',
        'metadata',
        'blocked',
        'spend',
        'status',
      ].map((name) => info[name]),
      ['made', ['gpt'], 'harbour', 12.5, '30d', 60, 100_000, 4, { owner: 'sam' }, false, 0, 'active'],
    );
    assert.ok(Date.parse(text(info['expires'])) > Date.now() + 89 * 86_400_000);
    assert.ok(Date.parse(text(info['budget_reset_at'])) > Date.now());
    assert.equal(info['key_name'], `sk-...${text(made['key']).slice(-4)}`);
  });

  it('have several budgets at once, which null clears', async () => {
    const settings = {
      budget_limits: [
        { max_budget: 10, budget_duration: '1d' },
        { max_budget: 100, budget_duration: '30d' },
      ],
      soft_budget: 8,
      model_max_budget: { gpt: { budget_limit: 1, time_period: '1d' } },
      budget_fallbacks: { gpt: ['free'] },
      temp_budget_increase: 5,
      temp_budget_expiry: '2100-01-01T00:00:00.000Z',
    };
    const key = await newKey(server.url, settings);
    assert.equal(await statusWith(key), 200);
    const info = await infoOf(key);
    for (const [name, value] of Object.entries(settings)) assert.deepEqual(info[name], value, name);
    const usage = objectIn(info['budget_limits_usage']);
    assert.equal(objectIn(usage['1d'])['current_spend'], 0.00002);
    assert.equal(objectIn(usage['30d'])['current_spend'], 0.00002);
    assert.equal(objectIn(objectIn(info['model_max_budget_usage'])['gpt'])['current_spend'], 0.00002);
    const cleared = Object.fromEntries(Object.keys(settings).map((name) => [name, null]));
    const updated = await manage(server.url, '/key/update', { key, ...cleared });
    assert.deepEqual(
      Object.keys(settings).map((name) => updated[name]),
      [[], null, {}, {}, null, null],
    );
  });

  it('refuse a raise without an end, and an end without a raise', async () => {
    for (const body of [{ temp_budget_increase: 5 }, { temp_budget_expiry: '10d' }]) {
      const refused = await send(`${server.url}/key/generate`, { key: adminKey, body });
      assert.equal(refused.status, 400);
      assert.match(refused.text, /temp_budget_increase and temp_budget_expiry go together/);
    }
    const soon = { temp_budget_increase: 5, temp_budget_expiry: 'soon' };
    assert.equal((await send(`${server.url}/key/generate`, { key: adminKey, body: soon })).status, 400);
  });

  it('count from another amount on when their spend is reset', async () => {
    const key = await newKey(server.url);
    assert.equal(await statusWith(key), 200);
    await manage(server.url, `/key/${key}/reset_spend`, { reset_to: 0.5 });
    assert.equal((await infoOf(key))['spend'], 0.5);
    assert.equal(await statusWith(key), 200);
    assert.equal((await infoOf(key))['spend'], 0.50002);
  });

  it('ask about themselves with themselves, and about no other', async () => {
    const key = await newKey(server.url, { key_alias: 'self' });
    const other = await newKey(server.url);
    const own = await send(`${server.url}/key/info`, { key });
    assert.equal(objectIn(own.body['info'])['key_alias'], 'self');
    assert.equal((await send(`${server.url}/key/info?key=${key}`, { key })).status, 200);
    assert.equal((await send(`${server.url}/key/info?key=${other}`, { key })).status, 403);
    assert.equal((await send(`${server.url}/key/info?key=sk-there-is-no-such-key`, { key })).status, 403);
    assert.equal((await send(`${server.url}/key/info?key=sk-there-is-no-such-key`, { key: adminKey })).status, 404);
  });

  it('count what they spend', async () => {
    const key = await newKey(server.url);
    for (let count = 1; count <= 2; count += 1) {
      assert.equal(await statusWith(key), 200);
      assert.equal((await infoOf(key))['spend'], (count * 20_000) / 1e9);
    }
  });

  it('can be chosen', async () => {
    assert.equal(await newKey(server.url, { key: 'sk-chosen-by-hand-0001' }), 'sk-chosen-by-hand-0001');
    assert.equal(await statusWith('sk-chosen-by-hand-0001'), 200);
    for (const key of ['sk-short', 'no-prefix-but-long-enough', 'sk-chosen-by-hand-0001']) {
      assert.equal((await send(`${server.url}/key/generate`, { key: adminKey, body: { key } })).status, 400, key);
    }
  });

  it('are blocked and unblocked at once', async () => {
    const key = await newKey(server.url, { key_alias: 'blocked' });
    await manage(server.url, '/key/block', { key });
    const refused = await call(key);
    assert.equal(refused.status, 401);
    assert.match(refused.text, /is blocked/);
    assert.equal((await infoOf(key))['status'], 'revoked');
    await manage(server.url, '/key/unblock', { key });
    assert.equal(await statusWith(key), 200);
  });

  it('are updated field by field: what is left out stays, null clears', async () => {
    const key = await newKey(server.url, { models: ['gpt'], max_budget: 1, rpm_limit: 5, metadata: { a: 1 } });
    await manage(server.url, '/key/update', { key, models: ['other'], rpm_limit: null });
    const info = await infoOf(key);
    assert.deepEqual(
      [info['models'], info['max_budget'], info['rpm_limit'], info['metadata']],
      [['other'], 1, null, { a: 1 }],
    );
    assert.equal(await statusWith(key), 403);
  });

  it('are rotated: the new one goes on where the old one was, which ends at once', async () => {
    const key = await newKey(server.url, { key_alias: 'rotated' });
    await call(key);
    const { key: fresh } = await manage(server.url, '/key/regenerate', { key });
    assert.equal(await statusWith(key), 401);
    assert.equal(await statusWith(text(fresh)), 200);
    const info = await infoOf(text(fresh));
    assert.deepEqual([info['key_alias'], info['spend']], ['rotated', 0.00004]);
  });

  it('are rotated with grace: both are good for a while', async () => {
    const key = await newKey(server.url);
    const { key: fresh } = await manage(server.url, `/key/${key}/regenerate`, { grace_period: '1h' });
    assert.equal(await statusWith(key), 200);
    assert.equal(await statusWith(text(fresh)), 200);
    assert.equal((await infoOf(text(fresh)))['spend'], 0.00004);
  });

  it('are deleted, all that are named or none', async () => {
    const key = await newKey(server.url, { key_alias: 'doomed' });
    const other = await newKey(server.url);
    const missing = await send(`${server.url}/key/delete`, {
      key: adminKey,
      body: { keys: [key, 'sk-there-is-no-such-key'] },
    });
    assert.equal(missing.status, 404);
    assert.equal(await statusWith(key), 200);
    await manage(server.url, '/key/delete', { keys: [other], key_aliases: ['doomed'] });
    assert.equal(await statusWith(key), 401);
    assert.equal(await statusWith(other), 401);
    await assert.rejects(infoOf(key));
  });

  it('are listed by pages, never with their secrets', async () => {
    const key = await newKey(server.url, { team_id: 'listed', key_alias: 'listed-1' });
    await newKey(server.url, { team_id: 'listed' });
    const page = await manage(server.url, '/key/list?team_id=listed&size=1&page=1&return_full_object=true');
    assert.deepEqual([page['total_count'], page['total_pages'], page['current_page']], [2, 2, 1]);
    assert.deepEqual(
      (page['keys'] as JsonObject[]).map((row) => row['key_alias']),
      ['listed-1'],
    );
    const all = await send(`${server.url}/key/list?size=100&return_full_object=true`, { key: adminKey });
    assert.ok(!all.text.includes(key));
    const hashes = await manage(server.url, '/key/list?team_id=listed');
    assert.match(String((hashes['keys'] as string[])[0]), /^[0-9a-f]{64}$/);
    assert.equal((await send(`${server.url}/key/list?size=0`, { key: adminKey })).status, 400);
  });

  it('stand in the data folder and in what is printed by their hashes alone', async () => {
    const key = await newKey(server.url, { key_alias: 'unseen' });
    assert.equal(await statusWith(key), 200);
    await manage(server.url, '/key/update', { key, rpm_limit: 7 });
    await send(`${server.url}/nowhere?key=${key}`, { key });
    for (const [file, content] of textsIn(server.dataFolder)) assert.ok(!content.includes(key), file);
    assert.ok(!server.output().includes(key));
  });

  describe('with rates', () => {
    it('make so many requests a minute, then wait', async () => {
      const key = await newKey(server.url, { rpm_limit: 2 });
      const first = await call(key);
      assert.equal(first.headers.get('x-ratelimit-api_key-limit-requests'), '2');
      assert.equal(first.headers.get('x-ratelimit-api_key-remaining-requests'), '1');
      assert.equal(await statusWith(key), 200);
      const refused = await call(key);
      assert.equal(refused.status, 429);
      assert.equal(refused.headers.get('rate_limit_type'), 'requests');
      const wait = Number(refused.headers.get('retry-after'));
      assert.ok(wait >= 1 && wait <= 60);
      assert.match(refused.text, /has made 2 of 2 requests this minute \(rpm_limit\)/);
    });

    it('use so many tokens a minute, as the provider counted them', async () => {
      const key = await newKey(server.url, { tpm_limit: 200 });
      assert.equal(await statusWith(key), 200);
      provider.plays(json(200, chatAnswer('Long.', { prompt_tokens: 100, completion_tokens: 90, total_tokens: 190 })));
      const second = await call(key);
      assert.equal(second.status, 200, second.text);
      provider.plays(json(200, chatAnswer('Hi.')));
      const refused = await call(key);
      assert.equal(refused.status, 429);
      assert.equal(refused.headers.get('rate_limit_type'), 'tokens');
      assert.match(refused.text, /has used 205 of 200 tokens/);
    });

    it('make so many requests at once', async () => {
      const key = await newKey(server.url, { max_parallel_requests: 1 });
      const arrived = new Promise<() => void>((resolve) => {
        provider.plays((request, response) => resolve(() => void json(200, chatAnswer('At last.'))(request, response)));
      });
      const first = call(key);
      const finish = await arrived;
      const refused = await call(key);
      assert.equal(refused.status, 429);
      assert.equal(refused.headers.get('retry-after'), '1');
      assert.equal(refused.headers.get('rate_limit_type'), 'max_parallel_requests');
      finish();
      assert.equal((await first).status, 200);
      provider.plays(json(200, chatAnswer('Hi.')));
      assert.equal(await statusWith(key), 200);
    });
  });
});

describe('new keys', () => {
  let server: BuiltServer;
  before(async () => {
    server = await startServer({
      config: configText([openaiModel('gpt', 'http://127.0.0.1:9/v1')], {
        litellm_settings: {
          default_key_generate_params: { max_budget: 1, models: ['gpt'], metadata: { made: 'by default' } },
          upperbound_key_generate_params: { max_budget: 5, duration: '30d', rpm_limit: 60 },
        },
      }),
    });
  });
  after(() => server.stop());

  const make = (body: JsonObject) => send(`${server.url}/key/generate`, { key: adminKey, body });

  it('have what the configuration says where they say nothing, and no more than it allows', async () => {
    const { body } = await make({ rpm_limit: 10 });
    assert.deepEqual(
      ['max_budget', 'models', 'metadata', 'rpm_limit'].map((name) => body[name]),
      [1, ['gpt'], { made: 'by default' }, 10],
    );
    const life = Date.parse(text(body['expires'])) - Date.now();
    assert.ok(life > 29 * 86_400_000 && life <= 30 * 86_400_000);
    assert.equal((await make({ max_budget: 5 })).body['max_budget'], 5);
    assert.equal((await make({ max_budget: null })).body['max_budget'], 5);
  });

  it('are refused by the field that asks for more, and stay within it', async () => {
    for (const [body, param] of [
      [{ max_budget: 6 }, 'max_budget'],
      [{ duration: '31d' }, 'duration'],
      [{ rpm_limit: 61 }, 'rpm_limit'],
    ] as const) {
      const refused = await make(body);
      assert.equal(refused.status, 400);
      assert.match(refused.text, /upperbound_key_generate_params/);
      assert.equal(objectIn(refused.body['error'])['param'], param);
    }
    const key = text((await make({})).body['key']);
    const raised = await send(`${server.url}/key/update`, { key: adminKey, body: { key, max_budget: null } });
    assert.equal(raised.status, 400, raised.text);
  });
});
