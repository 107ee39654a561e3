import type { Usage } from '../chat/chat.ts';
import type { NanoUsd } from '../chat/money.ts';
import type { Json, JsonObject } from '../lib/json.ts';

/** Where a row's cost comes from. `assumed`: priced as the dearest known model of its family until a price arrives. */
export type CostSource = 'reported' | 'computed' | 'estimated' | 'assumed' | 'unknown';
/** What told whose project a call is: the key's own project, or what the request itself gave away. */
export type Evidence = 'key' | 'path' | 'header' | 'codex' | 'session' | 'prompt';
export type CallStatus = 'done' | 'failed' | 'cancelled' | 'timed-out' | 'interrupted';

/** What is known when money is set aside: enough to book the call if the process dies. */
export interface OpenRecord {
  readonly type: 'open';
  /** The call's id, a UUID; each attempt of it adds an open record. */
  readonly call: string;
  /** Milliseconds since the epoch, as are all times here. */
  readonly at: number;
  /** SHA-256 (hex) of the virtual key, or `admin`. */
  readonly key: string;
  readonly project: string | null;
  /** What decided on the project; null when nothing did. */
  readonly evidence: Evidence | null;
  /** The budgets that the hold is placed on. */
  readonly scopes: readonly string[];
  /** The public model name that was asked for. */
  readonly group: string;
  /** The provider's model id. */
  readonly model: string;
  readonly provider: string;
  readonly account: string;
  readonly deployment: string;
  /** The client's dialect. */
  readonly dialect: string;
  readonly stream: boolean;
  readonly assistant: string | null;
  readonly session: string | null;
  /** The git branch it was asked on, where the client says so. */
  readonly branch?: string;
  readonly hold: NanoUsd;
}

/**
 * Why an attempt was made: the first choice has no reason. `retry`: the same deployment again; `next`: another of the
 * group; `fallback`, `context-window`, `content-policy`, `budget`: another group, by the list for that case.
 */
export type AttemptReason = 'retry' | 'next' | 'fallback' | 'context-window' | 'content-policy' | 'budget';

/** An attempt that cost nothing gave its hold back while its call goes on: a crash from now on does not bill it. */
export interface ReleaseRecord {
  readonly type: 'release';
  readonly call: string;
  /** These three as in its open record. */
  readonly at: number;
  readonly scopes: readonly string[];
  readonly hold: NanoUsd;
}

/** One way that was tried, in order. */
export interface AttemptRecord {
  readonly deployment: string;
  readonly model: string;
  readonly reason?: AttemptReason;
  /** The public name it was tried for, where that is not the one asked for. */
  readonly group?: string;
  /** Why it did not serve; absent on the one that did. */
  readonly failure?: string;
  /** What it cost all the same; part of the row's cost. */
  readonly cost?: NanoUsd;
  /** The budgets that `cost` counts on, where they are not the row's: an attempt at another provider account. */
  readonly scopes?: readonly string[];
  /** When the money for `cost` was set aside, where that is later than the row's `at`: it counts in the windows of then. */
  readonly at?: number;
}

/** A call's one row of the ledger. */
export interface CloseRecord extends Omit<OpenRecord, 'type' | 'hold'> {
  readonly type: 'close';
  readonly status: CallStatus;
  /** The failure's kind, where it failed. */
  readonly failure: string | null;
  readonly usage: Usage | null;
  /** Null: the price is unknown and the configuration allows that. */
  readonly cost: NanoUsd | null;
  readonly source: CostSource;
  /** The cost is the most it can have been: what was really billed is not known. */
  readonly upperBound: boolean;
  /** The price used, pico-dollars per token by usage kind, with its source. */
  readonly price: JsonObject | null;
  readonly firstTokenMs: number | null;
  readonly totalMs: number;
  /** The limit that the budget lowered the output to, tokens. */
  readonly outputLimit: number | null;
  /** The public name that served it, where a fallback led to another than the one asked for. */
  readonly served?: string;
  /** Answered from the gateway's own cache: nothing was billed. */
  readonly cached?: true;
  readonly attempts: readonly AttemptRecord[];
  readonly warnings: readonly string[];
}

/** Mends a row's cost; rows are never edited. `cost` is the new total. */
export interface CorrectionRecord {
  readonly type: 'correction';
  readonly call: string;
  readonly at: number;
  readonly cost: NanoUsd;
  readonly reason: string;
  /** The row's own facts and its cost until now: with them the counters change without a look-up. */
  readonly row: { readonly at: number; readonly scopes: readonly string[]; readonly cost: NanoUsd | null };
}

/** A virtual key as it now is, whole. */
export interface KeyRecord {
  readonly type: 'key';
  readonly at: number;
  readonly id: string;
  readonly key: Json;
}
export interface KeyDeletedRecord {
  readonly type: 'key-deleted';
  readonly at: number;
  readonly id: string;
}
/** A project as it now is, whole. */
export interface ProjectRecord {
  readonly type: 'project';
  readonly at: number;
  readonly id: string;
  readonly project: Json;
}
export interface ProjectDeletedRecord {
  readonly type: 'project-deleted';
  readonly at: number;
  readonly id: string;
}
/** Sets what a budget counts as spent, from `at` on. */
export interface SpendResetRecord {
  readonly type: 'spend-reset';
  readonly at: number;
  readonly scope: string;
  readonly to: NanoUsd;
}

/** All spending is paused, or goes on. */
export interface PauseRecord {
  readonly type: 'pause';
  readonly at: number;
  readonly on: boolean;
}

export type JournalRecord =
  | OpenRecord
  | ReleaseRecord
  | CloseRecord
  | CorrectionRecord
  | KeyRecord
  | KeyDeletedRecord
  | ProjectRecord
  | ProjectDeletedRecord
  | SpendResetRecord
  | PauseRecord;

/** A record as far as those need it who rebuild keys, budgets and holds from it. */
export type FollowedRecord =
  Exclude<JournalRecord, CloseRecord> | Pick<CloseRecord, 'type' | 'call' | 'at' | 'scopes' | 'cost' | 'attempts'>;

/** A record with its place in the journal; sequence numbers rise by one and never repeat. */
export interface Sequenced {
  readonly seq: number;
  readonly record: JournalRecord;
}
