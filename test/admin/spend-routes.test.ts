import assert from 'node:assert/strict';
import { managementRoutes } from '../../src/admin/routes.ts';
import { Failure } from '../../src/chat/failure.ts';
import type { NanoUsd } from '../../src/chat/money.ts';
import { authenticate } from '../../src/gateway/authenticate.ts';
import type { CloseRecord } from '../../src/ledger/records.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { adminKey, configText, openaiModel } from '../support/gateway-client.ts';
import { gatewayUnderTest, type GatewayUnderTest } from '../support/gateway-under-test.ts';

const blank: CloseRecord = {
  ...{ type: 'close', call: 'c', at: 0, key: 'admin', project: null, evidence: null, scopes: ['gateway'] },
  ...{ group: 'gpt', model: 'gpt-4o', provider: 'openai', account: 'openai', deployment: 'd', dialect: 'openai-chat' },
  ...{ stream: false, assistant: null, session: null, status: 'done', failure: null, source: 'computed' },
  ...{ upperBound: false, price: null, firstTokenMs: 120, totalMs: 800, outputLimit: null, attempts: [], warnings: [] },
  usage: { input: 10, cacheRead: 20, cacheWrite: 5, cacheWrite1h: 0, output: 4, reasoning: 0 },
  cost: 0 as NanoUsd,
};

const dollars = (amount: number): NanoUsd => Math.round(amount * 1e9) as NanoUsd;
const at = (time: string): number => Date.parse(`${time}Z`);

