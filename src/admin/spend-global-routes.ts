import { toDollars } from '../chat/money.ts';
import type { Ports } from '../gateway/ports.ts';
import type { Dimension, Sum, TimedSum } from '../ledger/ledger.ts';
import { wholeNumber } from './query.ts';
import { datesOf, onlyKnown, type Period, type Query } from './report-query.ts';
import { totalOf } from './report-routes.ts';
import type { AdminAsk, AdminRoute } from './routes.ts';
import { dailyActivity } from './spend-activity.ts';
import { spendReport } from './spend-report.ts';

/** LiteLLM's sums over everything; of the last 30 days where no dates are given. */
export const globalSpendRoutes: readonly AdminRoute[] = [
  { method: 'get', paths: ['/global/spend'], access: 'admin', run: globalSpend },
  { method: 'get', paths: ['/global/spend/logs'], access: 'admin', run: days },
  { method: 'get', paths: ['/global/spend/keys'], access: 'admin', run: keys },
  { method: 'get', paths: ['/global/spend/models'], access: 'admin', run: models },
  { method: 'get', paths: ['/global/spend/provider'], access: 'admin', run: byProvider },
  { method: 'get', paths: ['/global/spend/teams'], access: 'admin', run: teams },
  { method: 'get', paths: ['/global/spend/report'], access: 'admin', run: spendReport },
  { method: 'get', paths: ['/global/activity'], access: 'admin', run: activity },
  { method: 'get', paths: ['/provider/budgets'], access: 'admin', run: providerBudgets },
  { method: 'get', paths: ['/user/daily/activity'], access: 'admin', run: dailyActivity },
];

const dates = ['start_date', 'end_date'];

function globalSpend(ports: Ports, { query }: AdminAsk): unknown {
  onlyKnown(query, []);
  const { maxBudget, budgetDuration } = ports.config();
  const spend = ports.budgets.spend('gateway', budgetDuration ?? null);
  return {
    spend: toDollars(spend.total),
    held: toDollars(spend.held),
    max_budget: maxBudget === undefined ? null : toDollars(maxBudget),
  };
}

const rangeOf = ({ since, until }: Period) => ({ since, until });

async function days(ports: Ports, { query }: AdminAsk): Promise<unknown> {
  onlyKnown(query, ['api_key', ...dates]);
  const { timeZone, ...range } = datesOf(ports, query);
  const { api_key } = query;
  const filter = { ...range, ...(api_key !== undefined && { key: ports.keys.get(api_key)?.id ?? api_key }) };
  const sums = await ports.ledger.sums('day', filter, timeZone);
  return sums.map(({ name, cost }) => ({ date: name, spend: toDollars(cost) }));
}

async function topSums(ports: Ports, by: Dimension, query: Query): Promise<readonly Sum[]> {
  onlyKnown(query, ['limit', ...dates]);
  const limit = wholeNumber(query['limit'], { param: 'limit', otherwise: 10, most: 10_000 });
  return (await ports.ledger.sums(by, rangeOf(datesOf(ports, query)))).slice(0, limit);
}

async function keys(ports: Ports, { query }: AdminAsk): Promise<unknown> {
  return (await topSums(ports, 'key', query)).map(({ name, cost }) => {
    const key = ports.keys.get(name ?? '');
    return { api_key: name, key_alias: key?.alias ?? null, key_name: key?.hint ?? null, total_spend: toDollars(cost) };
  });
}

async function models(ports: Ports, { query }: AdminAsk): Promise<unknown> {
  return (await topSums(ports, 'model', query)).map(({ name, cost }) => ({
    model: name,
    total_spend: toDollars(cost),
  }));
}

async function byProvider(ports: Ports, { query }: AdminAsk): Promise<unknown> {
  onlyKnown(query, dates);
  const sums = await ports.ledger.sums('provider', rangeOf(datesOf(ports, query)));
  return sums.map(({ name, cost }) => ({ provider: name, spend: toDollars(cost) }));
}

async function teams(ports: Ports, { query }: AdminAsk): Promise<unknown> {
  onlyKnown(query, dates);
  const { timeZone, ...range } = datesOf(ports, query);
  const [totals, series] = await Promise.all([
    ports.ledger.sums('project', range),
    ports.ledger.series('project', 'day', range, timeZone),
  ]);
  return {
    daily_spend: [...byDay(series)].map(([date, sums]) => ({
      date,
      ...Object.fromEntries(sums.map(({ name, cost }) => [name ?? unassigned, toDollars(cost)])),
    })),
    teams: totals.map(({ name }) => name ?? unassigned),
    total_spend_per_team: totals.map(({ name, cost }) => ({
      team_id: name ?? unassigned,
      team_alias: name ?? unassigned,
      total_spend: toDollars(cost),
    })),
  };
}

/** LiteLLM's word for calls without a team. */
const unassigned = 'Unassigned';

function byDay(series: readonly TimedSum[]): Map<string, TimedSum[]> {
  const found = new Map<string, TimedSum[]>();
  for (const sum of series) found.set(sum.time, [...(found.get(sum.time) ?? []), sum]);
  return found;
}

async function activity(ports: Ports, { query }: AdminAsk): Promise<unknown> {
  onlyKnown(query, dates);
  const { timeZone, ...range } = datesOf(ports, query);
  const sums = await ports.ledger.sums('day', range, timeZone);
  const tokens = ({ input, cacheRead, cacheWrite, output }: Omit<Sum, 'name'>): number =>
    input + cacheRead + cacheWrite + output;
  const total = totalOf(sums);
  return {
    daily_data: sums.map((sum) => ({ date: sum.name, api_requests: sum.calls, total_tokens: tokens(sum) })),
    sum_api_requests: total.calls,
    sum_total_tokens: tokens(total),
  };
}

/** What the configuration lets each provider spend, and how far that is used; of several windows LiteLLM has the first. */
function providerBudgets(ports: Ports, { query }: AdminAsk): unknown {
  onlyKnown(query, []);
  const uses = Object.entries(ports.config().providerBudgets).map(([name, allowances]) => {
    const windows = allowances.map(({ max, duration }) => {
      const { window, resetsAt } = ports.budgets.spend(`provider:${name}`, duration);
      return {
        budget_limit: toDollars(max),
        time_period: duration,
        spend: toDollars(window),
        budget_reset_at: resetsAt === null ? null : new Date(resetsAt).toISOString(),
      };
    });
    return [name, { ...windows[0], windows }];
  });
  return { providers: Object.fromEntries(uses) as object };
}
