import { windowAt } from '../budgets/windows.ts';
import type { Ports } from '../gateway/ports.ts';
import { allLimits } from '../gateway/scopes.ts';
import { callableProviders } from './overview-routes.ts';
import { budgetOf } from './panel-budget-routes.ts';
import type { Budget } from './contract.ts';
import type { AdminAsk, AdminRoute } from './routes.ts';

/** Purser's own: how things stand just now, for a status bar that asks every few seconds. From the counters alone. */
export const statusRoutes: readonly AdminRoute[] = [
  { method: 'get', paths: ['/purser/status'], access: 'admin', run: status },
];

/** Amounts are nano-dollars, times milliseconds since the epoch. */
export interface Status {
  /** The project that was asked for, if there is one; else what follows is the whole gateway's. */
  readonly project: { readonly id: string; readonly title: string; readonly blocked: boolean } | null;
  readonly today: number;
  readonly month: number;
  /** When this month began. */
  readonly monthSince: number;
  /** The project's budgets and the whole gateway's. */
  readonly budgets: readonly Budget[];
  /** Calls that were booked since the gateway started, of whatever project. */
  readonly calls: number;
  /** Calls under way. */
  readonly running: number;
  /** Since when all spending is paused. */
  readonly paused: number | null;
  /** How many providers can be called; those that only play an answer do not count. */
  readonly providers: number;
  /** The families that assistants ask for by name and that nothing serves, as patterns. */
  readonly unserved: readonly string[];
  /** Whether new projects get a budget. */
  readonly hasDefaultBudget: boolean;
  /** Rises with everything that is booked. */
  readonly revision: number;
}

function status(ports: Ports, { query }: AdminAsk): Status {
  const { budgets, books, clock, pause, running } = ports;
  const config = ports.config();
  const project = ports.projects.get(query['project'] ?? null);
  const scope = project === undefined ? 'gateway' : `project:${project.id}`;
  const of = (duration: string): number => budgets.spend(scope, duration).window;
  const limits = allLimits(ports).filter((limit) => limit.scope === scope || limit.scope === 'gateway');
  return {
    project: project === undefined ? null : titled(project),
    today: of('1d'),
    month: of('1mo'),
    monthSince: windowAt('1mo', clock.now(), config).start,
    budgets: limits.map((limit) => budgetOf(ports, limit)),
    calls: ports.metrics.seen,
    running: running.size,
    paused: pause.since,
    providers: callableProviders(config.deployments).length,
    unserved: families.filter((pattern) => !isServed(ports, pattern.replace('*', '0'))),
    hasDefaultBudget: config.projectDefaults['max_budget'] != null,
    revision: books.revision,
  };
}

/** Those of Claude Code, of OpenAI's clients and of Gemini CLI. */
const families = ['claude-*', 'gpt-*', 'gemini-*'];

function isServed(ports: Ports, model: string): boolean {
  try {
    return ports.catalog().find(model, {}).deployments.length > 0;
  } catch {
    return false;
  }
}

const titled = ({ id, alias, blocked }: { id: string; alias: string | null; blocked: boolean }) => ({
  ...{ id, title: alias ?? id, blocked },
});
