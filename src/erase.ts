import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { basename, dirname, join } from 'node:path';
import { toFailure } from './chat/failure.ts';
import { folderInUse, lockFolder, type Lock } from './ledger/lock.ts';

/** Where an editor keeps all that is Purser's, but for the secrets: the holder's file stands in it, and the data folder. */
export interface Storage {
  readonly holderFile: string;
  readonly dataFolder: string;
}

/** Asks whoever next has the gateway to begin with nothing. It outlives the process that asked. */
export function askForErasure({ holderFile }: Pick<Storage, 'holderFile'>): void {
  mkdirSync(dirname(holderFile), { recursive: true, mode: 0o700 });
  writeFileSync(requestIn(holderFile), '', { mode: 0o600 });
}

export const isErasureAsked = ({ holderFile }: Pick<Storage, 'holderFile'>): boolean =>
  existsSync(requestIn(holderFile));

/** Takes the data from whoever has it, at the latest after `patienceMs`, and deletes all, if that was asked for. */
export async function eraseIfAsked(storage: Storage, patienceMs: number): Promise<boolean> {
  if (!isErasureAsked(storage)) return false;
  const { holderFile, dataFolder } = storage;
  const lock = await lockWithin(dataFolder, patienceMs);
  try {
    const folder = dirname(holderFile);
    const request = requestIn(holderFile);
    const kept = [holderFile, dataFolder, request];
    emptied(folder, (path) => kept.includes(path) || basename(path).startsWith(`${basename(holderFile)}.`));
    emptied(dataFolder, (path) => path.endsWith('.sock'));
    rmSync(request, { force: true });
  } finally {
    await lock.release();
  }
  return true;
}

const requestIn = (holderFile: string): string => join(dirname(holderFile), 'erase-all');

function emptied(folder: string, keeps: (path: string) => boolean): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (!keeps(path)) rmSync(path, { recursive: true, force: true });
  }
}

async function lockWithin(folder: string, patienceMs: number): Promise<Lock> {
  const end = performance.now() + patienceMs;
  for (;;) {
    try {
      return await lockFolder(folder);
    } catch (error) {
      if (toFailure(error).code !== folderInUse || performance.now() >= end) throw error;
      await delay(25);
    }
  }
}
