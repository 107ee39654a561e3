import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { defaultKeep } from '../../src/ledger/roll-up.ts';
import { openJournal } from '../../src/ledger/journal.ts';
import { threadLedger } from '../../src/ledger/thread-ledger.ts';
import { objectIn } from '../../src/lib/json.ts';
import { newFolder, startServer, type BuiltServer } from '../support/built-server.ts';
import { adminKey, configText, openaiModel, send } from '../support/gateway-client.ts';
import { closeRecord, openRecord, usd } from '../ledger/support.ts';
import { count, peakMb, residentMb, secondsSince, sized, tell } from './scale.ts';

const dist = resolve(import.meta.dirname, '../..', process.env['PURSER_DIST'] ?? 'dist');
const ninetyDays = 90 * 86_400_000;

/**
 * Calls of twenty keys that work side by side, evenly over the last ninety days: each in sessions of fifty calls, most
 * with a model of its own and some with a small one. Gives what they cost together.
 */
async function writeJournal(folder: string, rows: number): Promise<number> {
  const { journal } = openJournal({ folder, after: 0 });
  const begun = Date.now() - ninetyDays;
  let sum = 0;
  for (let row = 0; row < rows; row += 1) {
    const owner = row % 20;
    const key = `key-${owner}`;
    const turn = Math.floor(row / 20);
    const cost = usd(1_000 + (row % 9_973) * 100);
    const facts = {
      at: begun + Math.floor((row / rows) * ninetyDays),
      key,
      scopes: ['gateway', `key:${key}`],
      model: `model-${turn % 5 === 0 ? 7 : owner % 7}`,
      session: `session-${Math.floor(turn / 50)}-of-${key}`,
    };
    const call = callOf(row);
    journal.append(openRecord(call, { ...facts, hold: usd(2 * cost) }));
    journal.append(closeRecord(call, { ...facts, cost }));
    sum += cost;
    if (row % 10_000 === 0) await new Promise((go) => setImmediate(go)); // so that it is synced meanwhile
  }
  await journal.close();
  return sum;
}

/** As far apart as random ones. */
function callOf(row: number): string {
  const hash = createHash('sha1').update(String(row)).digest('hex');
  return [8, 12, 16, 20, 32].map((end, part) => hash.slice([0, 8, 12, 16, 20][part], end)).join('-');
}

describe('a big ledger', () => {
  const rows = sized(20_000, 1_000_000);

  it('starts with and without a checkpoint, and reports every row', async () => {
    const folder = newFolder();
    const dataFolder = join(folder, 'data');
    const config = configText([openaiModel('gpt', 'http://127.0.0.1:9/v1')]);
    const figures: string[] = [];
    const start = performance.now();
    const sum = await writeJournal(dataFolder, rows);
    figures.push(`written in ${secondsSince(start)}`);

    for (const kind of ['without', 'with']) {
      const begun = performance.now();
      const server = await startServer({ folder, config });
      figures.push(`ready in ${secondsSince(begun)} ${kind} checkpoint (${residentMb(server.process.pid)} MB)`);
      assert.equal(await spentIn(server), sum);
      const asked = performance.now();
      assert.deepEqual(await callsOf(server), rows);
      figures.push(`its first report in ${secondsSince(asked)}`);
      const again = performance.now();
      await callsOf(server);
      figures.push(`the next in ${secondsSince(again)} (${residentMb(server.process.pid)} MB)`);
      const stopped = performance.now();
      const most = peakMb(server.process.pid);
      assert.equal(await server.stop(), 0);
      figures.push(`at most ${most} MB until then, stopped in ${secondsSince(stopped)}`);
    }
    figures.push(...(await sumsOf(dataFolder, sum)));
    tell(`a ledger of ${count(rows)} rows`, ...figures);
  });

  /** What a panel asks, of the ledger's own thread. */
  async function sumsOf(folder: string, sum: number): Promise<string[]> {
    const figures: string[] = [];
    const ledger = threadLedger({
      script: join(dist, 'ledger-thread.js'),
      wasm: join(dist, 'sql-wasm.wasm'),
      folder,
    });
    const timed = async <T>(name: string, ask: () => Promise<T>): Promise<T> => {
      const begun = process.cpuUsage();
      const start = performance.now();
      const answer = await ask();
      const took = Math.round(performance.now() - start);
      const { user, system } = process.cpuUsage(begun);
      figures.push(`${name} ${took} ms (${Math.round((user + system) / 1_000)} CPU)`);
      return answer;
    };
    await timed('opened in', () => ledger.rows({ limit: 1 }));
    for (const by of ['day', 'model', 'key', 'status'] as const) {
      const sums = await timed(`by ${by}`, () => ledger.sums(by, {}, 'Europe/Berlin'));
      assert.deepEqual([total(sums, 'calls'), total(sums, 'cost')], [rows, sum]);
    }
    const ofAllHours = await timed('models by hour', () => ledger.series('model', 'hour', {}, 'Asia/Kathmandu'));
    assert.deepEqual([total(ofAllHours, 'calls'), total(ofAllHours, 'cost')], [rows, sum]);
    const ofDays = await timed('models by day', () => ledger.series('model', 'day', {}, 'America/Los_Angeles'));
    assert.deepEqual([total(ofDays, 'calls'), total(ofDays, 'cost')], [rows, sum]);
    const week = { since: Date.now() - 7 * 86_400_000 };
    const ofHours = await timed('models by hour of a week', () => ledger.series('model', 'hour', week));
    assert.equal(total(ofHours, 'cost'), total(await ledger.sums('key', week), 'cost'));
    const kept = Math.min(rows, defaultKeep.rows);
    assert.equal(total(await timed('all sessions', () => ledger.sums('session', {})), 'calls'), kept);
    await timed('sessions of a week', () => ledger.sums('session', week));
    assert.equal((await timed('a page', () => ledger.rows({ limit: 100 }))).length, 100);
    await timed('a key’s page', () => ledger.rows({ limit: 100, key: 'key-3' }));
    await timed('a search', () => ledger.rows({ limit: 100, search: 'nothing like it' }));
    assert.equal(await timed('a count', () => ledger.count({})), kept);
    await timed('a snapshot', () => ledger.snapshot());
    await ledger.close();
    return figures;
  }
});

const total = (sums: Awaited<ReturnType<Ledger['sums']>>, of: 'calls' | 'cost'): number =>
  sums.reduce((all, sum) => all + sum[of], 0);

async function spentIn(server: BuiltServer): Promise<number> {
  const { body } = await send(`${server.url}/global/spend`, { key: adminKey });
  return Math.round(Number(body['spend']) * 1e9);
}

/** The calls of the last ninety days and more, as the panel sums them. */
async function callsOf(server: BuiltServer): Promise<number> {
  const since = new Date(Date.now() - 100 * 86_400_000).toISOString().slice(0, 10);
  const { body, text } = await send(`${server.url}/purser/report?since=${since}`, { key: adminKey });
  const { calls } = objectIn(body['total']);
  assert.equal(typeof calls, 'number', text);
  return Number(calls);
}
