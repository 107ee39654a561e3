import { Budgets, type BudgetSettings } from '../budgets/budgets.ts';
import { Keys } from '../keys/keys.ts';
import { loadCheckpoint, saveCheckpoint } from '../ledger/checkpoint.ts';
import { openJournal } from '../ledger/journal.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { lockFolder } from '../ledger/lock.ts';
import type { JournalRecord } from '../ledger/records.ts';
import { interrupted, openCalls } from '../ledger/recovery.ts';
import { objectIn } from '../lib/json.ts';
import type { Clock } from '../lib/time.ts';
import { books, type Books } from './books.ts';
import type { Log } from './log.ts';

/** All that lasts of a gateway, in one data folder: the journal, and what follows it. */
export interface Store {
  readonly keys: Keys;
  readonly budgets: Budgets;
  readonly books: Books;
  readonly ledger: Ledger;
  /** Writes checkpoint and snapshot, so that the next start has little to read, and drops the journal before them. */
  save(): Promise<void>;
  /** Saves, closes the journal and gives the folder free. */
  close(): Promise<void>;
}

export interface StoreOptions {
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: BudgetSettings;
  /** The reports over the same folder. */
  readonly ledger: Ledger;
}

/** After so many records the journal is folded into checkpoint and snapshot. */
const saveEvery = 20_000;

/** Takes the folder, reads what was left in it and books the calls that a crash interrupted. Throws `ledger-unavailable` when another process has it. */
export async function openStore({ folder, clock, log, settings, ledger }: StoreOptions): Promise<Store> {
  const lock = await lockFolder(folder);
  const checkpoint = loadCheckpoint(folder);
  const keys = new Keys(clock);
  const budgets = new Budgets(clock, settings);
  const state = objectIn(checkpoint.state);
  if (state['keys'] !== undefined) keys.restore(state['keys']);
  if (state['budgets'] !== undefined) budgets.restore(state['budgets']);
  const opens = openCalls(checkpoint.opens);

  const { journal, recovered, report } = openJournal({ folder, after: checkpoint.seq });
  for (const sentence of [...checkpoint.report, ...report]) log.warn(sentence);
  const replay = (record: JournalRecord): void => {
    opens.see(record);
    keys.apply(record);
    budgets.apply(record);
  };
  for (const { record } of recovered) replay(record);
  let saved = checkpoint.seq;

  const follow = {
    apply(last: { readonly seq: number; readonly record: JournalRecord }): void {
      opens.see(last.record);
      // A running call's hold is on the budgets already: reserving placed it.
      if (last.record.type !== 'open') budgets.apply(last.record);
      keys.apply(last.record);
      ledger.apply([last]);
      if (last.seq - saved >= saveEvery) void save().catch((error: unknown) => log.error('the ledger could not be saved', error));
    },
  };
  const booked = books(journal, [follow], log);
  const lost = interrupted(opens.all(), clock.now());
  for (const record of lost) booked.close(record);
  if (lost.length > 0) log.warn(`${lost.length} calls were interrupted when the gateway last stopped; they are booked at the most they can have cost`);
  const last = recovered.at(-1);
  if (last !== undefined && lost.length === 0) ledger.apply([last]);

  const write = async (): Promise<void> => {
    const seq = journal.last();
    if (seq === saved) return;
    saved = seq;
    await saveCheckpoint(folder, { seq, state: { keys: keys.snapshot(), budgets: budgets.snapshot() }, opens: opens.all() });
    await journal.rotate(Math.min(seq, await ledger.snapshot()));
  };
  let saving = Promise.resolve();
  const save = (): Promise<void> => (saving = saving.then(write, write));
  return {
    keys,
    budgets,
    books: booked,
    ledger,
    save,
    async close() {
      try {
        await save();
      } finally {
        await ledger.close();
        await journal.close();
        await lock.release();
      }
    },
  };
}
