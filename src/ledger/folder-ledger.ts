import { checkpoints, loadGeneration, newestSeq, saveGeneration, snapshots } from './generations.ts';
import { growingMemory } from './growing-memory.ts';
import { readForReports } from './brief-lines.ts';
import { foreseen } from './foresight.ts';
import { journalReaderOf } from './journal-reader.ts';
import type { Ledger } from './ledger.ts';
import type { LedgerThreadData } from './ledger-messages.ts';
import { sqlLedger } from './sql-ledger.ts';
import type { SqlLedger } from './sql-ledger.ts';
import { loadSqlJs, openSqlJs } from './sqljs-database.ts';

/** The reports over a data folder: its newest whole snapshot, and the journal after it. */
export interface FolderLedger {
  readonly ledger: SqlLedger;
  /** Applies the journal up to this record, which must have been written. */
  catchUp(upTo: number): Promise<void>;
  /** Rolls up, and gives the room back; answers with how many rows went. The next snapshot has it. */
  compact(): Promise<number>;
  /** What was found damaged so far, in sentences; whoever tells them takes them out. */
  readonly report: string[];
}

export async function openFolderLedger({ folder, wasm, keep }: LedgerThreadData): Promise<FolderLedger> {
  const sqlJs = loadSqlJs(wasm);
  const { bytes, report: damaged } = loadGeneration(snapshots(folder), growingMemory);
  const database = await openSqlJs(sqlJs, bytes);
  const ledger = await sqlLedger({
    database,
    ...(keep && { keep }),
    save: (seq) => saveGeneration(snapshots(folder), seq, database.export()),
    close: () => database.close(),
  });
  let reader = journalReaderOf(folder, ledger.applied(), readForReports);
  const report = [...damaged];
  return {
    ledger,
    report,
    async compact() {
      const dropped = await ledger.rollUp();
      await database.run('VACUUM');
      return dropped;
    },
    async catchUp(upTo) {
      // A checkpoint's records are written for sure, also where nobody has named them since the start.
      const written = Math.max(upTo, newestSeq(checkpoints(folder)));
      try {
        const from = { after: ledger.applied(), position: reader.position() };
        await ledger.book(reader.read(written), foreseen(folder, from, keep));
      } catch (error) {
        reader = journalReaderOf(folder, ledger.applied(), readForReports); // what was read may not have been booked
        throw error;
      }
      report.push(...reader.faults.splice(0));
    },
  };
}

/** The same as a `Ledger` in this thread: it opens at the first question, and is caught up before each. */
export function ledgerInThisThread(data: LedgerThreadData): Ledger & { compact(): Promise<number> } {
  let upTo = 0;
  let opening: Promise<FolderLedger> | undefined;
  const caughtUp = async (): Promise<FolderLedger> => {
    const opened = await (opening ??= openFolderLedger(data));
    await opened.catchUp(upTo === 0 ? Infinity : upTo);
    return opened;
  };
  return {
    apply: (records) => void (upTo = Math.max(upTo, records.at(-1)?.seq ?? 0)),
    rows: async (...asked) => (await caughtUp()).ledger.rows(...asked),
    count: async (...asked) => (await caughtUp()).ledger.count(...asked),
    sums: async (...asked) => (await caughtUp()).ledger.sums(...asked),
    series: async (...asked) => (await caughtUp()).ledger.series(...asked),
    snapshot: async () => (await caughtUp()).ledger.snapshot(),
    compact: async () => (await caughtUp()).compact(),
    close: async () => (await opening)?.ledger.close(),
  };
}