describe("LiteLLM's spend routes", () => {
  let gateway: GatewayUnderTest;
  let key: string;
  let id: string;
  before(async () => {
    gateway = await gatewayUnderTest(
      configText([openaiModel('gpt', 'http://127.0.0.1:9/v1')], {
        litellm_settings: { max_budget: 100 },
        router_settings: { provider_budget_config: { openai: { budget_limit: 50, time_period: '1d' } } },
      }),
    );
    key = await gateway.newKey({ alias: 'agents', project: 'harbour' });
    id = gateway.ports.keys.get(key)?.id ?? '';
    await gateway.newKey({ alias: 'idle' });
    const own = { key: id, project: 'harbour', evidence: 'key', scopes: ['gateway', `key:${id}`] } as const;
    const calls: readonly Partial<CloseRecord>[] = [
      { call: 'a', at: at('2026-11-20T10:00'), cost: dollars(1), ...own },
      { call: 'b', at: at('2026-11-22T08:00'), cost: dollars(0.2), ...own, model: 'gpt-4o-mini', group: 'mini' },
      { call: 'c', at: at('2026-11-22T09:00'), cost: dollars(0.1), provider: 'groq', session: 's1' },
      { call: 'd', at: at('2026-11-22T10:00'), cost: dollars(0), status: 'failed', failure: 'provider-error' },
    ];
    for (const call of calls) gateway.store.books.close({ ...blank, ...call });
  });
  after(() => gateway.close());

  async function asked<T>(path: string, query: Record<string, string> = {}, secret = adminKey): Promise<T> {
    const route = managementRoutes.find(({ paths }) => paths.includes(path));
    assert.ok(route, path);
    const caller = authenticate(gateway.ports, secret);
    const answer = await route.run(gateway.ports, { caller, body: {}, query, params: {} });
    return JSON.parse(JSON.stringify(answer)) as T;
  }
  const refused = async (path: string, query: Record<string, string>, secret = adminKey): Promise<Failure> => {
    const error = await asked(path, query, secret).then(
      () => assert.fail('it was taken'),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof Failure, String(error));
    return error;
  };
  const idsOf = (rows: readonly JsonObject[]) => rows.map(({ request_id }) => request_id);

  it('tell the rows newest first in LiteLLM’s words', async () => {
    const rows = await asked<JsonObject[]>('/spend/logs');
    assert.deepEqual(idsOf(rows), ['d', 'c', 'b', 'a']);
    const { metadata, ...row } = rows[3] ?? {};
    assert.deepEqual(row, {
      ...{ request_id: 'a', litellm_call_id: 'a', call_type: 'acompletion', api_key: id, spend: 1 },
      ...{ total_tokens: 39, prompt_tokens: 35, completion_tokens: 4 },
      ...{ startTime: '2026-11-20T10:00:00.000Z', endTime: '2026-11-20T10:00:00.800Z' },
      ...{ completionStartTime: '2026-11-20T10:00:00.120Z', request_duration_ms: 800 },
      ...{ model: 'gpt-4o', model_id: 'd', model_group: 'gpt', custom_llm_provider: 'openai', api_base: '' },
      ...{ user: '', end_user: '', team_id: 'harbour', organization_id: null, cache_hit: 'False', cache_key: '' },
      ...{ request_tags: [], requester_ip_address: null, session_id: null, status: 'success' },
      ...{ messages: {}, response: {}, proxy_server_request: {} },
    });
    assert.equal((metadata as JsonObject)['user_api_key_alias'], 'agents');
    assert.equal(rows[0]?.['status'], 'failure');
  });

  it('tell one call, one key, or what a time had', async () => {
    assert.deepEqual(idsOf(await asked('/spend/logs', { request_id: 'b' })), ['b']);
    assert.deepEqual(idsOf(await asked('/spend/logs', { api_key: key })), ['b', 'a']);
    const dated = { start_date: '2026-11-22', end_date: '2026-11-22', summarize: 'false' };
    assert.deepEqual(idsOf(await asked('/spend/logs', dated)), ['d', 'c', 'b']);
  });

  it('sum the days that dates name', async () => {
    assert.deepEqual(await asked('/spend/logs', { start_date: '2026-11-20', end_date: '2026-11-22' }), [
      { startTime: '2026-11-20', spend: 1, users: {}, models: { 'gpt-4o': 1 } },
      { startTime: '2026-11-22', spend: 0.3, users: {}, models: { 'gpt-4o': 0.1, 'gpt-4o-mini': 0.2 } },
    ]);
  });

  it('show a key its own rows, and nobody else’s', async () => {
    assert.deepEqual(idsOf(await asked('/spend/logs', {}, key)), ['b', 'a']);
    assert.deepEqual(idsOf(await asked('/spend/logs', { request_id: 'c' }, key)), []);
    assert.equal((await refused('/spend/logs', { api_key: 'admin' }, key)).kind, 'forbidden');
    assert.equal((await refused('/spend/logs/v2', { key_alias: 'idle' }, key)).kind, 'forbidden');
    for (const { paths, access } of managementRoutes)
      if (/global|activity|metrics|purser\/(?!models)/.test(paths[0] ?? '')) assert.equal(access, 'admin', paths[0]);
  });

  it('refuse a filter that they do not have, since without it the answer would be wider', async () => {
    assert.equal((await refused('/spend/logs', { user_id: 'sam' })).details.param, 'user_id');
    assert.equal((await refused('/spend/logs/v2', { status_filter: 'odd' })).details.param, 'status_filter');
    assert.equal((await refused('/global/spend/models', { api_key: key })).details.param, 'api_key');
  });

  it('give pages', async () => {
    const page = await asked<{ data: JsonObject[] } & JsonObject>('/spend/logs/v2', { page: '2', page_size: '3' });
    assert.deepEqual(idsOf(page.data), ['a']);
    assert.deepEqual([page['total'], page['page'], page['page_size'], page['total_pages']], [4, 2, 3, 2]);
    const only = async (query: Record<string, string>) =>
      idsOf((await asked<{ data: JsonObject[] }>('/spend/logs/v2', query)).data);
    assert.deepEqual(await only({ status_filter: 'failure' }), ['d']);
    assert.deepEqual(await only({ key_alias: 'agents', min_spend: '0.5' }), ['a']);
    assert.deepEqual(await only({ session_id: 's1' }), ['c']);
    assert.deepEqual(await only({ start_date: '2026-11-22', model: 'gpt-4o-mini' }), ['b']);
  });

  it('list the keys by what they spent', async () => {
    const keys = await asked<JsonObject[]>('/spend/keys');
    assert.deepEqual(
      keys.map(({ key_alias, total_spend }) => [key_alias, total_spend]),
      [
        ['agents', 1.2],
        ['idle', 0],
      ],
    );
  });

  it('tell the whole gateway’s spend', async () => {
    assert.deepEqual(await asked('/global/spend'), { spend: 1.3, held: 0, max_budget: 100 });
    assert.deepEqual(await asked('/global/spend/logs'), [
      { date: '2026-11-20', spend: 1 },
      { date: '2026-11-22', spend: 0.3 },
    ]);
    assert.deepEqual((await asked<JsonObject[]>('/global/spend/keys', { limit: '1' }))[0]?.['key_alias'], 'agents');
    assert.deepEqual(await asked('/global/spend/models'), [
      { model: 'gpt-4o', total_spend: 1.1 },
      { model: 'gpt-4o-mini', total_spend: 0.2 },
    ]);
    assert.deepEqual(await asked('/global/spend/provider', { start_date: '2026-11-22', end_date: '2026-11-22' }), [
      { provider: 'openai', spend: 0.2 },
      { provider: 'groq', spend: 0.1 },
    ]);
    assert.deepEqual(await asked('/global/spend/teams'), {
      daily_spend: [
        { date: '2026-11-20', harbour: 1 },
        { date: '2026-11-22', harbour: 0.2, Unassigned: 0.1 },
      ],
      teams: ['harbour', 'Unassigned'],
      total_spend_per_team: [
        { team_id: 'harbour', team_alias: 'harbour', total_spend: 1.2 },
        { team_id: 'Unassigned', team_alias: 'Unassigned', total_spend: 0.1 },
      ],
    });
  });

  it('tell how far the providers’ budgets are used', async () => {
    const use = { budget_limit: 50, time_period: '1d', spend: 0, budget_reset_at: '2026-11-23T00:00:00.000Z' };
    assert.deepEqual(await asked('/provider/budgets'), { providers: { openai: { ...use, windows: [use] } } });
  });

  it('report by team and by key', async () => {
    const byTeam = await asked('/global/spend/report', { start_date: '2026-11-22', end_date: '2026-11-22' });
    assert.deepEqual(byTeam, [
      {
        group_by_day: '2026-11-22',
        teams: [
          {
            team_name: 'harbour',
            total_spend: 0.2,
            metadata: [{ model: 'gpt-4o-mini', spend: 0.2, total_tokens: 39 }],
          },
          { team_name: 'Unassigned', total_spend: 0.1, metadata: [{ model: 'gpt-4o', spend: 0.1, total_tokens: 78 }] },
        ],
      },
    ]);
    const [first] = await asked<JsonObject[]>('/global/spend/report', { group_by: 'api_key', api_key: key });
    assert.deepEqual(first, {
      ...{ api_key: id, total_cost: 1.2, total_input_tokens: 70, total_output_tokens: 8 },
      model_details: [
        { model: 'gpt-4o', total_cost: 1, total_input_tokens: 35, total_output_tokens: 4 },
        { model: 'gpt-4o-mini', total_cost: 0.2, total_input_tokens: 35, total_output_tokens: 4 },
      ],
    });
    assert.equal((await refused('/global/spend/report', { group_by: 'customer' })).details.param, 'group_by');
  });

  it('tell the activity of each day, with what took part in it', async () => {
    assert.deepEqual(await asked('/global/activity'), {
      daily_data: [
        { date: '2026-11-20', api_requests: 1, total_tokens: 39 },
        { date: '2026-11-22', api_requests: 3, total_tokens: 117 },
      ],
      sum_api_requests: 4,
      sum_total_tokens: 156,
    });
    interface Activity {
      results: {
        date: string;
        metrics: JsonObject;
        breakdown: Record<string, Record<string, { metrics: JsonObject }>>;
      }[];
      metadata: JsonObject;
    }
    const { results, metadata } = await asked<Activity>('/user/daily/activity', { page_size: '1' });
    assert.equal(results.length, 1);
    assert.equal(results[0]?.date, '2026-11-22');
    assert.equal(results[0].metrics['failed_requests'], 1);
    assert.equal(results[0].breakdown['entities']?.['harbour']?.metrics['spend'], 0.2);
    assert.deepEqual(Object.keys(results[0].breakdown['models'] ?? {}).sort(), ['gpt-4o', 'gpt-4o-mini']);
    assert.deepEqual([metadata['total_spend'], metadata['total_pages'], metadata['has_more']], [1.3, 2, true]);
  });
});
