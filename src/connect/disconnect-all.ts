import { toFailure } from '../chat/failure.ts';
import { disconnected, type Files } from './connection.ts';
import type { Connections } from './connections.ts';

/** What became of all connections. */
export interface AllDisconnected {
  /** Files that say again what they said before. */
  readonly restored: readonly string[];
  /** Files that others had edited too: only what was ours was taken out. */
  readonly cleaned: readonly string[];
  /** Why some still point at the gateway, each a sentence. */
  readonly failed: readonly string[];
}

/** Takes back all that connecting has written. A connection that cannot be taken back is kept, and the others are not. */
export async function disconnectAll(connections: Connections, files: Files): Promise<AllDisconnected> {
  const restored: string[] = [];
  const cleaned: string[] = [];
  const failed: string[] = [];
  // The newest first: two may have written into one file.
  for (const connection of (await connections.list()).toReversed()) {
    try {
      for (const { path, what } of await disconnected(files, connection.files))
        (what === 'cleaned' ? cleaned : restored).push(path);
      await connections.forget(connection);
    } catch (error) {
      failed.push(`${connection.assistant}: ${toFailure(error).message}`);
    }
  }
  return { restored, cleaned, failed };
}
