import assert from 'node:assert/strict';
import { objectIn, type JsonObject } from '../../src/lib/json.ts';
import { startServer, type BuiltServer } from '../support/built-server.ts';
import { configText, hello, manage, newKey, openaiModel, send, adminKey, text } from '../support/gateway-client.ts';
import { billingProvider, faults, wish, type BillingProvider, type Manner } from './billing-provider.ts';
import { connections, post, type Heard } from './raw-client.ts';
import { count, manyAtOnce, residentMb, secondsSince, sized, tell } from './scale.ts';

/** Every tenth call is cancelled within its stream, every tenth fails in one of the ways, half of the others stream. */
function mannerOf(place: number): { manner: Manner; streams: boolean } {
  if (place % 10 === 3) return { manner: 'never ending', streams: true };
  const fault = place % 10 === 7 ? faults[Math.floor(place / 10) % faults.length] : undefined;
  const needsStream = fault === 'reset within the stream' || fault === 'half a frame' || fault === 'error event';
  return { manner: fault ?? 'good', streams: needsStream || (fault === undefined && place % 2 === 0) };
}

describe('a soak', () => {
  const calls = sized(1_000, 100_000);
  const callsOfKey = 5_000;
  const agent = connections();
  let provider: BillingProvider;
  let server: BuiltServer;
  before(async () => {
    provider = await billingProvider();
    server = await startServer({
      config: configText([openaiModel('gpt', `${provider.url}/v1`)], { litellm_settings: { max_budget: 100_000 } }),
    });
  });
  after(async () => {
    agent.destroy();
    await server.stop();
    await provider.close();
  });

  it('books every call once, gives every hold back and agrees with the provider to the nano-dollar', async () => {
    const keys: string[] = [];
    for (let from = 0; from < calls; from += callsOfKey) keys.push(await newKey(server.url, { max_budget: 1000 }));
    const keyOf = (place: number): string => keys[Math.floor(place / callsOfKey)] ?? '';
    const heard: Heard[] = [];
    const memory: number[] = [];

    const start = performance.now();
    await manyAtOnce(calls, 32, async (place) => {
      if (place % (calls / 20) === 0) memory.push(residentMb(server.process.pid));
      const { manner, streams } = mannerOf(place);
      const body = hello('gpt', { user: wish(place, manner), max_tokens: 150, ...(streams && { stream: true }) });
      const hangUp = manner === 'never ending';
      heard[place] = await post({ agent, url: server.url, key: keyOf(place), body, hangUp });
    });
    const took = performance.now() - start;
    await holdsGivenBack(server.url, keys);

    const rows = new Map<string, JsonObject>();
    for (const [place, key] of keys.entries()) {
      const own = await rowsOfKey(server.url, key);
      assert.equal(own.length, Math.min(callsOfKey, calls - place * callsOfKey));
      assert.equal(await nanoOf(server.url, key, 'spend'), sumOf(own));
      for (const row of own) rows.set(text(row['call']), row);
    }
    assert.equal(rows.size, calls);
    for (const [place, one] of heard.entries()) agrees(place, one, rows.get(one.call), provider.bill);

    const { spend, held } = objectIn((await send(`${server.url}/global/spend`, { key: adminKey })).body);
    assert.equal(held, 0);
    assert.equal(Math.round(Number(spend) * 1e9), sumOf([...rows.values()]));
    tell(
      'soak',
      `${count(calls)} calls in ${(took / 1000).toFixed(1)} s (${count(Math.round((calls / took) * 1000))}/s)`,
      `rows ${count(rows.size)} (${statusesOf([...rows.values()])})`,
      `memory in MB over time ${memory.join(' ')}, ${residentMb(server.process.pid)} after the reports`,
      `all in ${secondsSince(start)}`,
    );
  });
});

/** What the client heard, what the ledger says and what the provider bills are one story. */
function agrees(place: number, heard: Heard, row: JsonObject | undefined, bill: ReadonlyMap<number, number>): void {
  const { manner, streams } = mannerOf(place);
  const story = `call ${place}, ${manner}: ${JSON.stringify(heard)}, ${JSON.stringify(row)}`;
  assert.ok(row, story);
  if (manner === 'good') {
    assert.deepEqual([heard.status, heard.whole, row['status']], [200, true, 'done'], story);
    assert.equal(row['cost'], bill.get(place), story);
    if (streams) assert.ok(heard.text.endsWith('data: [DONE]\n\n'), story);
  } else if (manner === 'never ending') {
    assert.deepEqual([heard.status, heard.whole, row['status']], [200, false, 'cancelled'], story);
    assert.ok(Number(row['cost']) > 0, story);
  } else {
    assert.equal(row['status'], 'failed', story);
    assert.ok(heard.status >= 400 || (/"error"/.test(heard.text) && !heard.text.includes('[DONE]')), story);
    if (manner.startsWith('error 4') || manner.startsWith('error 5')) assert.equal(row['cost'], 0, story);
  }
}

/** Resolves when nothing is held any more: a cancelled call is settled a moment after its client has left. */
async function holdsGivenBack(url: string, keys: readonly string[]): Promise<void> {
  const end = Date.now() + 10_000;
  for (const key of keys) {
    while ((await nanoOf(url, key, 'held')) !== 0) assert.ok(Date.now() < end, `money of ${key} is still held`);
  }
}

const nanoOf = async (url: string, key: string, field: string): Promise<number> => {
  const { info } = await manage(url, `/key/info?key=${key}`);
  assert.equal(typeof objectIn(info)[field], 'number');
  return Math.round(Number(objectIn(info)[field]) * 1e9);
};

async function rowsOfKey(url: string, key: string): Promise<readonly JsonObject[]> {
  const answer = await send(`${url}/spend/logs?api_key=${key}`, { key: adminKey });
  return JSON.parse(answer.text) as readonly JsonObject[];
}

const sumOf = (rows: readonly JsonObject[]): number => rows.reduce((sum, row) => sum + Number(row['cost']), 0);

function statusesOf(rows: readonly JsonObject[]): string {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const status = text(row['status']);
    counts.set(status, (counts.get(status) ?? 0) + 1);
  }
  return [...counts].map(([status, times]) => `${count(times)} ${status}`).join(', ');
}
