import { Worker } from 'node:worker_threads';
import { Failure } from '../chat/failure.ts';
import { afterQuietly } from '../lib/time.ts';
import type { After } from '../lib/time.ts';
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
  readonly after?: After;
}

/** A report is rarely alone, and a start takes some hundred milliseconds; but the thread has the whole database in memory. */
const idleMs = 180_000;

/**
 * The ledger in a thread of its own, started when something is first asked. It reads the records from the journal, so
 * `apply` here only notes how far: a call costs nothing, and a thread that dies loses nothing.
 */
export function threadLedger(options: ThreadLedgerOptions): Ledger {
  const { after = afterQuietly } = options;
  let upTo = 0;
  let thread: Thread | undefined;

  let stayUp = (): void => undefined;

  const askOnce = <M extends LedgerMethod>(method: M, ...params: LedgerParams<M>): Promise<LedgerResult<M>> => {
    if (!thread || thread.ended()) thread = startThread(options);
    // Before the first record of this process there is nothing to wait for: what the journal has is whole.
    return thread.ask({ upTo: upTo === 0 ? Infinity : upTo, method, params });
  };
  const letGo = (): void => {
    if (thread?.isIdle()) void thread.end();
  };
  const ask = async <M extends LedgerMethod>(method: M, ...params: LedgerParams<M>): Promise<LedgerResult<M>> => {
    try {
      return await askOnce(method, ...params);
    } finally {
      stayUp();
      stayUp = after(idleMs, letGo);
    }
  };
  return {
    apply: (records) => {
      upTo = Math.max(upTo, records.at(-1)?.seq ?? 0);
    },
    rows: (page) => ask('rows', page),
    count: (filter) => ask('count', filter),
    sums: (by, filter, timeZone) => ask('sums', by, filter, timeZone),
    series: (by, step, filter, timeZone) => ask('series', by, step, filter, timeZone),
    snapshot: () => ask('snapshot'),
    async close() {
      stayUp();
      await thread?.end();
    },
  };
}

interface Thread {
  ask<M extends LedgerMethod>(ask: Omit<LedgerAsk<M>, 'id'>): Promise<LedgerResult<M>>;
  /** Whether it is gone, by itself or by `end`. */
  ended(): boolean;
  /** Whether it is there and nobody waits for it. */
  isIdle(): boolean;
  end(): Promise<void>;
}

/** The database is outside this heap; a small nursery keeps what passes through it from staying around. */
const resourceLimits = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 256 };

interface Waiting {
  readonly resolve: (result: never) => void;
  readonly reject: (error: Failure) => void;
}

function startThread({ script, folder, wasm, keep, report }: ThreadLedgerOptions): Thread {
  const workerData: LedgerThreadData = { folder, wasm, ...(keep && { keep }) };
  const worker = new Worker(script, { workerData, resourceLimits });
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
    isIdle: () => !ended && waiting.size === 0,
    async end() {
      ended = true; // at once: what is asked from now on must not go to a thread that is about to end
      await worker.terminate();
    },
  };
}
