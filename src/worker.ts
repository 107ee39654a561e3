import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { toFailure } from './chat/failure.ts';
import { environmentOf, withVariables, type Environment } from './config/environment.ts';
import { watchConfig } from './config/watch.ts';
import { readAgain, readConfiguration } from './configuration.ts';
import { adminKeyOf } from './gateway/admin-key.ts';
import type { FromGatewayThread, GatewayThreadData, StartFailure, ToGatewayThread } from './gateway/worker-messages.ts';
import { startGateway, type RunningGateway } from './start-gateway.ts';

/** The gateway in a thread of the extension host, whose event loop belongs to every installed extension. Wiring only. */
function serve(tell: (message: FromGatewayThread) => void, data: GatewayThreadData): (asked: ToGatewayThread) => void {
  let variables = data.variables;
  const environment: Environment = (name) => withVariables(environmentOf({ processEnv: variables }), process.env)(name);
  const say = (level: 'info' | 'warn' | 'error', line: string): void => tell({ type: 'log', level, line });
  const place = { file: data.configFile, environment, orStarter: true, say };
  let gateway: RunningGateway | undefined;

  const start = async (): Promise<void> => {
    const config = await readConfiguration(place);
    if (config === undefined) {
      tell({ type: 'failed', why: 'configuration', message: mistakes });
      return;
    }
    const adminKey = adminKeyOf(config.masterKey ?? environment('LITELLM_MASTER_KEY'), data.dataFolder).secret;
    try {
      gateway = await startGateway({ ...data, config, environment, adminKey, files, write: say });
      tell({ type: 'ready', port: gateway.port, adminKey });
    } catch (error) {
      tell({ type: 'failed', ...startFailure(error, data) });
    }
  };
  // One after another: an edit may come while the gateway starts.
  let turn = start();
  const inTurn = (run: () => Promise<void>): void => {
    turn = turn.then(run).catch((error: unknown) => say('error', String(error)));
  };
  const refresh = (): void =>
    inTurn(async () => {
      if (gateway === undefined) return start();
      const isTaken = await readAgain(place, gateway.configure);
      tell({ type: 'configured', isTaken });
    });
  const unwatch = watchConfig(data.configFile, refresh);
  return (asked) => {
    if (asked.type === 'variables') {
      variables = asked.variables;
      refresh();
    } else {
      unwatch();
      inTurn(async () => gateway?.stop(asked.graceMs));
      inTurn(() => Promise.resolve(process.exit(0))); // a thread's own exit, not the process's
    }
  };
}

const beside = (name: string): string => join(import.meta.dirname, name);
const files = {
  ledgerThread: beside('ledger-thread.js'),
  tokenThread: beside('token-thread.js'),
  wasm: beside('sql-wasm.wasm'),
};

const mistakes = 'The configuration has mistakes, which the log names. The gateway starts as soon as they are mended.';

const otherWindow =
  'The gateway runs in another window and serves this one too, at the same address. When that window is closed, this one takes over.';
const otherPort = 'Choose another port, or end that program and try again.';

function startFailure(error: unknown, { port }: GatewayThreadData): { why: StartFailure; message: string } {
  const { kind, message, cause } = toFailure(error);
  if (cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE')
    return { why: 'port-taken', message: `Port ${port} is taken by another program. ${otherPort}` };
  if (kind === 'ledger-unavailable' && message.includes('in use')) return { why: 'folder-taken', message: otherWindow };
  return { why: 'other', message };
}

if (parentPort) {
  const port = parentPort;
  port.on(
    'message',
    serve((message) => port.postMessage(message), workerData as GatewayThreadData),
  );
}
