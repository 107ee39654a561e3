import { unlinkSync } from 'node:fs';
import { Failure } from '../chat/failure.ts';
import { readBriefly } from './brief-lines.ts';
import { checkpoints, newestSeq, safelyCovered, snapshots } from './generations.ts';
import { groupCommit } from './group-commit.ts';
import type { Later } from './group-commit.ts';
import { openJournalFile, systemFiles } from './journal-file.ts';
import type { Files, JournalFile } from './journal-file.ts';
import { formatLine, type Numbered } from './journal-line.ts';
import { journalParts, journalPath, journalReader, journalReaderOf, tornLine } from './journal-reader.ts';
import type { JournalReader, ReaderPosition } from './journal-reader.ts';
import type { FollowedRecord, JournalRecord, Sequenced } from './records.ts';
import { withoutSettled } from './recovery.ts';

/** The record of everything that must last: a file of checksummed lines that only grows. */
export interface Journal {
  /**
   * Writes the record and answers with its sequence number. The operating system has it when this returns, so a killed
   * process loses nothing; the disk has it within 100 ms. Throws `ledger-unavailable` when it cannot be written.
   */
  append(record: JournalRecord): number;
  /** The same, and resolves once the disk has it: for what cannot be lost to a power cut. */
  appendDurably(record: JournalRecord): Promise<number>;
  /** The sequence number of the last record. */
  last(): number;
  /**
   * Goes on in a new file, and deletes those that hold nothing after `covered`, which checkpoint and snapshot both hold.
   * What the checkpoint and the snapshot before them would need stays, in case one turns out damaged.
   */
  rotate(covered: number): Promise<void>;
  /** Resolves when everything appended so far is on the disk. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

export interface JournalOptions {
  readonly folder: string;
  /** Records up to this sequence number are known already: the checkpoint's. */
  readonly after: number;
  /** Is told the records that follow, in order and one by one: a million of them need not be in memory. */
  readonly recover?: (record: Sequenced) => void;
  /** Is told of them instead what those need who rebuild their state: without the calls that are over, open ones last. */
  readonly follow?: (record: Numbered<FollowedRecord>) => void;
  readonly files?: Files;
  readonly later?: Later;
}

export interface OpenedJournal {
  readonly journal: Journal;
  /** What was damaged, skipped or cut off, in sentences. */
  readonly report: readonly string[];
}

const syncDelayMs = 100;

/** Opens the folder's journal, or begins one. Nothing is written before the first record. */
export function openJournal(options: JournalOptions): OpenedJournal {
  const { folder, files = systemFiles, later } = options;
  const reader = readAll(options);
  // A snapshot may hold what a power cut took from the journal. Its numbers are not given out again: it would not see them.
  const last = Math.max(reader.last(), newestSeq(snapshots(folder)), (journalParts(folder).at(-1)?.first ?? 1) - 1);
  const journal = journalFrom({ folder, last, position: reader.position() }, files, later);
  return { journal, report: [...reader.faults, ...tornLine(reader)] };
}

function readAll({
  folder,
  after,
  recover,
  follow,
}: JournalOptions): Pick<JournalReader, 'faults' | 'last' | 'position'> {
  if (follow !== undefined) {
    const reader = journalReaderOf(folder, after, readBriefly);
    for (const record of withoutSettled(reader.read(Infinity))) follow(record);
    return reader;
  }
  const reader = journalReader(folder, after);
  for (const record of reader.read(Infinity)) recover?.(record);
  return reader;
}

interface Start {
  readonly folder: string;
  readonly last: number;
  /** The file to go on in. */
  readonly position: ReaderPosition | undefined;
}

function journalFrom({ folder, last, position }: Start, files: Files, later: Later | undefined): Journal {
  const retired = new Set<JournalFile>();
  let current: JournalFile | undefined;
  /** Whether the file to write on holds nothing yet. */
  let blank = !position || position.offset === 0;
  let closed = false;
  const syncAll = async (): Promise<void> => {
    for (const file of retired) {
      await file.sync();
      file.close();
      retired.delete(file);
    }
    await current?.sync();
  };
  const commit = groupCommit(syncAll, syncDelayMs, later);

  const append = (record: JournalRecord): number => {
    if (closed) throw new Failure('stopping', 'Purser is shutting down.');
    const seq = last + 1;
    current ??= openJournalFile(position?.path ?? journalPath(folder, seq), position?.offset ?? 0, files);
    current.write(formatLine({ seq, record }));
    blank = false;
    commit.wrote();
    return (last = seq);
  };
  return {
    append,
    async appendDurably(record) {
      const seq = append(record);
      await commit.synced();
      return seq;
    },
    last: () => last,
    async rotate(covered) {
      if (!blank) {
        // Made at once: by its name the next start knows how far the others go, and need not read them.
        const next = openJournalFile(journalPath(folder, last + 1), 0, files);
        if (current) retired.add(current);
        current = next;
        blank = true;
        commit.wrote();
      }
      await commit.synced();
      deleteCovered(folder, covered);
    },
    sync: () => commit.synced(),
    async close() {
      closed = true;
      await commit.synced().finally(() => current?.close());
    },
  };
}

/** A file ends where the next begins; the newest stays. What an older checkpoint or snapshot needs is kept, too. */
function deleteCovered(folder: string, covered: number): void {
  const dispensable = Math.min(covered, safelyCovered(checkpoints(folder)), safelyCovered(snapshots(folder)));
  const parts = journalParts(folder);
  for (const [place, { path }] of parts.entries()) {
    const following = parts[place + 1];
    if (following && following.first - 1 <= dispensable) unlinkSync(path);
  }
}
