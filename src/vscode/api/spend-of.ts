import type { Status } from '../../admin/status-routes.ts';
import { toDollars, type NanoUsd } from '../../chat/money.ts';
import type { PurserSpend } from './purser-api.d.ts';

/** A project's standing, or everything's, in dollars. */
export const spendOf = ({ project, today, month, budgets }: Status): PurserSpend => ({
  project: project?.title,
  today: dollars(today),
  month: dollars(month),
  budgets: budgets.map(({ title, max, spent, held, until }) => ({
    title,
    max: dollars(max),
    spent: dollars(spent),
    held: dollars(held),
    resetsAt: until === null ? undefined : new Date(until),
  })),
});

const dollars = (nano: number): number => toDollars(nano as NanoUsd);
