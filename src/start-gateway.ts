import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { managementRoutes } from './admin/routes.ts';
import { Rates } from './budgets/rates.ts';
import { Failure } from './chat/failure.ts';
import type { Config } from './config/config.ts';
import type { Environment } from './config/environment.ts';
import { catalogOf } from './gateway/catalog.ts';
import { discovery } from './gateway/discovery.ts';
import { redactedLog, type Log } from './gateway/log.ts';
import { missingRoutes } from './gateway/missing-routes.ts';
import type { Ports } from './gateway/ports.ts';
import { recall } from './gateway/recall.ts';
import { knownSessions } from './gateway/sessions.ts';
import { openStore, type Store } from './gateway/store.ts';
import { upstream } from './gateway/upstream.ts';
import { createGatewayServer } from './http/app.ts';
import { hashKey } from './keys/virtual-key.ts';
import { threadLedger } from './ledger/thread-ledger.ts';
import { giveBackMemory } from './lib/memory.ts';
import { redactor, type Redact } from './lib/redact.ts';
import { systemClock } from './lib/time.ts';
import { priceTable } from './pricing/prices.ts';
import { providers } from './providers/index.ts';
import { threadCounter } from './tokens/thread-counter.ts';

export interface GatewayOptions {
  readonly config: Config;
  readonly environment: Environment;
  readonly adminKey: string;
  readonly dataFolder: string;
  readonly host: string;
  readonly port: number;
  /** Where the built threads and sql.js's wasm are. */
  readonly files: { readonly ledgerThread: string; readonly tokenThread: string; readonly wasm: string };
  readonly write: (level: 'info' | 'warn' | 'error', line: string) => void;
}

export interface RunningGateway {
  readonly port: number;
  /** Takes a configuration that was read anew; calls under way go on with the old one. */
  readonly configure: (config: Config) => void;
  /** No new calls; running ones get `graceMs`, then everything is settled, saved and closed. */
  readonly stop: (graceMs: number) => Promise<void>;
}

/** Both heads start a gateway with this. Wiring only. */
export async function startGateway(options: GatewayOptions): Promise<RunningGateway> {
  mkdirSync(options.dataFolder, { recursive: true, mode: 0o700 });
  const voice = voiceOf(options);
  const running = assemble(options, voice, await storeOf(options, voice.log));
  const { ports, server } = running;
  server.listen(options.port, options.host);
  try {
    await once(server, 'listening');
  } catch (error) {
    await running.store.close();
    throw portTaken(options, error);
  }
  // The price table takes 50 ms to load: now, while nobody waits.
  setImmediate(() => void ports.prices.warm().then(giveBackMemory));
  return { port: (server.address() as AddressInfo).port, configure: running.configure, stop: running.stop };
}

interface Assembled {
  readonly ports: Ports;
  readonly server: Server;
  readonly store: Store;
  readonly configure: (config: Config) => void;
  readonly stop: (graceMs: number) => Promise<void>;
}

const clock = systemClock;

/** What the gateway says, without the secrets of the configuration in force. */
interface Voice {
  readonly log: Log;
  readonly redact: () => Redact;
  readonly hide: (config: Config) => void;
}

function voiceOf({ config, environment, adminKey, write }: GatewayOptions): Voice {
  const hiding = (all: Config): Redact => redactor([...secretsOf(all, environment), adminKey]);
  let redact = hiding(config);
  return {
    log: redactedLog(write, () => redact),
    redact: () => redact,
    hide: (next) => void (redact = hiding(next)),
  };
}

function storeOf({ dataFolder, config, files }: GatewayOptions, log: Log): Promise<Store> {
  const report = (sentence: string): void => log.warn(sentence);
  return openStore({
    folder: dataFolder,
    clock,
    settings: config,
    log,
    ledger: threadLedger({ script: files.ledgerThread, wasm: files.wasm, folder: dataFolder, report }),
  });
}

function assemble(options: GatewayOptions, { log, redact, hide }: Voice, store: Store): Assembled {
  const { environment } = options;
  const prices = priceTable({ clock });
  let config = options.config;
  let catalog = catalogOf(config, providers, prices);
  let accepting = true;
  const outgoing = upstream({ environment: networkVariables(environment) });
  const running = new Set<AbortController>();
  const adminHash = hashKey(options.adminKey);
  const { keys, budgets, books, ledger } = store;
  const ports: Ports = {
    ...{ keys, budgets, books, ledger, clock, log, prices, running },
    config: () => config,
    catalog: () => catalog,
    adminKey: () => adminHash,
    redact,
    accepting: () => accepting,
    rates: new Rates(clock),
    tokens: threadCounter(options.files.tokenThread),
    discovery: discovery(outgoing, prices, clock, log),
    upstream: outgoing,
    missingRoutes: missingRoutes(clock),
    recall: recall(),
    sessions: knownSessions(),
    random: Math.random,
  };
  const server = createGatewayServer(ports, managementRoutes);
  const stop = async (graceMs: number): Promise<void> => {
    accepting = false;
    await drained(server, running, graceMs);
    await store.close();
    await ports.tokens.close();
    await outgoing.close();
  };
  let stopped: Promise<void> | undefined;
  return {
    ports,
    server,
    store,
    configure(next) {
      config = next;
      catalog = catalogOf(next, providers, prices);
      hide(next);
      budgets.configure(next);
    },
    stop: (graceMs) => (stopped ??= stop(graceMs)),
  };
}

/** Ends the calls: those under way get `graceMs`, then their dialect's error event. */
async function drained(server: Server, running: ReadonlySet<AbortController>, graceMs: number): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  // A connection is idle only once its call has ended, and would then be kept for a next one.
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  const cut = setTimeout(() => {
    for (const call of running)
      call.abort(new Failure('stopping', 'Purser was stopped before this answer was complete.'));
    setTimeout(() => server.closeAllConnections(), 1_000).unref();
  }, graceMs);
  await closed;
  clearInterval(sweep);
  clearTimeout(cut);
}

/** The variables that the way to the providers depends on, wherever they were set. */
const networkVariables = (environment: Environment): Record<string, string | undefined> =>
  Object.fromEntries(
    ['https_proxy', 'http_proxy', 'no_proxy', 'node_extra_ca_certs'].flatMap((name) =>
      [name, name.toUpperCase()].map((variable) => [variable, environment(variable)]),
    ),
  );

/** Everything that may never be shown: the providers' keys, and passwords in addresses. */
function secretsOf(config: Config, environment: Environment): readonly string[] {
  const keys = config.deployments.flatMap(({ apiKey, aws, headers }) => [
    apiKey ?? '',
    ...(aws?.keys ? [aws.keys.accessKeyId, aws.keys.secretAccessKey, aws.keys.sessionToken ?? ''] : []),
    ...Object.values(headers),
  ]);
  const usual = providers.flatMap(({ keyVariables }) => keyVariables.map((name) => environment(name) ?? ''));
  return [...keys, ...usual, config.databaseUrl ?? '', config.masterKey ?? ''].filter((secret) => secret.length >= 6);
}

function portTaken({ port, host }: GatewayOptions, cause: unknown): Failure {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const why: Record<string, string> = {
    EADDRINUSE: `Port ${port} on ${host} is taken by another program. End it, or choose another with --port.`,
    EACCES: `This user may not listen on port ${port}. Choose one above 1023 with --port.`,
    EADDRNOTAVAIL: `${host} is no address of this machine. Choose another with --host.`,
  };
  return new Failure('internal', why[code] ?? `Cannot listen on ${host}:${port}: ${String(cause)}`, { cause });
}
