import { windowAt } from '../budgets/windows.ts';
import type { DeploymentConfig } from '../config/config.ts';
import type { Ports } from '../gateway/ports.ts';
import type { Sum } from '../ledger/ledger.ts';
import { findProvider } from '../providers/index.ts';
import type { ModelUse, Period, Spending } from './contract.ts';
import type { AdminRoute } from './routes.ts';

/** Purser's own: what its status bar and its panel show. */
export const overviewRoutes: readonly AdminRoute[] = [
  { method: 'get', paths: ['/purser/spend'], access: 'admin', run: spent },
  { method: 'get', paths: ['/purser/overview'], access: 'admin', run: overview },
];

/** What was spent today and this month, nano-dollars, from the counters that budgets are enforced by. */
export interface Spent {
  readonly today: number;
  readonly month: number;
  /** Rises with everything that is booked, what is free included. */
  readonly revision: number;
  /** Since when all spending is paused, milliseconds since the epoch. */
  readonly paused: number | null;
}

function spent({ budgets, books, pause }: Ports): Spent {
  const of = (duration: string): number => budgets.spend('gateway', duration).window;
  return { today: of('1d'), month: of('1mo'), revision: books.revision, paused: pause.since };
}

async function overview(ports: Ports): Promise<Spending> {
  const config = ports.config();
  const now = ports.clock.now();
  const since = (duration: string) => ({ since: windowAt(duration, now, config).start });
  const [today, month] = await Promise.all([
    ports.ledger.sums('group', since('1d')),
    ports.ledger.sums('group', since('1mo')),
  ]);
  const money = spent(ports);
  return {
    today: { ...total(today), cost: money.today },
    month: { ...total(month), cost: money.month },
    models: mostUsed(month),
    providers: callableProviders(config.deployments),
    keys: ports.keys.list().length,
  };
}

function total(sums: readonly Sum[]): Period {
  const of = (amount: (sum: Sum) => number): number => sums.reduce((all, sum) => all + amount(sum), 0);
  return {
    cost: of((sum) => sum.cost),
    calls: of((sum) => sum.calls),
    failed: of((sum) => sum.failed),
    input: of((sum) => sum.input + sum.cacheRead + sum.cacheWrite),
    output: of((sum) => sum.output),
  };
}

const shownModels = 5;

const mostUsed = (sums: readonly Sum[]): readonly ModelUse[] =>
  sums
    .map(({ name, cost, calls }) => ({ model: name ?? 'unknown', cost, calls }))
    .sort((a, b) => b.cost - a.cost || b.calls - a.calls)
    .slice(0, shownModels);

/** The titles of the providers that can be called with the keys that there are. */
export const callableProviders = (deployments: readonly DeploymentConfig[]): readonly string[] => [
  ...new Set(deployments.filter(isCallable).map(({ provider }) => findProvider(provider)?.title ?? provider)),
];

const isCallable = ({ mockResponse, apiKey, aws, provider }: DeploymentConfig): boolean =>
  mockResponse === undefined && (apiKey ?? aws?.keys ?? findProvider(provider)?.local) !== undefined;
