import assert from 'node:assert/strict';
import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { saveCheckpoint } from '../../src/ledger/checkpoint.ts';
import { openFolderLedger } from '../../src/ledger/folder-ledger.ts';
import type { FolderLedger } from '../../src/ledger/folder-ledger.ts';
import { openJournal } from '../../src/ledger/journal.ts';
import type { Journal } from '../../src/ledger/journal.ts';
import { closeRecord, newFolder, openRecord, wasm } from './support.ts';

const callsIn = async ({ ledger }: FolderLedger): Promise<unknown[]> =>
  (await ledger.rows({})).map((row) => row.call).reverse();

/** A folder with four rows, snapshots after the second and the third, and a journal rotated at each. */
async function folderWithTwoSnapshots(): Promise<{ folder: string; journal: Journal; newest: string }> {
  const folder = newFolder();
  const { journal } = openJournal({ folder, after: 0 });
  const reports = await openFolderLedger({ folder, wasm });
  for (const call of ['c1', 'c2', 'c3', 'c4']) {
    journal.append(closeRecord(call));
    if (call !== 'c2' && call !== 'c3') continue;
    await reports.catchUp(journal.last());
    await journal.rotate(await reports.ledger.snapshot());
  }
  await reports.ledger.close();
  const newest =
    readdirSync(folder)
      .filter((name) => name.endsWith('.sqlite'))
      .sort()
      .at(-1) ?? '';
  return { folder, journal, newest: join(folder, newest) };
}

describe('folder ledger', () => {
  it('is the newest snapshot and the journal after it', async () => {
    const { folder, newest } = await folderWithTwoSnapshots();
    assert.match(newest, /ledger-000000000003-/);
    assert.equal(readFileSync(newest).toString('latin1', 0, 15), 'SQLite format 3', 'which any SQLite tool opens');
    const reports = await openFolderLedger({ folder, wasm });
    assert.deepEqual(await callsIn(reports), ['c1', 'c2', 'c3']);
    await reports.catchUp(4);
    assert.deepEqual(await callsIn(reports), ['c1', 'c2', 'c3', 'c4']);
    assert.deepEqual(reports.report, []);
  });

  it('falls back to the snapshot before it when the newest is cut short or changed, and loses no row', async () => {
    const damages = [
      (path: string) => truncateSync(path, 5_000),
      (path: string) => truncateSync(path, 0),
      (path: string) => {
        const bytes = readFileSync(path);
        bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
        writeFileSync(path, bytes);
      },
    ];
    for (const damage of damages) {
      const { folder, newest } = await folderWithTwoSnapshots();
      damage(newest);
      const reports = await openFolderLedger({ folder, wasm });
      await reports.catchUp(4);
      assert.deepEqual(await callsIn(reports), ['c1', 'c2', 'c3', 'c4']);
      assert.match(reports.report.join('\n'), /ledger-000000000003-\w+\.sqlite is damaged/);
    }
  });

  it('applies no record twice, however often it catches up', async () => {
    const { folder, journal } = await folderWithTwoSnapshots();
    const reports = await openFolderLedger({ folder, wasm });
    for (let turn = 0; turn < 3; turn += 1) await reports.catchUp(journal.last());
    journal.append(closeRecord('c5'));
    await reports.catchUp(journal.last());
    assert.equal(await reports.ledger.count({}), 5);
    assert.equal((await reports.ledger.sums('key', {}))[0]?.cost, 5_000);
    assert.deepEqual(reports.report, []);
  });

  it('reads no further than it is told, so that no line under way is taken for damaged', async () => {
    const { folder, journal } = await folderWithTwoSnapshots();
    const reports = await openFolderLedger({ folder, wasm });
    journal.append(closeRecord('c5'));
    const file = join(
      folder,
      readdirSync(folder)
        .filter((name) => name.startsWith('journal-'))
        .sort()
        .at(-1) ?? '',
    );
    writeFileSync(file, '1 6 0000', { flag: 'a' });
    await reports.catchUp(4);
    assert.equal((await callsIn(reports)).at(-1), 'c4');
    await reports.catchUp(5);
    assert.deepEqual([(await callsIn(reports)).at(-1), reports.report], ['c5', []]);
    journal.append(closeRecord('c6')); // writes over what stands there
    await reports.catchUp(6);
    assert.deepEqual([(await callsIn(reports)).at(-1), reports.report], ['c6', []]);
  });

  it('has what the checkpoint covers also when nobody has named a record since the start', async () => {
    const { folder } = await folderWithTwoSnapshots();
    await saveCheckpoint(folder, { seq: 4, state: null, opens: [] });
    const reports = await openFolderLedger({ folder, wasm });
    await reports.catchUp(0);
    assert.equal((await callsIn(reports)).at(-1), 'c4');
  });

  it('tells of damaged lines, and shows the rows around them', async () => {
    const folder = newFolder();
    const { journal } = openJournal({ folder, after: 0 });
    for (const call of ['c1', 'c2', 'c3']) journal.append(call === 'c2' ? openRecord(call) : closeRecord(call));
    const [name = ''] = readdirSync(folder);
    writeFileSync(
      join(folder, name),
      readFileSync(join(folder, name), 'utf8').replace('"type":"open"', '"type":"Open"'),
    );
    const reports = await openFolderLedger({ folder, wasm });
    await reports.catchUp(3);
    assert.deepEqual(await callsIn(reports), ['c1', 'c3']);
    assert.match(reports.report.join('\n'), /does not match its checksum/);
  });
});
