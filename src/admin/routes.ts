import type { JsonObject } from '../lib/json.ts';
import type { Caller } from '../gateway/authenticate.ts';
import type { Ports } from '../gateway/ports.ts';
import { bodyRoutes } from './body-routes.ts';
import { callsRoutes } from './calls-routes.ts';
import { costRoutes } from './cost-routes.ts';
import { eventsRoutes } from './events-routes.ts';
import { accountRoutes } from './account-routes.ts';
import { checkRoutes } from './health-routes.ts';
import { deploymentRoutes } from './deployment-routes.ts';
import { dryRunRoutes } from './dry-run-routes.ts';
import { keyRoutes } from './key-routes.ts';
import { ledgerRoutes } from './ledger-routes.ts';
import { metricsRoutes } from './metrics-routes.ts';
import { modelInfoRoutes } from './model-routes.ts';
import { overviewRoutes } from './overview-routes.ts';
import { providerKeyRoutes } from './provider-key-routes.ts';
import { budgetRoutes } from './panel-budget-routes.ts';
import { panelRoutes } from './panel-routes.ts';
import { pauseRoutes } from './pause-routes.ts';
import { projectRoutes } from './project-routes.ts';
import { replayRoutes } from './replay-routes.ts';
import { reportRoutes } from './report-routes.ts';
import { globalSpendRoutes } from './spend-global-routes.ts';
import { spendRoutes } from './spend-routes.ts';
import { statusRoutes } from './status-routes.ts';
import { teamRoutes } from './team-routes.ts';
import { tokenRoutes } from './token-routes.ts';

/** What was asked of a management route, as far as HTTP has read it. */
export interface AdminAsk {
  readonly caller: Caller;
  readonly query: Readonly<Record<string, string>>;
  readonly params: Readonly<Record<string, string>>;
  readonly body: JsonObject;
}

/** A management route, as data: LiteLLM's paths, so that its scripts and status lines work as they are. */
export interface AdminRoute {
  readonly method: 'get' | 'post' | 'delete';
  readonly paths: readonly string[];
  /** `key`: any valid key may ask, about itself. */
  readonly access: 'admin' | 'key';
  /** Gives the answer's JSON, or a text; throws a Failure. */
  run(ports: Ports, ask: AdminAsk): unknown;
}

/** An answer that is no JSON: a text that goes out piece by piece, as fast as the client takes it. */
export interface TextAnswer {
  readonly type: string;
  /** What a browser saves it as. */
  readonly fileName?: string;
  readonly pieces: AsyncIterable<string>;
}

const served: readonly AdminRoute[] = [
  ...keyRoutes,
  ...deploymentRoutes,
  ...dryRunRoutes,
  ...teamRoutes,
  ...projectRoutes,
  ...modelInfoRoutes,
  ...costRoutes,
  ...tokenRoutes,
  ...spendRoutes,
  ...ledgerRoutes,
  ...globalSpendRoutes,
  ...reportRoutes,
  ...metricsRoutes,
  ...overviewRoutes,
  ...providerKeyRoutes,
  ...checkRoutes,
  ...accountRoutes,
  ...eventsRoutes,
  ...callsRoutes,
  ...bodyRoutes,
  ...replayRoutes,
  ...pauseRoutes,
  ...statusRoutes,
  ...budgetRoutes,
];

/** With those of a head; the panel asks what everyone may ask. */
export function routesWith(more: readonly AdminRoute[]): readonly AdminRoute[] {
  const all = [...served, ...more];
  return [...all, ...panelRoutes(all)];
}

export const managementRoutes: readonly AdminRoute[] = routesWith([]);
