import { Budgets, type BudgetSettings } from '../budgets/budgets.ts';
import { Keys } from '../keys/keys.ts';
import { loadCheckpoint, saveCheckpoint } from '../ledger/checkpoint.ts';
import { openJournal } from '../ledger/journal.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { lockFolder } from '../ledger/lock.ts';
import { interrupted, openCalls } from '../ledger/recovery.ts';
import { objectIn } from '../lib/json.ts';
import type { Clock } from '../lib/time.ts';
import { books, type Books, type Follower } from './books.ts';
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

/**
 * Takes the folder, reads what was left in it and books the calls that a crash interrupted.
 * Throws `ledger-unavailable` when another process has the folder.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { folder, clock, log, ledger } = options;
  const lock = await lockFolder(folder);
  const parts = recovered(options);
  const { keys, budgets, opens, journal } = parts;
  const { save, saveInTime } = saving(options, parts);
  const follower: Follower = {
    apply({ seq, record }) {
      opens.see(record);
      // A running call's hold is on the budgets already: reserving placed it.
      if (record.type !== 'open') budgets.apply(record);
      keys.apply(record);
      ledger.apply([{ seq, record }]);
      saveInTime(seq);
    },
  };
  const booked = books(journal, [follower], log);
  const lost = interrupted(opens.all(), clock.now());
  for (const record of lost) booked.close(record);
  // While such a row waits for the journal it keeps its hold.
  if (booked.waiting === 0) budgets.abandonHolds();
  if (lost.length > 0)
    log.warn(
      `${lost.length} calls were interrupted when the gateway last stopped; they are booked at the most they can have cost.`,
    );
  return {
    ...{ keys, budgets, ledger, save },
    books: booked,
    async close() {
      booked.writeWaiting();
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

interface Saving {
  readonly save: () => Promise<void>;
  /** Saves when the journal has grown long; `seq` is its last record. */
  readonly saveInTime: (seq: number) => void;
}

/** Folds the journal into checkpoint and snapshot, one time after another. */
function saving({ folder, ledger, log }: StoreOptions, parts: ReturnType<typeof recovered>): Saving {
  const { keys, budgets, opens, journal } = parts;
  let saved = parts.checkpointed;
  let turn = Promise.resolve();
  let isOnItsWay = false;
  const write = async (): Promise<void> => {
    const seq = journal.last();
    if (seq === saved) return;
    // All of one tick: what the records up to `seq` make of the state. The disk gets them before it gets their sum.
    const checkpoint = { seq, state: { keys: keys.snapshot(), budgets: budgets.snapshot() }, opens: opens.all() };
    await journal.sync();
    await saveCheckpoint(folder, checkpoint);
    saved = seq;
    await journal.rotate(Math.min(seq, await ledger.snapshot()));
  };
  const save = (): Promise<void> => (turn = turn.catch(() => undefined).then(write));
  return {
    save,
    saveInTime(seq) {
      // Every record that comes while it is saved would ask for it again.
      if (isOnItsWay || seq - saved < saveEvery) return;
      isOnItsWay = true;
      save()
        .catch((error: unknown) => log.error('the ledger could not be saved', error))
        .finally(() => (isOnItsWay = false));
    },
  };
}

/** What the folder held: the checkpoint, and the journal after it. */
function recovered({ folder, clock, log, settings, ledger }: StoreOptions) {
  const checkpoint = loadCheckpoint(folder);
  const keys = new Keys(clock);
  const budgets = new Budgets(clock, settings);
  const opens = openCalls(checkpoint.opens);
  const state = objectIn(checkpoint.state);
  if (state['keys'] !== undefined) keys.restore(state['keys']);
  if (state['budgets'] !== undefined) budgets.restore(state['budgets']);

  const { journal, recovered, report } = openJournal({ folder, after: checkpoint.seq });
  for (const sentence of [...checkpoint.report, ...report]) log.warn(sentence);
  for (const { record } of recovered) {
    opens.see(record);
    keys.apply(record);
    budgets.apply(record);
  }
  const last = recovered.at(-1);
  if (last !== undefined) ledger.apply([last]);
  return { keys, budgets, opens, journal, checkpointed: checkpoint.seq };
}
