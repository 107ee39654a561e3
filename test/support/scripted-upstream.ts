import { Failure } from '../../src/chat/failure.ts';
import { connectionFailure } from '../../src/network/connection-failure.ts';
import { bodyQueue, type BodyQueue } from '../../src/network/received-body.ts';
import type { OutgoingRequest, Upstream } from '../../src/network/upstream.ts';
import { watchdog } from '../../src/network/watchdog.ts';
import { objectIn, type JsonObject } from '../../src/lib/json.ts';
import type { StopSignal } from '../../src/lib/stop.ts';
import type { FakeClock } from './fake-clock.ts';

/** A request that reached the provider, answered step by step by whoever plays it. */
export interface Sent {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JsonObject;
  readonly signal: StopSignal | undefined;
  /** `waiting`: no head yet; `answering`: its stream has begun; `over`: nothing more is to come. */
  readonly state: 'waiting' | 'answering' | 'over';
  readonly isStream: boolean;
  /** A whole answer. */
  answer(status: number, body: unknown): void;
  /** The next piece of a stream, which begins with the first. */
  push(text: string): void;
  end(): void;
  /** The connection breaks after the request was sent. */
  cut(): void;
}

export interface ScriptedUpstream extends Upstream {
  /** Every request that was sent, in order. */
  readonly sent: readonly Sent[];
  /** Requests that find no connection, from now on: nothing of them is sent. */
  refuses(count: number): void;
}

const journey = { host: 'provider.test', proxy: undefined };

/** Providers without a network: what is sent waits until the test answers it, and time is the fake clock's. */
export function scriptedUpstream(clock: FakeClock, onSent: (sent: Sent) => void = () => undefined): ScriptedUpstream {
  const sent: Sent[] = [];
  let refusals = 0;
  return {
    sent,
    refuses: (count) => void (refusals = count),
    async send(request) {
      await Promise.resolve();
      if (request.signal?.aborted)
        throw connectionFailure(reasonOf(request), { ...journey, sent: false, answering: false });
      if (refusals > 0) {
        refusals -= 1;
        const refused = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
        throw connectionFailure(refused, { ...journey, sent: false, answering: false });
      }
      return new Promise((resolve, reject) => {
        const one = exchange(clock, request, { resolve, reject });
        sent.push(one);
        onSent(one);
      });
    },
    close: () => Promise.resolve(),
  };
}

type Head = Awaited<ReturnType<Upstream['send']>>;
interface Waiting {
  readonly resolve: (head: Head) => void;
  readonly reject: (error: Error) => void;
}

function exchange(clock: FakeClock, request: OutgoingRequest, waiting: Waiting): Sent {
  let state: Sent['state'] = 'waiting';
  let queue: BodyQueue | undefined;
  const over = (): void => {
    state = 'over';
    dog.stop();
    request.signal?.removeEventListener('abort', abort);
  };
  const fail = (error: unknown): void => {
    if (state === 'over') return;
    over();
    const failure = connectionFailure(error, { ...journey, sent: true, answering: queue !== undefined });
    if (queue === undefined) waiting.reject(failure);
    else queue.fail(failure);
  };
  const abort = (): void => fail(reasonOf(request));
  const dog = watchdog({
    ...request.patience,
    host: journey.host,
    now: () => clock.monotonic(),
    after: clock.after,
    cut: fail,
  });
  request.signal?.addEventListener('abort', abort, { once: true });
  const begin = (status: number, type: string): BodyQueue => {
    if (queue !== undefined) return queue;
    state = 'answering';
    queue = bodyQueue({ pause: () => undefined, resume: () => undefined, abort: over });
    if (request.awaitsContent !== true) dog.begun();
    waiting.resolve({ status, headers: { 'content-type': type }, body: queue.body, begun: () => dog.begun() });
    return queue;
  };
  return {
    path: new URL(request.url).pathname,
    headers: request.headers,
    body: objectIn(JSON.parse(String(request.body ?? '{}'))),
    signal: request.signal,
    get state() {
      return state;
    },
    isStream: request.awaitsContent === true,
    answer(status, body) {
      if (state !== 'waiting') return;
      const whole = begin(status, 'application/json');
      over();
      whole.push(Buffer.from(JSON.stringify(body)));
      whole.end();
    },
    push(text) {
      if (state === 'over') return;
      const stream = begin(200, 'text/event-stream');
      dog.heard();
      stream.push(Buffer.from(text));
    },
    end() {
      if (state !== 'answering') return;
      over();
      queue?.end();
    },
    cut: () => fail(Object.assign(new Error('reset'), { code: 'ECONNRESET' })),
  };
}

function reasonOf({ signal }: OutgoingRequest): Failure {
  const reason: unknown = signal?.reason;
  return reason instanceof Failure ? reason : new Failure('cancelled', 'The client hung up.');
}
