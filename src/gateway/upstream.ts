import type { Dispatcher } from 'undici';
import { Failure } from '../chat/failure.ts';
import { trusted } from './certificates.ts';
import { connectionFailure, type Journey } from './connection-failure.ts';
import { parseUrl, proxyFinder, type Environment } from './proxy.ts';
import { bodyQueue, type BodyQueue, type ReceivedBody } from './received-body.ts';

export interface UpstreamOptions {
  /** Names proxies and certificates. What stands in `.env` is in it, which Node itself does not see. */
  readonly environment: Environment;
  readonly connectTimeoutMs?: number;
}

export interface OutgoingRequest {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
  readonly signal?: AbortSignal;
  /** How long the answer's head may take. */
  readonly headersTimeoutMs: number;
  /** How long the answer may fall silent. */
  readonly bodyTimeoutMs: number;
}

/** A provider's answer, whatever its status but a redirect. `headers` are lower-case. */
export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ReceivedBody;
}

/** The way to the providers. Failures on it, in the body too, are thrown as Failures. */
export interface Upstream {
  send(request: OutgoingRequest): Promise<Answered>;
  /** Cuts what is under way and frees all connections. */
  close(): Promise<void>;
}

/** Connections to the providers, kept and used again, straight or through the proxy that the environment names. */
export function upstream({ environment, connectTimeoutMs = 10_000 }: UpstreamOptions): Upstream {
  const dispatchers = new Map<string, Promise<Dispatcher>>();
  const findProxy = proxyFinder(environment);

  const dispatcherFor = (url: URL, proxy: URL | undefined): Promise<Dispatcher> => {
    const name = `${url.protocol} ${proxy?.href ?? ''}`;
    const known = dispatchers.get(name);
    if (known !== undefined) return known;
    const made = makeDispatcher(url.protocol === 'https:' ? environment : undefined, proxy, connectTimeoutMs);
    dispatchers.set(name, made);
    return made;
  };
  return {
    async send(request) {
      const url = addressOf(request);
      const proxy = findProxy(url);
      const route = { host: url.host, proxy: proxy?.host };
      const dispatcher = await dispatcherFor(url, proxy).catch((error: unknown) => {
        throw connectionFailure(error, { ...route, sent: false, answering: false });
      });
      const answered = await exchange(dispatcher, request, url, route);
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
  const connect = { timeout, ...(secureContext && { secureContext }) };
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

/** One request and the head of its answer. */
function exchange(dispatcher: Dispatcher, request: OutgoingRequest, url: URL, route: Route): Promise<Answered> {
  const { signal } = request;
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined;
    let queue: BodyQueue | undefined;
    const fail = (error: unknown): void => {
      signal?.removeEventListener('abort', abort);
      const failure = connectionFailure(error, {
        ...route,
        sent: controller !== undefined,
        answering: queue !== undefined,
      });
      if (queue === undefined) reject(failure);
      else queue.fail(failure);
    };
    const abort = (): void => {
      // What still waits for a connection is stopped when it gets one.
      if (controller === undefined) fail(reasonOf(signal));
      else controller.abort(reasonOf(signal));
    };
    if (signal?.aborted === true) {
      abort();
      return;
    }
    signal?.addEventListener('abort', abort, { once: true });
    dispatcher.dispatch(dispatchOptions(request, url), {
      onRequestStart(started) {
        if (signal?.aborted === true) started.abort(reasonOf(signal));
        else controller = started;
      },
      onResponseStart(flow, status, headers) {
        if (status < 200) return; // an interim word
        queue = bodyQueue(flow);
        resolve({ status, headers: oneValueEach(headers), body: queue.body });
      },
      onResponseData: (_flow, chunk) => queue?.push(chunk),
      onResponseEnd() {
        signal?.removeEventListener('abort', abort);
        queue?.end();
      },
      onResponseError: (_flow, error) => fail(error),
    });
  });
}

const dispatchOptions = (request: OutgoingRequest, url: URL): Dispatcher.DispatchOptions => ({
  origin: url.origin,
  path: url.pathname + url.search,
  method: request.method,
  // Unpacking would cost more than a short way with few bytes, and would delay a stream's events.
  headers: { 'user-agent': 'Purser', 'accept-encoding': 'identity', ...request.headers },
  body: request.body ?? null,
  headersTimeout: request.headersTimeoutMs,
  bodyTimeout: request.bodyTimeoutMs,
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
  if (status < 300 || status > 399) return;
  const target = parseUrl(headers.location ?? '', url)?.host ?? 'nowhere';
  throw new Failure(
    'provider-nonsense',
    `${url.host} answered with a redirect to ${target}, which is not followed. Is the api_base right?`,
  );
}
