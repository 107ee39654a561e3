import { Failure, toFailure } from '../chat/failure.ts';
import type { FailureKind } from '../chat/failure.ts';
import type { Ledger } from './ledger.ts';
import type { Keep } from './roll-up.ts';

/** What the ledger thread is started with: the data folder, and the path of sql.js' `sql-wasm.wasm`. */
export interface LedgerThreadData {
  readonly folder: string;
  readonly wasm: string;
  /** How much is kept as rows; without it the default. */
  readonly keep?: Keep;
}

export type LedgerMethod = Exclude<keyof Ledger, 'apply' | 'close'>;
export type LedgerParams<M extends LedgerMethod> = Parameters<Ledger[M]>;
export type LedgerResult<M extends LedgerMethod> = Awaited<ReturnType<Ledger[M]>>;

export interface LedgerAsk<M extends LedgerMethod = LedgerMethod> {
  readonly id: number;
  /** The journal is applied up to this record first. */
  readonly upTo: number;
  readonly method: M;
  readonly params: LedgerParams<M>;
}

export type LedgerReply =
  | { readonly type: 'result'; readonly id: number; readonly result: LedgerResult<LedgerMethod> }
  | { readonly type: 'failure'; readonly id: number; readonly failure: SentFailure }
  /** Something in the folder was damaged. */
  | { readonly type: 'report'; readonly sentence: string };

/** A Failure as it goes from thread to thread; `cause` is text for the log. */
interface SentFailure {
  readonly kind: FailureKind;
  readonly message: string;
  readonly cause: string;
}

export function sentFailure(error: unknown): SentFailure {
  const { kind, message, details } = toFailure(error);
  const cause = details.cause ?? error;
  return { kind, message, cause: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause) };
}

export const receivedFailure = ({ kind, message, cause }: SentFailure): Failure =>
  new Failure(kind, message, { cause });
