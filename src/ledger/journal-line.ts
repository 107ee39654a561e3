import { crc32 } from 'node:zlib';
import { isObject, parseJson } from '../lib/json.ts';
import type { JournalRecord, Sequenced } from './records.ts';
import { writtenByNewer } from './unavailable.ts';

const version = '1';

/** A record as its line in the journal: version, sequence number, CRC-32 of all but itself, JSON. */
export function formatLine({ seq, record }: Sequenced): Buffer {
  const json = JSON.stringify(record);
  const head = `${version} ${seq} `;
  const start = head.length + '00000000 '.length;
  // In one buffer, the checksum last: two lines are written for each call.
  const line = Buffer.allocUnsafe(start + Buffer.byteLength(json) + 1);
  line.write(json, start);
  line.write(`${head}${checksum(head, line.subarray(start, -1))} `, 0, 'latin1');
  line[line.length - 1] = 0x0a;
  return line;
}

/** What is read out of a line, or what is wrong with it. The line has no line break at its end. */
export type LineReader<R> = (line: Buffer) => Numbered<R> | string;

export interface Numbered<R> {
  readonly seq: number;
  readonly record: R;
}

/** The whole record of a line. */
export const readLine: LineReader<JournalRecord> = lineReader(recordIn);

/** The record in a line's JSON. */
export function recordIn(json: Buffer): JournalRecord | undefined {
  const record = parseJson(json.toString());
  return isRecord(record) ? record : undefined;
}

/** Checks lines, and reads what `read` makes of their JSON. By the byte: a start may have a million of them to read. */
export function lineReader<R>(read: (json: Buffer) => R | undefined): LineReader<R> {
  return (line) => {
    const afterVersion = endOfDigits(line, 0) + 1;
    const afterSeq = endOfDigits(line, afterVersion) + 1;
    const start = afterSeq + sumLength + 1;
    if (line[afterVersion - 1] !== space || line[afterSeq - 1] !== space || line[start - 1] !== space)
      return 'is not a line of the journal';
    const json = line.subarray(start);
    if (sumIn(line, afterSeq) !== crc32(json, crc32(line.subarray(0, afterSeq)))) return 'does not match its checksum';
    // The checksum holds, so this is no damage. To skip such lines would lose what a newer version has booked.
    if (line.toString('latin1', 0, afterVersion - 1) !== version) throw writtenByNewer();
    const record = read(json);
    return record === undefined
      ? 'holds no record'
      : { seq: Number(line.toString('latin1', afterVersion, afterSeq - 1)), record };
  };
}

const space = 0x20;
const sumLength = 8;

function endOfDigits(line: Buffer, from: number): number {
  let end = from;
  for (let byte = line[end] ?? 0; byte >= 0x30 && byte <= 0x39; byte = line[end] ?? 0) end += 1;
  return end === from ? -1 : end;
}

/** The checksum that stands there in lower hexadecimal digits; NaN for anything else. */
function sumIn(line: Buffer, from: number): number {
  let sum = 0;
  for (let place = from; place < from + sumLength; place += 1) {
    const byte = line[place] ?? 0;
    if (byte >= 0x30 && byte <= 0x39) sum = sum * 16 + byte - 0x30;
    else if (byte >= 0x61 && byte <= 0x66) sum = sum * 16 + byte - 0x57;
    else return NaN;
  }
  return sum;
}

/** The records that stand whole in a damaged line: where a line break was lost, the lines around it are one. */
export function salvage<R>(line: Buffer, read: LineReader<R>): Numbered<R>[] {
  const starts = [...line.toString('latin1').matchAll(/\d \d{1,16} [0-9a-f]{8} \{"/g)].map(({ index }) => index);
  return starts
    .map((start, place) => read(line.subarray(start, (starts[place + 1] ?? line.length + 1) - 1)))
    .filter((found) => typeof found !== 'string');
}

const checksum = (head: string, json: string | Buffer): string =>
  crc32(json, crc32(head)).toString(16).padStart(8, '0');

const isRecord = (value: unknown): value is JournalRecord => isObject(value) && typeof value.type === 'string';
