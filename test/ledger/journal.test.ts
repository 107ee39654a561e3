import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { Failure } from '../../src/chat/failure.ts';
import { saveCheckpoint } from '../../src/ledger/checkpoint.ts';
import { saveGeneration, snapshots } from '../../src/ledger/generations.ts';
import { systemFiles } from '../../src/ledger/journal-file.ts';
import type { Files } from '../../src/ledger/journal-file.ts';
import { formatLine } from '../../src/ledger/journal-line.ts';
import { openJournal } from '../../src/ledger/journal.ts';
import type { JournalOptions, OpenedJournal } from '../../src/ledger/journal.ts';
import type { JournalRecord, Sequenced } from '../../src/ledger/records.ts';
import { closeRecord, newFolder, noon, openRecord } from './support.ts';

/** The journal, and the records that it recovered. */
function opened(options: JournalOptions): OpenedJournal & { readonly recovered: readonly Sequenced[] } {
  const recovered: Sequenced[] = [];
  return { ...openJournal({ ...options, recover: (record) => recovered.push(record) }), recovered };
}

/** The sequence numbers in a folder's journal. */
const recoveredIn = (folder: string, after = 0): number[] => opened({ folder, after }).recovered.map(({ seq }) => seq);

const journalFiles = (folder: string): string[] => readdirSync(folder).filter((name) => name.startsWith('journal-'));

/** The only file of a folder's journal. */
function onlyFile(folder: string): string {
  const [name = '', ...others] = journalFiles(folder);
  assert.deepEqual(others, []);
  return join(folder, name);
}

/** A folder whose journal is `bytes`. */
function folderWith(bytes: Uint8Array): string {
  const folder = newFolder();
  writeFileSync(join(folder, 'journal-000000000001.log'), bytes);
  return folder;
}

/** Short, so that every byte of them can be tried. */
const shortRecord = (number: number): JournalRecord => ({ type: 'key-deleted', at: noon, id: `key ${number} ä€😀` });
const lines = (count: number): Buffer[] =>
  Array.from({ length: count }, (_, index) => formatLine({ seq: index + 1, record: shortRecord(index + 1) }));

describe('journal', () => {
  it('gives every record the next number, and finds all of them again', async () => {
    const folder = newFolder();
    const records: JournalRecord[] = [
      openRecord('c1'),
      closeRecord('c1', { warnings: ['ä€😀\n"\\'] }),
      openRecord('c2'),
    ];
    const { journal, recovered, report } = opened({ folder, after: 0 });
    assert.deepEqual([recovered, report, journal.last()], [[], [], 0]);
    assert.deepEqual(
      records.map((record) => journal.append(record)),
      [1, 2, 3],
    );
    await journal.close();

    const again = opened({ folder, after: 0 });
    assert.deepEqual(
      again.recovered,
      records.map((record, index) => ({ seq: index + 1, record })),
    );
    assert.deepEqual(again.report, []);
    assert.equal(again.journal.append(closeRecord('c2')), 4);
    assert.equal(journalFiles(folder).length, 1);
    await again.journal.close();
  });

  it('recovers only what comes after the checkpoint', () => {
    const folder = folderWith(Buffer.concat(lines(5)));
    assert.deepEqual(recoveredIn(folder, 3), [4, 5]);
    const { journal, recovered, report } = opened({ folder, after: 9 });
    assert.deepEqual([recovered, report, journal.last()], [[], [], 9]);
  });

  it('never gives out a number that a snapshot has seen, though a power cut took the record', async () => {
    const folder = folderWith(Buffer.concat(lines(2)));
    await saveGeneration(snapshots(folder), 7, Buffer.from('rows up to 7'));
    const { journal } = opened({ folder, after: 0 });
    assert.equal(journal.append(openRecord('c8')), 8);
    await journal.close();
    const { report, recovered } = opened({ folder, after: 0 });
    assert.deepEqual(
      recovered.map(({ seq }) => seq),
      [1, 2, 8],
    );
    assert.match(report.join('\n'), /records 3 to 7 are missing/);
  });

  it('is with the operating system before append returns: a killed process loses nothing', () => {
    const folder = newFolder();
    const main = join(newFolder(), 'main.mts');
    const source = new URL('../../src/ledger/journal.ts', import.meta.url).href;
    writeFileSync(
      main,
      `import { openJournal } from '${source}';
       const { journal } = openJournal({ folder: ${JSON.stringify(folder)}, after: 0 });
       for (let i = 1; i <= 100; i += 1) journal.append({ type: 'key-deleted', at: i, id: 'key' });
       process.kill(process.pid, 'SIGKILL');`,
    );
    const { signal, stderr } = spawnSync(process.execPath, ['--import', 'tsx', main], { encoding: 'utf8' });
    assert.equal(signal, 'SIGKILL', stderr);
    assert.equal(recoveredIn(folder).length, 100);
  });
});

