import { Worker } from 'node:worker_threads';
import { type Encoding, encodingFor, type TokenCounter } from './count.ts';
import { afterQuietly, type After } from '../lib/time.ts';
import { promptTexts } from './prompt-texts.ts';

/** What the token thread is asked: the tokens of these texts together. Media stays here, however large. */
export interface CountAsk {
  readonly id: number;
  readonly encoding: Encoding;
  readonly texts: readonly string[];
}
export type CountReply = { readonly id: number } & ({ readonly tokens: number } | { readonly error: string });

const idleMs = 120_000;

interface Pending {
  readonly resolve: (tokens: number) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Counts in a thread of its own, which is started at first need and again after a crash. A crash fails only what was
 * being counted. `script` is the bundled token-thread; it ends when it was idle for two minutes.
 */
export function threadCounter(script: string | URL, after: After = afterQuietly): TokenCounter {
  const pending = new Map<number, Pending>();
  let worker: Worker | undefined;
  let lastId = 0;
  let closed = false;
  let stayUp = (): void => undefined;

  const fail = (error: Error): void => {
    worker = undefined;
    for (const { reject } of pending.values()) reject(error);
    pending.clear();
  };
  const letGo = (): void => {
    const idle = worker;
    if (pending.size > 0 || idle === undefined) return;
    worker = undefined;
    void idle.terminate();
  };
  const start = (): Worker => {
    const started = new Worker(script);
    started.unref(); // a count under way does not keep the process alive
    started.on('message', (reply: CountReply) => {
      settle(pending, reply);
      // Its tables take 170 MB: a thread that nobody needs for a while is let go.
      stayUp();
      stayUp = after(idleMs, letGo);
    });
    started.on('error', (error) => worker === started && fail(toError(error)));
    started.on('exit', () => worker === started && fail(new Error('The token thread ended.')));
    return started;
  };
  const count = (encoding: Encoding, texts: readonly string[]): Promise<number> =>
    new Promise((resolve, reject) => {
      if (closed) throw new Error('The token thread is closed.');
      pending.set(++lastId, { resolve, reject });
      (worker ??= start()).postMessage({ id: lastId, encoding, texts } satisfies CountAsk);
    });

  return {
    countText: (text, model) => count(encodingFor(model), [text]),
    async countRequest(request) {
      const { texts, overhead } = promptTexts(request);
      return overhead + (await count(encodingFor(request.model), texts));
    },
    async close() {
      closed = true;
      stayUp();
      const last = worker;
      fail(new Error('The token thread is closed.'));
      await last?.terminate();
    },
  };
}

function settle(pending: Map<number, Pending>, reply: CountReply): void {
  const asker = pending.get(reply.id);
  pending.delete(reply.id);
  if ('tokens' in reply) asker?.resolve(reply.tokens);
  else asker?.reject(new Error(reply.error));
}

const toError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
