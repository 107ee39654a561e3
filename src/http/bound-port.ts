import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { Failure } from '../chat/failure.ts';
import { whoHas } from '../windows/election.ts';
import { holderOf, type Holder, type HolderOptions } from '../windows/holder.ts';
import type { Ports } from '../gateway/ports.ts';
import { createDoor, type Door } from './door.ts';
import { windowRoutes } from './window-routes.ts';

/** The port that a gateway answers on. Whoever has it is the one gateway of all windows. */
export interface BoundPort {
  readonly port: number;
  readonly holder: Holder;
  readonly open: Door['open'];
  /** Frees the port and tells the other windows; calls under way get `graceMs`, then their dialect's error event. */
  readonly leave: (running: Ports['running'], graceMs: number) => Promise<void>;
  /** The same before there were calls: those that wait are refused. */
  readonly giveUp: (why: Failure) => Promise<void>;
}

export interface PortOptions extends HolderOptions {
  readonly port: number;
}

/** Binds the port, and says in the holder file who has it. Throws a Failure whose cause is the system's error. */
export async function bindPort(options: PortOptions): Promise<BoundPort> {
  const holder = holderOf(options);
  const door = createDoor(windowRoutes(holder));
  const { server } = door;
  server.listen(options.port, options.host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw notBound(options, error);
  }
  const { port } = server.address() as AddressInfo;
  let left: Promise<void> | undefined;
  const leave: BoundPort['leave'] = (running, graceMs) => {
    if (left !== undefined) return left;
    door.lastCalls();
    left = ended(server, running, graceMs);
    holder.leave();
    return left;
  };
  const giveUp: BoundPort['giveUp'] = (why) => {
    door.shut(why);
    return leave(new Map(), 0);
  };
  holder.announce(port);
  return { port, holder, open: door.open, leave, giveUp };
}

/** Takes no connection any more, and ends those that there are. */
async function ended(server: Server, running: Ports['running'], graceMs: number): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  // A connection is idle only once its call has ended, and would then be kept for a next one.
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  const cut = setTimeout(() => {
    for (const { stop } of running.values())
      stop.abort(new Failure('stopping', 'Purser was stopped before this answer was complete.'));
    setTimeout(() => server.closeAllConnections(), lastWordMs).unref();
  }, graceMs);
  await closed;
  clearInterval(sweep);
  clearTimeout(cut);
}

/** Long enough for an error event to a client that reads, short enough for the lock to be free within 4 s. */
const lastWordMs = 700;

/** Why the port could not be bound; the system's word for it is the failure's code. */
function notBound({ port, host }: PortOptions, cause: unknown): Failure {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const why: Record<string, string> = {
    [portInUse]: `Port ${port} on ${host} is taken by another program. End it, or choose another with --port.`,
    EACCES: `This user may not listen on port ${port}. Choose one above 1023 with --port.`,
    EADDRNOTAVAIL: `${host} is no address of this machine. Choose another with --host.`,
  };
  return new Failure('internal', why[code] ?? `Cannot listen on ${host}:${port}: ${String(cause)}`, { code, cause });
}

/** The `code` of the Failure when another program has the port. */
export const portInUse = 'EADDRINUSE';

/** The same sentence with the name of the Purser that has the port, if it is one. */
export async function whoseTaken({ host, port }: { host: string; port: number }): Promise<string | undefined> {
  const here = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  const said = (await whoHas(here, port))?.said;
  if (said === undefined) return undefined;
  return `Port ${port} on ${host} has another Purser: ${said.purser} of ${said.owner}, process ${said.pid}. Use that one or end it, or choose another port with --port.`;
}
