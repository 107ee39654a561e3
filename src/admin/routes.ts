import type { JsonObject } from '../lib/json.ts';
import type { Caller } from '../gateway/authenticate.ts';
import type { Ports } from '../gateway/ports.ts';
import { keyRoutes } from './key-routes.ts';
import { modelInfoRoutes } from './model-routes.ts';
import { overviewRoutes } from './overview-routes.ts';
import { spendRoutes } from './spend-routes.ts';

/** What was asked of a management route, as far as HTTP has read it. */
export interface AdminAsk {
  readonly caller: Caller;
  readonly query: Readonly<Record<string, string>>;
  readonly params: Readonly<Record<string, string>>;
  readonly body: JsonObject;
}

/** A management route, as data: LiteLLM's paths, so that its scripts and status lines work as they are. */
export interface AdminRoute {
  readonly method: 'get' | 'post';
  readonly paths: readonly string[];
  /** `key`: any valid key may ask, about itself. */
  readonly access: 'admin' | 'key';
  /** Gives the answer's JSON; throws a Failure. */
  run(ports: Ports, ask: AdminAsk): unknown;
}

export const managementRoutes: readonly AdminRoute[] = [
  ...keyRoutes,
  ...modelInfoRoutes,
  ...spendRoutes,
  ...overviewRoutes,
];
