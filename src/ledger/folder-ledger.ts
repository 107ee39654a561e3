import { checkpoints, loadGeneration, newestSeq, saveGeneration, snapshots } from './generations.ts';
import { journalReader } from './journal-reader.ts';
import type { Ledger } from './ledger.ts';
import type { Sequenced } from './records.ts';
import { sqlLedger } from './sql-ledger.ts';
import { openSqlJs } from './sqljs-database.ts';

/** The reports over a data folder: its newest whole snapshot, and the journal after it. */
export interface FolderLedger {
  readonly ledger: Ledger;
  /** Applies the journal up to this record, which must have been written. */
  catchUp(upTo: number): Promise<void>;
  /** What was found damaged so far, in sentences; whoever tells them takes them out. */
  readonly report: string[];
}

const batchSize = 1000;

/** `wasm` is the path of sql.js' `sql-wasm.wasm`. */
export async function openFolderLedger(folder: string, wasm: string): Promise<FolderLedger> {
  const { bytes, report: damaged } = loadGeneration(snapshots(folder));
  const database = await openSqlJs(wasm, bytes);
  const ledger = await sqlLedger({
    database,
    save: (seq) => saveGeneration(snapshots(folder), seq, database.export()),
    close: () => database.close(),
  });
  const reader = journalReader(folder, ledger.applied);
  const report = [...damaged];
  return {
    ledger,
    report,
    async catchUp(upTo) {
      // A checkpoint's records are written for sure, also where nobody has named them since the start.
      const written = Math.max(upTo, newestSeq(checkpoints(folder)));
      for (const batch of inBatches(reader.read(written))) {
        ledger.apply(batch);
        await ledger.flush();
      }
      report.push(...reader.faults.splice(0));
    },
  };
}

function* inBatches(records: Iterable<Sequenced>): Generator<Sequenced[]> {
  let batch: Sequenced[] = [];
  for (const record of records) {
    batch.push(record);
    if (batch.length < batchSize) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