describe('journal recovery', () => {
  it('cuts a torn last line at every byte, says so, and goes on after it', () => {
    const whole = lines(3);
    const kept = Buffer.concat(whole.slice(0, 2));
    const bytes = Buffer.concat(whole);
    for (let length = kept.length; length < bytes.length; length += 1) {
      const folder = folderWith(bytes.subarray(0, length));
      const { journal, recovered, report } = opened({ folder, after: 0 });
      assert.deepEqual(
        recovered.map(({ seq }) => seq),
        [1, 2],
      );
      assert.equal(report.length, length === kept.length ? 0 : 1);
      if (length > kept.length) assert.match(report[0] ?? '', new RegExp(`torn.*${length - kept.length} bytes`));
      assert.equal(journal.append(closeRecord('c3')), 3);
      const expected = Buffer.concat([kept, formatLine({ seq: 3, record: closeRecord('c3') })]);
      assert.deepEqual(readFileSync(onlyFile(folder)), expected);
    }
  });

  it('loses no other line than the one in which a byte was changed, whichever byte it is', () => {
    const whole = lines(3);
    const bytes = Buffer.concat(whole);
    const ends = [0, 1, 2].map((index) => Buffer.concat(whole.slice(0, index + 1)).length);
    for (let place = 0; place < bytes.length; place += 1) {
      const damaged = Buffer.from(bytes);
      damaged[place] = (damaged[place] ?? 0) ^ 0x01;
      const hit = ends.findIndex((end) => place < end) + 1;
      const { recovered, report } = opened({ folder: folderWith(damaged), after: 0 });
      const found = recovered.map(({ seq }) => seq);
      for (const seq of [1, 2, 3]) if (seq !== hit) assert.ok(found.includes(seq), `byte ${place} took record ${seq}`);
      assert.ok(report.length > 0, `byte ${place} was not reported`);
      const byCall = new Map(recovered.map(({ seq, record }) => [seq, record]));
      for (const seq of found) assert.deepEqual(byCall.get(seq), shortRecord(seq));
    }
  });

  it('skips a line that stands there twice, and reports a gap without losing what follows', () => {
    const [one, two, three, four] = lines(4) as [Buffer, Buffer, Buffer, Buffer];
    const repeated = opened({ folder: folderWith(Buffer.concat([one, two, one, two, three])), after: 0 });
    assert.deepEqual(
      repeated.recovered.map(({ seq }) => seq),
      [1, 2, 3],
    );
    assert.match(repeated.report.join('\n'), /record 1 stands there again.*\n.*record 2 stands there again/);
    const missing = opened({ folder: folderWith(Buffer.concat([one, four])), after: 0 });
    assert.deepEqual(
      missing.recovered.map(({ seq }) => seq),
      [1, 4],
    );
    assert.match(missing.report.join('\n'), /records 2 to 3 are missing/);
    assert.equal(missing.journal.append(openRecord('c5')), 5);
  });

  it('passes over foreign text and runs of zeros', () => {
    const [one, two] = lines(2) as [Buffer, Buffer];
    const zeros = Buffer.alloc(300_000);
    const folder = folderWith(
      Buffer.concat([one, Buffer.from('hello\n{"a":1}\n'), zeros, Buffer.from('\n'), two, zeros]),
    );
    const { recovered, report, journal } = opened({ folder, after: 0 });
    assert.deepEqual(
      recovered.map(({ seq }) => seq),
      [1, 2],
    );
    assert.equal(report.length, 4);
    journal.append(openRecord('c3'));
    assert.deepEqual(recoveredIn(folder), [1, 2, 3]);
  });

  it('refuses a line of a newer version rather than lose what it booked', () => {
    const folder = newFolder();
    const sum = crc32('{"type":"new"}', crc32('2 1 ')).toString(16).padStart(8, '0');
    writeFileSync(join(folder, 'journal-000000000001.log'), `2 1 ${sum} {"type":"new"}\n`);
    assert.throws(() => opened({ folder, after: 0 }), { kind: 'ledger-unavailable', message: /newer version/ });
  });

  it('reads lines that are longer than what is read at once', () => {
    const long = { seq: 1, record: closeRecord('c1', { warnings: ['x'.repeat(700_000)] }) };
    assert.deepEqual(recoveredIn(folderWith(Buffer.concat([formatLine(long), ...lines(3).slice(1)]))), [1, 2, 3]);
  });

  it('recovers a prefix with every row whose line was whole, wherever the file is cut', () => {
    const record = fc.oneof(
      fc
        .record({ call: fc.string(), text: fc.string() })
        .map(({ call, text }) => closeRecord(call, { warnings: [text] })),
      fc.string().map((call) => openRecord(call)),
      fc.record({ id: fc.string(), key: fc.jsonValue() }).map(({ id, key }): JournalRecord => ({
        type: 'key',
        at: noon,
        id,
        key: JSON.parse(JSON.stringify(key)) as never,
      })),
    );
    const property = fc.property(fc.array(record, { maxLength: 12 }), fc.nat(), (records, cut) => {
      const written = records.map((one, index) => formatLine({ seq: index + 1, record: one }));
      const bytes = Buffer.concat(written);
      const length = cut % (bytes.length + 1);
      const folder = folderWith(bytes.subarray(0, length));
      const { recovered, journal } = opened({ folder, after: 0 });
      let end = 0;
      const whole = written.filter((line) => (end += line.length) <= length).length;
      assert.deepEqual(
        recovered,
        records.slice(0, whole).map((one, index) => ({ seq: index + 1, record: one })),
      );
      journal.append(openRecord('next'));
      assert.deepEqual(
        recoveredIn(folder),
        Array.from({ length: whole + 1 }, (_, index) => index + 1),
      );
    });
    fc.assert(property, { numRuns: 100 });
  });
});

