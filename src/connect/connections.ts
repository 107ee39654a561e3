import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isArray, objectIn, parseJson, stringIn, type JsonObject } from '../lib/json.ts';
import type { Files, KeptFile } from './connection.ts';
import { ifThere } from './disk.ts';
import type { Scope } from './assistant.ts';

/** An assistant that was pointed at the gateway, with all that is needed to take it back. */
export interface Connection {
  readonly assistant: string;
  readonly scope: Scope;
  /** The project's folder; left out for what holds everywhere. */
  readonly folder?: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly files: readonly KeptFile[];
}

/** The connections that there are, one file for each, since every window may make one. */
export interface Connections {
  readonly list: () => Promise<readonly Connection[]>;
  readonly find: (which: Which) => Promise<Connection | undefined>;
  readonly keep: (connection: Connection) => Promise<void>;
  readonly forget: (which: Which) => Promise<void>;
}

export type Which = Pick<Connection, 'assistant' | 'scope' | 'folder'>;

/** They hold whole configuration files as they were, so nobody but their owner may read them. */
export function connectionsIn(folder: string, files: Files): Connections {
  const read = async (name: string): Promise<Connection | undefined> =>
    readConnection(await files.read(join(folder, name)));
  return {
    async list() {
      const names = ((await ifThere(readdir(folder))) ?? []).filter((name) => name.endsWith('.json'));
      const all = await Promise.all(names.map(read));
      return all.filter((one) => one !== undefined).sort((a, b) => a.at - b.at);
    },
    find: (which) => read(fileName(which)),
    keep: (connection) => files.write(join(folder, fileName(connection)), JSON.stringify(connection), true),
    forget: (which) => files.remove(join(folder, fileName(which))),
  };
}

const fileName = ({ assistant, scope, folder = '' }: Which): string =>
  `${assistant}-${createHash('sha256')
    .update(JSON.stringify([scope, folder]))
    .digest('hex')
    .slice(0, 16)}.json`;

/** Our own file; one that is damaged counts as none. */
function readConnection(text: string | undefined): Connection | undefined {
  const json: JsonObject = objectIn(parseJson(text ?? ''));
  const isWhole = stringIn(json['assistant']) !== undefined && isArray(json['files']);
  return isWhole ? (json as unknown as Connection) : undefined;
}
