import { statSync, unwatchFile, watch, watchFile } from 'node:fs';
import { dirname } from 'node:path';

/** Edits come in several events (truncate, write, rename); they are gathered for so many milliseconds. */
const gatherMs = 100;
const pollMs = 2000;

/**
 * Calls `onChange` after the file was edited, created, or replaced by rename, as many editors do; returns what ends it.
 * It watches the folder, since a watch on the file itself stays with the one that was renamed away.
 */
export function watchConfig(file: string, onChange: () => void): () => void {
  let known = signOf(file);
  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    timer = undefined;
    const sign = signOf(file);
    if (sign === undefined || sign === known) return; // gone for the moment, or a neighbour's event
    known = sign;
    onChange();
  };
  // Not put off by further events: a busy neighbour in the folder would put it off for ever.
  const gather = (): void => {
    timer ??= setTimeout(look, gatherMs).unref();
  };
  const endWatch = watchFolder(file, gather);
  return () => {
    endWatch();
    clearTimeout(timer);
  };
}

/** Polls where the system cannot watch (some network folders, or too many watches). */
function watchFolder(file: string, onEvent: () => void): () => void {
  const poll = (): (() => void) => {
    watchFile(file, { interval: pollMs, persistent: false }, onEvent);
    return () => unwatchFile(file, onEvent);
  };
  try {
    const watcher = watch(dirname(file), { persistent: false }, onEvent);
    let end = (): void => watcher.close();
    watcher.on('error', () => {
      watcher.close();
      end = poll();
    });
    return () => end();
  } catch {
    return poll();
  }
}

/** What changes with every edit of a file; undefined while there is no file. */
function signOf(file: string): string | undefined {
  try {
    const { mtimeNs, size, ino } = statSync(file, { bigint: true });
    return `${mtimeNs} ${size} ${ino}`;
  } catch {
    return undefined;
  }
}
