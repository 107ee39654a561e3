import type { Budget } from '../../admin/contract.ts';
import type { Report } from '../../admin/report-routes.ts';
import type { Status } from '../../admin/status-routes.ts';
import { formatDollars, type NanoUsd } from '../../chat/money.ts';

export const spendRanges = ['today', 'week', 'month'] as const;
export type SpendRange = (typeof spendRanges)[number];
export const spendGroupings = ['model', 'assistant', 'provider', 'branch', 'day', 'key'] as const;
export type SpendGrouping = (typeof spendGroupings)[number];

/** What a model may ask of the `#spend` tool. */
export interface SpendQuestion {
  readonly range: SpendRange;
  readonly by: SpendGrouping;
}

/** Checked by the editor against the manifest's schema, where it does so; what is not understood is the usual. */
export const spendQuestionOf = (input: { readonly range?: unknown; readonly by?: unknown }): SpendQuestion => ({
  range: spendRanges.find((one) => one === input.range) ?? 'month',
  by: spendGroupings.find((one) => one === input.by) ?? 'model',
});

/** The day that a range begins with, where `now` is local time. */
export function firstDayOf(range: SpendRange, now: Date): string {
  const day = new Date(now.getFullYear(), now.getMonth(), range === 'month' ? 1 : now.getDate());
  if (range === 'week') day.setDate(day.getDate() - 6);
  const two = (part: number): string => String(part).padStart(2, '0');
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}

/** Compact, for a model to read. */
export function spendText(status: Status, report: Report, { range, by }: SpendQuestion): string {
  const whose = status.project === null ? 'all projects together' : `the project "${status.project.title}"`;
  const lines = [
    `Spend of ${whose}: ${dollars(status.today)} today, ${dollars(status.month)} this month.`,
    ...(status.paused === null ? [] : ['All spending is paused.']),
    ...(status.project?.blocked === true ? ['This project is paused.'] : []),
    ...(status.budgets.length === 0 ? ['There is no budget.'] : status.budgets.map(budgetLine)),
    `${titles[range]} by ${by}, ${dollars(report.total.cost)} in ${calls(report.total.calls)}:`,
    ...report.lines.slice(0, mostLines).map(lineOf),
  ];
  if (report.lines.length === 0) lines.push('- nothing');
  const left = report.lines.length - mostLines;
  if (left > 0) lines.push(`- and ${left} more`);
  return lines.join('\n');
}

const mostLines = 15;

const titles: Record<SpendRange, string> = { today: 'Today', week: 'The last seven days', month: 'This month' };

const dollars = (nano: number): string => formatDollars(nano as NanoUsd);

const calls = (number: number): string => (number === 1 ? '1 call' : `${number} calls`);

const lineOf = ({ name, cost, calls: number }: Report['lines'][number]): string =>
  `- ${name ?? 'not known'}: ${dollars(cost)}, ${calls(number)}`;

function budgetLine({ title, spent, held, max, until }: Budget): string {
  const left = Math.max(0, max - spent - held);
  const percent = max === 0 ? 100 : Math.floor((100 * spent) / max);
  const reset = until === null ? 'It is never reset.' : `It is reset at ${new Date(until).toISOString()}.`;
  const waiting = held === 0 ? '' : `, ${dollars(held)} set aside for calls under way`;
  return `Budget of ${title}: ${dollars(spent)} of ${dollars(max)} spent (${percent} %)${waiting}; ${dollars(left)} left. ${reset}`;
}
