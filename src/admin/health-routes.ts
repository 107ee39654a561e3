import { Failure, invalid } from '../chat/failure.ts';
import type { Caller } from '../gateway/authenticate.ts';
import type { CheckRound } from '../gateway/background-checks.ts';
import type { Deployment } from '../gateway/catalog.ts';
import { administrator, checkAll, checkOne, type Checked } from '../gateway/health-check.ts';
import type { Ports } from '../gateway/ports.ts';
import { mayUse } from '../keys/virtual-key.ts';
import { stringIn } from '../lib/json.ts';
import type { AdminAsk, AdminRoute } from './routes.ts';

/** Whether the models answer. These are real calls: they have rows, and whoever asks pays for them. */
export const checkRoutes: readonly AdminRoute[] = [
  { method: 'get', paths: ['/health'], access: 'key', run: health },
  { method: 'post', paths: ['/purser/deployments/test'], access: 'admin', run: testDeployment },
];

/** LiteLLM's answer, of what the background checks last found or of calls made now. */
async function health(ports: Ports, { caller, query }: AdminAsk): Promise<object> {
  const wanted = ports.catalog().deployments.filter((one) => isMeant(one, query) && isFor(caller, one));
  const latest = ports.checks.latest();
  const round = latest && { ...latest, checks: latest.checks.filter((one) => wanted.includes(one.deployment)) };
  return reportOf(round ?? (await roundNow(ports, wanted, caller)));
}

async function roundNow(ports: Ports, some: readonly Deployment[], caller: Caller): Promise<CheckRound> {
  const checks = await checkAll(ports, some, caller);
  return { at: ports.clock.now(), checks };
}

/** `model` is the public name, or the provider's with its prefix. */
function isMeant({ id, name, provider, model }: Deployment, query: AdminAsk['query']): boolean {
  const { model: asked, model_id: askedId } = query;
  if (askedId !== undefined && askedId !== id) return false;
  return asked === undefined || asked === name || asked === `${provider.name}/${model}`;
}

const isFor = ({ key }: Caller, { name }: Deployment): boolean => key === undefined || mayUse(key, name);

function reportOf({ at, checks }: CheckRound): object {
  const ill = checks.filter(({ failure }) => failure !== undefined);
  const skipped = checks.filter((one) => one.skipped !== undefined);
  const well = checks.filter((one) => !ill.includes(one) && !skipped.includes(one));
  return {
    healthy_endpoints: well.map(endpoint),
    unhealthy_endpoints: ill.map(endpoint),
    skipped_endpoints: skipped.map(endpoint),
    healthy_count: well.length,
    unhealthy_count: ill.length,
    skipped_count: skipped.length,
    checked_at: new Date(at).toISOString(),
  };
}

const endpoint = ({ deployment, model, ms, failure, skipped }: Checked): object => ({
  model: `${deployment.provider.name}/${model}`,
  model_name: deployment.name,
  model_id: deployment.id,
  ...(deployment.config.apiBase !== undefined && { api_base: deployment.config.apiBase }),
  ...(skipped === undefined ? { response_time_ms: ms } : { reason: skipped }),
  ...(failure && { error: failure.message, status: failure.status, kind: failure.kind }),
});

/** One deployment, for the panel: what it is, and the provider's own words when it is ill. */
async function testDeployment(ports: Ports, { body }: AdminAsk): Promise<object> {
  const id = stringIn(body.id);
  if (id === undefined) throw invalid('id is missing: name the deployment, as /model/info lists it.', 'id');
  const deployment = ports.catalog().deployments.find((one) => one.id === id);
  if (deployment === undefined) throw new Failure('not-found', `There is no deployment ${id.slice(0, 100)}.`);
  const checked = await checkOne(ports, deployment, administrator);
  return { healthy: checked.failure === undefined && checked.skipped === undefined, ...endpoint(checked) };
}
