import type { Dispatcher } from 'undici';
import { Failure } from '../chat/failure.ts';
import { trusted } from './certificates.ts';
import { connectionFailure, type Journey } from './connection-failure.ts';
import { parseUrl, proxyFinder, type Environment } from './proxy.ts';
import { systemClock, systemTimers, type Timers } from '../lib/time.ts';
import { bodyQueue, type BodyQueue, type Flow, type ReceivedBody } from './received-body.ts';
import { watchdog, type Patience, type Watch, type Watchdog } from './watchdog.ts';

export interface UpstreamOptions {
  /** Names proxies and certificates. What stands in `.env` is in it, which Node itself does not see. */
  readonly environment: Environment;
  readonly timers?: Timers;
}

export interface OutgoingRequest {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
  readonly signal?: AbortSignal;
  readonly patience: Patience;
  /** A stream begins with its first content, of which `begun` is told, and not with its head. */
  readonly awaitsContent?: boolean;
  /** How long a new connection may take, milliseconds; 10 s unless said. */
  readonly connectTimeoutMs?: number;
}

/** A provider's answer, whatever its status but a redirect. `headers` are lower-case. */
export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ReceivedBody;
  /** To be called when the first content of a stream has come. */
  readonly begun: () => void;
}

/** The way to the providers. Failures on it, in the body too, are thrown as Failures. */
export interface Upstream {
  send(request: OutgoingRequest): Promise<Answered>;
  /** Cuts what is under way and frees all connections. */
  close(): Promise<void>;
}

const usualConnectMs = 10_000;

/** Connections to the providers, kept and used again, straight or through the proxy that the environment names. */
export function upstream({ environment, timers = systemTimers }: UpstreamOptions): Upstream {
  const dispatchers = new Map<string, Promise<Dispatcher>>();
  const findProxy = proxyFinder(environment);

  const dispatcherFor = (url: URL, proxy: URL | undefined, connectMs: number): Promise<Dispatcher> => {
    const name = `${url.protocol} ${connectMs} ${proxy?.href ?? ''}`;
    const known = dispatchers.get(name);
    if (known !== undefined) return known;
    const made = makeDispatcher(url.protocol === 'https:' ? environment : undefined, proxy, connectMs);
    dispatchers.set(name, made);
    return made;
  };
  return {
    async send(request) {
      const url = addressOf(request);
      const proxy = findProxy(url);
      const route = { host: url.host, proxy: proxy?.host };
      const dispatcher = await dispatcherFor(url, proxy, request.connectTimeoutMs ?? usualConnectMs).catch(
        (error: unknown) => {
          throw connectionFailure(error, { ...route, sent: false, answering: false });
        },
      );
      if (request.signal?.aborted)
        throw connectionFailure(reasonOf(request.signal), { ...route, sent: false, answering: false });
      const answered = await exchange({ dispatcher, request, url, route, timers });
      try {
        mustBeReadable(answered, url);
      } catch (error) {
        answered.body.destroy();
        throw error;
      }
      return answered;
    },
    async close() {
      for (const made of await Promise.allSettled(dispatchers.values())) {
        if (made.status === 'fulfilled') await made.value.destroy();
      }
    },
  };
}

/** `environment` where TLS is spoken: the system's certificates are read only then. */
async function makeDispatcher(
  environment: Environment | undefined,
  proxy: URL | undefined,
  timeout: number,
): Promise<Dispatcher> {
  const secureContext = environment && (await trusted(environment));
  const rejectUnauthorized = environment?.NODE_TLS_REJECT_UNAUTHORIZED !== '0';
  const connect = { timeout, rejectUnauthorized, ...(secureContext && { secureContext }) };
  // Providers keep idle connections for a minute and more; a new one costs up to three round trips.
  const options = { keepAliveTimeout: 30_000, pipelining: 1 };
  if (proxy === undefined) {
    const { default: Agent } = await import('undici/lib/dispatcher/agent.js');
    return new Agent({ ...options, connect });
  }
  if (!/^(https?|socks5?):$/.test(proxy.protocol)) {
    throw new Failure(
      'provider-unreachable',
      'A proxy in HTTPS_PROXY or HTTP_PROXY must begin with http, https or socks5.',
    );
  }
  const { ProxyAgent } = await import('undici');
  return new ProxyAgent({ ...options, uri: proxy.href, requestTls: connect, proxyTls: connect });
}

