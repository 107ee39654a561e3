import { Failure } from '../chat/failure.ts';
import type { Attempt } from './bill.ts';
import type { Call } from './call.ts';
import type { Deployment } from './catalog.ts';
import type { Ports } from './ports.ts';
import type { Running } from './running.ts';
import { connectionFailure } from '../network/connection-failure.ts';
import { Stop } from '../lib/stop.ts';
import type { OutgoingRequest } from '../network/upstream.ts';
import type { Run, Watched } from '../routing/health.ts';

/** One deployment that a rehearsal came to. */
export interface Tried {
  readonly deployment: Deployment;
  /** What was set aside for it. */
  attempt?: Attempt;
  /** What would have gone out. */
  request?: OutgoingRequest;
  /** It answers by itself: a `mock_response`. */
  isAnswered?: true;
  /** Why it was not asked. */
  failure?: Failure;
}

/** A gateway on which a call can be played through, up to the last step before it leaves. */
export interface Rehearsal {
  readonly ports: Ports;
  readonly tried: readonly Tried[];
  /** What is known of the call once it is let in. */
  readonly admitted: () => Running['admitted'];
  /** Whether it would wait for money that other calls hold. */
  readonly waits: () => boolean;
}

/**
 * The gateway's ports with everything behind them that could be changed replaced: money and rates are counted on copies,
 * nothing is journalled, told or learned, and no provider can be reached, so that the call goes on to whatever is next.
 */
export function rehearsalFor(ports: Ports, call: Call): Rehearsal {
  const tried: Tried[] = [];
  const running: Ports['running'] = new Map([[call.signal, { stop: new Stop() }]]);
  const admitted = (): Running['admitted'] => running.get(call.signal)?.admitted;
  const attempt = () => admitted()?.bill.attempts.at(-1);
  let waits = false;
  const budgets = ports.budgets.copy((_ms, run) => {
    waits = true;
    queueMicrotask(run); // nobody gives money back on a copy
    return () => undefined;
  });
  return {
    tried,
    admitted,
    waits: () => waits,
    ports: {
      ...ports,
      ...withoutTraces(ports),
      ...{ running, budgets, rates: ports.rates.copy() },
      health: { ...ports.health, tryNow: nothing, begin: (one) => runOf(tried, one, attempt) },
      upstream: {
        ...ports.upstream,
        send(request) {
          const last = tried.at(-1);
          if (last !== undefined) Object.assign(last, { request, attempt: attempt() });
          return Promise.reject(unreached());
        },
      },
    },
  };
}

const nothing = (): void => undefined;

/** What calls leave behind, as things that take it and keep nothing. */
const withoutTraces = (ports: Ports): Partial<Ports> => ({
  books: {
    ...ports.books,
    open: nothing,
    release: nothing,
    close: nothing,
    change: () => Promise.resolve(),
    waiting: 0,
    revision: 0,
  },
  recall: { ...ports.recall, remember: nothing },
  affinity: { ...ports.affinity, learn: nothing },
  responses: { find: (config, place) => ports.responses.find(config, place), keep: nothing },
  missingRoutes: { has: (url) => ports.missingRoutes.has(url), add: nothing },
  excess: { ...ports.excess, learn: nothing },
  events: { ...ports.events, raise: nothing },
  metrics: { ...ports.metrics, see: nothing },
  runaway: { see: nothing },
  bodies: { ...ports.bodies, begin: (_call, sink) => ({ sink, failed: nothing, done: nothing }) },
  timers: { ...ports.timers, pause: () => Promise.resolve() },
});

/** Every attempt begins and ends at its deployment's health, whatever becomes of it between. */
function runOf(tried: Tried[], one: Watched, attempt: () => Attempt | undefined): Run {
  const mine: Tried | undefined = isDeployment(one) ? { deployment: one } : undefined;
  if (mine !== undefined) tried.push(mine);
  return {
    answered() {
      if (mine !== undefined) Object.assign(mine, { isAnswered: true, attempt: attempt() });
    },
    failed(failure) {
      if (mine !== undefined && mine.request === undefined) mine.failure = failure;
    },
    end: nothing,
  };
}

const isDeployment = (one: Watched): one is Deployment => 'provider' in one;

/** A provider that is certain to have got nothing: its money comes back before the next one is tried. */
const unreached = (): Failure =>
  connectionFailure(new Failure('provider-unreachable', 'A rehearsal reaches no provider.'), {
    ...{ host: '', proxy: undefined, sent: false, answering: false },
  });
