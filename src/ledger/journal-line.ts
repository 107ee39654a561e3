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

/** The record of a line that has no line break at its end, or what is wrong with it. */
export function readLine(line: Buffer): Sequenced | string {
  const head = /^(\d+) (\d+) ([0-9a-f]{8}) /.exec(line.toString('latin1', 0, 64));
  if (!head) return 'is not a line of the journal';
  const [{ length }, lineVersion = '', seq = '', sum] = head;
  const json = line.subarray(length);
  if (checksum(`${lineVersion} ${seq} `, json) !== sum) return 'does not match its checksum';
  // The checksum holds, so this is no damage. To skip such lines would lose what a newer version has booked.
  if (lineVersion !== version) throw writtenByNewer();
  const record = parseJson(json.toString());
  return isRecord(record) ? { seq: Number(seq), record } : 'holds no record';
}

/** The records that stand whole in a damaged line: where a line break was lost, the lines around it are one. */
export function salvage(line: Buffer): Sequenced[] {
  const starts = [...line.toString('latin1').matchAll(/\d \d{1,16} [0-9a-f]{8} \{"/g)].map(({ index }) => index);
  return starts
    .map((start, place) => readLine(line.subarray(start, (starts[place + 1] ?? line.length + 1) - 1)))
    .filter((found) => typeof found !== 'string');
}

const checksum = (head: string, json: string | Buffer): string =>
  crc32(json, crc32(head)).toString(16).padStart(8, '0');

const isRecord = (value: unknown): value is JournalRecord => isObject(value) && typeof value.type === 'string';
