import { Failure } from '../chat/failure.ts';

/** A provider's answer as it arrives; it can be read once. Leaving a `for await` loop early cuts the connection. */
export interface ReceivedBody extends AsyncIterable<Uint8Array> {
  /** The whole body. Throws `provider-nonsense` when it is longer than 64 MB. */
  text(): Promise<string>;
  /** Reads and forgets what is left, so that the connection can be used again; a long rest is cut off. */
  dump(): Promise<void>;
  /** Cuts the connection; who still reads gets `error`, else the end. */
  destroy(error?: Error): void;
}

/** The connection that a body comes from. */
export interface Flow {
  pause(): void;
  resume(): void;
  abort(reason: Error): void;
}

/** A body and its writing side. */
export interface BodyQueue {
  readonly body: ReceivedBody;
  push(chunk: Uint8Array): void;
  end(): void;
  /** What was received before can still be read. */
  fail(error: Error): void;
}

const maxText = 64 * 1024 * 1024;
const maxDump = 256 * 1024;
/** The connection is paused when more bytes than this wait for the reader. */
const maxWaiting = 256 * 1024;

interface Reader {
  resolve(result: IteratorResult<Uint8Array, undefined>): void;
  reject(error: Error): void;
}

/**
 * Hands chunks from the connection to one reader, without a stream's machinery: an event costs a microsecond less. What one
 * read of the connection brought is handed over in one piece: the reader is woken when the connection's own turn is over.
 */
export function bodyQueue(flow: Flow): BodyQueue {
  const chunks: Uint8Array[] = [];
  const room = throttle(flow);
  let reader: Reader | undefined;
  let isWaking = false;
  let end: { readonly error?: Error } | undefined;

  const serve = (): void => {
    isWaking = false;
    if (reader === undefined) return;
    if (chunks.length > 0) {
      const value = joinedFirst(chunks);
      room.freed(value.length);
      reader.resolve({ done: false, value });
    } else if (end === undefined) return;
    else if (end.error === undefined) reader.resolve({ done: true, value: undefined });
    else reader.reject(end.error);
    reader = undefined;
  };
  const wake = (): void => {
    if (reader === undefined || isWaking) return;
    isWaking = true;
    void afterThisTurn.then(serve);
  };
  const next = (): Promise<IteratorResult<Uint8Array, undefined>> =>
    new Promise((resolve, reject) => {
      reader = { resolve, reject };
      serve();
    });
  const finish = (how: { readonly error?: Error }): void => {
    end ??= how;
    wake();
  };
  const destroy = (error?: Error): void => {
    if (end !== undefined) return;
    chunks.length = 0;
    finish(error === undefined ? {} : { error });
    flow.abort(error ?? new Failure('cancelled', 'The rest of the answer was not wanted.'));
  };
  return {
    body: readable(next, destroy),
    push(chunk) {
      if (end !== undefined) return;
      chunks.push(chunk);
      room.taken(chunk.length);
      wake();
    },
    end: () => finish({}),
    fail: (error) => finish({ error }),
  };
}

const afterThisTurn = Promise.resolve();

/** More than this is not joined: large chunks are not worth the copy. */
const mostJoined = 64 * 1024;

/** Takes the first chunks, as many as are worth it, as one. */
function joinedFirst(chunks: Uint8Array[]): Uint8Array {
  let count = 0;
  let size = 0;
  do size += chunks[count++]?.length ?? 0;
  while (count < chunks.length && size + (chunks[count]?.length ?? 0) <= mostJoined);
  const taken = chunks.splice(0, count);
  return taken.length === 1 && taken[0] !== undefined ? taken[0] : Buffer.concat(taken, size);
}

/** Pauses a flow when more bytes wait than there is room for, and lets it go on when half of them are gone. */
function throttle(flow: Flow): { taken(bytes: number): void; freed(bytes: number): void } {
  let waiting = 0;
  let paused = false;
  return {
    taken(bytes) {
      waiting += bytes;
      if (paused || waiting <= maxWaiting) return;
      paused = true;
      flow.pause();
    },
    freed(bytes) {
      waiting -= bytes;
      if (!paused || waiting > maxWaiting / 2) return;
      paused = false;
      flow.resume();
    },
  };
}

function readable(
  next: () => Promise<IteratorResult<Uint8Array, undefined>>,
  destroy: (error?: Error) => void,
): ReceivedBody {
  const iterator: AsyncIterator<Uint8Array, undefined> = {
    next,
    return() {
      destroy();
      return Promise.resolve({ done: true, value: undefined });
    },
  };
  const body: ReceivedBody = {
    [Symbol.asyncIterator]: () => iterator,
    destroy,
    async text() {
      const chunks: Uint8Array[] = [];
      let size = 0;
      for await (const chunk of body) {
        size += chunk.length;
        if (size > maxText) throw new Failure('provider-nonsense', 'The provider answered with more than 64 MB.');
        chunks.push(chunk);
      }
      return Buffer.concat(chunks).toString('utf8');
    },
    async dump() {
      let size = 0;
      for await (const chunk of body) {
        size += chunk.length;
        if (size > maxDump) break;
      }
    },
  };
  return body;
}
