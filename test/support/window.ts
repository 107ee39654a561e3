import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { GatewayState } from '../../src/windows/gateway-thread.ts';
import type { GatewayThreadData, Variables } from '../../src/windows/worker-messages.ts';
import { dist } from './built-server.ts';

export type ToWindow =
  | { readonly type: 'variables'; readonly variables: Variables }
  /** Its worker thread dies. */
  | { readonly type: 'crash' }
  | { readonly type: 'close' };

export type FromWindow =
  | { readonly type: 'log'; readonly line: string }
  | { readonly type: 'state'; readonly state: GatewayState }
  | { readonly type: 'configured'; readonly isTaken: boolean };

export type RunningState = GatewayState & { readonly type: 'running' };

/** A window of an editor: a process with the extension's gateway thread, built as for release. */
export interface Window {
  readonly process: ChildProcess;
  readonly logged: readonly string[];
  readonly heard: readonly FromWindow[];
  /** Resolves with the first of its states from now on, the present one included, of which this holds. */
  until(holds: (state: GatewayState) => boolean): Promise<GatewayState>;
  running(): Promise<RunningState>;
  /** Resolves when it has told something of which this holds. */
  hears(holds: (message: FromWindow) => boolean): Promise<void>;
  tell(message: ToWindow): void;
  /** Closes the window, and waits for its end. */
  close(): Promise<void>;
}

export interface WindowOptions {
  /** The editor's storage, which its windows share. */
  readonly folder: string;
  readonly port: number;
  readonly version?: string;
  readonly owner?: string;
  readonly variables?: Variables;
  readonly network?: Variables;
  readonly trusted?: readonly string[];
}

const windows = new Set<ChildProcess>();
after(() => {
  for (const child of windows) child.kill('SIGKILL');
});

export function openWindow(options: WindowOptions): Window {
  const {
    folder,
    port,
    version = '1.0.0',
    owner = 'Test Editor',
    variables = {},
    network = {},
    trusted = [],
  } = options;
  const data: GatewayThreadData = {
    ...{ port, version, owner, variables, network, trusted },
    host: '127.0.0.1',
    dataFolder: join(folder, 'data'),
    holderFile: join(folder, 'gateway.json'),
    configFile: join(folder, 'config.yaml'),
  };
  const child = fork(
    join(import.meta.dirname, 'window-process.ts'),
    [JSON.stringify({ script: join(dist, 'worker.js'), data })],
    {
      execArgv: ['--import=tsx'],
      env: { PATH: process.env['PATH'], HOME: folder, LITELLM_LOCAL_MODEL_COST_MAP: 'True' },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    },
  );
  windows.add(child);
  child.on('exit', () => windows.delete(child));
  return watched(child);
}

function watched(child: ChildProcess): Window {
  const heard: FromWindow[] = [];
  const logged: string[] = [];
  const listeners = new Set<() => void>();
  let state: GatewayState = { type: 'starting' };
  child.on('message', (message: FromWindow) => {
    heard.push(message);
    if (message.type === 'log') logged.push(message.line);
    if (message.type === 'state') state = message.state;
    for (const listener of listeners) listener();
  });
  const found = <T>(look: () => T | undefined): Promise<T> =>
    new Promise((resolve) => {
      const listener = (): void => {
        const result = look();
        if (result === undefined) return;
        listeners.delete(listener);
        resolve(result);
      };
      listeners.add(listener);
      listener();
    });
  const until: Window['until'] = (holds) => found(() => (holds(state) ? state : undefined));
  return {
    ...{ process: child, logged, heard, until },
    async running() {
      const reached = await until(({ type }) => type === 'running' || type === 'failed');
      assert.ok(reached.type === 'running', JSON.stringify(reached));
      return reached;
    },
    hears: (holds) => found(() => heard.find(holds)).then(() => undefined),
    tell: (message) => void child.send(message),
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.send({ type: 'close' });
      await ended;
    },
  };
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
