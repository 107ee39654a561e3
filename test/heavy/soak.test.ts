import assert from 'node:assert/strict';
import { numberIn, objectIn, objectsIn, type JsonObject } from '../../src/lib/json.ts';
import { startServer, type BuiltServer } from '../support/built-server.ts';
import {
  configText,
  hello,
  manage,
  newKey,
  openaiModel,
  rowsOfKey,
  send,
  adminKey,
  text,
} from '../support/gateway-client.ts';
import { billingProvider, faults, lateFaults, wish, type BillingProvider, type Manner } from './billing-provider.ts';
import { heapOf, type Heap } from './heap.ts';
import { connections, post, type Heard } from './raw-client.ts';
import { count, manyAtOnce, residentMb, secondsSince, sized, tell } from './scale.ts';

interface Plan {
  readonly manner: Manner;
  readonly streams: boolean;
  /** A second try is served well. */
  readonly once: boolean;
}

/**
 * Every tenth call is cancelled within its stream, every tenth meets one of the faults, every fourth of these wherever it
 * is tried; half of the others stream.
 */
function planOf(place: number): Plan {
  if (place % 10 === 3) return { manner: 'never ending', streams: true, once: false };
  if (place % 10 !== 7) return { manner: 'good', streams: place % 2 === 0, once: false };
  const turn = Math.floor(place / 10);
  const manner = faults[turn % faults.length] ?? 'good';
  // A full provider would be left alone by all of its deployments, and would have nothing to say to the good calls.
  const once = manner === 'error 429' || Math.floor(turn / faults.length) % 4 !== 0;
  return { manner, streams: lateFaults.has(manner), once };
}

/** Whether some deployment has a good answer to it. */
const isServable = ({ manner, once }: Plan): boolean => manner === 'good' || (once && !lateFaults.has(manner));

/** Four accounts behind one name, and another name that stands in for it. */
const models = (base: string) => [
  ...['alpha', 'beta', 'gamma', 'delta'].map((account, index) =>
    openaiModel('gpt', base, { api_key: `sk-of-the-account-${account}`, weight: index + 1 }),
  ),
  openaiModel('spare', base, { api_key: 'sk-of-the-account-spare' }),
];
const router_settings = { num_retries: 1, cooldown_time: 0.1, fallbacks: [{ gpt: ['spare'] }] };

describe('a soak', () => {
  const calls = sized(1_000, 100_000);
  const callsOfKey = 5_000;
  const agent = connections();
  let provider: BillingProvider;
  let server: BuiltServer;
  let heap: Heap;
  before(async () => {
    provider = await billingProvider();
    server = await startServer({
      config: configText(models(`${provider.url}/v1`), { litellm_settings: { max_budget: 100_000 }, router_settings }),
      variables: { NODE_OPTIONS: '--inspect=127.0.0.1:0' },
    });
    heap = await heapOf(server);
  });
  after(async () => {
    agent.destroy();
    heap.close();
    await server.stop();
    await provider.close();
  });

  it('books every call once, gives every hold back and agrees with the provider to the nano-dollar', async () => {
    const keys: string[] = [];
    for (let from = 0; from < calls; from += callsOfKey) keys.push(await newKey(server.url, { max_budget: 1000 }));
    const keyOf = (place: number): string => keys[Math.floor(place / callsOfKey)] ?? '';
    const heard: Heard[] = [];
    const memory: number[] = [];
    const heaps: number[] = [];

    const start = performance.now();
    await manyAtOnce(calls, 32, async (place) => {
      if (place % (calls / 20) === 0) {
        memory.push(residentMb(server.process.pid));
        heaps.push(await heap.usedMb());
      }
      const { manner, streams, once } = planOf(place);
      const body = hello('gpt', { user: wish(place, manner, once), max_tokens: 150, ...(streams && { stream: true }) });
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
    const alone = heard.filter((one, place) => isServable(planOf(place)) && isLeftAlone(one)).length;
    assert.ok(alone <= calls / 10_000, `${alone} calls found every deployment left alone`);

    const { spend, held } = objectIn((await send(`${server.url}/global/spend`, { key: adminKey })).body);
    assert.equal(held, 0);
    assert.equal(Math.round(Number(spend) * 1e9), sumOf([...rows.values()]));
    tell(
      'soak',
      `${count(calls)} calls in ${(took / 1000).toFixed(1)} s (${count(Math.round((calls / took) * 1000))}/s)`,
      `rows ${count(rows.size)} (${statusesOf([...rows.values()])})`,
      waysOf([...rows.values()]),
      `${alone} that could have been served found every deployment left alone`,
      `memory in MB over time ${memory.join(' ')}, ${residentMb(server.process.pid)} after the reports`,
      `heap in MB after collection ${heaps.map((mb) => mb.toFixed(1)).join(' ')}`,
      `all in ${secondsSince(start)}`,
    );
    isFlat(heaps);
  });
});

/**
 * Between two tries of a call the stand-in, too, may have named a time until which it is full: that is rare, and is told.
 * What the call's first try cost stands in its row.
 */
const isLeftAlone = ({ status, text: said }: Heard): boolean => status === 429 && said.includes('Left alone for now');

/** What the client heard, what the ledger says and what the provider bills are one story. */
function agrees(place: number, heard: Heard, row: JsonObject | undefined, bill: ReadonlyMap<number, number>): void {
  const plan = planOf(place);
  const { manner, streams } = plan;
  const story = `call ${place}, ${manner}: ${JSON.stringify(heard)}, ${JSON.stringify(row)}`;
  assert.ok(row, story);
  if (isServable(plan) && isLeftAlone(heard)) {
    assert.equal(row['status'], 'failed', story);
  } else if (isServable(plan)) {
    assert.deepEqual([heard.status, heard.whole, row['status']], [200, true, 'done'], story);
    const wasted = objectsIn(row['attempts']).filter(({ failure }) => failure !== undefined);
    assert.ok(wasted.length > 0 || manner === 'good', story);
    const lost = wasted.reduce((sum, { cost }) => sum + (numberIn(cost) ?? 0), 0);
    if (manner.startsWith('error ')) assert.equal(lost, 0, story);
    assert.equal(Number(row['cost']) - lost, bill.get(place), story);
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

/** The last third of the run needs no more than the first: the run's beginning, when everything is loaded, apart. */
function isFlat(heaps: readonly number[]): void {
  const third = Math.floor(heaps.length / 3);
  const mean = (some: readonly number[]): number => some.reduce((sum, one) => sum + one, 0) / some.length;
  const [first, last] = [mean(heaps.slice(1, third + 1)), mean(heaps.slice(-third))];
  const most = sized(1.25, 1.1); // a thousand calls do not fill what is kept on purpose
  assert.ok(last <= first * most, `the heap grew from ${first.toFixed(1)} to ${last.toFixed(1)} MB`);
}

/** How the calls were served. */
function waysOf(rows: readonly JsonObject[]): string {
  const reasons = rows.flatMap(({ attempts }) => objectsIn(attempts).map(({ reason }) => reason));
  const counted = ['next', 'retry', 'fallback'].map(
    (way) => `${count(reasons.filter((one) => one === way).length)} ${way}`,
  );
  return `further attempts: ${counted.join(', ')}`;
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

const sumOf = (rows: readonly JsonObject[]): number => rows.reduce((sum, row) => sum + Number(row['cost']), 0);

function statusesOf(rows: readonly JsonObject[]): string {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const status = text(row['status']);
    counts.set(status, (counts.get(status) ?? 0) + 1);
  }
  return [...counts].map(([status, times]) => `${count(times)} ${status}`).join(', ');
}
