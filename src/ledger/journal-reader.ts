import { closeSync, mkdirSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readLine, salvage } from './journal-line.ts';
import type { Sequenced } from './records.ts';

/** A file of the journal. Its name holds the first sequence number that may stand in it. */
export interface JournalPart {
  readonly path: string;
  readonly first: number;
}

export const journalPath = (folder: string, first: number): string =>
  join(folder, `journal-${String(first).padStart(12, '0')}.log`);

/** The journal's files, oldest first. */
export function journalParts(folder: string): readonly JournalPart[] {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return readdirSync(folder)
    .flatMap((name) => {
      const first = /^journal-(\d+)\.log$/.exec(name)?.[1];
      return first === undefined ? [] : [{ path: join(folder, name), first: Number(first) }];
    })
    .sort((a, b) => a.first - b.first);
}

/** A file being read, and the end of the last whole line read in it. */
export interface ReaderPosition {
  readonly path: string;
  readonly offset: number;
}

export interface JournalReader {
  /** The records that follow, up to `upTo`; called again, those written since. Damaged lines are skipped. */
  read(upTo: number): Generator<Sequenced>;
  /** A sentence for everything that was skipped or is missing; whoever tells them may take them out. */
  readonly faults: string[];
  /** The highest sequence number so far. */
  last(): number;
  position(): ReaderPosition | undefined;
}

/** Reads the journal's records after the sequence number `after`, in order. */
export function journalReader(folder: string, after: number): JournalReader {
  const faults: string[] = [];
  let last = after;
  let part: JournalPart | undefined;
  let offset = 0;

  const isNext = ({ seq }: Sequenced, where: string): boolean => {
    if (seq <= last) {
      if (seq > after) faults.push(`${where}: record ${seq} stands there again and was skipped`);
      return false;
    }
    if (seq > last + 1) faults.push(`${where}: ${missing(last + 1, seq - 1)}`);
    last = seq;
    return true;
  };
  function* readPart(path: string, upTo: number): Generator<Sequenced> {
    for (const { line, end } of wholeLines(path, offset)) {
      const where = `${basename(path)}, byte ${offset}`;
      const found = readLine(line);
      const records = typeof found === 'string' ? salvage(line) : [found];
      if (records.some(({ seq }) => seq > upTo)) return;
      offset = end;
      if (typeof found === 'string') faults.push(`${where}: the line ${found} and was skipped`);
      yield* records.filter((record) => isNext(record, where));
      if (last >= upTo) return;
    }
  }
  return {
    faults,
    last: () => last,
    position: () => part && { path: part.path, offset },
    *read(upTo) {
      const parts = journalParts(folder);
      for (const [place, next] of parts.entries()) {
        const following = parts[place + 1];
        if (next.first < (part?.first ?? 0) || (following && following.first <= last + 1)) continue;
        if (next.path !== part?.path) [part, offset] = [next, 0];
        yield* readPart(next.path, upTo);
        if (last >= upTo) return;
        if (following && statSync(next.path).size > offset) faults.push(`${basename(next.path)} ends within a line`);
      }
    },
  };
}

const missing = (from: number, to: number): string =>
  from === to ? `record ${from} is missing` : `records ${from} to ${to} are missing`;

/** The lines from `offset` on that have their line break, and where each ends. */
function* wholeLines(path: string, offset: number): Generator<{ line: Buffer; end: number }> {
  const file = openSync(path, 'r');
  try {
    let rest: Buffer = Buffer.alloc(0);
    let start = offset;
    for (;;) {
      // A chunk as long as what waits already, so that a long damaged run is not copied over and over.
      const chunk = Buffer.allocUnsafe(Math.max(1 << 18, rest.length));
      const length = readSync(file, chunk, 0, chunk.length, start + rest.length);
      if (length === 0) return;
      const bytes = Buffer.concat([rest, chunk.subarray(0, length)]);
      let from = 0;
      for (let end = bytes.indexOf('\n'); end >= 0; end = bytes.indexOf('\n', from)) {
        yield { line: bytes.subarray(from, end), end: start + end + 1 };
        from = end + 1;
      }
      rest = bytes.subarray(from);
      start += from;
    }
  } finally {
    closeSync(file);
  }
}