describe('journal on a bad disk', () => {
  /** A disk that fails while `trouble` is set; `room` is how many bytes it still takes. */
  function badDisk() {
    const disk = { trouble: '', room: Infinity, syncs: 0, files: systemFiles };
    const check = (): void => {
      if (disk.trouble !== '') throw Object.assign(new Error(`${disk.trouble}: no`), { code: disk.trouble });
    };
    const files: Files = {
      ...systemFiles,
      openSync(path, flags, mode) {
        check();
        return systemFiles.openSync(path, flags, mode);
      },
      writeSync(file, bytes, offset, length, position) {
        check();
        const taken = Math.min(length, disk.room);
        if (taken === 0) throw Object.assign(new Error('ENOSPC: no'), { code: 'ENOSPC' });
        disk.room -= taken;
        return systemFiles.writeSync(file, bytes, offset, taken, position);
      },
      ftruncateSync(file, length) {
        check();
        systemFiles.ftruncateSync(file, length);
      },
      fdatasyncSync(file) {
        check();
        systemFiles.fdatasyncSync(file);
      },
      fdatasync(file, done) {
        disk.syncs += 1;
        if (disk.trouble === '') systemFiles.fdatasync(file, done);
        else setImmediate(done, Object.assign(new Error('no'), { code: disk.trouble }));
      },
    };
    return Object.assign(disk, { files });
  }
  const line = formatLine({ seq: 2, record: openRecord('c2') });

  it('leaves nothing of a line that fits only in part, at any byte, and goes on once there is room', () => {
    for (let room = 0; room < line.length; room += 7) {
      const folder = newFolder();
      const disk = badDisk();
      const { journal } = opened({ folder, after: 0, files: disk.files });
      journal.append(openRecord('c1'));
      disk.room = room;
      assert.throws(() => journal.append(openRecord('c2')), Failure);
      assert.equal(journal.last(), 1);
      disk.room = Infinity;
      assert.equal(journal.append(openRecord('c2')), 2);
      const { recovered, report } = opened({ folder, after: 0 });
      assert.deepEqual([recovered.map(({ seq }) => seq), report], [[1, 2], []]);
    }
  });

  for (const [code, why] of [
    ['ENOSPC', /the disk is full/],
    ['EROFS', /read-only/],
    ['EACCES', /may not write/],
    ['EIO', /disk reports an error/],
    ['EWHAT', /EWHAT/],
  ] as const) {
    it(`says in a sentence what ${code} means, and is usable again afterwards`, () => {
      const folder = newFolder();
      const disk = badDisk();
      const { journal } = opened({ folder, after: 0, files: disk.files });
      const refuses = (): void =>
        assert.throws(
          () => journal.append(openRecord('c1')),
          (error: Failure) =>
            error.kind === 'ledger-unavailable' && why.test(error.message) && error.message.includes(folder),
        );
      disk.trouble = code;
      refuses(); // the file cannot be made
      disk.trouble = '';
      assert.equal(journal.append(openRecord('c1')), 1);
      disk.trouble = code;
      refuses(); // the line cannot be written
      refuses();
      disk.trouble = '';
      assert.equal(journal.append(openRecord('c2')), 2);
      assert.deepEqual(recoveredIn(folder), [1, 2]);
    });
  }

  it('cuts a torn piece that could not be cut at once before it writes again', () => {
    const folder = newFolder();
    const disk = badDisk();
    const { journal } = opened({ folder, after: 0, files: disk.files });
    journal.append(closeRecord('c1'));
    disk.room = 20;
    assert.throws(() => journal.append(closeRecord('a call with a longer line')));
    disk.room = Infinity;
    journal.append(openRecord('c2'));
    assert.deepEqual(opened({ folder, after: 0 }).report, []);
  });

  it('refuses records after a failed sync until what was written is written and synced anew', async () => {
    const folder = newFolder();
    const disk = badDisk();
    const { journal } = opened({ folder, after: 0, files: disk.files });
    journal.append(openRecord('c1'));
    disk.trouble = 'EIO';
    await assert.rejects(journal.sync(), { kind: 'ledger-unavailable' });
    assert.throws(() => journal.append(openRecord('c2')), { kind: 'ledger-unavailable' });
    disk.trouble = '';
    assert.equal(await journal.appendDurably(openRecord('c2')), 2);
    assert.deepEqual(recoveredIn(folder), [1, 2]);
    await journal.close();
  });

  it('rejects a durable record that could not be synced', async () => {
    const disk = badDisk();
    const { journal } = opened({ folder: newFolder(), after: 0, files: disk.files });
    await journal.appendDurably(openRecord('c1'));
    const appended = journal.appendDurably(openRecord('c2'));
    disk.trouble = 'EIO';
    await assert.rejects(appended, /disk reports an error/);
  });

  it('syncs a durable record before it resolves, and many at once together', async () => {
    const disk = badDisk();
    const { journal } = opened({ folder: newFolder(), after: 0, files: disk.files, later: () => undefined });
    await journal.appendDurably(openRecord('c0'));
    assert.equal(disk.syncs, 1);
    await Promise.all(Array.from({ length: 50 }, (_, index) => journal.appendDurably(openRecord(`c${index}`))));
    assert.equal(disk.syncs, 2);
    await journal.close();
    assert.equal(disk.syncs, 2, 'nothing was left to sync');
  });

  it('syncs what was appended within 100 ms, and what is left when it closes', async () => {
    const disk = badDisk();
    const timers: { work: () => void; ms: number }[] = [];
    const later = (work: () => void, ms: number): void => void timers.push({ work, ms });
    const { journal } = opened({ folder: newFolder(), after: 0, files: disk.files, later });
    journal.append(openRecord('c1'));
    journal.append(openRecord('c2'));
    assert.deepEqual(
      timers.map(({ ms }) => ms),
      [100],
    );
    timers[0]?.work();
    await new Promise(setImmediate);
    assert.equal(disk.syncs, 1);
    journal.append(openRecord('c3'));
    await journal.close();
    assert.equal(disk.syncs, 2);
    assert.throws(() => journal.append(openRecord('c4')), { kind: 'stopping' });
  });
});