type Route = Pick<Journey, 'host' | 'proxy'>;

interface Exchange {
  readonly dispatcher: Dispatcher;
  readonly request: OutgoingRequest;
  readonly url: URL;
  readonly route: Route;
  readonly timers: Timers;
}

/** One request and the head of its answer. */
function exchange({ dispatcher, request, url, route, timers }: Exchange): Promise<Answered> {
  const { signal } = request;
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined;
    let queue: BodyQueue | undefined;
    let stopped: Failure | undefined;
    let over = (): void => undefined;
    const fail = (error: unknown): void => {
      over();
      const isSent = controller !== undefined;
      const failure = connectionFailure(error, { ...route, sent: isSent, answering: queue !== undefined });
      if (queue === undefined) reject(failure);
      else queue.fail(failure);
    };
    const stop = (why: Failure): void => {
      stopped = why;
      // What still waits for a connection is stopped when it gets one.
      if (controller === undefined) fail(why);
      else controller.abort(why);
    };
    const abort = (): void => stop(reasonOf(signal));
    const dog = watchdog({ cut: stop, ...request.patience, ...watching(url, timers) });
    over = () => {
      dog.stop();
      signal?.removeEventListener('abort', abort);
    };
    signal?.addEventListener('abort', abort, { once: true });
    dispatcher.dispatch(dispatchOptions(request, url), {
      onRequestStart(started) {
        if (stopped !== undefined) started.abort(stopped);
        else controller = started;
      },
      onResponseStart(flow, status, headers) {
        if (status < 200) return; // an interim word
        queue = bodyQueue(watched(flow, dog));
        if (!request.awaitsContent) dog.begun();
        resolve({ status, headers: oneValueEach(headers), body: queue.body, begun: dog.begun });
      },
      onResponseData(_flow, chunk) {
        dog.heard();
        queue?.push(chunk);
      },
      onResponseEnd() {
        over();
        queue?.end();
      },
      onResponseError: (_flow, error) => fail(error),
    });
  });
}

const watching = ({ host }: URL, { after }: Timers): Pick<Watch, 'host' | 'after' | 'now'> => ({
  host,
  after,
  now: () => systemClock.monotonic(),
});

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

const dispatchOptions = (request: OutgoingRequest, url: URL): Dispatcher.DispatchOptions => ({
  origin: url.origin,
  path: url.pathname + url.search,
  method: request.method,
  // Unpacking would cost more than a short way with few bytes, and would delay a stream's events.
  headers: { 'user-agent': 'Purser', 'accept-encoding': 'identity', ...request.headers },
  body: request.body ?? null,
  // The watchdog's business.
  headersTimeout: 0,
  bodyTimeout: 0,
});

function reasonOf(signal: AbortSignal | undefined): Failure {
  const reason: unknown = signal?.reason;
  if (reason instanceof Failure) return reason;
  // So says AbortSignal.timeout.
  const isLate = reason instanceof Error && reason.name === 'TimeoutError';
  return isLate
    ? new Failure('provider-timeout', 'The provider did not answer in time.')
    : new Failure('cancelled', 'The client hung up.');
}

function oneValueEach(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return flat;
}

function addressOf(request: OutgoingRequest): URL {
  const url = parseUrl(request.url);
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  const failure = new Failure('provider-unreachable', 'The api_base is not an http or https address.');
  throw connectionFailure(failure, { host: '', proxy: undefined, sent: false, answering: false });
}

function mustBeReadable({ status, headers }: Answered, url: URL): void {
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') {
    throw new Failure('provider-nonsense', `${url.host} answered in ${encoding}, which it was asked not to.`);
  }
  if (status < 300 || status > 399 || status === 304) return;
  const target = parseUrl(headers.location ?? '', url)?.host ?? 'nowhere';
  throw new Failure(
    'provider-nonsense',
    `${url.host} answered with a redirect to ${target}, which is not followed. Is the api_base right?`,
  );
}
