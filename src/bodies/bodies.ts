import type { JsonObject } from '../lib/json.ts';

/** Whose call it was, and when it came (milliseconds since the epoch). `call` names a file: letters, digits and dashes. */
export interface CallName {
  readonly call: string;
  readonly key: string;
  readonly at: number;
}

/** What is kept now. */
export interface BodiesState {
  readonly calls: number;
  /** On the disk. */
  readonly bytes: number;
  /** Why the last one could not be kept, while that is so: a whole sentence. */
  readonly trouble: string | undefined;
}

/** The prompts and answers of those keys that have them kept, and nobody else's. One file a call; never in the ledger or a log. */
export interface Bodies {
  /**
   * Writes what `made` gives, after the call and apart from it: what cannot be written is told, and fails nothing. Until
   * then `weight` bytes wait in memory.
   */
  readonly keep: (name: CallName, weight: number, made: () => Promise<JsonObject>) => void;
  /** What is kept of a call; undefined where nothing is. */
  readonly find: (call: string) => Promise<JsonObject | undefined>;
  /** Whether there was something to delete. */
  readonly forget: (call: string) => Promise<boolean>;
  /** Deletes what is older than its key lets it become, and the oldest of what there is no room for. What cannot be deleted is told. */
  readonly sweep: () => Promise<void>;
  readonly state: () => Promise<BodiesState>;
  /** Writes what waits, as far as that takes a moment: what comes later would be seen by no successor. */
  readonly close: () => Promise<void>;
}

/** How long and how much is kept: both may change at any time. */
export interface BodyRules {
  /** Milliseconds; 0 for a key that has none kept, or is gone. */
  readonly keptMs: (key: string) => number;
  readonly mostBytes: () => number;
}
