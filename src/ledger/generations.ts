import { closeSync, fstatSync, mkdirSync, openSync, readdirSync, readSync, renameSync } from 'node:fs';
import { open, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { syncFolder } from './journal-file.ts';
import { unavailable } from './unavailable.ts';

/**
 * Files that each hold everything up to a sequence number, of which the newest two are kept. Number and checksum stand
 * in the name, so the content is a plain file, one rename puts both in place, and what is covered shows in the folder.
 */
export interface Generations {
  readonly folder: string;
  readonly name: string;
  readonly ending: string;
}

export const checkpoints = (folder: string): Generations => ({ folder, name: 'checkpoint', ending: 'json' });
export const snapshots = (folder: string): Generations => ({ folder, name: 'ledger', ending: 'sqlite' });

export interface LoadedGeneration {
  readonly seq: number;
  /** Absent when there is none: everything is in the journal. */
  readonly bytes?: Uint8Array;
  /** What was damaged, in sentences. */
  readonly report: readonly string[];
}

/** Where a file of so many bytes is read to. */
export type Room = (size: number) => Uint8Array;

const anyRoom: Room = (size) => Buffer.allocUnsafe(size);

/** Reads the newest whole file. A damaged one is set aside as `.damaged`, and the one before it is used. */
export function loadGeneration(kind: Generations, room: Room = anyRoom): LoadedGeneration {
  const report: string[] = [];
  for (const { file, seq, sum } of generationsOf(kind)) {
    const path = join(kind.folder, file);
    const bytes = readInto(room, path);
    if (checksum(bytes) === sum) return { seq, bytes, report };
    renameSync(path, `${path}.damaged`);
    report.push(`${file} is damaged and was set aside; the one before it is used, and the journal after that`);
  }
  return { seq: 0, report };
}

/** Whether each of these files is whole, newest first; nothing is changed. */
export const checkedGenerations = (
  kind: Generations,
): readonly { readonly file: string; readonly isWhole: boolean }[] =>
  generationsOf(kind).map(({ file, sum }) => ({
    file,
    isWhole: checksum(readInto(anyRoom, join(kind.folder, file))) === sum,
  }));

/** Puts a new file in place, whole or not at all, and removes those older than the one before it. */
export async function saveGeneration(kind: Generations, seq: number, bytes: Uint8Array): Promise<void> {
  const target = `${kind.name}-${String(seq).padStart(12, '0')}-${checksum(bytes)}.${kind.ending}`;
  const unfinished = join(kind.folder, `${kind.name}.unfinished`);
  try {
    await writeDurably(unfinished, bytes);
    await rename(unfinished, join(kind.folder, target));
    await syncFolder(kind.folder);
    const before = generationsOf(kind).filter((other) => other.seq < seq);
    const replaced = generationsOf(kind).filter((other) => other.seq === seq && other.file !== target);
    for (const { file } of [...replaced, ...before.slice(1)]) await unlink(join(kind.folder, file));
  } catch (error) {
    throw unavailable(kind.folder, error);
  }
}

/** The highest number that any of these files claims to cover. */
export const newestSeq = (kind: Generations): number => generationsOf(kind)[0]?.seq ?? 0;

/** The last record that can be had without the journal even if the newest of these files is damaged; Infinity if there is none. */
export function safelyCovered(kind: Generations): number {
  const [newest, before] = generationsOf(kind);
  return newest ? (before?.seq ?? 0) : Infinity;
}

interface Named {
  readonly file: string;
  readonly seq: number;
  readonly sum: string;
}

/** Newest first. */
function generationsOf({ folder, name, ending }: Generations): readonly Named[] {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const pattern = new RegExp(`^${name}-(\\d+)-([0-9a-f]{8})\\.${ending}$`);
  return readdirSync(folder)
    .flatMap((file) => {
      const [, seq, sum] = pattern.exec(file) ?? [];
      return seq === undefined || sum === undefined ? [] : [{ file, seq: Number(seq), sum }];
    })
    .sort((a, b) => b.seq - a.seq);
}

function readInto(room: Room, path: string): Uint8Array {
  const file = openSync(path, 'r');
  try {
    const bytes = room(fstatSync(file).size);
    let length = 0;
    for (let read = -1; length < bytes.length && read !== 0; length += read)
      read = readSync(file, bytes, { offset: length });
    return bytes;
  } finally {
    closeSync(file);
  }
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

const checksum = (bytes: Uint8Array): string => crc32(bytes).toString(16).padStart(8, '0');
