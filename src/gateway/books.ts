import { later, type Later } from '../ledger/group-commit.ts';
import type { CloseRecord, JournalRecord, OpenRecord, Sequenced } from '../ledger/records.ts';
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
  /** Never throws: what was spent is spent. A row that cannot be written yet keeps its hold and is written as soon as it can be. */
  close(record: CloseRecord): void;
  /** Keys, corrections, resets: on the disk when it resolves. */
  change(record: Exclude<JournalRecord, OpenRecord | CloseRecord>): Promise<void>;
  /** Rows that wait for a journal that can be written. */
  readonly waiting: number;
  /** Writes those rows, as far as the journal can be written now. It is tried every second without being asked. */
  writeWaiting(): void;
  /** How much was booked since the start; when it rises, what was shown may be so no more. */
  readonly revision: number;
}

const retryMs = 1_000;

export function books(journal: Booked, followers: readonly Follower[], log: Log, after: Later = later): Books {
  const waiting: CloseRecord[] = [];
  let revision = 0;
  const follow = (seq: number, record: JournalRecord): void => {
    revision += 1;
    for (const follower of followers) follower.apply({ seq, record });
  };
  const writeWaiting = (): void => {
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      follow(journal.append(next), next);
      waiting.shift();
    }
  };
  let retrying = false;
  const retry = (): void => {
    if (retrying) return;
    retrying = true;
    after(() => {
      retrying = false;
      writeOrRetry();
    }, retryMs);
  };
  /** The next call may not come before the money that the rows hold has been given back, so none is waited for. */
  const writeOrRetry = (): unknown => {
    try {
      writeWaiting();
      return undefined;
    } catch (error) {
      retry();
      return error;
    }
  };
  return {
    open(record) {
      if (waiting.length > 0) writeWaiting();
      follow(journal.append(record), record);
    },
    close(record) {
      waiting.push(record);
      const error = writeOrRetry();
      if (error !== undefined) log.error(`the row of call ${record.call} waits for the journal`, error);
    },
    async change(record) {
      // In force in the tick in which it is written: nothing may come between, neither another change nor a checkpoint.
      follow(journal.append(record), record);
      await journal.sync();
    },
    get waiting() {
      return waiting.length;
    },
    writeWaiting: () => void writeOrRetry(),
    get revision() {
      return revision;
    },
  };
}
