import { invalid } from '../chat/failure.ts';
import { toDollars } from '../chat/money.ts';
import type { Ports } from '../gateway/ports.ts';
import type { AdminAsk, AdminRoute } from './routes.ts';

/** Reading the ledger. */
export const spendRoutes: readonly AdminRoute[] = [
  { method: 'get', paths: ['/spend/logs'], access: 'admin', run: logs },
  { method: 'get', paths: ['/global/spend'], access: 'admin', run: globalSpend },
];

const mostRows = 10_000;

/** The newest rows first; one call's with `request_id`, one key's with `api_key` (the key or its hash). */
function logs(ports: Ports, { query }: AdminAsk): Promise<unknown> {
  const { api_key, request_id, start_date, end_date } = query;
  const key = api_key === undefined ? undefined : (ports.keys.get(api_key)?.id ?? api_key);
  return ports.ledger.rows({
    limit: mostRows,
    ...(key === undefined ? {} : { key }),
    ...(request_id === undefined ? {} : { call: request_id }),
    ...(start_date === undefined ? {} : { since: dateOf(start_date, 'start_date') }),
    ...(end_date === undefined ? {} : { until: dateOf(end_date, 'end_date') + dayMs }),
  });
}

const dayMs = 86_400_000;

function dateOf(text: string, param: string): number {
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw invalid(`${param} must be a date such as 2026-11-23.`, param);
  return at;
}

function globalSpend(ports: Ports): unknown {
  const { maxBudget, budgetDuration } = ports.config();
  const spend = ports.budgets.spend('gateway', budgetDuration ?? null);
  return {
    spend: toDollars(spend.total),
    held: toDollars(spend.held),
    max_budget: maxBudget === undefined ? null : toDollars(maxBudget),
  };
}
