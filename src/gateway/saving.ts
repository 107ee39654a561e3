import type { Budgets } from '../budgets/budgets.ts';
import type { SpendingPause } from '../budgets/pause.ts';
import type { Keys } from '../keys/keys.ts';
import type { Projects } from '../keys/projects.ts';
import { saveCheckpoint } from '../ledger/checkpoint.ts';
import { newestSeq, snapshots } from '../ledger/generations.ts';
import type { Journal } from '../ledger/journal.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { OpenCalls } from '../ledger/recovery.ts';
import type { Log } from './log.ts';

/** Folds the journal, so that the next start has little to read. */
export interface Saving {
  /** Writes checkpoint and snapshot, and drops the journal before them. */
  readonly save: () => Promise<void>;
  /** Writes the checkpoint alone, which takes some milliseconds. */
  readonly saveQuickly: () => Promise<void>;
  /** Told of every record; saves when enough have come. `seq` is the record's number. */
  readonly sawRecord: (seq: number) => void;
  readonly end: () => void;
}

export interface Saved {
  readonly folder: string;
  readonly log: Log;
  readonly ledger: Ledger;
  readonly keys: Keys;
  readonly projects: Projects;
  readonly budgets: Budgets;
  readonly pause: SpendingPause;
  readonly opens: OpenCalls;
  readonly journal: Journal;
  /** The record up to which the last checkpoint went. */
  readonly checkpointed: number;
}

/** After so many records the gateway thread writes its checkpoint: some milliseconds, and a start reads on from there. */
const checkpointEvery = 20_000;
/** The reports' snapshot needs the ledger thread with all its rows in memory, so it waits for a rest, or for so many records. */
const snapshotEvery = 200_000;
const restMs = 60_000;

export function saving(parts: Saved): Saving {
  const { folder, log, ledger, keys, projects, budgets, pause, opens, journal } = parts;
  let checkpointed = parts.checkpointed;
  let snapshotted = 0;
  /** What the snapshot has. */
  let counted = Math.min(parts.checkpointed, newestSeq(snapshots(folder)));
  let turn = Promise.resolve();
  let isBusy = false;

  const checkpoint = async (): Promise<void> => {
    const seq = journal.last();
    if (seq === checkpointed) return;
    // All of one tick: what the records up to `seq` make of the state. The disk gets them before it gets their sum.
    const owners = { keys: keys.snapshot(), projects: projects.snapshot() };
    const kept = { ...owners, budgets: budgets.snapshot(), pause: pause.snapshot() };
    const state = { seq, state: kept, opens: opens.all() };
    await journal.sync();
    await saveCheckpoint(folder, state);
    checkpointed = seq;
    await journal.rotate(Math.min(seq, snapshotted));
  };
  const both = async (): Promise<void> => {
    await checkpoint();
    if (counted === checkpointed) return;
    counted = checkpointed;
    snapshotted = await ledger.snapshot();
    await journal.rotate(Math.min(checkpointed, snapshotted));
  };
  const inTurn = (step: () => Promise<void>): Promise<void> => (turn = turn.catch(() => undefined).then(step));
  /** Every record that comes while it is under way would ask for it again. */
  const once = (step: () => Promise<void>): void => {
    if (isBusy) return;
    isBusy = true;
    inTurn(step)
      .catch((error: unknown) => log.error('the ledger could not be saved', error))
      .finally(() => (isBusy = false));
  };
  let rest: NodeJS.Timeout | undefined;
  return {
    save: () => inTurn(both),
    saveQuickly: () => inTurn(checkpoint),
    sawRecord(seq) {
      if (seq - counted >= snapshotEvery) once(both);
      else if (seq - checkpointed >= checkpointEvery) once(checkpoint);
      if (seq - counted >= checkpointEvery) rest = rest?.refresh() ?? setTimeout(() => once(both), restMs).unref();
    },
    end: () => clearTimeout(rest),
  };
}
