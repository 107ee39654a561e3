import assert from 'node:assert/strict';
import { join, resolve } from 'node:path';
import type { SumBy } from '../../src/ledger/ledger.ts';
import { openJournal } from '../../src/ledger/journal.ts';
import { threadLedger } from '../../src/ledger/thread-ledger.ts';
import { newFolder, startServer, type BuiltServer } from '../support/built-server.ts';
import { adminKey, configText, openaiModel, send } from '../support/gateway-client.ts';
import { closeRecord, openRecord, usd } from '../ledger/support.ts';
import { count, residentMb, secondsSince, sized, tell } from './scale.ts';

const dist = resolve(import.meta.dirname, '../..', process.env['PURSER_DIST'] ?? 'dist');
const ninetyDays = 90 * 86_400_000;

/** Calls of twenty keys and eight models, evenly over the last ninety days; gives what they cost together. */
async function writeJournal(folder: string, rows: number): Promise<number> {
  const { journal } = openJournal({ folder, after: 0 });
  const begun = Date.now() - ninetyDays;
  let sum = 0;
  for (let row = 0; row < rows; row += 1) {
    const key = `key-${row % 20}`;
    const cost = usd(1_000 + (row % 9_973) * 100);
    const facts = {
      at: begun + Math.floor((row / rows) * ninetyDays),
      key,
      scopes: ['gateway', `key:${key}`],
      model: `model-${row % 8}`,
      session: `session-${Math.floor(row / 50)}`,
    };
    const call = `00000000-0000-4000-8000-${String(row).padStart(12, '0')}`;
    journal.append(openRecord(call, { ...facts, hold: usd(2 * cost) }));
    journal.append(closeRecord(call, { ...facts, cost }));
    sum += cost;
    if (row % 10_000 === 0) await new Promise((go) => setImmediate(go)); // so that it is synced meanwhile
  }
  await journal.close();
  return sum;
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
      assert.equal(await newestRows(server), Math.min(rows, 10_000));
      figures.push(`its first report in ${secondsSince(asked)}`);
      const again = performance.now();
      await newestRows(server);
      figures.push(`the next in ${secondsSince(again)} (${residentMb(server.process.pid)} MB)`);
      const stopped = performance.now();
      assert.equal(await server.stop(), 0);
      figures.push(`stopped in ${secondsSince(stopped)}`);
    }
    figures.push(...(await sumsOf(dataFolder, sum)));
    tell(`a ledger of ${count(rows)} rows`, ...figures);
  });

  /** Sums in the ledger's own thread, as the panel asks for them. */
  async function sumsOf(folder: string, sum: number): Promise<string[]> {
    const figures: string[] = [];
    const ledger = threadLedger({
      script: join(dist, 'ledger-thread.js'),
      wasm: join(dist, 'sql-wasm.wasm'),
      folder,
    });
    await ledger.rows({ limit: 1 });
    const names: readonly SumBy[] = ['day', 'model', 'key', 'session'];
    for (const by of names) {
      const begun = performance.now();
      const sums = await ledger.sums(by, {}, 'Europe/Berlin');
      figures.push(`by ${by} in ${secondsSince(begun)}`);
      assert.equal(
        sums.reduce((total, { calls }) => total + calls, 0),
        rows,
      );
      assert.equal(
        sums.reduce((total, { cost }) => total + cost, 0),
        sum,
      );
    }
    await ledger.close();
    return figures;
  }
});

async function spentIn(server: BuiltServer): Promise<number> {
  const { body } = await send(`${server.url}/global/spend`, { key: adminKey });
  return Math.round(Number(body['spend']) * 1e9);
}

async function newestRows(server: BuiltServer): Promise<number> {
  const { text } = await send(`${server.url}/spend/logs`, { key: adminKey });
  return (JSON.parse(text) as readonly unknown[]).length;
}
