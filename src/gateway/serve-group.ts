import { toFailure, type Failure } from '../chat/failure.ts';
import type { AttemptReason } from '../ledger/records.ts';
import { isWorthwhile, retriesAfter, waitBefore } from '../routing/retry.ts';
import { attempt } from './attempt.ts';
import { candidatesFor } from './candidates.ts';
import type { Deployment } from './catalog.ts';
import { conversationOf } from './conversation.ts';
import type { Ports } from './ports.ts';
import { allResting, restingOf, stillTried } from './resting.ts';
import type { Serving, Step } from './serving.ts';
import type { Sink } from './sink.ts';

/** A group that is to serve a call. */
export interface Errand {
  readonly serving: Serving;
  readonly sink: Sink;
  /** Why this group is asked; nothing for the one that the client named. */
  readonly step: Step;
  /** Whether another model stands in where this one's deployments are all left alone. */
  readonly hasStandIn: () => boolean;
}

/** Walks over a group's deployments until one answers, then tries again as often as it may. Throws why none did. */
export async function serveGroup(errand: Errand): Promise<void> {
  const { serving, sink } = errand;
  const { ports, call, route } = serving;
  const isSticky = route.deployments.length > 1 && ports.config().routing.sticky;
  const walk = walker(errand, isSticky ? conversationOf(call, route.group) : undefined);
  for (let retry = 0; ; retry += 1) {
    try {
      await walk.go(retry > 0);
      return;
    } catch (error) {
      const failure = toFailure(error);
      if (sink.begun || call.signal.aborted) throw failure;
      const wait = waitFor(serving, failure, walk.last, retry);
      if (wait === undefined) throw failure;
      await ports.timers.pause(wait, call.signal);
      call.signal.throwIfAborted();
    }
  }
}

/** Milliseconds until the next try; undefined when there is none. */
function waitFor(
  { ports, call, route }: Serving,
  failure: Failure,
  last: Deployment | undefined,
  retry: number,
): number | undefined {
  const rules = ports.config().routing.retries;
  const wanted = { group: route.group, asked: call.wishes.retries, deployment: last?.config.routing.retries };
  if (retry >= retriesAfter(failure, rules, wanted)) return undefined;
  return waitBefore(retry, failure, rules.waitMs, () => ports.random());
}

interface Walker {
  readonly go: (isRetry: boolean) => Promise<void>;
  /** Where it was last. */
  readonly last: Deployment | undefined;
}

function walker({ serving, sink, step, hasStandIn }: Errand, conversation: string | undefined): Walker {
  const { ports, call, route, bill } = serving;
  /** What another try cannot mend. */
  const hopeless = new Set<Deployment>();
  let last: Deployment | undefined;

  const open = async (): Promise<readonly Deployment[]> => {
    const all = await candidatesFor(ports, call, route, conversation);
    const hopeful = hopeless.size === 0 ? all : all.filter((one) => !hopeless.has(one));
    return available(ports, route.group, hopeful.length === 0 ? all : hopeful, hasStandIn);
  };
  const reasonFor = (isRetry: boolean): AttemptReason | undefined =>
    isRetry ? 'retry' : last === undefined ? step.reason : 'next';

  return {
    async go(isRetry) {
      const candidates = await open();
      const mayRest = !candidates.some((one) => isReady(ports, one));
      let failure: Failure | undefined;
      for (const [index, deployment] of candidates.entries()) {
        if (!mayRest && !isReady(ports, deployment)) continue; // another call may have found it ill, or is its probe
        const reason = reasonFor(isRetry);
        try {
          const here = reason === undefined ? step : { ...step, reason };
          await attempt(serving, { deployment, step: here, hasAlternative: index < candidates.length - 1 }, sink);
          if (conversation !== undefined) ports.affinity.learn(conversation, deployment.healthId);
          return;
        } catch (error) {
          const found = toFailure(error);
          if (sink.begun || call.signal.aborted || found.retry === 'never') throw found;
          bill.warnings.push(`${deployment.id}: ${found.kind}`);
          if (!isWorthwhile(found)) hopeless.add(deployment);
          failure = failure !== undefined && isWorthwhile(failure) && !isWorthwhile(found) ? failure : found;
          if (found.kind === 'rate-limited') continue; // it was not asked at all
          last = deployment;
          if (isRetry) break;
        }
      }
      throw failure ?? allResting(route.group, restingOf(ports, candidates), ports.clock.now());
    },
    get last() {
      return last;
    },
  };
}

const isReady = ({ health }: Ports, one: Deployment): boolean => {
  const { state } = health.of(one);
  return state === 'healthy' || state === 'due';
};

/** The candidates, if any is well, else those that are tried all the same. Throws where another model is to stand in, or none is to be asked. */
function available(
  ports: Ports,
  group: string,
  candidates: readonly Deployment[],
  hasStandIn: () => boolean,
): readonly Deployment[] {
  if (candidates.some((one) => isReady(ports, one))) return candidates;
  const resting = restingOf(ports, candidates);
  const now = ports.clock.now();
  const tried = hasStandIn() ? [] : stillTried(resting, now);
  if (tried.length === 0) throw allResting(group, resting, now);
  return tried;
}
