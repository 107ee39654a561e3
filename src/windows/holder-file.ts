import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { isArray, numberIn, objectIn, parseJson, stringIn } from '../lib/json.ts';

/** Of the routes that windows ask one another by; raised when an older window could not use them any more. */
export const contract = 1;

/** How the windows of one editor reach the gateway that one of them holds. Kept in a file that only its user can read. */
export interface HolderFile {
  readonly contract: number;
  readonly host: string;
  readonly port: number;
  readonly pid: number;
  /** Of this run. */
  readonly instance: string;
  readonly version: string;
  /** Who holds it, for people. */
  readonly owner: string;
  /** An admin key that is good as long as this run lasts. */
  readonly token: string;
  /** The names of the provider keys that it was given, so that a successor sees what it lacks. */
  readonly keys: readonly string[];
}

/** What stands there; undefined when there is no such file or it is no whole one. */
export function readHolderFile(file: string): HolderFile | undefined {
  try {
    return holderIn(objectIn(parseJson(readFileSync(file, 'utf8'))));
  } catch {
    return undefined; // not there, or not for us
  }
}

function holderIn(json: ReturnType<typeof objectIn>): HolderFile | undefined {
  const [version, port, pid] = [numberIn(json['contract']), numberIn(json['port']), numberIn(json['pid'])];
  const texts = ['host', 'instance', 'version', 'owner', 'token'].map((name) => stringIn(json[name]) ?? '');
  const { keys } = json;
  if (version === undefined || port === undefined || pid === undefined || texts.includes('') || !isArray(keys))
    return undefined;
  const [host = '', instance = '', release = '', owner = '', token = ''] = texts;
  const names = keys.filter((name) => typeof name === 'string');
  return { contract: version, host, port, pid, instance, version: release, owner, token, keys: names };
}

/** Whether the file is this user's own. Windows keeps other users out of a user's folders by itself. */
export function isOwnFile(file: string): boolean {
  try {
    return process.getuid === undefined || statSync(file).uid === process.getuid();
  } catch {
    return false;
  }
}

/** By rename, so that nobody ever reads half of it. */
export function writeHolderFile(file: string, holder: HolderFile): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.${holder.instance.slice(0, 8)}`;
  writeFileSync(temporary, `${JSON.stringify(holder, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(temporary, file);
}
