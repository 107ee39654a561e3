import { chmod, mkdir, readFile, readdir, realpath, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { dirname } from 'node:path';
import { Failure } from '../chat/failure.ts';
import type { Files } from './connection.ts';

/** The files of this machine. A file is replaced in one step and keeps its mode; a link stays one, and its target is written. */
export const disk: Files = {
  async read(path) {
    const bytes = await ifThere(readFile(path));
    if (bytes === undefined) return undefined;
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch (cause) {
      throw new Failure('invalid-request', `${path} is no UTF-8 text, so nothing can be written into it.`, { cause });
    }
  },
  async write(path, text, isSecret) {
    const target = (await ifThere(realpath(path))) ?? path;
    const mode = (await ifThere(stat(target)))?.mode ?? (isSecret ? 0o600 : 0o644);
    await mkdir(dirname(target), { recursive: true });
    const temporary = `${target}.${randomUUID()}`;
    try {
      await writeFile(temporary, text, { mode: mode & 0o777, flag: 'wx' });
      await chmod(temporary, mode & 0o777); // the process's mask may have taken some of it
      await rename(temporary, target);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  },
  async remove(path) {
    await rm(path, { force: true });
    // A folder that the assistant's file was alone in is not missed; a home or a project is never empty.
    const folder = dirname(path);
    if ((await ifThere(readdir(folder)))?.length === 0) await rmdir(folder);
  },
};

/** Undefined for what is not there. */
export async function ifThere<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return undefined;
    throw error;
  }
}
