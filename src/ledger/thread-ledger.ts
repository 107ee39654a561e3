import { Worker } from 'node:worker_threads';
import { Failure } from '../chat/failure.ts';
import type { Ledger } from './ledger.ts';
import { receivedFailure } from './ledger-messages.ts';
import type {
  LedgerAsk,
  LedgerMethod,
  LedgerParams,
  LedgerReply,
  LedgerResult,
  LedgerThreadData,
} from './ledger-messages.ts';

export interface ThreadLedgerOptions extends LedgerThreadData {
  /** The built `ledger-thread.js`. */
  readonly script: string | URL;
  /** Hears what was found damaged. */
  readonly report?: (sentence: string) => void;
}

/**
 * The ledger in a thread of its own, started when something is first asked. It reads the records from the journal, so
 * `apply` here only notes how far: a call costs nothing, and a thread that dies loses nothing.
 */
export function threadLedger(options: ThreadLedgerOptions): Ledger {
  let upTo = 0;
  let thread: Thread | undefined;

  const ask = <M extends LedgerMethod>(method: M, ...params: LedgerParams<M>): Promise<LedgerResult<M>> => {
    if (!thread || thread.ended()) thread = startThread(options);
    // Before the first record of this process there is nothing to wait for: what the journal has is whole.
    return thread.ask({ upTo: upTo === 0 ? Infinity : upTo, method, params });
  };
  return {
    apply: (records) => {
      upTo = Math.max(upTo, records.at(-1)?.seq ?? 0);
    },
    spentSince: (scope, since) => ask('spentSince', scope, since),
    rows: (filter) => ask('rows', filter),
    sums: (by, filter, timeZone) => ask('sums', by, filter, timeZone),
    snapshot: () => ask('snapshot'),
    close: async () => thread?.end(),
  };
}

interface Thread {
  ask<M extends LedgerMethod>(ask: Omit<LedgerAsk<M>, 'id'>): Promise<LedgerResult<M>>;
  /** Whether it is gone, by itself or by `end`. */
  ended(): boolean;
  end(): Promise<void>;
}

interface Waiting {
  readonly resolve: (result: never) => void;
  readonly reject: (error: Failure) => void;
}

function startThread({ script, folder, wasm, report }: ThreadLedgerOptions): Thread {
  const worker = new Worker(script, { workerData: { folder, wasm } satisfies LedgerThreadData });
  const waiting = new Map<number, Waiting>();
  let asked = 0;
  let ended = false;

  const take = (id: number): Waiting | undefined => {
    const one = waiting.get(id);
    waiting.delete(id);
    if (waiting.size === 0) worker.unref(); // it need not keep the process alive
    return one;
  };
  const lose = (cause: unknown): void => {
    ended = true;
    const failure = new Failure('ledger-unavailable', 'The ledger thread has ended; please try again.', { cause });
    for (const one of waiting.values()) one.reject(failure);
    waiting.clear();
  };
  worker.on('message', (reply: LedgerReply) => {
    if (reply.type === 'report') report?.(reply.sentence);
    else if (reply.type === 'failure') take(reply.id)?.reject(receivedFailure(reply.failure));
    else take(reply.id)?.resolve(reply.result as never);
  });
  worker.on('error', lose);
  worker.on('exit', lose);
  return {
    ask: (ask) =>
      new Promise((resolve, reject) => {
        worker.ref();
        waiting.set(++asked, { resolve, reject });
        worker.postMessage({ ...ask, id: asked } satisfies LedgerAsk);
      }),
    ended: () => ended,
    async end() {
      await worker.terminate();
    },
  };
}
