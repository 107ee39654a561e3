import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openJournal } from '../../src/ledger/journal.ts';
import type { JournalRecord } from '../../src/ledger/records.ts';
import { threadLedger } from '../../src/ledger/thread-ledger.ts';
import type { LedgerUnderTest } from './ledger-contract.ts';
import { ledgerContract } from './ledger-contract.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { closeRecord, newFolder, threadOptions } from './support.ts';

/** The thread over a folder, with a journal that writes there. */
function underTest(folder = newFolder(), report?: (sentence: string) => void): LedgerUnderTest {
  const { journal } = openJournal({ folder, after: 0 });
  const ledger = threadLedger({ ...threadOptions(folder), ...(report && { report }) });
  const book = (...records: readonly JournalRecord[]): void => {
    ledger.apply(records.map((record) => ({ seq: journal.append(record), record })));
  };
  return { ledger, book };
}

ledgerContract('sql.js in its own thread', () => Promise.resolve(underTest()));

describe('ledger thread', () => {
  it('starts at the first question and not before', async () => {
    const folder = newFolder();
    const broken = threadLedger({ ...threadOptions(folder), script: join(folder, 'missing.js') });
    broken.apply([{ seq: 1, record: closeRecord('c1') }]);
    await assert.rejects(broken.rows({}), { kind: 'ledger-unavailable', message: /thread has ended/ });
    await broken.close();
  });

  it('is started anew after it died, from snapshot and journal, and has lost nothing', async () => {
    const folder = newFolder();
    const { ledger, book } = underTest(folder);
    book(closeRecord('c1'));
    await ledger.snapshot();
    book(closeRecord('c2'));
    assert.equal((await ledger.rows({})).length, 2);
    await ledger.close(); // ends the thread as a crash does
    book(closeRecord('c3'));
    assert.equal((await ledger.sums('key', {}))[0]?.cost, 3_000);
    await ledger.close();
  });

  it('reads what an earlier process left in the journal, before this one has written anything', async () => {
    const folder = newFolder();
    const { journal } = openJournal({ folder, after: 0 });
    journal.append(closeRecord('c1'));
    await journal.close();
    const ledger = threadLedger(threadOptions(folder));
    assert.equal((await ledger.rows({})).length, 1);
    await ledger.close();
  });

  it('ends when nobody has asked for a while, and is there again at the next question', async () => {
    const folder = newFolder();
    const { journal } = openJournal({ folder, after: 0 });
    journal.append(closeRecord('c1'));
    const clock = fakeClock();
    const heard: string[] = [];
    const report = (sentence: string): void => void heard.push(sentence);
    const ledger = threadLedger({ ...threadOptions(folder), report, after: clock.after });
    assert.equal(await ledger.count({}), 1);
    writeFileSync(join(folder, 'ledger-000000000009-00000000.sqlite'), 'seen by a thread that starts');
    clock.pass(179_000);
    assert.equal(await ledger.count({}), 1);
    assert.deepEqual(heard, [], 'the same thread');
    clock.pass(179_000);
    assert.equal(await ledger.count({}), 1);
    clock.pass(180_000);
    await new Promise((go) => setImmediate(go));
    assert.equal(await ledger.count({}), 1);
    assert.match(heard.join(), /is damaged/, 'another');
    await ledger.close();
    assert.equal(clock.pending, 0);
    await journal.close();
  });

  it('rejects what was asked of a thread that dies', async () => {
    const { ledger, book } = underTest();
    book(closeRecord('c1'));
    const asked = [ledger.rows({}), ledger.snapshot()];
    const settled = Promise.allSettled(asked);
    await ledger.close();
    for (const one of await settled) assert.equal(one.status, 'rejected');
  });

  it('tells what it finds damaged, and answers with the failure of what was asked', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'ledger-000000000009-00000000.sqlite'), 'not a database');
    const heard: string[] = [];
    const { ledger } = underTest(folder, (sentence) => heard.push(sentence));
    assert.deepEqual(await ledger.rows({}), []);
    assert.match(heard.join('\n'), /ledger-000000000009-00000000\.sqlite is damaged/);
    await assert.rejects(ledger.sums('day', {}, 'Nowhere'), { kind: 'invalid-request' });
    await ledger.close();
  });

  it('answers with the failure when its folder cannot be read, and tries again when it can', async () => {
    const folder = newFolder();
    const { ledger, book } = underTest(folder);
    book(closeRecord('c1'));
    const obstacle = join(folder, 'ledger-000000000009-00000000.sqlite');
    mkdirSync(obstacle); // a folder where a file is expected
    await assert.rejects(ledger.rows({}), { name: 'Failure' });
    rmSync(obstacle, { recursive: true });
    assert.equal((await ledger.rows({})).length, 1);
    await ledger.close();
  });
});
