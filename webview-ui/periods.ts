import type { Report } from '../src/admin/contract.ts';
import type { Column } from './chart.tsx';
import { t } from './l10n.ts';

export const ranges = [
  ['1', t('Today')],
  ['7', t('7 days')],
  ['30', t('30 days')],
  ['90', t('90 days')],
] as const;
export type Range = (typeof ranges)[number][0];

const dayMs = 86_400_000;

/** When a range of whole days begins that ends with today, where the user is. */
export function beginOf(range: Range, now = new Date()): number {
  const day = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1 - Number(range));
  return day.getTime();
}

const mostNames = 6;
const others = t('Others');

export interface Stacks {
  readonly names: readonly string[];
  readonly columns: readonly Column[];
}

/** A report's series as columns, times without calls included; the names are the dearest ones and what is left together. */
export function stacksOf(report: Report, step: 'day' | 'hour', nameless: string): Stacks {
  const series = report.series ?? [];
  const sums = new Map<string, number>();
  for (const { name, cost } of series) sums.set(name ?? nameless, (sums.get(name ?? nameless) ?? 0) + cost);
  const ordered = [...sums].sort((a, b) => b[1] - a[1]).map(([name]) => name);
  const shown = ordered.length > mostNames ? [...ordered.slice(0, mostNames - 1), others] : ordered;
  const placeOf = new Map(ordered.map((name, index) => [name, Math.min(index, shown.length - 1)]));
  const columns = new Map(timesOf(report, step).map((time): [string, number[]] => [time, shown.map(() => 0)]));
  for (const { time, name, cost } of series) {
    const costs = columns.get(time);
    const place = placeOf.get(name ?? nameless) ?? 0;
    if (costs !== undefined) costs[place] = (costs[place] ?? 0) + cost;
  }
  return { names: shown, columns: [...columns].map(([time, costs]) => ({ time, costs })) };
}

/** Every day or hour of the report's period, as its time zone names them. */
function timesOf({ since, until, timezone }: Report, step: 'day' | 'hour'): readonly string[] {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: timezone,
    ...{ year: 'numeric', month: '2-digit', day: '2-digit' },
    ...(step === 'hour' && { hour: '2-digit', hourCycle: 'h23' }),
  });
  const stepMs = step === 'day' ? dayMs / 2 : dayMs / 24;
  const end = step === 'hour' ? since + dayMs - 1 : until - 1;
  const times = new Set<string>();
  for (let at = since; at <= end; at += stepMs) times.add(named(format.format(at), step));
  times.add(named(format.format(end), step));
  return [...times];
}

const named = (text: string, step: 'day' | 'hour'): string =>
  step === 'day' ? text : `${text.slice(0, 10)}T${text.slice(11, 13)}:00`;

interface Window {
  readonly spent: number;
  readonly since: number | null;
  readonly until: number | null;
}

/** What a window comes to if it goes on as it began; undefined before there is enough of it to tell. */
export function forecast({ spent, since, until }: Window, now: number): number | undefined {
  if (since === null || until === null) return undefined;
  const share = (now - since) / (until - since);
  return share < 0.02 ? undefined : Math.round(spent / Math.min(1, share));
}

/** The calendar month that `now` is in. */
export const monthOf = (now: number): { readonly since: number; readonly until: number } => {
  const date = new Date(now);
  return {
    since: new Date(date.getFullYear(), date.getMonth(), 1).getTime(),
    until: new Date(date.getFullYear(), date.getMonth() + 1, 1).getTime(),
  };
};
