import { Failure } from '../chat/failure.ts';
import type { StopSignal } from '../lib/stop.ts';
import { systemClock, type Timers } from '../lib/time.ts';
import { connectionFailure, type Journey } from './connection-failure.ts';
import { parseUrl } from './proxy.ts';
import { bodyQueue, type BodyQueue, type Flow } from './received-body.ts';
import type { Answered, Dispatcher, OutgoingRequest } from './upstream.ts';
import { watchdog, type Watchdog } from './watchdog.ts';

/** Where requests to one address go. */
export interface Way {
  readonly origin: string;
  /** With the query. */
  readonly path: string;
  readonly route: Pick<Journey, 'host' | 'proxy'>;
}

export interface Outing {
  readonly request: OutgoingRequest;
  readonly way: Way;
  readonly timers: Timers;
  readonly resolve: (answered: Answered) => void;
  readonly reject: (failure: Failure) => void;
}

/** One request, the head of its answer, and what comes after it. */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #outing: Outing;
  readonly #dog: Watchdog;
  #controller: Dispatcher.DispatchController | undefined;
  #queue: BodyQueue | undefined;
  #stopped: Failure | undefined;

  constructor(outing: Outing) {
    const { request, way, timers } = outing;
    this.#outing = outing;
    const { firstMs, idleMs, totalMs } = request.patience;
    const cut = (why: Failure): void => this.#stop(why);
    this.#dog = watchdog({ firstMs, idleMs, totalMs, host: way.route.host, after: timers.after, now: monotonic, cut });
  }

  begin(dispatcher: Dispatcher): void {
    const { request, way } = this.#outing;
    request.signal?.addEventListener('abort', this.#abort, { once: true });
    dispatcher.dispatch(dispatchOptions(request, way), this);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#stopped === undefined) this.#controller = controller;
    else controller.abort(this.#stopped);
  }

  onResponseStart(
    flow: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (status < 200) return; // an interim word
    const { request, way, resolve, reject } = this.#outing;
    const dog = this.#dog;
    const queue = (this.#queue = bodyQueue(watched(flow, dog)));
    if (!request.awaitsContent) dog.begun();
    const answered = { status, headers: oneValueEach(headers), body: queue.body, begun: () => dog.begun() };
    const unreadable = faultOf(answered, way);
    if (unreadable === undefined) {
      resolve(answered);
      return;
    }
    reject(unreadable);
    queue.body.destroy();
  }

  onResponseData(_flow: unknown, chunk: Uint8Array): void {
    this.#dog.heard();
    this.#queue?.push(chunk);
  }

  onResponseEnd(): void {
    this.#over();
    this.#queue?.end();
  }

  onResponseError(_flow: unknown, error: Error): void {
    this.#fail(error);
  }

  readonly #abort = (): void => this.#stop(reasonOf(this.#outing.request.signal));

  #stop(why: Failure): void {
    this.#stopped = why;
    // What still waits for a connection is stopped when it gets one.
    if (this.#controller === undefined) this.#fail(why);
    else this.#controller.abort(why);
  }

  #fail(error: unknown): void {
    this.#over();
    const { way, reject } = this.#outing;
    const [sent, answering] = [this.#controller !== undefined, this.#queue !== undefined];
    const failure = connectionFailure(error, { ...way.route, sent, answering });
    if (this.#queue === undefined) reject(failure);
    else this.#queue.fail(failure);
  }

  #over(): void {
    this.#dog.stop();
    this.#outing.request.signal?.removeEventListener('abort', this.#abort);
  }
}

const monotonic = (): number => systemClock.monotonic();

/** The flow, whose pauses are ours and not the provider's. */
const watched = (flow: Flow, dog: Watchdog): Flow => ({
  pause() {
    dog.paused();
    flow.pause();
  },
  resume() {
    dog.resumed();
    flow.resume();
  },
  abort: (reason) => flow.abort(reason),
});

const dispatchOptions = (request: OutgoingRequest, { origin, path }: Way): Dispatcher.DispatchOptions => ({
  origin,
  path,
  method: request.method,
  // Unpacking would cost more than a short way with few bytes, and would delay a stream's events.
  headers: { 'user-agent': 'Purser', 'accept-encoding': 'identity', ...request.headers },
  body: request.body ?? null,
  // The watchdog's business.
  headersTimeout: 0,
  bodyTimeout: 0,
});

/** Why a signal has aborted. */
export function reasonOf(signal: StopSignal | undefined): Failure {
  const reason: unknown = signal?.reason;
  if (reason instanceof Failure) return reason;
  // So says AbortSignal.timeout.
  const isLate = reason instanceof Error && reason.name === 'TimeoutError';
  return isLate
    ? new Failure('provider-timeout', 'The provider did not answer in time.')
    : new Failure('cancelled', 'The client hung up.');
}

function oneValueEach(headers: Readonly<Record<string, string | string[] | undefined>>): Answered['headers'] {
  const flat: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) flat[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return flat;
}

/** What is wrong with an answer's head, if anything is. */
function faultOf({ status, headers }: Answered, { origin, route: { host } }: Way): Failure | undefined {
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity')
    return new Failure('provider-nonsense', `${host} answered in ${encoding}, which it was asked not to.`);
  if (status < 300 || status > 399 || status === 304) return undefined;
  const target = parseUrl(headers.location ?? '', new URL(origin))?.host ?? 'nowhere';
  return new Failure(
    'provider-nonsense',
    `${host} answered with a redirect to ${target}, which is not followed. Is the api_base right?`,
  );
}