describe('journal rotation', () => {
  it('goes on in a new file and deletes what is covered, no more', async () => {
    const folder = newFolder();
    const { journal } = opened({ folder, after: 0 });
    journal.append(openRecord('c1'));
    journal.append(openRecord('c2'));
    await journal.rotate(1);
    journal.append(openRecord('c3'));
    await journal.rotate(1);
    const file = (first: number): string => `journal-00000000000${first}.log`;
    assert.deepEqual(journalFiles(folder), [file(1), file(3), file(4)]);
    journal.append(openRecord('c4'));
    await journal.rotate(3);
    assert.deepEqual(journalFiles(folder), [file(4), file(5)]);
    assert.deepEqual(recoveredIn(folder, 3), [4]);
    await journal.rotate(4);
    await journal.rotate(4);
    assert.deepEqual(journalFiles(folder), [file(5)]);
    await journal.close();
    const again = opened({ folder, after: 0 });
    assert.equal(again.journal.append(openRecord('c5')), 5, 'also where only the name of the file tells');
    await again.journal.close();
    assert.deepEqual(recoveredIn(folder, 4), [5]);
  });

  it('keeps what the checkpoint or the snapshot before the newest would need', async () => {
    const folder = newFolder();
    const { journal } = opened({ folder, after: 0 });
    const checkpointAt = (seq: number): Promise<void> => saveCheckpoint(folder, { seq, state: null, opens: [] });
    const snapshotAt = (seq: number): Promise<void> =>
      saveGeneration(snapshots(folder), seq, Buffer.from(`rows ${seq}`));
    const rotated = async (): Promise<string[]> => {
      await journal.rotate(journal.last());
      return journalFiles(folder).map((name) => name.replace(/\D+0*/g, ''));
    };
    for (const call of ['c1', 'c2', 'c3', 'c4']) {
      journal.append(openRecord(call));
      await journal.rotate(0);
    }
    await checkpointAt(2);
    assert.deepEqual(await rotated(), ['1', '2', '3', '4', '5'], 'there is no older checkpoint');
    await checkpointAt(3);
    await snapshotAt(1);
    await snapshotAt(4);
    assert.deepEqual(await rotated(), ['2', '3', '4', '5'], 'the older snapshot ends at 1');
    await snapshotAt(5);
    assert.deepEqual(await rotated(), ['3', '4', '5'], 'the older checkpoint ends at 2');
  });

  it('does not read files that the checkpoint covers whole', async () => {
    const folder = newFolder();
    const { journal } = opened({ folder, after: 0 });
    journal.append(openRecord('c1'));
    await journal.rotate(0);
    await journal.close();
    writeFileSync(join(folder, 'journal-000000000001.log'), 'would be reported if it was read\n');
    assert.deepEqual(opened({ folder, after: 1 }).report, []);
    assert.equal(opened({ folder, after: 0 }).report.length, 1);
  });

  it('takes records while it waits for the disk', async () => {
    const folder = newFolder();
    const { journal } = opened({ folder, after: 0 });
    journal.append(openRecord('c1'));
    const rotating = journal.rotate(0);
    assert.equal(journal.append(openRecord('c2')), 2);
    await Promise.all([rotating, journal.rotate(0)]);
    assert.equal(journal.append(openRecord('c3')), 3);
    await journal.close();
    assert.deepEqual(recoveredIn(folder), [1, 2, 3]);
  });

  it('reports a file that ends within a line, and reads on in the next', async () => {
    const folder = newFolder();
    const { journal } = opened({ folder, after: 0 });
    for (const call of ['c1', 'c2']) journal.append(openRecord(call));
    await journal.rotate(0);
    journal.append(openRecord('c3'));
    await journal.close();
    const first = join(folder, 'journal-000000000001.log');
    truncateSync(first, readFileSync(first).length - 1);
    const { recovered, report } = opened({ folder, after: 0 });
    assert.deepEqual(
      recovered.map(({ seq }) => seq),
      [1, 3],
    );
    assert.match(report.join('\n'), /journal-000000000001.log ends within a line/);
    assert.match(report.join('\n'), /record 2 is missing/);
  });
});
