import type { Limit } from '../budgets/limit.ts';
import type { Route } from '../routing/router.ts';
import type { Bill } from './bill.ts';
import type { Call } from './call.ts';
import type { Deployment } from './catalog.ts';
import type { Ports } from './ports.ts';
import type { Headers } from './sink.ts';

/** A call that has been let in, with all that its attempts share. */
export interface Serving {
  readonly ports: Ports;
  readonly call: Call;
  readonly route: Route<Deployment>;
  readonly bill: Bill;
  readonly scopes: Scopes;
  /** How far the key's rate limits are used. */
  readonly rateHeaders: Headers;
}

/** The budgets that a call is held against. */
export interface Scopes {
  readonly limits: readonly Limit[];
  /** Every scope that its cost counts on; those of the limits are among them. */
  readonly names: readonly string[];
}
