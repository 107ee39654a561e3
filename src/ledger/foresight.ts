import { statSync } from 'node:fs';
import type { Foresight } from './book-record.ts';
import { readBriefly } from './brief-lines.ts';
import { journalParts, journalReaderOf, type ReaderPosition } from './journal-reader.ts';
import { defaultKeep, type Keep } from './roll-up.ts';

export interface From {
  /** The last record that is booked. */
  readonly after: number;
  /** How far the journal is read, if it was. */
  readonly position: ReaderPosition | undefined;
}

/** No call has less of the journal, bytes. */
const leastOfCall = 400;

/**
 * Looks through a long journal before it is booked, such as one without a snapshot: rows that would be rolled up at its
 * end need not be written at all. Undefined where there are no more of them than are kept.
 */
export function foreseen(folder: string, from: From, { rows }: Keep = defaultKeep): Foresight | undefined {
  const { after } = from;
  if (bytesAhead(folder, from) < rows * leastOfCall) return undefined;
  const times: number[] = [];
  const corrected = new Set<string>();
  for (const { record } of journalReaderOf(folder, after, readBriefly).read(Infinity)) {
    if (record.type === 'close') times.push(record.at);
    if (record.type === 'correction') corrected.add(record.call);
  }
  if (times.length <= rows) return undefined;
  return { rowsFrom: Float64Array.from(times).sort()[times.length - rows] ?? 0, corrected };
}

function bytesAhead(folder: string, { after, position }: From): number {
  const parts = journalParts(folder);
  const ahead = parts.filter((_, place) => (parts[place + 1]?.first ?? Infinity) > after + 1);
  const read = ahead.some(({ path }) => path === position?.path) ? (position?.offset ?? 0) : 0;
  return ahead.reduce((sum, { path }) => sum + statSync(path).size, 0) - read;
}
