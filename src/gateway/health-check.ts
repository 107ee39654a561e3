import { randomUUID } from 'node:crypto';
import { toFailure, type Failure } from '../chat/failure.ts';
import { eachBounded } from '../lib/bounded.ts';
import { numberIn } from '../lib/json.ts';
import { answer } from './answer.ts';
import type { Caller } from './authenticate.ts';
import type { Call } from './call.ts';
import type { Deployment } from './catalog.ts';
import type { Ports } from './ports.ts';
import { probeOf, type Probe } from './probe.ts';
import { nowhere } from './sink.ts';

/** What became of a check. `failure`: why it is ill; `skipped`: why it was not called at all. */
export interface Checked {
  readonly deployment: Deployment;
  /** The public name, the provider's model and how long it took, milliseconds. */
  readonly model: string;
  readonly ms: number;
  readonly failure?: Failure;
  readonly skipped?: string;
}

const mostAtOnce = 8;
/** Seconds; LiteLLM's. */
const usualPatience = 60;

/** The one whose gateway it is, who pays for what nobody else asked for. */
export const administrator: Caller = { id: 'admin', key: undefined, project: null };

/** Calls each of the deployments once, some at a time, on the caller's bill. Every call has its row and its holds, as any other has. */
export const checkAll = (ports: Ports, some: readonly Deployment[], caller: Caller): Promise<readonly Checked[]> =>
  eachBounded(some, mostAtOnce, (one) => checkOne(ports, one, caller));

export async function checkOne(ports: Ports, deployment: Deployment, caller: Caller): Promise<Checked> {
  const probe = probeOf(deployment);
  if (typeof probe === 'string') return { deployment, model: deployment.model, ms: 0, skipped: probe };
  const { model } = probe;
  const started = ports.clock.monotonic();
  const spent = (): number => Math.round(ports.clock.monotonic() - started);
  const stop = new AbortController();
  ports.running.set(stop.signal, { stop });
  try {
    const one = model === deployment.model ? deployment : ports.catalog().withModel(deployment, model);
    await answer(portsFor(ports, one), callOf(ports, one, { probe, caller, signal: stop.signal }), nowhere);
    return { deployment, model, ms: spent() };
  } catch (error) {
    return { deployment, model, ms: spent(), failure: toFailure(error) };
  } finally {
    ports.running.delete(stop.signal);
  }
}

/** The same gateway with this one deployment, called whatever is known of its health, and never answered for from memory. */
function portsFor(ports: Ports, one: Deployment): Ports {
  const { cache: _, ...config } = ports.config();
  const alone = { ...config, routing: { ...config.routing, filterTags: false, checkSize: false, sticky: false } };
  const catalog = { ...ports.catalog(), find: () => ({ group: one.name, deployments: [one] }) };
  return { ...ports, config: () => alone, catalog: () => catalog, health: strictHealth(ports, one) };
}

/** A deployment that did not answer is left alone for so long at least, if there are others that may. */
const leftAloneMs = 60_000;

/** A check tells more than a call does: one that failed is enough to leave a deployment alone, and one that did not heals it. */
function strictHealth(ports: Ports, { id, name }: Deployment): Ports['health'] {
  const { health } = ports;
  const hasOthers = ports.catalog().deployments.some((other) => other.name === name && other.id !== id);
  return {
    ...health,
    of: () => ({ state: 'healthy' }),
    begin(watched) {
      const run = health.begin(watched);
      if (!hasOthers) return run;
      return {
        ...run,
        failed(failure, rules) {
          const strict = { ...rules, allowedFails: 0, allowedFailsByKind: {}, ms: Math.max(rules.ms, leftAloneMs) };
          run.failed(failure, strict, false);
        },
      };
    },
  };
}

interface Asking extends Pick<Call, 'caller' | 'signal'> {
  readonly probe: Probe;
}

function callOf(ports: Ports, { config }: Deployment, { probe, caller, signal }: Asking): Call {
  const { client, body } = probe;
  const timeoutMs = (numberIn(config.info.health_check_timeout) ?? usualPatience) * 1000;
  return {
    id: randomUUID(),
    started: ports.clock.monotonic(),
    ...{ client, caller, body, signal },
    raw: Buffer.from(JSON.stringify(body)),
    outline: client.outline(body),
    assistant: 'health-check',
    session: null,
    wishes: { retries: 0, noFallbacks: true, timeoutMs },
    attribution: { project: caller.project, evidence: caller.project === null ? null : 'key' },
  };
}
