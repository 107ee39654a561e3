import { Failure } from '../chat/failure.ts';

const causes: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  EACCES: 'Purser may not write there',
  EPERM: 'Purser may not write there',
  ENOENT: 'the folder is missing',
  EIO: 'the disk reports an error',
  EMFILE: 'too many files are open',
};

/** What callers are told while the ledger cannot be written: nothing is served unmetered. */
export function unavailable(folder: string, cause: unknown): Failure {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const why = causes[code] ?? (cause instanceof Error ? cause.message : String(cause));
  const message = `Purser cannot write its ledger in ${folder}: ${why}. Paid calls are refused until it can.`;
  return new Failure('ledger-unavailable', message, { cause });
}

/** Data of a newer version is never guessed at: what it has booked would be lost. */
export const writtenByNewer = (): Failure =>
  new Failure('ledger-unavailable', 'The ledger was written by a newer version of Purser; please update this one.');
