import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Rates } from '../../src/budgets/rates.ts';
import { toFailure, type Failure } from '../../src/chat/failure.ts';
import type { Config } from '../../src/config/config.ts';
import { environmentOf } from '../../src/config/environment.ts';
import { formatFinding } from '../../src/config/findings.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { ClientDialect } from '../../src/dialects/dialect.ts';
import { openaiChat } from '../../src/dialects/openai-chat/openai-chat.ts';
import { answer } from '../../src/gateway/answer.ts';
import { authenticate } from '../../src/gateway/authenticate.ts';
import { backgroundChecks } from '../../src/gateway/background-checks.ts';
import { balances } from '../../src/gateway/balances.ts';
import { callBodies } from '../../src/gateway/call-bodies.ts';
import { catalogOf } from '../../src/gateway/catalog.ts';
import { discovery } from '../../src/gateway/discovery.ts';
import { newestEvents } from '../../src/gateway/events.ts';
import { lastExcess } from '../../src/gateway/excess.ts';
import { redactedLog } from '../../src/gateway/log.ts';
import { metrics } from '../../src/gateway/metrics.ts';
import { missingRoutes } from '../../src/gateway/missing-routes.ts';
import type { Ports } from '../../src/gateway/ports.ts';
import type { Headers, Piece, Sink } from '../../src/gateway/sink.ts';
import { recall } from '../../src/gateway/recall.ts';
import { threads } from '../../src/gateway/threads.ts';
import { runaway } from '../../src/gateway/runaway.ts';
import { responseCache } from '../../src/gateway/response-cache.ts';
import { knownSessions } from '../../src/gateway/sessions.ts';
import { coolingNotices } from '../../src/gateway/cooling-notices.ts';
import { openStore, type Store } from '../../src/gateway/store.ts';
import { upstream, type Upstream } from '../../src/network/upstream.ts';
import { wishesOf } from '../../src/gateway/wishes.ts';
import type { KeySettings } from '../../src/keys/key-record.ts';
import { hashKey } from '../../src/keys/virtual-key.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { redactor } from '../../src/lib/redact.ts';
import { priceTable } from '../../src/pricing/prices.ts';
import { providers } from '../../src/providers/index.ts';
import { affinity } from '../../src/routing/affinity.ts';
import { healthOf } from '../../src/routing/health.ts';
import type { TokenCounter } from '../../src/tokens/count.ts';
import { ledgerInProcess } from '../ledger/in-process.ts';
import { fakeClock, type FakeClock } from './fake-clock.ts';
import { adminKey } from './gateway-client.ts';

/** Who calls, and how; the administrator unless a key is given. */
export interface CallOptions {
  readonly key?: string;
  readonly client?: ClientDialect;
  readonly signal?: AbortSignal;
  readonly session?: string;
  /** The call's id; a fresh one unless given. */
  readonly id?: string;
  /** What it says to routing, in LiteLLM's headers. */
  readonly headers?: Headers;
  /** Hears every piece of a stream as it goes out. */
  readonly onPiece?: (text: string) => void;
  /** Called when a whole answer or a stream's last piece goes out; what it throws, the connection has thrown. */
  readonly onEnd?: () => void;
}

/** What the client of a call got. */
export interface Heard {
  readonly id: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** What was thrown before anything was sent. */
  readonly failure: Failure | undefined;
  /** Whether the connection was cut. */
  readonly broken: boolean;
}

/** A gateway of real parts in this process, without HTTP before it: a fake clock, a folder of its own, tokens of four characters. */
export interface GatewayUnderTest {
  readonly ports: Ports;
  readonly store: Store;
  readonly clock: FakeClock;
  readonly folder: string;
  /** What was logged, each line with its level. */
  readonly logged: readonly string[];
  /** How long calls waited before they tried again, milliseconds: the clock went on, and nobody waited. */
  readonly pauses: number[];
  /** Whether new calls are taken. */
  accepts(yes: boolean): void;
  /** Takes another configuration, as after an edit of its file. */
  readonly configure: (text: string) => void;
  readonly newKey: (settings?: KeySettings) => Promise<string>;
  readonly call: (body: JsonObject, options?: CallOptions) => Promise<Heard>;
  /** All rows, newest first. */
  readonly rows: () => Promise<readonly JsonObject[]>;
  close(): Promise<void>;
}

const facts = Object.fromEntries(
  providers.map(({ name, keyVariables, baseUrl, local }) => [
    name,
    { keyVariables, needsBase: baseUrl === undefined, local: local ?? false },
  ]),
);

/** The configuration that a YAML text makes. */
export function configOf(text: string): Config {
  const environment = environmentOf({ processEnv: {} });
  const { config, errors } = loadConfig({ text, environment, providers: facts, timeZone: 'UTC' });
  if (config === undefined) throw new Error(errors.map(formatFinding).join('\n'));
  return config;
}

const folders: string[] = [];
after(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** An empty folder that is removed when the tests are done. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'purser-gateway-'));
  folders.push(folder);
  return folder;
}

/** What a gateway under test shares with an earlier one, or has instead of the real thing. */
export interface Surroundings {
  readonly clock?: FakeClock;
  readonly upstream?: Upstream;
}

