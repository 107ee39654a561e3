import type { NanoUsd } from '../chat/money.ts';
import type { JsonObject } from '../lib/json.ts';
import type { Sequenced } from './records.ts';

/** Which rows a report covers. `since` is inclusive, `until` exclusive, milliseconds; null finds rows that have none. */
export interface RowFilter {
  readonly since?: number;
  readonly until?: number;
  readonly key?: string;
  readonly project?: string | null;
  /** The provider's model id, or the public name that was asked for. */
  readonly model?: string;
  readonly group?: string;
  readonly provider?: string;
  readonly account?: string;
  readonly deployment?: string;
  readonly assistant?: string | null;
  readonly branch?: string | null;
  readonly evidence?: string | null;
  readonly dialect?: string;
  readonly status?: string;
  readonly source?: string;
  /** Only calls that failed, timed out or were interrupted. */
  readonly failedOnly?: boolean;
  // What follows is told by rows alone: with it, sums cover only as far back as rows are kept.
  readonly session?: string | null;
  readonly call?: string;
  /** Rows in whose names (call, model, key, project, session, failure, ...) this text stands, in any case. */
  readonly search?: string;
  /** Nano-dollars, as corrected. */
  readonly minCost?: number;
}

/** A page of rows: newest first, at most `limit` (100). */
export interface RowPage extends RowFilter {
  readonly limit?: number;
  readonly offset?: number;
  /** Rows that come after this one, which was the last of the page before: cheaper than `offset`, and stable while rows are added. */
  readonly after?: { readonly at: number; readonly seq: number };
}

/** What a row can be told apart by. */
export type Dimension =
  | 'key'
  | 'project'
  | 'model'
  | 'group'
  | 'provider'
  | 'account'
  | 'deployment'
  | 'assistant'
  | 'session'
  | 'branch'
  | 'status'
  | 'source'
  | 'evidence'
  | 'dialect';

/** What rows are summed by. Days and hours are of the given IANA time zone. */
export type SumBy = Dimension | 'day' | 'hour';

export interface Sum {
  readonly name: string | null;
  readonly cost: NanoUsd;
  readonly calls: number;
  readonly failed: number;
  /** Calls answered from the gateway's own cache. */
  readonly cached: number;
  readonly input: number;
  readonly cacheRead: number;
  /** Both kinds. */
  readonly cacheWrite: number;
  /** A share of `cacheWrite`. */
  readonly cacheWrite1h: number;
  readonly output: number;
  /** A share of `output`. */
  readonly reasoning: number;
  /** What the providers' prompt caches saved: what was read and written there at the price of plain input, less what it cost. */
  readonly saved: NanoUsd;
}

/** One name's share of one day or hour; `time` is `2026-11-23` or `2026-11-23T14:00`. */
export interface TimedSum extends Sum {
  readonly time: string;
}

/** The reports' side of the ledger: SQL behind the journal, off the request path. Append-only; every report is a query. */
export interface Ledger {
  /** Hands over journal records in order; they are applied in batches. What is asked afterwards sees them. */
  readonly apply: (records: readonly Sequenced[]) => void;
  /** Rows that are kept; those of long ago live on in the sums. */
  readonly rows: (page: RowPage) => Promise<readonly JsonObject[]>;
  /** How many rows there are to page through. */
  readonly count: (filter: RowFilter) => Promise<number>;
  /** Sums by name, dearest first; by day and hour, oldest first. */
  readonly sums: (by: SumBy, filter: RowFilter, timeZone?: string) => Promise<readonly Sum[]>;
  /** For charts: sums by name and time, oldest first; with `by` null there is one, nameless, for each time. Times without calls are left out. */
  readonly series: (
    by: Dimension | null,
    step: 'day' | 'hour',
    filter: RowFilter,
    timeZone?: string,
  ) => Promise<readonly TimedSum[]>;
  /** Writes the snapshot and answers with the last sequence number it covers. */
  readonly snapshot: () => Promise<number>;
  readonly close: () => Promise<void>;
}
