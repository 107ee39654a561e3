import { mkdir, readdir, readFile, rename, rmdir, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { isObject, parseJson, type JsonObject } from '../lib/json.ts';
import type { CallName } from './bodies.ts';

/** One file of the folder. */
export interface BodyFile extends CallName {
  readonly bytes: number;
}

/** The files themselves: `<key>/<time>-<call>.json.gz`, for the owner's eyes alone. */
export interface BodyFiles {
  /** Oldest first. What a crash left half-written is deleted. */
  readonly list: () => Promise<readonly BodyFile[]>;
  readonly write: (name: CallName, body: JsonObject) => Promise<BodyFile>;
  /** Undefined where it is gone; throws for what is damaged. */
  readonly read: (file: BodyFile) => Promise<JsonObject | undefined>;
  readonly remove: (file: BodyFile) => Promise<void>;
  /** Deletes the folder of a key that has nothing left. */
  readonly removeFolderOf: (key: string) => Promise<void>;
}

export function bodyFiles(folder: string): BodyFiles {
  const pathOf = ({ key, at, call }: CallName): string => join(folder, key, `${at}-${call}.json.gz`);
  return {
    async list() {
      const found: BodyFile[] = [];
      for (const key of await namesIn(folder)) {
        for (const name of await namesIn(join(folder, key))) {
          const file = await fileNamed(folder, key, name);
          if (file !== undefined) found.push(file);
        }
      }
      return found.sort((a, b) => a.at - b.at);
    },
    async write(name, body) {
      if (!/^[\w-]{1,100}$/.test(name.call)) throw new TypeError('the id of a call is no name for a file');
      const path = pathOf(name);
      const packed = await promisify(gzip)(JSON.stringify(body));
      await mkdir(join(folder, name.key), { recursive: true, mode: 0o700 });
      try {
        await writeFile(`${path}${unfinished}`, packed, { mode: 0o600 });
        await rename(`${path}${unfinished}`, path);
      } catch (error) {
        await removeFile(`${path}${unfinished}`).catch(() => undefined);
        throw error;
      }
      return { ...name, bytes: packed.length };
    },
    async read(file) {
      const packed = await ifThere(readFile(pathOf(file)));
      if (packed === undefined) return undefined;
      const body = parseJson((await promisify(gunzip)(packed)).toString('utf8'));
      if (!isObject(body)) throw new TypeError('it is no JSON');
      return body;
    },
    remove: (file) => removeFile(pathOf(file)),
    removeFolderOf: (key) => rmdir(join(folder, key)).catch(() => undefined),
  };
}

const unfinished = '.part';

async function fileNamed(folder: string, key: string, name: string): Promise<BodyFile | undefined> {
  const path = join(folder, key, name);
  if (name.endsWith(unfinished)) await removeFile(path);
  const [, at, call] = /^(\d{1,15})-([\w-]+)\.json\.gz$/.exec(name) ?? [];
  const found = at === undefined ? undefined : await ifThere(stat(path));
  return found === undefined || call === undefined ? undefined : { key, call, at: Number(at), bytes: found.size };
}

const namesIn = async (folder: string): Promise<readonly string[]> => (await ifThere(readdir(folder))) ?? [];

async function removeFile(path: string): Promise<void> {
  await ifThere(unlink(path));
}

/** Undefined for what is not there, or is not what it was taken for. */
async function ifThere<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return undefined;
    throw error;
  }
}
