import { parentPort, workerData } from 'node:worker_threads';
import { GatewayWindow } from './gateway-window.ts';
import type { GatewayThreadData, ToGatewayThread } from './windows/worker-messages.ts';

/** The thread that the gateway has in the extension host, whose event loop belongs to every installed extension. Wiring only. */
if (parentPort) {
  const port = parentPort;
  const window = new GatewayWindow(workerData as GatewayThreadData, (message) => port.postMessage(message));
  port.on('message', (asked: ToGatewayThread) => {
    if (asked.type === 'variables') window.setVariables(asked.variables);
    // A thread's own exit, not the process's.
    else void window.stop(asked.graceMs).then(() => process.exit(0));
  });
}
