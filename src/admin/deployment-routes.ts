import { Failure, invalid } from '../chat/failure.ts';
import type { Deployment } from '../gateway/catalog.ts';
import type { Ports } from '../gateway/ports.ts';
import { stringIn } from '../lib/json.ts';
import type { Condition } from '../routing/health.ts';
import { tallyAt } from '../routing/stats.ts';
import type { AdminAsk, AdminRoute } from './routes.ts';

/** Which deployments are well, and an end to a cooling. */
export const deploymentRoutes: readonly AdminRoute[] = [
  { method: 'get', paths: ['/purser/deployments'], access: 'admin', run: list },
  { method: 'post', paths: ['/purser/deployments/retry'], access: 'admin', run: retry },
];

/** One deployment as it stands. Times are milliseconds since the epoch. */
export interface DeploymentState {
  readonly id: string;
  readonly group: string;
  /** `openai/gpt-4o`; may hold a `*`. */
  readonly model: string;
  readonly provider: string;
  readonly account: string;
  readonly order: number | null;
  readonly weight: number | null;
  readonly state: 'healthy' | 'cooling' | 'probing';
  /** Why it is left alone: a failure's kind and words, and whether its whole account is. */
  readonly reason: string | null;
  readonly message: string | null;
  readonly accountWide: boolean;
  readonly until: number | null;
  readonly inFlight: number;
  readonly requestsThisMinute: number;
  readonly failuresThisMinute: number;
  readonly tokensThisMinute: number;
  /** Milliseconds until a stream's first content; null where none was measured within the hour. */
  readonly latencyMs: number | null;
  readonly lastError: { readonly at: number; readonly kind: string; readonly message: string } | null;
}

function list(ports: Ports): { readonly deployments: readonly DeploymentState[] } {
  return { deployments: ports.catalog().deployments.map((one) => stateOf(ports, one)) };
}

const hourMs = 3_600_000;

function stateOf({ health, clock }: Ports, one: Deployment): DeploymentState {
  const now = clock.now();
  const condition = health.of(one);
  const stats = health.stats(one);
  const { requests, failures, tokens } = tallyAt(stats, now);
  return {
    id: one.id,
    group: one.name,
    model: `${one.provider.name}/${one.model}`,
    provider: one.provider.name,
    account: one.account,
    order: one.order ?? null,
    weight: one.weight ?? null,
    ...troubleOf(condition),
    inFlight: stats.inFlight,
    requestsThisMinute: requests,
    failuresThisMinute: failures,
    tokensThisMinute: tokens,
    latencyMs: stats.latency.stream.since(now - hourMs) ?? null,
    lastError: stats.lastError ?? null,
  };
}

/** What is due for a probe is still cooling to who looks at it. */
function troubleOf(
  condition: Condition,
): Pick<DeploymentState, 'state' | 'reason' | 'message' | 'accountWide' | 'until'> {
  if (condition.state === 'healthy') {
    return { state: 'healthy', reason: null, message: null, accountWide: false, until: null };
  }
  const { kind, message, until, account } = condition.cooling;
  const state = condition.state === 'probing' ? 'probing' : 'cooling';
  return { state, reason: kind, message, accountWide: account !== undefined, until };
}

/** Lets calls go to a deployment again, and to its account. */
function retry(ports: Ports, { body }: AdminAsk): DeploymentState {
  const unknown = Object.keys(body).find((field) => field !== 'id');
  if (unknown !== undefined) throw invalid(`${unknown} is not known here; expected id alone.`, unknown);
  const id = stringIn(body['id']) ?? '';
  if (id === '')
    throw invalid('id is missing: name the deployment to try now, as GET /purser/deployments has it.', 'id');
  const deployment = ports.catalog().deployments.find((one) => one.id === id);
  if (deployment === undefined)
    throw new Failure('not-found', `There is no deployment '${id.slice(0, 100)}'.`, { param: 'id' });
  ports.health.tryNow(deployment);
  return stateOf(ports, deployment);
}
