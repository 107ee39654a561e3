import { Failure, toFailure } from '../chat/failure.ts';
import { reasonAfter, standIns, type FallbackReason, type FallbackRules } from '../routing/fallbacks.ts';
import type { Route } from '../routing/router.ts';
import type { Call } from './call.ts';
import type { Deployment } from './catalog.ts';
import { mayCall, routeFor } from './permit.ts';
import type { Ports } from './ports.ts';
import { serveGroup } from './serve-group.ts';
import type { Serving } from './serving.ts';
import type { Sink } from './sink.ts';

/** Serves a call by the group that was asked for, else by those that stand in for it. Throws why the first one failed. */
export async function serve(serving: Serving, sink: Sink): Promise<void> {
  try {
    await serveGroup({ serving, sink, step: {}, hasStandIn: () => namesFor(serving, 'fallback').length > 0 });
  } catch (error) {
    const failure = toFailure(error);
    if (isOver(serving.call, sink) || !(await fellBack(serving, failure, sink))) throw failure;
  }
}

interface StandIn {
  readonly name: string;
  readonly reason: FallbackReason;
}

/** Whether another group served; each is asked once, and at most `max_fallbacks` of them. */
async function fellBack(serving: Serving, first: Failure, sink: Sink): Promise<boolean> {
  const { ports, call, bill } = serving;
  const asked = new Set([serving.route.group]);
  const waiting: StandIn[] = [...standInsAfter(serving, first)];
  let left = ports.config().routing.fallbacks.most;
  for (let next = waiting.shift(); next !== undefined && left > 0; next = waiting.shift()) {
    const { name, reason } = next;
    const route = permittedRoute(ports, call, name);
    if (route === undefined || asked.has(route.group)) continue;
    asked.add(route.group);
    left -= 1;
    const there: Serving = { ...serving, route };
    try {
      await serveGroup({
        serving: there,
        sink,
        step: { reason, group: route.group },
        hasStandIn: () => waiting.length > 0,
      });
      return true;
    } catch (error) {
      const failure = toFailure(error);
      if (isOver(call, sink)) throw failure;
      bill.warnings.push(`fallback ${route.group}: ${failure.kind}`);
      waiting.push(...standInsAfter(there, failure));
    }
  }
  return false;
}

const isOver = (call: Call, sink: Sink): boolean => sink.begun || call.signal.aborted;

function standInsAfter(serving: Serving, failure: Failure): readonly StandIn[] {
  const reason = reasonAfter(failure);
  return reason === undefined ? [] : namesFor(serving, reason).map((name) => ({ name, reason }));
}

/** The request's own list comes first, then the key's for budgets, then the configuration's. */
function namesFor({ ports, call, route }: Serving, reason: FallbackReason): readonly string[] {
  const { wishes, caller } = call;
  if (wishes.noFallbacks) return [];
  const names = [route.group, call.outline.model, route.deployments[0]?.name ?? route.group];
  const ofKey =
    reason === 'budget' && caller.key !== undefined ? { ...none, budget: caller.key.budgetFallbacks } : none;
  const own = standIns(ofKey, reason, names);
  const all =
    ofRequest(call, reason) ?? (own.length > 0 ? own : standIns(ports.config().routing.fallbacks, reason, names));
  return all.filter((name) => name !== route.group && mayCall(ports, call, name));
}

const none: FallbackRules = { ordinary: {}, contextWindow: {}, contentPolicy: {}, budget: {} };

function ofRequest({ wishes }: Call, reason: FallbackReason): readonly string[] | undefined {
  switch (reason) {
    case 'fallback':
      return wishes.fallbacks;
    case 'context-window':
      return wishes.contextWindowFallbacks;
    case 'content-policy':
      return wishes.contentPolicyFallbacks;
    case 'budget':
      return undefined;
  }
}

/** Where a stand-in's calls go; undefined for one that this key may not use, or that nothing serves. */
function permittedRoute(ports: Ports, call: Call, model: string): Route<Deployment> | undefined {
  try {
    return routeFor(ports, { ...call, outline: { ...call.outline, model } });
  } catch {
    return undefined;
  }
}

/** Throws unless the models that a request itself names as stand-ins exist and are for its key. */
export function checkStandIns(ports: Ports, call: Call): void {
  const { fallbacks = [], contextWindowFallbacks = [], contentPolicyFallbacks = [] } = call.wishes;
  for (const model of [...fallbacks, ...contextWindowFallbacks, ...contentPolicyFallbacks]) {
    try {
      routeFor(ports, { ...call, outline: { ...call.outline, model } });
    } catch (error) {
      const { kind, message, details } = toFailure(error);
      throw new Failure(kind, `In fallbacks: ${message}`, { ...details, param: 'fallbacks' });
    }
  }
}
