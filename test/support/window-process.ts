import { Worker } from 'node:worker_threads';
import { GatewayThread } from '../../src/windows/gateway-thread.ts';
import type { GatewayThreadData } from '../../src/windows/worker-messages.ts';
import type { FromWindow, ToWindow } from './window.ts';

/** What the extension host of a window does about the gateway, without the editor. Started by `openWindow`. */
const { script, data } = JSON.parse(process.argv[2] ?? '{}') as { script: string; data: GatewayThreadData };
const say = (message: FromWindow): void => void process.send?.(message);
let worker: Worker | undefined;
const gateway = new GatewayThread({
  start: (workerData) => (worker = new Worker(script, { workerData, execArgv: [] })),
  data: () => Promise.resolve(data),
  log: (level, line) => say({ type: 'log', line: `${level}: ${line}` }),
  onState: (state) => say({ type: 'state', state }),
  onConfigured: (isTaken) => say({ type: 'configured', isTaken }),
});

process.on('message', (told: ToWindow) => {
  switch (told.type) {
    case 'variables':
      gateway.setVariables(told.variables);
      break;
    case 'crash':
      void worker?.terminate();
      break;
    case 'close':
      // As VS Code does after `deactivate`, for which it waits 5 s.
      void gateway.stop(4_500).then(() => process.exit(0));
  }
});
process.on('disconnect', () => process.exit(0));
void gateway.restart();
