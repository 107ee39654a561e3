import { invalid } from '../chat/failure.ts';
import { toDollars } from '../chat/money.ts';
import type { Ports } from '../gateway/ports.ts';
import type { RowFilter, Sum } from '../ledger/ledger.ts';
import { datesOf, onlyKnown } from './report-query.ts';
import { totalOf } from './report-routes.ts';
import type { AdminAsk } from './routes.ts';

/** LiteLLM's report by team and day, or by key; each with what its models took. Purser has no customers. */
export async function spendReport(ports: Ports, { query }: AdminAsk): Promise<unknown> {
  onlyKnown(query, ['start_date', 'end_date', 'group_by', 'api_key', 'team_id']);
  const { timeZone, ...range } = datesOf(ports, query);
  const { group_by = 'team', api_key, team_id } = query;
  const filter = {
    ...range,
    ...(api_key !== undefined && { key: ports.keys.get(api_key)?.id ?? api_key }),
    ...(team_id !== undefined && { project: team_id }),
  };
  if (group_by === 'team') return byTeam(ports, filter, timeZone);
  if (group_by === 'api_key') return byKey(ports, filter);
  throw invalid('group_by must be team or api_key.', 'group_by');
}

interface TeamShare {
  readonly team_name: string;
  total_spend: number;
  readonly metadata: object[];
}

async function byTeam({ ledger }: Ports, filter: RowFilter, timeZone: string): Promise<unknown> {
  const days = new Map<string, TeamShare[]>();
  for (const { name: project } of await ledger.sums('project', filter)) {
    for (const sum of await ledger.series('model', 'day', { ...filter, project }, timeZone)) {
      const shares = days.get(sum.time) ?? [];
      days.set(sum.time, shares);
      const name = project ?? 'Unassigned';
      let share = shares.find(({ team_name }) => team_name === name);
      if (share === undefined) shares.push((share = { team_name: name, total_spend: 0, metadata: [] }));
      share.total_spend += sum.cost;
      share.metadata.push({ model: sum.name, spend: toDollars(sum.cost), total_tokens: inputOf(sum) + sum.output });
    }
  }
  return [...days]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([day, shares]) => ({
      group_by_day: day,
      teams: shares.map((share) => ({ ...share, total_spend: share.total_spend / 1e9 })),
    }));
}

async function byKey({ ledger }: Ports, filter: RowFilter): Promise<unknown> {
  const report: object[] = [];
  for (const { name } of await ledger.sums('key', filter)) {
    if (name === null) continue;
    const models = await ledger.sums('model', { ...filter, key: name });
    report.push({ api_key: name, ...amountsOf(totalOf(models)), model_details: models.map(modelDetail) });
  }
  return report;
}

const modelDetail = (sum: Sum): object => ({ model: sum.name, ...amountsOf(sum) });

const amountsOf = (sum: Omit<Sum, 'name'>): object => ({
  total_cost: toDollars(sum.cost),
  total_input_tokens: inputOf(sum),
  total_output_tokens: sum.output,
});

const inputOf = ({ input, cacheRead, cacheWrite }: Omit<Sum, 'name'>): number => input + cacheRead + cacheWrite;
