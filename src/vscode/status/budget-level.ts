import type { Budget } from '../../admin/contract.ts';
import type { Status } from '../../admin/status-routes.ts';

/** How near the end of a budget is. */
export type Level = 'calm' | 'near' | 'very-near' | 'spent';

/** Whole percent, never rounded up: 99 is not spent. */
export const percentOf = ({ spent, max }: Pick<Budget, 'spent' | 'max'>): number =>
  max > 0 ? Math.floor((100 * spent) / max) : 100;

export function levelAt(percent: number): Level {
  if (percent >= 100) return 'spent';
  if (percent >= 90) return 'very-near';
  return percent >= 75 ? 'near' : 'calm';
}

/** The budget that is used up furthest: the one that will stop the work first. */
export const nearest = (budgets: readonly Budget[]): Budget | undefined =>
  budgets.reduce<Budget | undefined>(
    (first, one) => (first === undefined || percentOf(one) > percentOf(first) ? one : first),
    undefined,
  );

/** The workspace's own nearest budget, and the gateway's where that is nearer and worth a warning. */
export interface Nearest {
  readonly own: Budget | undefined;
  /** The one that the look follows. */
  readonly tightest: Budget | undefined;
}

export function nearestOf({ project, budgets }: Pick<Status, 'project' | 'budgets'>): Nearest {
  const ofProject = budgets.filter(({ scope }) => scope !== 'gateway');
  const own = nearest(project === null ? budgets : ofProject);
  const all = nearest(budgets);
  const isCalm = all === undefined || levelAt(percentOf(all)) === 'calm';
  return { own, tightest: isCalm ? own : all };
}
