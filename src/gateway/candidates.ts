import { Failure } from '../chat/failure.ts';
import { roomyEnough, tagged } from '../routing/eligible.ts';
import { inOrder, withFirst, type Route } from '../routing/router.ts';
import { strategies } from '../routing/strategies.ts';
import { upperBound } from '../tokens/bound.ts';
import type { Call } from './call.ts';
import type { Deployment } from './catalog.ts';
import type { Ports } from './ports.ts';

/** The deployments that may serve a call, in the order in which they are tried. Throws where none of the group may. */
export function candidatesFor(
  ports: Ports,
  call: Call,
  route: Route<Deployment>,
  conversation: string | undefined,
): readonly Deployment[] | Promise<readonly Deployment[]> {
  const { routing } = ports.config();
  const able = routing.filterTags ? withTags(route.deployments, call, routing.anyTag) : route.deployments;
  return able.length < 2 && !routing.checkSize ? able : ordered(ports, call, able, conversation);
}

async function ordered(
  ports: Ports,
  call: Call,
  all: readonly Deployment[],
  conversation: string | undefined,
): Promise<readonly Deployment[]> {
  const able = ports.config().routing.checkSize ? await fitting(ports, call, all) : all;
  if (able.length < 2) return able;
  const inTurn = inOrder(able, () => ports.random(), await scoresOf(ports, call, able));
  const before = conversation === undefined ? undefined : ports.affinity.find(conversation);
  return before === undefined ? inTurn : withFirst(inTurn, ({ healthId }) => healthId === before);
}

/** Those that are for the call's tags. Throws where there is none. */
export function withTags(
  all: readonly Deployment[],
  { wishes: { tags = [] } }: Call,
  any: boolean,
): readonly Deployment[] {
  const able = tagged(all, tags, any);
  if (able.length > 0) return able;
  const asked = tags.join(', ').slice(0, 200);
  // LiteLLM's status and words.
  throw new Failure('forbidden', `Not allowed to access model due to tags configuration: none serves ${asked}.`, {
    status: 401,
    param: 'tags',
    code: 'tags_not_served',
  });
}

/** A token has some four bytes, so that a quarter of a bound by bytes is an estimate. */
const bytesPerToken = 4;

/** Those whose model can take the prompt. Throws where there is none. */
export async function fitting(ports: Ports, call: Call, all: readonly Deployment[]): Promise<readonly Deployment[]> {
  await ports.prices.warm();
  const tokens = Math.ceil(upperBound(call.body, call.outline.model) / bytesPerToken);
  const able = roomyEnough(all, tokens, (one) => one.maxInput());
  if (able.length > 0) return able;
  const most = Math.max(...all.map((one) => one.maxInput() ?? 0));
  throw new Failure(
    'context-length',
    `The prompt has some ${tokens} tokens, and the model "${call.outline.model}" takes ${most} at most.`,
    { param: 'messages', code: 'context_length_exceeded' },
  );
}

async function scoresOf(ports: Ports, call: Call, all: readonly Deployment[]): Promise<readonly number[] | undefined> {
  const { strategy, latencyTtlMs, latencyBuffer } = ports.config().routing;
  if (strategy === 'simple-shuffle') return undefined;
  if (strategy === 'cost-based-routing') await ports.prices.warm();
  const facts = all.map((one) => ({ stats: ports.health.stats(one), price: () => priceOf(one) }));
  return strategies[strategy](facts, {
    now: ports.clock.now(),
    stream: call.outline.stream,
    latencyTtlMs,
    latencyBuffer,
  });
}

/** Of a token in and one out, as LiteLLM compares; what has no price comes last. */
function priceOf(deployment: Deployment): number {
  try {
    const { price } = deployment.price();
    return price === undefined ? Infinity : price.input + price.output;
  } catch {
    return Infinity;
  }
}
