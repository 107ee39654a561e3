import { invalid } from '../chat/failure.ts';
import { fromDollars, toDollars } from '../chat/money.ts';
import type { Ports } from '../gateway/ports.ts';
import type { RowFilter } from '../ledger/ledger.ts';
import { defined } from '../lib/json.ts';
import { keyRow } from './key-rows.ts';
import { wholeNumber } from './query.ts';
import { amount, datesOf, onlyKnown, visible } from './report-query.ts';
import type { AdminAsk, AdminRoute } from './routes.ts';
import { spendRow } from './spend-row.ts';

/** LiteLLM's spend logs. A key sees its own rows, the administrator all. */
export const spendRoutes: readonly AdminRoute[] = [
  { method: 'get', paths: ['/spend/logs'], access: 'key', run: logs },
  { method: 'get', paths: ['/spend/logs/v2'], access: 'key', run: logPages },
  { method: 'get', paths: ['/spend/keys'], access: 'admin', run: keys },
];

const mostRows = 10_000;

/** The newest rows first; with dates sums of each day, unless `summarize=false` asks for that time's rows. */
async function logs(ports: Ports, ask: AdminAsk): Promise<unknown> {
  const { query } = ask;
  onlyKnown(query, ['api_key', 'request_id', 'start_date', 'end_date', 'summarize']);
  const { api_key, request_id, start_date, end_date, summarize } = query;
  const filter: RowFilter = { ...visible(ports, ask, api_key), ...defined({ call: request_id }) };
  if (start_date === undefined && end_date === undefined) return rowsOf(ports, filter);
  const { since, until, timeZone } = datesOf(ports, query);
  const dated = { ...filter, since, until };
  return summarize === 'false' ? rowsOf(ports, dated) : dailySums(ports, dated, timeZone);
}

const rowsOf = async (ports: Ports, filter: RowFilter): Promise<unknown> =>
  (await ports.ledger.rows({ ...filter, limit: mostRows })).map(spendRow);

/** A day with its sum and what each model took of it. Purser has no users, so that member is empty. */
async function dailySums({ ledger }: Ports, filter: RowFilter, timeZone: string): Promise<unknown> {
  const series = await ledger.series('model', 'day', filter, timeZone);
  const days = new Map<string, { spend: number; models: Record<string, number> }>();
  for (const { time, name, cost } of series) {
    const day = days.get(time) ?? { spend: 0, models: {} };
    days.set(time, day);
    // Whole nano-dollars are added up, so that a sum of dollars is not off by a float's last digit.
    day.spend += cost;
    day.models[name ?? ''] = cost / 1e9;
  }
  return [...days].map(([startTime, { spend, models }]) => ({ startTime, spend: spend / 1e9, users: {}, models }));
}

const pageParams = ['page', 'page_size', 'start_date', 'end_date', 'api_key', 'key_alias', 'team_id', 'request_id'];
const moreParams = ['session_id', 'model', 'model_id', 'min_spend', 'status_filter'];

async function logPages(ports: Ports, ask: AdminAsk): Promise<unknown> {
  const { query } = ask;
  onlyKnown(query, [...pageParams, ...moreParams]);
  const page = wholeNumber(query['page'], { param: 'page', otherwise: 1, most: 1_000_000 });
  const size = wholeNumber(query['page_size'], { param: 'page_size', otherwise: 50, most: 1_000 });
  const filter = pageFilter(ports, ask);
  const [rows, total] = await Promise.all([
    ports.ledger.rows({ ...filter, limit: size, offset: (page - 1) * size }),
    ports.ledger.count(filter),
  ]);
  return { data: rows.map(spendRow), total, page, page_size: size, total_pages: Math.ceil(total / size) };
}

function pageFilter(ports: Ports, ask: AdminAsk): RowFilter {
  const { api_key, key_alias, team_id, request_id, session_id, model, model_id, min_spend, ...rest } = ask.query;
  const dated = rest['start_date'] !== undefined || rest['end_date'] !== undefined;
  const { since, until } = dated ? datesOf(ports, rest) : {};
  return {
    ...visible(ports, ask, api_key ?? (key_alias === undefined ? undefined : keyCalled(ports, key_alias))),
    ...defined({
      ...{ since, until, model },
      project: team_id,
      call: request_id,
      session: session_id,
      deployment: model_id,
      minCost: min_spend === undefined ? undefined : fromDollars(amount(min_spend, 'min_spend')),
      ...statusFilter(rest['status_filter']),
    }),
  };
}

/** Of an alias that no key has there are no rows. */
const keyCalled = ({ keys: known }: Ports, alias: string): string => known.byAlias(alias)?.id ?? alias;

function statusFilter(text: string | undefined): Pick<RowFilter, 'failedOnly' | 'status'> {
  if (text === undefined) return {};
  if (text === 'failure') return { failedOnly: true };
  if (text === 'success') return { status: 'done' };
  throw invalid('status_filter must be success or failure.', 'status_filter');
}

/** The keys with what they have spent in all, dearest first. */
function keys(ports: Ports, { query }: AdminAsk): unknown {
  onlyKnown(query, ['limit']);
  const limit = wholeNumber(query['limit'], { param: 'limit', otherwise: 1_000, most: mostRows });
  const spentBy = (id: string): number => toDollars(ports.budgets.spend(`key:${id}`, null).total);
  return ports.keys
    .list()
    .map((key) => ({ key, spent: spentBy(key.id) }))
    .sort((a, b) => b.spent - a.spent)
    .slice(0, limit)
    .map(({ key }) => keyRow(ports, key));
}
