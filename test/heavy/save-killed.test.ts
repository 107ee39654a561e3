import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStore } from '../../src/gateway/store.ts';
import { verifyLedger } from '../../src/gateway/verify-ledger.ts';
import { systemClock } from '../../src/lib/time.ts';
import { ledgerInProcess, wasm } from '../ledger/in-process.ts';
import { closeRecord, openRecord, usd } from '../ledger/support.ts';
import { dist, newFolder } from '../support/built-server.ts';
import { loaded } from '../support/config.ts';
import { configText, openaiModel } from '../support/gateway-client.ts';
import { secondsSince, sized, tell } from './scale.ts';

const settings = loaded('{}', {});
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

const begun = Date.now() - 10 * 86_400_000;

/** Calls that cost one nano-dollar each, the last of them left under way; gives what the budgets have then counted. */
async function book(folder: string, from: number, calls: number): Promise<number> {
  const store = await openStore({ folder, clock: systemClock, log, settings, ledger: ledgerInProcess(folder) });
  for (let place = from; place < from + calls; place += 1) {
    const facts = { at: begun + place * 1_000, scopes: ['gateway'], session: `s${place % 7}` };
    store.books.open(openRecord(`call-${place}`, { ...facts, hold: usd(1) }));
    if (place < from + calls - 1) store.books.close(closeRecord(`call-${place}`, { ...facts, cost: usd(1) }));
  }
  const { total } = store.budgets.spend('gateway', null);
  await store.closeQuickly();
  return total;
}

/** `ledger compact`: rows are rolled up, snapshot and checkpoint saved and the journal dropped. Killed after `ms`, if it still runs. */
async function compact(folder: string, ms = Infinity): Promise<number | null> {
  const args = ['ledger', 'compact', '--data-dir', join(folder, 'data'), '--config', join(folder, 'config.yaml')];
  const child = spawn(process.execPath, [join(dist, 'server.js'), ...args], { stdio: 'ignore' });
  const timer = ms === Infinity ? undefined : setTimeout(() => child.kill('SIGKILL'), ms);
  const [code] = (await once(child, 'exit')) as [number | null];
  clearTimeout(timer);
  return code;
}

describe('a ledger that is being saved and rolled up', () => {
  const rounds = sized(8, 80);

  it(`loses nothing when it is killed at any moment of it, ${rounds} times`, async () => {
    const folder = newFolder();
    const data = join(folder, 'data');
    const config = configText([openaiModel('gpt', 'http://127.0.0.1:9/v1')], {
      general_settings: { ledger_rows: 500 },
    });
    writeFileSync(join(folder, 'config.yaml'), config);
    const start = performance.now();
    const callsOfRound = sized(1_500, 5_000);
    await book(data, 0, callsOfRound);
    const first = performance.now();
    assert.equal(await compact(folder), 0);
    const whole = performance.now() - first;

    let killed = 0;
    for (let round = 1; round <= rounds; round += 1) {
      await book(data, round * callsOfRound, callsOfRound);
      if ((await compact(folder, (whole * (round - 0.5)) / rounds)) === null) killed += 1;

      // What was under way when it was booked is interrupted, and costs what was held: one nano-dollar too.
      const calls = (round + 1) * callsOfRound;
      assert.equal(await book(data, calls, 0), calls);
      const ledger = ledgerInProcess(data);
      const [sum] = await ledger.sums('key', {});
      await ledger.close();
      assert.deepEqual([sum?.calls, sum?.cost], [calls, calls], `round ${round}`);
      const asked = { folder: data, wasm, settings, clock: systemClock, isInUse: false };
      assert.deepEqual((await verifyLedger(asked)).faults, []);
    }
    assert.equal(await compact(folder), 0);
    const { faults } = await verifyLedger({ folder: data, wasm, settings, clock: systemClock, isInUse: false });
    assert.deepEqual(faults, []);
    assert.ok(killed > 0);
    tell('saving', `killed ${killed} times in ${secondsSince(start)}`);
  });
});
