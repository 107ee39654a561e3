import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { saveCheckpoint } from '../../src/ledger/checkpoint.ts';
import { openStore } from '../../src/gateway/store.ts';
import { verifyLedger, type Verified } from '../../src/gateway/verify-ledger.ts';
import { systemClock } from '../../src/lib/time.ts';
import { ledgerInProcess, wasm } from '../ledger/in-process.ts';
import { closeRecord, correction, newFolder, noon, openRecord, usd } from '../ledger/support.ts';
import { loaded } from '../support/config.ts';

const settings = loaded('{}', {});
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const verified = (folder: string): Promise<Verified> =>
  verifyLedger({ folder, wasm, settings, clock: systemClock, isInUse: false });

/** A folder with three calls, a snapshot after the second, and a correction after that. */
async function folderWithCalls(): Promise<string> {
  const folder = newFolder();
  const open = () => openStore({ folder, clock: systemClock, settings, log, ledger: ledgerInProcess(folder) });
  const first = await open();
  for (const call of ['c1', 'c2']) {
    first.books.open(openRecord(call));
    first.books.close(closeRecord(call));
  }
  await first.close();
  const second = await open();
  second.books.close(closeRecord('c3', { at: noon + 86_400_000, cost: usd(7) }));
  const mended = correction(closeRecord('c1'), 400);
  assert.equal(mended.type, 'correction');
  await second.books.change(mended);
  await second.save();
  second.books.close(closeRecord('c4'));
  await second.close();
  return folder;
}

const changed = (folder: string, beginning: string, change: (text: string) => string): void => {
  const name =
    readdirSync(folder)
      .filter((file) => file.startsWith(beginning))
      .sort()
      .at(-1) ?? '';
  writeFileSync(join(folder, name), change(readFileSync(join(folder, name), 'latin1')), 'latin1');
};

describe('verifying a ledger', () => {
  it('finds nothing wrong with what a gateway left', async () => {
    const { facts, faults } = await verified(await folderWithCalls());
    assert.deepEqual(faults, []);
    assert.match(facts.join('\n'), /4 calls cost \$0\.000002407/);
  });

  it('is content with an empty folder', async () => {
    assert.deepEqual((await verified(newFolder())).faults, []);
  });

  for (const [what, beginning, change, fault] of [
    [
      'a changed line',
      'journal-',
      (text: string) => text.replace('"c4"', '"c9"'),
      /journal-\d+\.log, byte \d+: the line does not match/,
    ],
    ['a torn line', 'journal-', (text: string) => `${text}1 99 abc`, /torn/],
    [
      'a changed checkpoint',
      'checkpoint-',
      (text: string) => text.replace('"seq"', '"sEq"'),
      /checkpoint-\d+-\w+\.json is damaged/,
    ],
    ['a snapshot cut short', 'ledger-', (text: string) => text.slice(0, 4_096), /ledger-\d+-\w+\.sqlite is damaged/],
  ] as const)
    it(`names ${what}, and changes nothing`, async () => {
      const folder = await folderWithCalls();
      dropEmptyJournal(folder);
      changed(folder, beginning, change);
      const before = readdirSync(folder).sort();
      assert.match((await verified(folder)).faults.join('\n'), fault);
      assert.deepEqual(readdirSync(folder).sort(), before);
    });

  it('sees where counters and rows do not agree', async () => {
    const folder = await folderWithCalls();
    for (const name of readdirSync(folder)
      .filter((file) => file.startsWith('checkpoint-'))
      .sort()) {
      const text = readFileSync(join(folder, name), 'utf8');
      const checkpoint = JSON.parse(text.replaceAll(/"total":\d+/g, '"total":5')) as Parameters<
        typeof saveCheckpoint
      >[1];
      await saveCheckpoint(folder, checkpoint);
    }
    assert.match(
      (await verified(folder)).faults.join('\n'),
      /budgets count \d+ nano-dollars for the whole gateway, its rows cost 2,407/,
    );
  });
});

/** Without the file that the next record would begin, the newest has lines that can be damaged. */
function dropEmptyJournal(folder: string): void {
  for (const name of readdirSync(folder).filter((file) => file.startsWith('journal-')))
    if (statSync(join(folder, name)).size === 0) rmSync(join(folder, name));
}
