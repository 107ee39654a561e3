import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { routesWith, type AdminRoute } from './admin/routes.ts';
import { Rates } from './budgets/rates.ts';
import { Failure, toFailure } from './chat/failure.ts';
import type { Config } from './config/config.ts';
import type { Environment } from './config/environment.ts';
import { backgroundChecks } from './gateway/background-checks.ts';
import { balances } from './gateway/balances.ts';
import { callBodies } from './gateway/call-bodies.ts';
import { catalogOf } from './gateway/catalog.ts';
import { discovery } from './gateway/discovery.ts';
import { newestEvents } from './gateway/events.ts';
import { lastExcess } from './gateway/excess.ts';
import { redactedLog, type Log } from './gateway/log.ts';
import { metrics } from './gateway/metrics.ts';
import { missingRoutes } from './gateway/missing-routes.ts';
import type { Ports } from './gateway/ports.ts';
import { priceUpkeep, type PriceUpkeep } from './gateway/price-upkeep.ts';
import { recall } from './gateway/recall.ts';
import { threads } from './gateway/threads.ts';
import { runaway } from './gateway/runaway.ts';
import { responseCache } from './gateway/response-cache.ts';
import { knownSessions } from './gateway/sessions.ts';
import { coolingNotices } from './gateway/cooling-notices.ts';
import { openStore, type Store } from './gateway/store.ts';
import { upstream } from './network/upstream.ts';
import { gatewayApplication } from './http/app.ts';
import type { BoundPort } from './http/bound-port.ts';
import { hashKey } from './keys/virtual-key.ts';
import { folderInUse } from './ledger/lock.ts';
import { threadLedger } from './ledger/thread-ledger.ts';
import { giveBackMemory } from './lib/memory.ts';
import { redactor, type Redact } from './lib/redact.ts';
import { systemClock, systemTimers } from './lib/time.ts';
import { priceTable } from './pricing/prices.ts';
import { providers } from './providers/index.ts';
import { affinity } from './routing/affinity.ts';
import { healthOf } from './routing/health.ts';
import { threadCounter } from './tokens/thread-counter.ts';

export interface GatewayOptions {
  readonly config: Config;
  readonly environment: Environment;
  readonly adminKey: string;
  readonly dataFolder: string;
  /** How long the process that had the folder before may take to give it free, milliseconds; calls wait meanwhile. */
  readonly folderPatienceMs?: number;
  /** Whether others may wait for the folder when this gateway ends. */
  readonly hasSuccessors?: boolean;
  /** Routes besides those that every gateway has. */
  readonly routes?: readonly AdminRoute[];
  /** Where the built threads and sql.js's wasm are. */
  readonly files: { readonly ledgerThread: string; readonly tokenThread: string; readonly wasm: string };
  readonly write: (level: 'info' | 'warn' | 'error', line: string) => void;
}

export interface RunningGateway {
  /** Takes a configuration that was read anew; calls under way go on with the old one. */
  readonly configure: (config: Config) => void;
  /** No new calls; running ones get `graceMs`, then everything is settled, saved and closed. */
  readonly stop: (graceMs: number) => Promise<void>;
}

/** Both heads start a gateway with this, on a port that they have bound; it is given back when that fails. Wiring only. */
export async function startGateway(bound: BoundPort, options: GatewayOptions): Promise<RunningGateway> {
  try {
    mkdirSync(options.dataFolder, { recursive: true, mode: 0o700 });
    const voice = voiceOf(options, bound.holder.token);
    if (options.environment('NODE_TLS_REJECT_UNAUTHORIZED') === '0') voice.log.warn(unchecked);
    const running = assemble(bound, options, voice, await storeOf(options, voice.log));
    const { ports, upkeep, configure, stop } = running;
    bound.open(gatewayApplication(ports, routesWith(options.routes ?? [])));
    // The price table takes some milliseconds to load: now, while nobody waits.
    setImmediate(() => void ports.prices.warm().then(giveBackMemory));
    void ports.bodies.sweep();
    upkeep.start();
    return { configure, stop };
  } catch (error) {
    await bound.giveUp(couldNotStart);
    throw error;
  }
}

const unchecked =
  'The certificates of providers and proxies are not checked (NODE_TLS_REJECT_UNAUTHORIZED=0, or http.proxyStrictSSL is off in the editor): whoever sits on the way can read keys and prompts.';

const couldNotStart = new Failure('stopping', 'Purser could not start; its log says why.', { retryAfter: 5 });