/** Give `folder` of an earlier gateway to start again where that one ended. */
export async function gatewayUnderTest(
  text: string,
  folder = newFolder(),
  { clock = fakeClock(), upstream: outgoing = upstream({ environment: {} }) }: Surroundings = {},
): Promise<GatewayUnderTest> {
  let config = configOf(text);
  const prices = priceTable({ clock, folder });
  const redact = redactor([
    adminKey,
    ...config.deployments.flatMap(({ apiKey }) => (apiKey === undefined ? [] : [apiKey])),
  ]);
  let accepting = true;
  const pauses: number[] = [];
  const logged: string[] = [];
  const log = redactedLog(
    (level, line) => logged.push(`${level}: ${line}`),
    () => redact,
  );
  const ledger = ledgerInProcess(folder);
  const store = await openStore({ folder, clock, settings: config, log, ledger, after: clock.after });
  const { keys, projects, budgets, pause, books } = store;
  let catalog = catalogOf(config, providers, prices);
  const events = newestEvents(clock);
  const bodies = callBodies({
    ...{ folder: join(folder, 'bodies'), clock, keys, log, after: clock.after },
    ...{ config: () => config, redact: () => redact },
  });
  const ports: Ports = {
    ...{ keys, projects, budgets, pause, books, bodies, ledger, clock, log, prices },
    config: () => config,
    catalog: () => catalog,
    adminKeys: () => [hashKey(adminKey)],
    redact: () => redact,
    accepting: () => accepting,
    running: new Map(),
    rates: new Rates(clock),
    tokens: tokensBySize,
    discovery: discovery(outgoing, prices, clock, log),
    balances: balances(outgoing, clock, () => redact),
    checks: backgroundChecks(() => ports, clock.after),
    upstream: outgoing,
    missingRoutes: missingRoutes(clock),
    recall: recall(),
    threads: threads(),
    responses: responseCache(clock),
    sessions: knownSessions(),
    events,
    health: healthOf(clock, coolingNotices({ catalog: () => catalog, events, log, redact: () => redact })),
    affinity: affinity(clock),
    timers: {
      after: clock.after,
      pause(ms) {
        pauses.push(ms);
        clock.pass(ms);
        return Promise.resolve();
      },
    },
    excess: lastExcess(),
    runaway: runaway({ clock, config: () => config, events, keys, books, log }),
    metrics: metrics(),
    random: () => 0,
  };
  return {
    ...{ ports, store, clock, folder, logged, pauses },
    accepts: (yes) => void (accepting = yes),
    configure(next) {
      config = configOf(next);
      catalog = catalogOf(config, providers, prices);
      budgets.configure(config);
    },
    async newKey(settings = {}) {
      const { secret, record } = keys.created(settings);
      await books.change(record);
      return secret;
    },
    call: (body, options) => callOf(ports, body, options),
    rows: () => ledger.rows({ limit: 1000 }),
    async close() {
      await bodies.close();
      await store.close();
      await outgoing.close();
    },
  };
}

async function callOf(ports: Ports, body: JsonObject, options: CallOptions = {}): Promise<Heard> {
  const { key = adminKey, client = openaiChat, signal = new AbortController().signal } = options;
  const { session = null, headers = {} } = options;
  const { id = randomUUID() } = options;
  const { sink, heard } = recordingSink(options.onPiece, options.onEnd);
  try {
    const caller = authenticate(ports, key);
    const raw = Buffer.from(JSON.stringify(body));
    const outline = client.outline(body);
    const attribution = { project: caller.project, evidence: caller.project === null ? null : ('key' as const) };
    const call = { id, started: ports.clock.monotonic(), client, caller, raw, body, outline, signal };
    const wishes = wishesOf(headers, client, body);
    await answer(ports, { ...call, assistant: null, session, attribution, wishes }, sink);
    return { id, ...heard(), failure: undefined };
  } catch (error) {
    return { id, ...heard(), failure: toFailure(error) };
  }
}

function recordingSink(onPiece: (text: string) => void = () => undefined, onEnd: () => void = () => undefined) {
  let status = 0;
  let headers: Headers = {};
  let text = '';
  let broken = false;
  const take = (piece: Piece): void => {
    const said = typeof piece === 'string' ? piece : Buffer.from(piece).toString('utf8');
    text += said;
    onPiece(said);
  };
  const sink: Sink = {
    get begun() {
      return status !== 0;
    },
    send(given, head, body) {
      onEnd();
      status = given;
      headers = head;
      take(body);
    },
    begin(head) {
      status = 200;
      headers = head;
    },
    write(piece) {
      take(piece);
      return undefined;
    },
    end(piece) {
      onEnd();
      if (piece !== undefined) take(piece);
    },
    break() {
      broken = true;
    },
  };
  return { sink, heard: () => ({ status, headers, text, broken }) };
}

const tokensBySize: TokenCounter = {
  countText: (text) => Promise.resolve(Math.ceil(text.length / 4)),
  countRequest: (request) => Promise.resolve(Math.ceil(JSON.stringify(request.turns).length / 4)),
  close: () => Promise.resolve(),
};
