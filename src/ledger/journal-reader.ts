import { closeSync, mkdirSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readLine, salvage, type LineReader, type Numbered } from './journal-line.ts';
import type { JournalRecord } from './records.ts';

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

export interface JournalReader<R = JournalRecord> {
  /** The records that follow, up to `upTo`; called again, those written since. Damaged lines are skipped. */
  read(upTo: number): Generator<Numbered<R>>;
  /** A sentence for everything that was skipped or is missing; whoever tells them may take them out. */
  readonly faults: string[];
  /** The highest sequence number so far. */
  last(): number;
  position(): ReaderPosition | undefined;
}

/** Reads the journal's records after the sequence number `after`, in order. */
export const journalReader = (folder: string, after: number): JournalReader => journalReaderOf(folder, after, readLine);

/** The same, of what `read` makes of a line. */
export function journalReaderOf<R>(folder: string, after: number, read: LineReader<R>): JournalReader<R> {
  const faults: string[] = [];
  let last = after;
  let part: JournalPart | undefined;
  let offset = 0;

  const isNext = ({ seq }: Numbered<R>, where: () => string): boolean => {
    if (seq <= last) {
      if (seq > after) faults.push(`${where()}: record ${seq} stands there again and was skipped`);
      return false;
    }
    if (seq > last + 1) faults.push(`${where()}: ${missing(last + 1, seq - 1)}`);
    last = seq;
    return true;
  };
  function* readPart(path: string, upTo: number): Generator<Numbered<R>> {
    for (const { line, end } of wholeLines(path, offset)) {
      const where = (): string => `${basename(path)}, byte ${end - line.length - 1}`;
      const found = read(line);
      if (typeof found !== 'string') {
        if (found.seq > upTo) return;
        offset = end;
        if (isNext(found, where)) yield found;
      } else {
        const records = salvage(line, read);
        if (records.some(({ seq }) => seq > upTo)) return;
        offset = end;
        faults.push(`${where()}: the line ${found} and was skipped`);
        yield* records.filter((record) => isNext(record, where));
      }
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

/** A sentence for what stands after the last whole line, once everything was read. */
export function tornLine(reader: Pick<JournalReader, 'position'>): string[] {
  const position = reader.position();
  const torn = position ? statSync(position.path).size - position.offset : 0;
  return position && torn > 0
    ? [`${basename(position.path)}: the last line was torn and is cut off (${torn} bytes)`]
    : [];
}

const missing = (from: number, to: number): string =>
  from === to ? `record ${from} is missing` : `records ${from} to ${to} are missing`;

/** The lines from `offset` on that have their line break, and where each ends. A line is only there until the next is asked for. */
function* wholeLines(path: string, offset: number): Generator<{ line: Buffer; end: number }> {
  const file = openSync(path, 'r');
  try {
    let buffer = Buffer.allocUnsafe(1 << 18);
    let start = offset; // of what the buffer holds
    let held = 0;
    for (;;) {
      if (held > buffer.length / 2) buffer = doubled(buffer); // a long line, or a long damaged run
      const length = readSync(file, buffer, held, buffer.length - held, start + held);
      if (length === 0) return;
      const bytes = buffer.subarray(0, held + length);
      let from = 0;
      for (let end = bytes.indexOf('\n', held); end >= 0; end = bytes.indexOf('\n', from)) {
        yield { line: bytes.subarray(from, end), end: start + end + 1 };
        from = end + 1;
      }
      held = bytes.copy(buffer, 0, from);
      start += from;
    }
  } finally {
    closeSync(file);
  }
}

const doubled = (buffer: Buffer): Buffer<ArrayBuffer> => Buffer.concat([buffer], 2 * buffer.length);
