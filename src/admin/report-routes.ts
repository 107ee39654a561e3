import { invalid } from '../chat/failure.ts';
import { noMoney } from '../chat/money.ts';
import type { Ports } from '../gateway/ports.ts';
import type { Dimension, RowFilter, RowPage, Sum, SumBy, TimedSum } from '../ledger/ledger.ts';
import { numberIn, type JsonObject } from '../lib/json.ts';
import { exported } from './report-export.ts';
import { filterNames, filterOf, onlyKnown, periodNames, periodOf, type Query } from './report-query.ts';
import { wholeNumber } from './query.ts';
import type { AdminAsk, AdminRoute, TextAnswer } from './routes.ts';

/** Purser's own: what the ledger tells, summed up, row by row, or whole. */
export const reportRoutes: readonly AdminRoute[] = [
  { method: 'get', paths: ['/purser/report'], access: 'admin', run: report },
  { method: 'get', paths: ['/purser/rows'], access: 'admin', run: rows },
  { method: 'get', paths: ['/purser/export'], access: 'admin', run: exportRows },
];

/** What was spent on what in a period. Amounts are nano-dollars, times milliseconds since the epoch. */
export interface Report {
  readonly since: number;
  readonly until: number;
  readonly timezone: string;
  readonly by: SumBy;
  /** `saved`: what the providers' prompt caches saved. */
  readonly total: Figures;
  /** The period of the same length before this one. */
  readonly previous: { readonly since: number; readonly until: number; readonly total: Figures };
  /** Dearest first; by day and hour, oldest first. */
  readonly lines: readonly ReportLine[];
  /** Where the costs come from: reported by the provider, computed, estimated, assumed. */
  readonly sources: readonly Sum[];
  /** With `step`: each line over time. */
  readonly series?: readonly TimedSum[];
}

export type Figures = Omit<Sum, 'name'>;

export interface ReportLine extends Sum {
  /** What the same name cost in the period before; by day and hour there is none. */
  readonly previousCost?: number;
}

const dimensions: readonly Dimension[] = [
  ...(['key', 'project', 'model', 'group', 'provider', 'account', 'deployment', 'assistant'] as const),
  ...(['session', 'branch', 'status', 'source', 'evidence', 'dialect'] as const),
];
const steps = ['day', 'hour'] as const;
const groupings: readonly SumBy[] = [...dimensions, ...steps];

async function report(ports: Ports, { query }: AdminAsk): Promise<Report> {
  onlyKnown(query, ['by', 'step', ...periodNames, ...filterNames]);
  const by = oneOf(groupings, query['by'] ?? 'model', 'by');
  const step = query['step'] === undefined ? undefined : oneOf(steps, query['step'], 'step');
  const { since, until, timeZone } = periodOf(ports, query);
  const filter = { ...filterOf(ports, query), since, until };
  const before = { ...filter, since: since - (until - since), until: since };
  const dimension = dimensions.find((name) => name === by) ?? null;
  const { ledger } = ports;
  const [sums, sumsBefore, sources, series] = await Promise.all([
    ledger.sums(by, filter, timeZone),
    ledger.sums(by, before, timeZone),
    ledger.sums('source', filter),
    step === undefined ? undefined : ledger.series(dimension, step, filter, timeZone),
  ]);
  return {
    ...{ since, until, by, sources, timezone: timeZone },
    total: totalOf(sums),
    previous: { since: before.since, until: before.until, total: totalOf(sumsBefore) },
    lines: dimension === null ? sums : compared(sums, sumsBefore),
    ...(series && { series }),
  };
}

function oneOf<T extends string>(known: readonly T[], name: string, param: string): T {
  const found = known.find((one) => one === name);
  if (found === undefined)
    throw invalid(`${param} must be one of ${known.join(', ')}, not "${name.slice(0, 50)}".`, param);
  return found;
}

function compared(sums: readonly Sum[], before: readonly Sum[]): readonly ReportLine[] {
  const costs = new Map(before.map(({ name, cost }) => [name, cost]));
  return sums.map((sum) => ({ ...sum, previousCost: costs.get(sum.name) ?? noMoney }));
}

const nothing: Figures = {
  ...{ cost: noMoney, saved: noMoney, calls: 0, failed: 0, cached: 0 },
  ...{ input: 0, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, output: 0, reasoning: 0 },
};
const figureNames = Object.keys(nothing) as (keyof Figures)[];

/** All of these together. */
export function totalOf(sums: readonly Sum[]): Figures {
  const total: Record<keyof Figures, number> = { ...nothing };
  for (const sum of sums) for (const name of figureNames) total[name] += sum[name];
  return total as Figures;
}

/** A page of rows, newest first; `next`, where there are more, goes into the next question as `after`. */
async function rows(ports: Ports, { query }: AdminAsk): Promise<unknown> {
  onlyKnown(query, ['limit', 'after', 'count', ...periodNames, ...filterNames]);
  const filter = rowFilter(ports, query);
  const limit = wholeNumber(query['limit'], { param: 'limit', otherwise: 100, most: 1_000 });
  const page = await ports.ledger.rows({ ...filter, limit, ...afterIn(query['after']) });
  const last = page.length < limit ? undefined : page.at(-1);
  return {
    rows: page,
    next: last === undefined ? null : cursorOf(last),
    ...(query['count'] === 'true' && { count: await ports.ledger.count(filter) }),
  };
}

/** Rows of any time, unless the query says of which. */
function rowFilter(ports: Ports, query: Query): RowFilter {
  const filter = filterOf(ports, query);
  if (query['since'] === undefined && query['until'] === undefined) return filter;
  const { since, until } = periodOf(ports, query);
  return { ...filter, ...(query['since'] !== undefined && { since }), ...(query['until'] !== undefined && { until }) };
}

const cursorOf = (row: JsonObject): string => `${numberIn(row['at'])}-${numberIn(row['seq'])}`;

function afterIn(text: string | undefined): Pick<RowPage, 'after'> {
  if (text === undefined) return {};
  const [, at, seq] = /^(\d{1,15})-(\d{1,15})$/.exec(text) ?? [];
  if (at === undefined) throw invalid('after must be what an earlier page gave as next.', 'after');
  return { after: { at: Number(at), seq: Number(seq) } };
}

/** Every row, as a file that is written while it is read. */
function exportRows(ports: Ports, { query }: AdminAsk): TextAnswer {
  onlyKnown(query, ['format', ...periodNames, ...filterNames]);
  const format = oneOf(['csv', 'json'] as const, query['format'] ?? 'csv', 'format');
  return exported(ports.ledger, rowFilter(ports, query), format);
}
