import type { Limit } from '../budgets/limit.ts';
import type { AttemptReason } from '../ledger/records.ts';
import type { Run } from '../routing/health.ts';
import type { Route } from '../routing/router.ts';
import type { Bill } from './bill.ts';
import type { Call } from './call.ts';
import type { Deployment } from './catalog.ts';
import type { Ports } from './ports.ts';
import type { Owner } from './scopes.ts';
import type { Headers } from './sink.ts';

/** A call that has been let in, with all that its attempts share. */
export interface Serving {
  readonly ports: Ports;
  readonly call: Call;
  readonly route: Route<Deployment>;
  readonly bill: Bill;
  readonly scopes: Scopes;
  /** How far the rate limits of key and project are used. */
  readonly rateHeaders: Headers;
  /** Other deployments are left to try: what is only short here, on its account or at its provider need not be waited for. */
  readonly hasAlternative?: boolean;
}

/** The budgets that a call is held against. */
export interface Scopes {
  readonly limits: readonly Limit[];
  /** Budgets that block nothing. */
  readonly soft: readonly Limit[];
  readonly owners: readonly Owner[];
  /** Every scope that its cost counts on; those of the limits are among them. */
  readonly names: readonly string[];
}

/** Why an attempt is made. */
export interface Step {
  /** The first choice has none. */
  readonly reason?: AttemptReason;
  /** The public name it is for, where that is not the one asked for. */
  readonly group?: string;
}

/** One attempt under way. */
export interface Trying extends Serving {
  readonly step: Step;
  /** What its deployment's health learns. */
  readonly run: Run;
}
