import { midnightOf } from '../budgets/windows.ts';
import { Failure, invalid } from '../chat/failure.ts';
import { fromDollars } from '../chat/money.ts';
import type { Ports } from '../gateway/ports.ts';
import type { RowFilter } from '../ledger/ledger.ts';
import { defined } from '../lib/json.ts';
import type { AdminAsk } from './routes.ts';

export type Query = AdminAsk['query'];

/** Which rows are asked about, and in which time zone days begin. */
export interface Period {
  readonly since: number;
  readonly until: number;
  readonly timeZone: string;
}

/** The parameters of `filterOf`. */
export const filterNames = [
  ...['key', 'project', 'model', 'group', 'provider', 'account', 'deployment', 'assistant', 'session', 'branch'],
  ...['status', 'source', 'evidence', 'dialect', 'failed', 'call', 'search', 'min_cost'],
];

/** The parameters of `periodOf`. */
export const periodNames = ['since', 'until', 'timezone'];

/** Throws `invalid-request` for parameters that the route does not have: one that is dropped would widen the answer. */
export function onlyKnown(query: Query, known: readonly string[]): void {
  const unknown = Object.keys(query).filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw invalid(`${unknown.join(', ')}: not supported here. This route takes ${known.join(', ')}.`, unknown[0]);
}

/** The filters of a query; an empty one finds the rows that have none. */
export function filterOf({ keys }: Ports, query: Query): RowFilter {
  const { key, model, group, provider, account, deployment, status, source, dialect, call, search } = query;
  return defined({
    key: key === undefined ? undefined : ((keys.get(key) ?? keys.byAlias(key))?.id ?? key),
    ...{ model, group, provider, account, deployment, status, source, dialect, call, search },
    project: orNone(query['project']),
    assistant: orNone(query['assistant']),
    session: orNone(query['session']),
    branch: orNone(query['branch']),
    evidence: orNone(query['evidence']),
    failedOnly: query['failed'] === 'true' ? true : undefined,
    minCost: query['min_cost'] === undefined ? undefined : fromDollars(amount(query['min_cost'], 'min_cost')),
  });
}

const orNone = (text: string | undefined): string | null | undefined => (text === '' ? null : text);

export function amount(text: string, param: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw invalid(`${param} must be an amount in dollars.`, param);
  return value;
}

const daysUnlessSaid = 30;

/** The period of a query: the last 30 days, today with them, unless it says otherwise. */
export function periodOf(ports: Ports, query: Query): Period {
  const timeZone = zoneOf(ports, query['timezone']);
  const now = ports.clock.now();
  const until = query['until'] === undefined ? now + 1 : instantOf(query['until'], 'until', timeZone);
  const since =
    query['since'] === undefined
      ? midnightOf(shiftedDay(dayOf(until - 1, timeZone), 1 - daysUnlessSaid), timeZone)
      : instantOf(query['since'], 'since', timeZone);
  if (since >= until) throw invalid('since must be before until.', 'since');
  return { since, until, timeZone };
}

/** LiteLLM's `start_date` and `end_date`, both of them days that are counted in; the last 30 days where they are not said. */
export function datesOf(ports: Ports, { start_date, end_date }: Query): Period {
  const timeZone = ports.config().timeZone;
  const last = end_date === undefined ? dayOf(ports.clock.now(), timeZone) : dateIn(end_date, 'end_date');
  const first = start_date === undefined ? shiftedDay(last, 1 - daysUnlessSaid) : dateIn(start_date, 'start_date');
  if (first > last) throw invalid('start_date must not be after end_date.', 'start_date');
  return { since: midnightOf(first, timeZone), until: midnightOf(shiftedDay(last, 1), timeZone), timeZone };
}

function zoneOf(ports: Ports, name: string | undefined): string {
  if (name === undefined) return ports.config().timeZone;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    throw invalid(`timezone "${name}" is no IANA time zone such as Europe/Paris.`, 'timezone');
  }
}

const dayOnly = /^\d{4}-\d{2}-\d{2}$/;

/** A day is its midnight; else an ISO time, or milliseconds since the epoch. */
function instantOf(text: string, param: string, timeZone: string): number {
  const at = /^\d{9,15}$/.test(text) ? Number(text) : Date.parse(text);
  if (Number.isNaN(at))
    throw invalid(`${param} must be a day such as 2026-11-23, or a time such as 2026-11-23T14:00Z.`, param);
  return dayOnly.test(text) ? midnightOf(text, timeZone) : at;
}

/** LiteLLM's scripts also send times; only their day counts. */
function dateIn(text: string, param: string): string {
  const day = text.slice(0, 10);
  if (!dayOnly.test(day) || Number.isNaN(Date.parse(day)))
    throw invalid(`${param} must be a date such as 2026-11-23.`, param);
  return day;
}

/** The day of an instant, as a calendar there shows it. */
const dayOf = (at: number, timeZone: string): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(at);

const dayMs = 86_400_000;

export const shiftedDay = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * dayMs).toISOString().slice(0, 10);

/** The rows that a caller may see, as a filter: a key sees its own, the administrator all. Throws `forbidden` for others'. */
export function visible(ports: Ports, { caller }: AdminAsk, name: string | undefined): Pick<RowFilter, 'key'> {
  const asked = name === undefined ? undefined : (ports.keys.get(name)?.id ?? name);
  if (caller.key === undefined) return asked === undefined ? {} : { key: asked };
  if (asked !== undefined && asked !== caller.key.id)
    throw new Failure('forbidden', 'A key may ask only about itself.', { param: 'api_key', code: 'admin_only' });
  return { key: caller.key.id };
}
