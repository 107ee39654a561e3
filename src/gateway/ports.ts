import type { Config } from '../config/config.ts';
import type { Budgets } from '../budgets/budgets.ts';
import type { Rates } from '../budgets/rates.ts';
import type { Keys } from '../keys/keys.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Clock } from '../lib/time.ts';
import type { Redact } from '../lib/redact.ts';
import type { TokenCounter } from '../tokens/count.ts';
import type { Books } from './books.ts';
import type { Catalog } from './catalog.ts';
import type { Log } from './log.ts';
import type { MissingRoutes } from './missing-routes.ts';
import type { Discovery } from './discovery.ts';
import type { PriceTable } from '../pricing/prices.ts';
import type { Recall } from './recall.ts';
import type { Sessions } from './sessions.ts';
import type { Upstream } from './upstream.ts';

/** Where the parts meet: the heads fit real ones in, tests fit fakes in. */
export interface Ports {
  /** The configuration in force; it changes when the file does. */
  config(): Config;
  /** What the configuration makes of names: groups, deployments, prices. */
  catalog(): Catalog;
  /** SHA-256 (hex) of the admin key. */
  adminKey(): string;
  readonly keys: Keys;
  readonly budgets: Budgets;
  readonly rates: Rates;
  readonly books: Books;
  readonly ledger: Ledger;
  readonly tokens: TokenCounter;
  readonly prices: PriceTable;
  readonly discovery: Discovery;
  readonly upstream: Upstream;
  readonly missingRoutes: MissingRoutes;
  readonly recall: Recall;
  readonly sessions: Sessions;
  readonly clock: Clock;
  readonly log: Log;
  redact(): Redact;
  /** The calls under way, each to be aborted with a Failure that says why. */
  readonly running: Set<AbortController>;
  /** Whether new calls are still taken; false while the gateway drains. */
  accepting(): boolean;
  /** [0, 1), for weighted draws. */
  random(): number;
}
