import { windowAt } from '../budgets/windows.ts';
import type { DeploymentConfig } from '../config/config.ts';
import type { Ports } from '../gateway/ports.ts';
import type { Sum } from '../ledger/ledger.ts';
import { findProvider, providers } from '../providers/index.ts';
import type { ModelUse, Period, Spending } from './contract.ts';
import type { AdminRoute } from './routes.ts';

/** Purser's own: what its status bar and its panel show. */
export const overviewRoutes: readonly AdminRoute[] = [
  { method: 'get', paths: ['/purser/spend'], access: 'admin', run: spent },
  { method: 'get', paths: ['/purser/overview'], access: 'admin', run: overview },
  { method: 'get', paths: ['/purser/providers'], access: 'admin', run: () => keyedProviders },
];

/** What was spent today and this month, nano-dollars, from the counters that budgets are enforced by. */
export interface Spent {
  readonly today: number;
  readonly month: number;
  /** Rises with everything that is booked, what is free included. */
  readonly revision: number;
}

function spent({ budgets, books }: Ports): Spent {
  const of = (duration: string): number => budgets.spend('gateway', duration).window;
  return { today: of('1d'), month: of('1mo'), revision: books.revision };
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
    providers: callable(config.deployments),
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

const callable = (deployments: readonly DeploymentConfig[]): readonly string[] => [
  ...new Set(deployments.filter(isCallable).map(({ provider }) => findProvider(provider)?.title ?? provider)),
];

const isCallable = ({ mockResponse, apiKey, aws, provider }: DeploymentConfig): boolean =>
  mockResponse === undefined && (apiKey ?? aws?.keys ?? findProvider(provider)?.local) !== undefined;

/** A provider that a key is all one needs for, and the variable that the key is looked up by. */
export interface KeyedProvider {
  readonly title: string;
  readonly variable: string;
}

const withKeyAlone = providers
  .filter(({ baseUrl, local, aws }) => baseUrl !== undefined && !local && !aws)
  .flatMap(({ title, keyVariables }) => keyVariables.slice(0, 1).map((variable) => ({ title, variable })));

/** Of two prefixes for one account the first will do. */
const keyedProviders: readonly KeyedProvider[] = withKeyAlone.filter(
  ({ variable }, index) => withKeyAlone.findIndex((one) => one.variable === variable) === index,
);
