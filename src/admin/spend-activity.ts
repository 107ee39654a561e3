import { toDollars } from '../chat/money.ts';
import type { Ports } from '../gateway/ports.ts';
import type { Dimension, Sum, TimedSum } from '../ledger/ledger.ts';
import { wholeNumber } from './query.ts';
import { datesOf, onlyKnown } from './report-query.ts';
import { totalOf, type Figures } from './report-routes.ts';
import type { AdminAsk } from './routes.ts';

const parts = {
  models: 'model',
  model_groups: 'group',
  providers: 'provider',
  endpoints: 'dialect',
  api_keys: 'key',
  entities: 'project',
} as const satisfies Record<string, Dimension>;

/** Each day with its sums, and what each model, provider, key and project took of it; the newest day first. */
export async function dailyActivity(ports: Ports, { query }: AdminAsk): Promise<unknown> {
  onlyKnown(query, ['start_date', 'end_date', 'page', 'page_size', 'model', 'api_key']);
  const page = wholeNumber(query['page'], { param: 'page', otherwise: 1, most: 1_000_000 });
  const size = wholeNumber(query['page_size'], { param: 'page_size', otherwise: 50, most: 1_000 });
  const { timeZone, ...range } = datesOf(ports, query);
  const { model, api_key } = query;
  const filter = {
    ...range,
    ...(model !== undefined && { model }),
    ...(api_key !== undefined && { key: ports.keys.get(api_key)?.id ?? api_key }),
  };
  const [days, ...series] = await Promise.all([
    ports.ledger.sums('day', filter, timeZone),
    ...Object.values(parts).map((by) => ports.ledger.series(by, 'day', filter, timeZone)),
  ]);
  const newestFirst = days.toReversed();
  return {
    results: newestFirst.slice((page - 1) * size, page * size).map((day) => ({
      date: day.name,
      metrics: metricsOf(day),
      breakdown: {
        ...Object.fromEntries(Object.keys(parts).map((name, at) => [name, breakdown(ports, series[at], day.name)])),
        mcp_servers: {},
      },
    })),
    metadata: { ...totals(totalOf(days)), ...pageOf(days.length, page, size) },
  };
}

const breakdown = ({ keys }: Ports, series: readonly TimedSum[] = [], day: string | null): object =>
  Object.fromEntries(
    series
      .filter(({ time }) => time === day)
      .map((sum) => {
        const alias = keys.get(sum.name ?? '')?.alias;
        return [
          sum.name ?? 'Unassigned',
          { metrics: metricsOf(sum), metadata: alias == null ? {} : { key_alias: alias } },
        ];
      }),
  );

/** In LiteLLM's words; prompt tokens count what was read from and written to a cache. */
function metricsOf(sum: Sum | Figures) {
  const prompt = sum.input + sum.cacheRead + sum.cacheWrite;
  return {
    spend: toDollars(sum.cost),
    prompt_tokens: prompt,
    completion_tokens: sum.output,
    cache_read_input_tokens: sum.cacheRead,
    cache_creation_input_tokens: sum.cacheWrite,
    total_tokens: prompt + sum.output,
    successful_requests: sum.calls - sum.failed,
    failed_requests: sum.failed,
    api_requests: sum.calls,
  };
}

const totals = (total: Figures): object =>
  Object.fromEntries(
    Object.entries(metricsOf(total)).map(([name, value]) => [name === 'total_tokens' ? name : `total_${name}`, value]),
  );

const pageOf = (days: number, page: number, size: number): object => ({
  page,
  total_pages: Math.ceil(days / size),
  has_more: page * size < days,
});
