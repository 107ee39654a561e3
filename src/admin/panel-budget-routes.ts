import { windowAt } from '../budgets/windows.ts';
import type { Limit } from '../budgets/limit.ts';
import type { Ports } from '../gateway/ports.ts';
import { allLimits } from '../gateway/scopes.ts';
import type { Budget } from './contract.ts';
import type { AdminRoute } from './routes.ts';

/** Every budget with what was spent of it, from the counters that it is enforced by. */
export const budgetRoutes: readonly AdminRoute[] = [
  { method: 'get', paths: ['/purser/budgets'], access: 'admin', run: list },
];

function list(ports: Ports): { readonly now: number; readonly budgets: readonly Budget[] } {
  return { now: ports.clock.now(), budgets: allLimits(ports).map((limit) => budgetOf(ports, limit)) };
}

export function budgetOf(ports: Ports, { scope, title, max, duration }: Limit): Budget {
  const { window, held } = ports.budgets.spend(scope, duration);
  const { start, end } = windowAt(duration, ports.clock.now(), ports.config());
  const known = (at: number): number | null => (Number.isFinite(at) ? at : null);
  return { ...{ scope, title, max, duration, held }, spent: window, since: known(start), until: known(end) };
}
