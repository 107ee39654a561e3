import assert from 'node:assert/strict';
import type { Report } from '../../src/admin/report-routes.ts';
import { managementRoutes, type TextAnswer } from '../../src/admin/routes.ts';
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
  ...{ stream: false, assistant: null, session: null, status: 'done', failure: null, usage: null, source: 'computed' },
  ...{ upperBound: false, price: null, firstTokenMs: 120, totalMs: 800, outputLimit: null, attempts: [], warnings: [] },
  cost: 0 as NanoUsd,
};

const dollars = (amount: number): NanoUsd => Math.round(amount * 1e9) as NanoUsd;
const at = (time: string): number => Date.parse(`${time}Z`);
const usage = { input: 100, cacheRead: 900, cacheWrite: 0, cacheWrite1h: 0, output: 50, reasoning: 0 };
const price = { input: 1_000_000, output: 2_000_000, cacheRead: 100_000, source: 'config' };

/** Four calls of two models; the gateway's clock stands at 2026-11-22T13:37:42Z. */
const calls: readonly Partial<CloseRecord>[] = [
  { call: 'a', at: at('2026-11-20T10:00'), cost: dollars(1), usage, price, branch: 'main', assistant: 'Codex' },
  { call: 'b', at: at('2026-11-22T08:00'), cost: dollars(2), usage, price, project: 'harbour', session: 's1' },
  {
    call: 'c',
    at: at('2026-11-22T09:30'),
    cost: dollars(0.5),
    group: 'mini',
    model: 'gpt-4o-mini',
    source: 'estimated',
  },
  { call: 'd', at: at('2026-11-22T09:40'), cost: dollars(0), status: 'failed', failure: 'provider-error' },
];