interface Assembled {
  readonly ports: Ports;
  readonly upkeep: PriceUpkeep;
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

function voiceOf({ config, environment, adminKey, write }: GatewayOptions, token: string): Voice {
  const hiding = (all: Config): Redact => redactor([...secretsOf(all, environment), adminKey, token]);
  let redact = hiding(config);
  return {
    log: redactedLog(write, () => redact),
    redact: () => redact,
    hide: (next) => void (redact = hiding(next)),
  };
}

/** The predecessor may still be settling its last calls. */
async function storeOf({ dataFolder, config, files, folderPatienceMs = 0 }: GatewayOptions, log: Log): Promise<Store> {
  const report = (sentence: string): void => log.warn(sentence);
  const end = clock.monotonic() + folderPatienceMs;
  const options = {
    folder: dataFolder,
    clock,
    settings: config,
    log,
    ledger: threadLedger({
      ...{ script: files.ledgerThread, wasm: files.wasm, folder: dataFolder, report },
      keep: { rows: config.ledgerRows, days: config.ledgerDays },
    }),
  };
  for (;;) {
    try {
      return await openStore(options);
    } catch (error) {
      if (toFailure(error).code !== folderInUse || clock.monotonic() >= end) throw error;
      await delay(betweenTriesMs);
    }
  }
}

const betweenTriesMs = 25;

function assemble(bound: BoundPort, options: GatewayOptions, { log, redact, hide }: Voice, store: Store): Assembled {
  const { environment } = options;
  const prices = priceTable({ clock, folder: options.dataFolder });
  let config = options.config;
  let catalog = catalogOf(config, providers, prices);
  let accepting = true;
  const outgoing = upstream({ environment: networkVariables(environment) });
  const running: Ports['running'] = new Map();
  const adminHashes = [options.adminKey, bound.holder.token].map(hashKey);
  const { keys, projects, budgets, pause, books, ledger } = store;
  const closeStore = options.hasSuccessors ? store.closeQuickly : store.close;
  const events = newestEvents(clock);
  const ports: Ports = {
    ...{ keys, projects, budgets, pause, books, ledger, clock, log, prices, running },
    ...inMemory(),
    config: () => config,
    catalog: () => catalog,
    adminKeys: () => adminHashes,
    redact,
    bodies: callBodies({ folder: join(options.dataFolder, 'bodies'), clock, keys, config: () => config, log, redact }),
    accepting: () => accepting,
    tokens: threadCounter(options.files.tokenThread),
    discovery: discovery(outgoing, prices, clock, log),
    balances: balances(outgoing, clock, redact),
    checks: backgroundChecks(() => ports),
    upstream: outgoing,
    events,
    runaway: runaway({ clock, config: () => config, events, keys, books, log }),
    health: healthOf(clock, coolingNotices({ catalog: () => catalog, events, log, redact })),
  };
  ports.checks.restart();
  const upkeep = priceUpkeep(ports, { folder: options.dataFolder, environment });
  const stop = (graceMs: number): Promise<void> =>
    ended({ bound, ports, upkeep, graceMs, refuseCalls: () => (accepting = false), closeStore });
  let stopped: Promise<void> | undefined;
  return {
    ports,
    upkeep,
    configure(next) {
      config = next;
      catalog = catalogOf(next, providers, prices);
      hide(next);
      ports.checks.restart();
      budgets.configure(next);
      upkeep.configured();
      void ports.bodies.sweep();
    },
    stop: (graceMs) => (stopped ??= stop(graceMs)),
  };
}

/** What a gateway knows only as long as it runs. */
const inMemory = () => ({
  rates: new Rates(clock),
  missingRoutes: missingRoutes(clock),
  recall: recall(),
  threads: threads(),
  responses: responseCache(clock),
  sessions: knownSessions(),
  excess: lastExcess(),
  metrics: metrics(),
  affinity: affinity(clock),
  random: Math.random,
  timers: systemTimers,
});

interface Ending {
  readonly bound: BoundPort;
  readonly ports: Ports;
  readonly upkeep: PriceUpkeep;
  readonly graceMs: number;
  readonly refuseCalls: () => void;
  readonly closeStore: () => Promise<void>;
}

/** Frees the port, ends the calls, then gives the data folder free. */
async function ended({ bound, ports, upkeep, graceMs, refuseCalls, closeStore }: Ending): Promise<void> {
  const { checks, running, tokens, upstream: outgoing } = ports;
  checks.stop();
  upkeep.stop();
  const timers = [
    setTimeout(refuseCalls, Math.min(lastCallsMs, graceMs)),
    setTimeout(() => void tokens.close(), graceMs + countingMs),
  ];
  // The counter takes a second to load: now, while there is time.
  if (running.size > 0) tokens.countText('', 'gpt-4o').catch(() => undefined);
  await bound.leave(running, graceMs);
  timers.forEach(clearTimeout);
  await ports.bodies.close();
  await closeStore();
  await tokens.close();
  await outgoing.close();
}

/** How long whoever is connected may ask once more: no other gateway may be there yet. */
const lastCallsMs = 500;
/** How long what was cut off may be counted; then it is estimated by its size. */
const countingMs = 300;

/** The variables that the way to the providers depends on, wherever they were set. */
const networkVariables = (environment: Environment): Record<string, string | undefined> =>
  Object.fromEntries(
    ['https_proxy', 'http_proxy', 'no_proxy', 'node_extra_ca_certs', 'node_tls_reject_unauthorized'].flatMap((name) =>
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
