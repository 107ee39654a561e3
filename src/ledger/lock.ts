import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { Server } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Failure } from '../chat/failure.ts';
import { unavailable } from './unavailable.ts';

/** The right of one process to a data folder. */
export interface Lock {
  release(): Promise<void>;
}

/**
 * Takes the data folder; throws `ledger-unavailable` with the folder and its holder's pid while another process has it.
 *
 * Node has no flock, and a file that holds a pid outlives its process and lies once the pid is used again. A listening
 * socket ends with its process, however that ends: on Windows a named pipe, which only one process can make, elsewhere
 * a socket file in the folder itself, which also works between containers that share the folder.
 */
export async function lockFolder(folder: string): Promise<Lock> {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return process.platform === 'win32' ? await lockByPipe(folder) : await lockBySocket(folder);
  } catch (error) {
    throw error instanceof Failure ? error : unavailable(folder, error);
  }
}

async function lockByPipe(folder: string): Promise<Lock> {
  const name = createHash('sha256').update(realpathSync.native(folder).toLowerCase()).digest('hex').slice(0, 32);
  const pipe = `\\\\.\\pipe\\purser-${name}`;
  try {
    const server = await listen(pipe);
    return { release: () => closed(server) };
  } catch (error) {
    const holder = await probe(pipe);
    throw holder === undefined ? error : held(folder, holder);
  }
}

const attempts = 4;

/**
 * Each process first listens on a socket of its own and then looks for others that listen: of two that come at the same
 * moment at least one sees the other. When both do, both step back and come again at different times.
 */
async function lockBySocket(folder: string): Promise<Lock> {
  for (let attempt = 1; ; attempt += 1) {
    const own = `lock-${randomUUID().slice(0, 8)}.sock`;
    const near = nearPath(folder);
    try {
      const server = await listen(join(near.path, own));
      const release = async (): Promise<void> => {
        await closed(server);
        rmSync(join(folder, own), { force: true });
      };
      const holder = await findHolder(near.path, own);
      if (holder === undefined) return { release };
      await release();
      if (attempt === attempts) throw held(folder, holder);
    } finally {
      near.remove();
    }
    await delay(20 + Math.random() * 80);
  }
}

/** The pid of a process that listens beside `own`. Without one, the sockets of dead processes are removed. */
async function findHolder(folder: string, own: string): Promise<string | undefined> {
  const others = readdirSync(folder).filter((name) => /^lock-\w+\.sock$/.test(name) && name !== own);
  for (const other of others) {
    const holder = await probe(join(folder, other));
    if (holder !== undefined) return holder;
  }
  for (const other of others) rmSync(join(folder, other), { force: true });
  return undefined;
}

/** A path to the folder that leaves room for a socket's name: systems allow no more than 103 bytes for both. */
function nearPath(folder: string): { readonly path: string; remove(): void } {
  if (Buffer.byteLength(folder) < 80) return { path: folder, remove: () => undefined };
  const temporary = mkdtempSync('/tmp/purser-');
  const path = join(temporary, 'data');
  symlinkSync(realpathSync(folder), path);
  return { path, remove: () => rmSync(temporary, { recursive: true, force: true }) };
}

function listen(path: string): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined); // whoever asked has gone already
    socket.end(String(process.pid));
  });
  server.unref();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => resolve(server));
  });
}

const closed = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()));

const answerMs = 250;

/** The pid that whoever listens there tells, empty if it does not come to answer; undefined if nobody listens. */
function probe(path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    let pid = '';
    const socket = connect(path);
    socket.setTimeout(answerMs, () => socket.destroy());
    socket.on('data', (bytes) => (pid += bytes.toString()));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // Any other error comes from a socket that lives: a full queue, or one of another user's.
      if (error.code === 'ECONNREFUSED' || error.code === 'ENOENT') resolve(undefined);
    });
    socket.on('close', () => resolve(pid));
  });
}

/** The `code` of the Failure when another process has the folder. */
export const folderInUse = 'data_folder_in_use';

const held = (folder: string, pid: string): Failure =>
  new Failure(
    'ledger-unavailable',
    `The data folder ${folder} is in use by another Purser (${pid === '' ? 'it does not answer' : `process ${pid}`}). Stop that one, or choose another folder with --data-dir.`,
    { code: folderInUse },
  );
