import { windowAt } from '../budgets/windows.ts';
import type { Limit } from '../budgets/limit.ts';
import type { BalanceFound } from '../gateway/balances.ts';
import type { Deployment } from '../gateway/catalog.ts';
import type { Ports } from '../gateway/ports.ts';
import { accountLimits } from '../gateway/scopes.ts';
import type { Sum } from '../ledger/ledger.ts';
import type { Cooling } from '../routing/health.ts';
import type { AdminRoute } from './routes.ts';
import { testProvider } from './test-provider.ts';

/** The providers' accounts: what was spent with each, what is left, and how it is. Never a key. */
export const accountRoutes: readonly AdminRoute[] = [
  { method: 'get', paths: ['/purser/accounts'], access: 'admin', run: accounts },
  { method: 'post', paths: ['/purser/providers/test'], access: 'admin', run: testProvider },
];

async function accounts(ports: Ports): Promise<object> {
  const config = ports.config();
  const now = ports.clock.now();
  const since = (duration: string) => ({ since: windowAt(duration, now, config).start });
  const [today, month] = await Promise.all([
    ports.ledger.sums('account', since('1d')),
    ports.ledger.sums('account', since('1mo')),
  ]);
  const rows = [...byAccount(ports)].map(async ([account, deployments]) => ({
    ...(await row(ports, account, deployments)),
    spent: { today: spentIn(today, account), month: spentIn(month, account) },
  }));
  return { accounts: await Promise.all(rows) };
}

function byAccount(ports: Ports): ReadonlyMap<string, readonly [Deployment, ...Deployment[]]> {
  const all = new Map<string, [Deployment, ...Deployment[]]>();
  for (const one of ports.catalog().deployments) {
    if (one.config.mockResponse !== undefined) continue;
    const others = all.get(one.account);
    if (others === undefined) all.set(one.account, [one]);
    else others.push(one);
  }
  return all;
}

/** Nano-dollars. */
const spentIn = (sums: readonly Sum[], account: string): number => sums.find(({ name }) => name === account)?.cost ?? 0;

async function row(
  ports: Ports,
  account: string,
  deployments: readonly [Deployment, ...Deployment[]],
): Promise<object> {
  const [{ provider, config }] = deployments;
  const states = deployments.map((one) => deploymentRow(ports, one));
  const troubles = deployments.flatMap((one) => coolingOf(ports, one) ?? []);
  return {
    account,
    provider: provider.name,
    title: provider.title,
    key: (config.apiKey ?? config.aws?.keys) !== undefined ? 'set' : provider.local ? 'not needed' : 'missing',
    cooling: coolingRow(troubles.find((one) => one.account !== undefined)),
    last_error: lastError(ports, deployments),
    budgets: accountLimits(ports.config(), account).map((limit) => budgetRow(ports, limit)),
    ...balanceRow(await balanceOf(ports, deployments)),
    deployments: states,
  };
}

const deploymentRow = (ports: Ports, one: Deployment): object => ({
  id: one.id,
  name: one.name,
  model: `${one.provider.name}/${one.model}`,
  cooling: coolingRow(coolingOf(ports, one)),
});

function coolingOf(ports: Ports, one: Deployment): Cooling | undefined {
  const condition = ports.health.of(one);
  return condition.state === 'healthy' ? undefined : condition.cooling;
}

const coolingRow = (cooling: Cooling | undefined): object | null =>
  cooling === undefined
    ? null
    : { reason: cooling.kind, message: cooling.message, since: isoOf(cooling.since), until: isoOf(cooling.until) };

function lastError(ports: Ports, deployments: readonly Deployment[]): object | null {
  const errors = deployments.flatMap((one) => ports.health.stats(one).lastError ?? []);
  const last = errors.sort((a, b) => b.at - a.at)[0];
  return last === undefined ? null : { at: isoOf(last.at), reason: last.kind, message: last.message };
}

/** Nano-dollars. */
function budgetRow({ budgets }: Ports, { scope, max, duration }: Limit): object {
  const { window, held, resetsAt } = budgets.spend(scope, duration);
  return { max, duration, spent: window, held, resets_at: resetsAt === null ? null : isoOf(resetsAt) };
}

/** An account without a key has nothing to ask with. */
function balanceOf(ports: Ports, deployments: readonly Deployment[]): Promise<BalanceFound> | undefined {
  const keyed = deployments.find(({ config }) => config.apiKey !== undefined);
  return keyed && ports.balances.of(keyed);
}

/** In the account's own currency; null where the provider does not tell. */
const balanceRow = (found: BalanceFound | undefined): object => ({
  balances: found?.balances ?? null,
  balance_error: found?.failure?.message ?? null,
});

const isoOf = (at: number): string => new Date(at).toISOString();
