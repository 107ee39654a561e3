import type { Config } from '../config/config.ts';
import type { Budgets } from '../budgets/budgets.ts';
import type { SpendingPause } from '../budgets/pause.ts';
import type { Rates } from '../budgets/rates.ts';
import type { Keys } from '../keys/keys.ts';
import type { Projects } from '../keys/projects.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Clock, Timers } from '../lib/time.ts';
import type { Redact } from '../lib/redact.ts';
import type { StopSignal } from '../lib/stop.ts';
import type { Affinity } from '../routing/affinity.ts';
import type { Health } from '../routing/health.ts';
import type { TokenCounter } from '../tokens/count.ts';
import type { BackgroundChecks } from './background-checks.ts';
import type { Balances } from './balances.ts';
import type { Books } from './books.ts';
import type { CallBodies } from './call-bodies.ts';
import type { Catalog } from './catalog.ts';
import type { Events } from './events.ts';
import type { Excess } from './excess.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { MissingRoutes } from './missing-routes.ts';
import type { Discovery } from './discovery.ts';
import type { PriceTable } from '../pricing/prices.ts';
import type { Recall } from './recall.ts';
import type { Threads } from './threads.ts';
import type { Runaway } from './runaway.ts';
import type { Running } from './running.ts';
import type { ResponseCache } from './response-cache.ts';
import type { Sessions } from './sessions.ts';
import type { Upstream } from '../network/upstream.ts';

/** Where the parts meet: the heads fit real ones in, tests fit fakes in. */
export interface Ports {
  /** The configuration in force; it changes when the file does. */
  config(): Config;
  /** What the configuration makes of names: groups, deployments, prices. */
  catalog(): Catalog;
  /** SHA-256 (hex) of what opens the management routes: the admin key, and the token that the windows of an editor share. */
  adminKeys(): readonly string[];
  readonly keys: Keys;
  readonly projects: Projects;
  readonly budgets: Budgets;
  readonly pause: SpendingPause;
  readonly rates: Rates;
  readonly books: Books;
  /** The prompts and answers of keys that have them kept. */
  readonly bodies: CallBodies;
  readonly ledger: Ledger;
  readonly tokens: TokenCounter;
  readonly prices: PriceTable;
  readonly discovery: Discovery;
  readonly balances: Balances;
  readonly checks: BackgroundChecks;
  readonly upstream: Upstream;
  readonly missingRoutes: MissingRoutes;
  readonly recall: Recall;
  readonly threads: Threads;
  readonly responses: ResponseCache;
  readonly sessions: Sessions;
  readonly events: Events;
  readonly excess: Excess;
  readonly runaway: Runaway;
  readonly metrics: Metrics;
  /** Which deployments and accounts are well. */
  readonly health: Health;
  /** Where conversations were served. */
  readonly affinity: Affinity;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  redact(): Redact;
  /** The calls under way, by the signal that each is ended with. */
  readonly running: Map<StopSignal, Running>;
  /** Whether new calls are still taken; false while the gateway drains. */
  accepting(): boolean;
  /** [0, 1), for weighted draws. */
  random(): number;
}
