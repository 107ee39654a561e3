import fs from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { unavailable } from './unavailable.ts';

/** What the journal does to its files; tests make disks that fail. */
export interface Files {
  openSync(path: string, flags: string, mode: number): number;
  writeSync(file: number, bytes: Uint8Array, offset: number, length: number, position: number): number;
  readSync(file: number, bytes: Uint8Array, offset: number, length: number, position: number): number;
  ftruncateSync(file: number, length: number): void;
  fdatasyncSync(file: number): void;
  fdatasync(file: number, done: (error: Error | null) => void): void;
  closeSync(file: number): void;
}

export const systemFiles: Files = fs;

/** One file that only grows, by whole lines. */
export interface JournalFile {
  /** The operating system has the whole line when this returns; when it throws, no part of it stays in the file. */
  write(line: Uint8Array): void;
  /** What was written before is on the disk when this resolves. */
  sync(): Promise<void>;
  close(): void;
}

/** Opens the file at `path` to write on from byte `size`, and cuts off what follows. Size 0 makes a new file. */
export function openJournalFile(path: string, size: number, files: Files): JournalFile {
  const folder = dirname(path);
  const isNew = size === 0;
  // Not with `a`: such a file cannot be cut on Windows.
  const file = orUnavailable(folder, () => files.openSync(path, isNew ? 'w+' : 'r+', 0o600));
  let end = size;
  let synced = size;
  let named = !isNew;
  let mendWith: 'cut' | 'rewrite' | undefined = 'cut';

  const mend = (): void => {
    files.ftruncateSync(file, end);
    if (mendWith === 'rewrite') rewrite(files, file, synced, end);
    mendWith = undefined;
  };
  const writeOrThrow = (line: Uint8Array): void => {
    if (mendWith) mend();
    mendWith = 'cut';
    const written = files.writeSync(file, line, 0, line.length, end);
    if (written < line.length) throw new Error('only a part of a line was written');
    mendWith = undefined;
    end += written;
  };
  return {
    write: (line) => orUnavailable(folder, () => writeOrThrow(line)),
    async sync() {
      const reached = end;
      try {
        if (mendWith === 'rewrite') mend();
        await new Promise<void>((resolve, reject) => {
          files.fdatasync(file, (error) => (error ? reject(error) : resolve()));
        });
        if (!named) await syncFolder(folder);
      } catch (error) {
        mendWith = 'rewrite';
        throw unavailable(folder, error);
      }
      named = true;
      synced = reached;
    },
    close: () => files.closeSync(file),
  };
}

/** After a failed sync the system may take pages for written that are not: written anew, they count again. */
function rewrite(files: Files, file: number, from: number, to: number): void {
  const bytes = Buffer.alloc(to - from);
  files.readSync(file, bytes, 0, bytes.length, from);
  files.writeSync(file, bytes, 0, bytes.length, from);
  files.fdatasyncSync(file);
}

/** Makes new and renamed files in `folder` last through a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return; // NTFS keeps names itself; a folder cannot be opened there
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function orUnavailable<T>(folder: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw unavailable(folder, error);
  }
}
