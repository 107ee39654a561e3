import { Budgets, type After, type BudgetSettings } from '../budgets/budgets.ts';
import { SpendingPause } from '../budgets/pause.ts';
import { Keys } from '../keys/keys.ts';
import { Projects } from '../keys/projects.ts';
import { loadCheckpoint } from '../ledger/checkpoint.ts';
import { openJournal } from '../ledger/journal.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { lockFolder, type Lock } from '../ledger/lock.ts';
import type { Numbered } from '../ledger/journal-line.ts';
import type { FollowedRecord } from '../ledger/records.ts';
import { interrupted, openCalls } from '../ledger/recovery.ts';
import { objectIn } from '../lib/json.ts';
import type { Clock } from '../lib/time.ts';
import { books, type Books, type Follower } from './books.ts';
import type { Log } from './log.ts';
import { saving } from './saving.ts';

/** All that lasts of a gateway, in one data folder: the journal, and what follows it. */
export interface Store {
  readonly keys: Keys;
  readonly projects: Projects;
  readonly budgets: Budgets;
  readonly pause: SpendingPause;
  readonly books: Books;
  readonly ledger: Ledger;
  /** Writes checkpoint and snapshot, so that the next start has little to read, and drops the journal before them. */
  save(): Promise<void>;
  /** Saves, closes the journal and gives the folder free. */
  readonly close: () => Promise<void>;
  /** The same without the snapshot, where another process waits for the folder: it will make one. */
  readonly closeQuickly: () => Promise<void>;
}

export interface StoreOptions {
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: BudgetSettings;
  /** The reports over the same folder. */
  readonly ledger: Ledger;
  /** How a call waits for money; by the system's timers unless given. */
  readonly after?: After;
}

/**
 * Takes the folder, reads what was left in it and books the calls that a crash interrupted.
 * Throws `ledger-unavailable` when another process has the folder.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { folder, clock, log, ledger } = options;
  const lock = await lockFolder(folder);
  const parts = await releasedOnFailure(lock, () => recovered(options));
  const { keys, projects, budgets, pause, opens, journal } = parts;
  const { save, saveQuickly, sawRecord, end } = saving({ ...options, ...parts });
  const follower: Follower = {
    apply({ seq, record }) {
      opens.see(record);
      // A running call's hold is on the budgets already: reserving placed it.
      if (record.type !== 'open') budgets.apply(record);
      keys.apply(record);
      projects.apply(record);
      pause.apply(record);
      ledger.apply([{ seq, record }]);
      sawRecord(seq);
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
  const closeAfter = async (saved: () => Promise<void>): Promise<void> => {
    end();
    booked.writeWaiting();
    try {
      await saved();
    } finally {
      await ledger.close();
      await journal.close();
      await lock.release();
    }
  };
  return {
    ...{ keys, projects, budgets, pause, ledger, save },
    books: booked,
    close: () => closeAfter(save),
    closeQuickly: () => closeAfter(saveQuickly),
  };
}

/** Whoever asks again, with another folder or once it is mended, must not find this process in its way. */
async function releasedOnFailure<T>(lock: Lock, work: () => T): Promise<T> {
  try {
    return work();
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** What the folder held: the checkpoint, and the journal after it. */
function recovered({ folder, clock, log, settings, after }: StoreOptions) {
  const checkpoint = loadCheckpoint(folder);
  const keys = new Keys(clock);
  const projects = new Projects(clock);
  const budgets = new Budgets(clock, settings, after);
  const pause = new SpendingPause(clock);
  const opens = openCalls(checkpoint.opens);
  const state = objectIn(checkpoint.state);
  if (state['keys'] !== undefined) keys.restore(state['keys']);
  if (state['projects'] !== undefined) projects.restore(state['projects']);
  if (state['budgets'] !== undefined) budgets.restore(state['budgets']);
  if (state['pause'] !== undefined) pause.restore(state['pause']);

  const follow = ({ record }: Numbered<FollowedRecord>): void => {
    opens.see(record);
    keys.apply(record);
    projects.apply(record);
    budgets.apply(record);
    pause.apply(record);
  };
  const { journal, report } = openJournal({ folder, after: checkpoint.seq, follow });
  for (const sentence of [...checkpoint.report, ...report]) log.warn(sentence);
  return { keys, projects, budgets, pause, opens, journal, checkpointed: checkpoint.seq };
}
