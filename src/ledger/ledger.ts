import type { NanoUsd } from '../chat/money.ts';
import type { JsonObject } from '../lib/json.ts';
import type { Sequenced } from './records.ts';

/** Which rows a report covers: `since` inclusive, `until` exclusive, milliseconds. */
export interface RowFilter {
  readonly since?: number;
  readonly until?: number;
  readonly key?: string;
  readonly project?: string;
  readonly model?: string;
  readonly call?: string;
  readonly limit?: number;
  readonly offset?: number;
}

/** What rows are summed by. Days and hours are of the given IANA time zone. */
export type SumBy =
  'key' | 'project' | 'model' | 'group' | 'provider' | 'account' | 'assistant' | 'session' | 'day' | 'hour';

export interface Sum {
  readonly name: string | null;
  readonly cost: NanoUsd;
  readonly calls: number;
  readonly failed: number;
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly output: number;
}

/** The reports' side of the ledger: SQL behind the journal, off the request path. Append-only; every report is a query. */
export interface Ledger {
  /** Hands over journal records in order; they are applied in batches. What is asked afterwards sees them. */
  apply(records: readonly Sequenced[]): void;
  /** What the budget `scope` was billed in rows admitted since `since`, corrections included. */
  spentSince(scope: string, since: number): Promise<NanoUsd>;
  rows(filter: RowFilter): Promise<readonly JsonObject[]>;
  sums(by: SumBy, filter: RowFilter, timeZone?: string): Promise<readonly Sum[]>;
  /** Writes the snapshot and answers with the last sequence number it covers. */
  snapshot(): Promise<number>;
  close(): Promise<void>;
}
