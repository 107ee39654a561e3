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

export const bodyQueue = (flow: Flow): BodyQueue => new QueuedBody(flow);

const maxText = 64 * 1024 * 1024;
const maxDump = 256 * 1024;
/** The connection is paused when more bytes than this wait for the reader, and goes on when half of them are gone. */
const maxWaiting = 256 * 1024;

type Read = IteratorResult<Uint8Array, undefined>;

interface Reader {
  readonly resolve: (read: Read) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Hands chunks from the connection to one reader, without a stream's machinery: an event costs a microsecond less. What one
 * read of the connection brought is handed over in one piece: the reader is woken when the connection's own turn is over.
 */
class QueuedBody implements BodyQueue, ReceivedBody, AsyncIterator<Uint8Array, undefined> {
  readonly #flow: Flow;
  readonly #chunks: Uint8Array[] = [];
  /** Bytes. */
  #waiting = 0;
  #isPaused = false;
  #reader: Reader | undefined;
  #isWaking = false;
  #end: { readonly error?: Error } | undefined;

  constructor(flow: Flow) {
    this.#flow = flow;
  }

  get body(): ReceivedBody {
    return this;
  }

  push(chunk: Uint8Array): void {
    if (this.#end !== undefined) return;
    this.#chunks.push(chunk);
    this.#waiting += chunk.length;
    if (!this.#isPaused && this.#waiting > maxWaiting) {
      this.#isPaused = true;
      this.#flow.pause();
    }
    this.#wake();
  }

  end(): void {
    this.#finish({});
  }

  fail(error: Error): void {
    this.#finish({ error });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Read> {
    return new Promise((resolve, reject) => {
      this.#reader = { resolve, reject };
      this.#serve();
    });
  }

  return(): Promise<Read> {
    this.destroy();
    return Promise.resolve({ done: true, value: undefined });
  }

  async text(): Promise<string> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for (let read = await this.next(); !read.done; read = await this.next()) {
      size += read.value.length;
      if (size > maxText) {
        this.destroy();
        throw new Failure('provider-nonsense', 'The provider answered with more than 64 MB.');
      }
      chunks.push(read.value);
    }
    return Buffer.concat(chunks, size).toString('utf8');
  }

  async dump(): Promise<void> {
    let size = 0;
    for (let read = await this.next(); !read.done; read = await this.next()) {
      size += read.value.length;
      if (size > maxDump) this.destroy();
    }
  }

  destroy(error?: Error): void {
    if (this.#end !== undefined) return;
    this.#chunks.length = 0;
    this.#finish(error === undefined ? {} : { error });
    this.#flow.abort(error ?? new Failure('cancelled', 'The rest of the answer was not wanted.'));
  }

  #finish(how: { readonly error?: Error }): void {
    this.#end ??= how;
    this.#wake();
  }

  #wake(): void {
    if (this.#reader === undefined || this.#isWaking) return;
    this.#isWaking = true;
    void afterThisTurn.then(() => this.#serve());
  }

  #serve(): void {
    this.#isWaking = false;
    const reader = this.#reader;
    if (reader === undefined) return;
    if (this.#chunks.length > 0) reader.resolve({ done: false, value: this.#take() });
    else if (this.#end === undefined) return;
    else if (this.#end.error === undefined) reader.resolve({ done: true, value: undefined });
    else reader.reject(this.#end.error);
    this.#reader = undefined;
  }

  #take(): Uint8Array {
    const value = joinedFirst(this.#chunks);
    this.#waiting -= value.length;
    if (this.#isPaused && this.#waiting <= maxWaiting / 2) {
      this.#isPaused = false;
      this.#flow.resume();
    }
    return value;
  }
}

const afterThisTurn = Promise.resolve();

/** More than this is not joined: large chunks are not worth the copy. */
const mostJoined = 64 * 1024;

/** Takes the first chunks, as many as are worth it, as one. */
function joinedFirst(chunks: Uint8Array[]): Uint8Array {
  const first = chunks.shift() ?? nothing;
  if (chunks.length === 0) return first;
  let count = 0;
  let size = first.length;
  while (count < chunks.length && size + (chunks[count]?.length ?? 0) <= mostJoined)
    size += chunks[count++]?.length ?? 0;
  return count === 0 ? first : Buffer.concat([first, ...chunks.splice(0, count)], size);
}

const nothing = new Uint8Array(0);