describe('the reports', () => {
  let gateway: GatewayUnderTest;
  before(async () => {
    gateway = await gatewayUnderTest(configText([openaiModel('gpt', 'http://127.0.0.1:9/v1')]));
    for (const call of calls) gateway.store.books.close({ ...blank, ...call });
  });
  after(() => gateway.close());

  const asked = async (path: string, query: Record<string, string> = {}, key = adminKey): Promise<unknown> => {
    const route = managementRoutes.find(({ paths }) => paths.includes(path));
    assert.ok(route, path);
    const caller = authenticate(gateway.ports, key);
    return await route.run(gateway.ports, { caller, body: {}, query, params: {} });
  };
  const report = async (query: Record<string, string>): Promise<Report> =>
    (await asked('/purser/report', query)) as Report;
  const rows = async (query: Record<string, string>) =>
    (await asked('/purser/rows', query)) as { rows: readonly JsonObject[]; next: string | null; count?: number };
  const refusedFor = async (path: string, query: Record<string, string>): Promise<string | undefined> => {
    const error = await asked(path, query).then(
      () => assert.fail('it was taken'),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof Failure && error.kind === 'invalid-request', String(error));
    return error.details.param;
  };

  it('sum what was spent, dearest first, beside the period before', async () => {
    const { lines, total, previous, since, until } = await report({ since: '2026-11-22', until: '2026-11-23' });
    assert.deepEqual(
      lines.map(({ name, cost, calls: count, failed, previousCost }) => ({ name, cost, count, failed, previousCost })),
      [
        { name: 'gpt-4o', cost: dollars(2), count: 2, failed: 1, previousCost: 0 },
        { name: 'gpt-4o-mini', cost: dollars(0.5), count: 1, failed: 0, previousCost: 0 },
      ],
    );
    assert.equal(total.cost, dollars(2.5));
    assert.deepEqual([since, until], [at('2026-11-22T00:00'), at('2026-11-23T00:00')]);
    assert.deepEqual([previous.since, previous.until], [at('2026-11-21T00:00'), at('2026-11-22T00:00')]);
  });

  it('compare with the time of the same length before', async () => {
    const { lines, previous } = await report({ since: '2026-11-21T12:00Z', until: '2026-11-23T00:00Z' });
    assert.equal(previous.total.cost, dollars(1));
    assert.equal(lines.find(({ name }) => name === 'gpt-4o')?.previousCost, dollars(1));
  });

  it('tell what the cache saved, from the price kept with each row', async () => {
    const { total } = await report({});
    // 900 tokens a call, at 0.9 dollars a million less than plain input.
    assert.equal(total.saved, 2 * 900 * 900);
  });

  it('tell how sure the costs are', async () => {
    const { sources } = await report({});
    assert.deepEqual(
      sources.map(({ name, cost }) => [name, cost]),
      [
        ['computed', dollars(3)],
        ['estimated', dollars(0.5)],
      ],
    );
  });

  for (const [by, names] of [
    ['provider', ['openai']],
    ['assistant', [null, 'Codex']],
    ['project', ['harbour', null]],
    ['session', ['s1', null]],
    ['branch', [null, 'main']],
    ['key', ['admin']],
    ['day', ['2026-11-20', '2026-11-22']],
    ['hour', ['2026-11-20T10:00', '2026-11-22T08:00', '2026-11-22T09:00']],
  ] as const) {
    it(`go by ${by}`, async () => {
      assert.deepEqual(
        (await report({ by })).lines.map(({ name }) => name),
        names,
      );
    });
  }

  it('lay lines over time, in the days of the zone that is asked for', async () => {
    const { series, timezone } = await report({ by: 'model', step: 'day', timezone: 'Pacific/Auckland' });
    assert.equal(timezone, 'Pacific/Auckland');
    assert.deepEqual(
      series?.map(({ time, name, cost }) => [time, name, cost / 1e9]),
      [
        ['2026-11-20', 'gpt-4o', 1],
        ['2026-11-22', 'gpt-4o', 2],
        ['2026-11-22', 'gpt-4o-mini', 0.5],
      ],
    );
  });

  it('are filtered, and by what a row does not have too', async () => {
    const costOf = async (query: Record<string, string>) => (await report(query)).total.cost / 1e9;
    assert.equal(await costOf({ project: 'harbour' }), 2);
    assert.equal(await costOf({ project: '' }), 1.5);
    assert.equal(await costOf({ branch: 'main' }), 1);
    assert.equal(await costOf({ model: 'mini' }), 0.5);
    assert.equal((await report({ failed: 'true' })).total.calls, 1);
  });

  it('refuse what they do not know, naming it', async () => {
    assert.equal(await refusedFor('/purser/report', { by: 'colour' }), 'by');
    assert.equal(await refusedFor('/purser/report', { modle: 'gpt' }), 'modle');
    assert.equal(await refusedFor('/purser/report', { timezone: 'Mars/Base' }), 'timezone');
    assert.equal(await refusedFor('/purser/report', { since: 'yesterday' }), 'since');
    assert.equal(await refusedFor('/purser/report', { since: '2026-11-23', until: '2026-11-22' }), 'since');
    assert.equal(await refusedFor('/purser/rows', { after: '7' }), 'after');
    assert.equal(await refusedFor('/purser/rows', { min_cost: 'much' }), 'min_cost');
    assert.equal(await refusedFor('/purser/export', { format: 'xlsx' }), 'format');
  });

  it('page through the rows, newest first', async () => {
    const first = await rows({ limit: '3', count: 'true' });
    assert.deepEqual(
      first.rows.map(({ call }) => call),
      ['d', 'c', 'b'],
    );
    assert.equal(first.count, 4);
    const second = await rows({ limit: '3', after: first.next ?? '' });
    assert.deepEqual(
      second.rows.map(({ call, branch }) => [call, branch]),
      [['a', 'main']],
    );
    assert.equal(second.next, null);
    assert.equal((await rows({ since: '2026-11-22', min_cost: '1' })).rows.length, 1);
  });

  it('are exported whole', async () => {
    const { pieces, type, fileName } = (await asked('/purser/export', {
      format: 'json',
      project: 'harbour',
    })) as TextAnswer;
    let text = '';
    for await (const piece of pieces) text += piece;
    assert.deepEqual([type, fileName], ['application/json', 'purser-calls.json']);
    const [row, ...more] = JSON.parse(text) as JsonObject[];
    assert.deepEqual(more, []);
    assert.equal(row?.['cost_usd'], '2.000000000');
    assert.equal(row['time'], '2026-11-22T08:00:00.000Z');
  });
});
