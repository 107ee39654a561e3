import { later, type Later } from '../ledger/group-commit.ts';
import type { CloseRecord, JournalRecord, OpenRecord, ReleaseRecord, Sequenced } from '../ledger/records.ts';
import type { Log } from './log.ts';

/** The journal, as much of it as booking needs. */
export interface Booked {
  /** Written when it returns; throws `ledger-unavailable`. Gives the record's sequence number. */
  append(record: JournalRecord): number;
  /** Resolves when everything appended so far is on the disk. */
  sync(): Promise<void>;
}

/** Those who follow the journal: keys, budgets, the reports' ledger. */
export interface Follower {
  apply(record: Sequenced): void;
}

/** Every change goes through here: into the journal first, then to all who follow it. */
export interface Books {
  /** Before the provider is called. Throws `ledger-unavailable`: nothing is served unmetered. */
  open(record: OpenRecord): void;
  /** An attempt that cost nothing gives its hold back. Throws `ledger-unavailable`, and then it keeps it. */
  release(record: ReleaseRecord): void;
  /** Never throws: what was spent is spent. A row that cannot be written yet keeps its hold and is written as soon as it can be. */
  close(record: CloseRecord): void;
  /** Keys, corrections, resets: on the disk when it resolves. */
  change(record: Exclude<JournalRecord, OpenRecord | ReleaseRecord | CloseRecord>): Promise<void>;
  /** Runs what reads a row and then mends it: one after another, so that two corrections of a row cannot both start from the same cost. */
  readonly mend: <T>(work: () => Promise<T>) => Promise<T>;
  /** Rows that wait for a journal that can be written. */
  readonly waiting: number;
  /** Writes those rows, as far as the journal can be written now. It is tried every second without being asked. */
  writeWaiting(): void;
  /** How much was booked since the start; when it rises, what was shown may be so no more. */
  readonly revision: number;
}

export function books(journal: Booked, followers: readonly Follower[], log: Log, after: Later = later): Books {
  const { follow, revision } = following(followers);
  const waiting = waitingRows((row) => follow(journal.append(row), row), after);
  let mending: Promise<unknown> = Promise.resolve();
  return {
    open(record) {
      waiting.write();
      follow(journal.append(record), record);
    },
    release: (record) => follow(journal.append(record), record),
    close(record) {
      waiting.rows.push(record);
      const error = waiting.tryToWrite();
      if (error !== undefined) log.error(`the row of call ${record.call} waits for the journal`, error);
    },
    async change(record) {
      // In force in the tick in which it is written: nothing may come between, neither another change nor a checkpoint.
      follow(journal.append(record), record);
      await journal.sync();
    },
    mend(work) {
      const done = mending.then(work);
      mending = done.catch(() => undefined);
      return done;
    },
    get waiting() {
      return waiting.rows.length;
    },
    writeWaiting: () => void waiting.tryToWrite(),
    get revision() {
      return revision();
    },
  };
}

const retryMs = 1_000;

interface WaitingRows {
  readonly rows: CloseRecord[];
  /** Throws what keeps the first of them from being written. */
  write(): void;
  /** Gives that error back instead, and tries again later. */
  tryToWrite(): unknown;
}

/** They do not wait for another call: there may be none as long as they hold a budget's money. */
function waitingRows(writeRow: (row: CloseRecord) => void, after: Later): WaitingRows {
  const rows: CloseRecord[] = [];
  let isTryingLater = false;
  const write = (): void => {
    for (let next = rows[0]; next !== undefined; next = rows[0]) {
      writeRow(next);
      rows.shift();
    }
  };
  const tryToWrite = (): unknown => {
    try {
      write();
      return undefined;
    } catch (error) {
      if (!isTryingLater) after(tryLater, retryMs);
      isTryingLater = true;
      return error;
    }
  };
  const tryLater = (): void => {
    isTryingLater = false;
    tryToWrite();
  };
  return { rows, write, tryToWrite };
}

/** Tells a record to all who follow, and counts what it told. */
function following(followers: readonly Follower[]) {
  let told = 0;
  return {
    follow: (seq: number, record: JournalRecord): void => {
      told += 1;
      for (const follower of followers) follower.apply({ seq, record });
    },
    revision: () => told,
  };
}
