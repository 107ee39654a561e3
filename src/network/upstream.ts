import type { Dispatcher } from 'undici';
import { Failure } from '../chat/failure.ts';
import { trusted } from './certificates.ts';
import { connectionFailure } from './connection-failure.ts';
import { Exchange, reasonOf, type Way } from './exchange.ts';
import { parseUrl, proxyFinder, type Environment } from './proxy.ts';
import type { StopSignal } from '../lib/stop.ts';
import { systemTimers, type Timers } from '../lib/time.ts';
import type { ReceivedBody } from './received-body.ts';
import type { Patience } from './watchdog.ts';

export type { Dispatcher };

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
  readonly signal?: StopSignal;
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

/** What goes there. */
interface OpenWay extends Way {
  readonly dispatcher: Promise<Dispatcher>;
  /** The same once it is there. */
  ready?: Dispatcher;
}

/** Addresses; a model's name may be a part of one, and callers make up names. */
const mostWays = 1_000;

/** Connections to the providers, kept and used again, straight or through the proxy that the environment names. */
export function upstream({ environment, timers = systemTimers }: UpstreamOptions): Upstream {
  const dispatchers = new Map<string, Promise<Dispatcher>>();
  const ways = new Map<string, OpenWay>();
  const findProxy = proxyFinder(environment);

  const dispatcherFor = (url: URL, proxy: URL | undefined, connectMs: number): Promise<Dispatcher> => {
    const name = `${url.protocol} ${connectMs} ${proxy?.href ?? ''}`;
    const known = dispatchers.get(name);
    if (known !== undefined) return known;
    const made = makeDispatcher(url.protocol === 'https:' ? environment : undefined, proxy, connectMs);
    dispatchers.set(name, made);
    return made;
  };
  const wayOf = ({ url: address, connectTimeoutMs = usualConnectMs }: OutgoingRequest): OpenWay => {
    const name = `${connectTimeoutMs} ${address}`;
    let way = ways.get(name);
    if (way !== undefined) return way;
    const url = addressOf(address);
    const proxy = findProxy(url);
    way = {
      origin: url.origin,
      path: url.pathname + url.search,
      route: { host: url.host, proxy: proxy?.host },
      dispatcher: dispatcherFor(url, proxy, connectTimeoutMs),
    };
    if (ways.size >= mostWays) ways.clear();
    ways.set(name, way);
    return way;
  };
  return {
    async send(request) {
      const way = wayOf(request);
      const dispatcher = (way.ready ??= await openOf(way));
      if (request.signal?.aborted) throw beforeIt(way, reasonOf(request.signal));
      return new Promise((resolve, reject) => {
        new Exchange({ request, way, timers, resolve, reject }).begin(dispatcher);
      });
    },
    async close() {
      for (const made of await Promise.allSettled(dispatchers.values())) {
        if (made.status === 'fulfilled') await made.value.destroy();
      }
    },
  };
}

const openOf = (way: OpenWay): Promise<Dispatcher> =>
  way.dispatcher.catch((error: unknown) => {
    throw beforeIt(way, error);
  });

/** The failure of a request that was not made. */
const beforeIt = ({ route }: Way, error: unknown): Failure =>
  connectionFailure(error, { ...route, sent: false, answering: false });

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

function addressOf(text: string): URL {
  const url = parseUrl(text);
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  const failure = new Failure('provider-unreachable', 'The api_base is not an http or https address.');
  throw connectionFailure(failure, { host: '', proxy: undefined, sent: false, answering: false });
}
