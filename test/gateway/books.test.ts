import assert from 'node:assert/strict';
import { Failure } from '../../src/chat/failure.ts';
import { books, type Books } from '../../src/gateway/books.ts';
import type { JournalRecord, Sequenced } from '../../src/ledger/records.ts';
import { closeRecord, openRecord } from '../ledger/support.ts';

/** A journal that can be made unwritable. */
function journal() {
  const written: JournalRecord[] = [];
  const state = { isFull: false, synced: 0 };
  return {
    written,
    state,
    append(record: JournalRecord): number {
      if (state.isFull) throw new Failure('ledger-unavailable', 'The disk is full.');
      return written.push(record);
    },
    sync(): Promise<void> {
      state.synced = written.length;
      return Promise.resolve();
    },
  };
}

describe('the books', () => {
  let file: ReturnType<typeof journal>;
  let followed: Sequenced[];
  let logged: string[];
  let kept: Books;
  beforeEach(() => {
    file = journal();
    followed = [];
    logged = [];
    const log = { info: () => undefined, warn: () => undefined, error: (line: string) => void logged.push(line) };
    kept = books(file, [{ apply: (record) => void followed.push(record) }], log);
  });

  const types = (records: readonly JournalRecord[]): readonly string[] =>
    records.map((record) => ('call' in record ? `${record.type} ${record.call}` : record.type));

  it('write first, and then tell all who follow, with the place in the journal', () => {
    kept.open(openRecord('a'));
    kept.close(closeRecord('a'));
    assert.deepEqual(types(file.written), ['open a', 'close a']);
    assert.deepEqual(
      followed.map(({ seq }) => seq),
      [1, 2],
    );
  });

  it('refuse to open a call that they cannot write', () => {
    file.state.isFull = true;
    assert.throws(() => kept.open(openRecord('a')), /The disk is full/);
    assert.deepEqual(followed, []);
  });

  it('keep the row of a call that they cannot write, and write it before anything else when they can', () => {
    kept.open(openRecord('a'));
    kept.open(openRecord('b'));
    file.state.isFull = true;
    kept.close(closeRecord('a'));
    kept.close(closeRecord('b'));
    assert.equal(kept.waiting, 2);
    assert.equal(logged.length, 2);
    assert.throws(() => kept.open(openRecord('c')), /The disk is full/);
    assert.equal(followed.length, 2);

    file.state.isFull = false;
    kept.open(openRecord('c'));
    assert.deepEqual(types(file.written), ['open a', 'open b', 'close a', 'close b', 'open c']);
    assert.equal(kept.waiting, 0);
  });

  it('write a row that waits by themselves, since no call may come while it holds a budget’s money', () => {
    const later: (() => void)[] = [];
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
    const alone = books(file, [], log, (work) => later.push(work));
    alone.open(openRecord('a'));
    file.state.isFull = true;
    alone.close(closeRecord('a'));
    alone.writeWaiting();
    later.shift()?.();
    assert.deepEqual([alone.waiting, later.length], [1, 1]);

    file.state.isFull = false;
    later.shift()?.();
    assert.deepEqual(types(file.written), ['open a', 'close a']);
    assert.deepEqual([alone.waiting, later.length], [0, 0]);
  });

  it('have a change on the disk when it is said to be made', async () => {
    const change = kept.change({ type: 'key-deleted', at: 0, id: 'k' });
    assert.equal(followed.length, 1);
    await change;
    assert.equal(file.state.synced, 1);
  });
});
