import { WebSocket } from 'undici';
import { numberIn, objectIn, parseJson } from '../../src/lib/json.ts';
import type { BuiltServer } from '../support/built-server.ts';

/** The main thread's heap of a server that was started with `--inspect`. */
export interface Heap {
  /** What is in use after a collection, MB. */
  readonly usedMb: () => Promise<number>;
  readonly close: () => void;
}

/** Asks the inspector, so that nothing has to be built into the server for it. */
export async function heapOf(server: BuiltServer): Promise<Heap> {
  const [address] = await server.printed(/ws:\/\/\S+/);
  const socket = new WebSocket(address);
  const waiting = new Map<number, (result: unknown) => void>();
  let asked = 0;
  socket.addEventListener('message', ({ data }) => {
    const { id, result } = objectIn(parseJson(String(data)));
    waiting.get(numberIn(id) ?? 0)?.(result);
  });
  await new Promise((open, fail) => {
    socket.addEventListener('open', open);
    socket.addEventListener('error', fail);
  });
  const ask = (method: string): Promise<unknown> =>
    new Promise((resolve) => {
      asked += 1;
      waiting.set(asked, resolve);
      socket.send(JSON.stringify({ id: asked, method }));
    });
  return {
    async usedMb() {
      await ask('HeapProfiler.collectGarbage');
      const usage = (await ask('Runtime.getHeapUsage')) as { readonly usedSize: number };
      return usage.usedSize / 1024 / 1024;
    },
    close: () => socket.close(),
  };
}
