import { Failure, failurePolicies, toFailure } from '../chat/failure.ts';
import type { CallStatus } from '../ledger/records.ts';
import { formatSse } from '../lib/sse.ts';
import { inOrder } from '../routing/router.ts';
import { ask } from './ask.ts';
import type { Asked } from './ask.ts';
import { Bill } from './bill.ts';
import type { Call } from './call.ts';
import type { Deployment } from './catalog.ts';
import { deliver } from './deliver.ts';
import { playMock } from './mock.ts';
import { admit, routeFor } from './permit.ts';
import type { Ports } from './ports.ts';
import { isRouteMissing } from './missing-routes.ts';
import { prepare } from './prepare.ts';
import { providerFailure } from './provider-failure.ts';
import { scopesOf } from './scopes.ts';
import type { Serving } from './serving.ts';
import type { Sink } from './sink.ts';

/**
 * One call, from a known caller to a settled bill: route, hold, call, settle. What fails before the first byte is thrown;
 * what fails after it ends the stream in the client's own words. The sink owns the client's connection, this all the rest.
 */
export async function answer(ports: Ports, call: Call, sink: Sink): Promise<void> {
  if (!ports.accepting())
    throw new Failure('stopping', 'Purser is stopping; it takes no new calls.', { retryAfter: 2 });
  const route = routeFor(ports, call);
  const permit = admit(ports, call);
  const scopes = scopesOf(ports, call);
  const bill = new Bill(ports, { call, group: route.group, scopes: scopes.names });
  try {
    await serve({ ports, call, route, bill, scopes, rateHeaders: permit.headers }, sink);
  } catch (error) {
    const failure = toFailure(call.signal.aborted ? call.signal.reason : error);
    await bill.settle(statusOf(failure), failure);
    if (!sink.begun) throw failure;
    endInFailure(ports, call, sink, failure);
  } finally {
    permit.done(bill);
  }
}

/** Tries the deployments in order until one answers; once a byte has reached the client there is no going back. */
async function serve(serving: Serving, sink: Sink): Promise<void> {
  const { ports, call, route, bill } = serving;
  const candidates = inOrder(route.deployments, () => ports.random());
  for (const [index, deployment] of candidates.entries()) {
    try {
      if (deployment.config.mockResponse !== undefined) {
        await playMock(serving, deployment, sink);
        return;
      }
      await deliver(serving, await askFitted(serving, deployment), sink);
      return;
    } catch (error) {
      const failure = providerFailure(toFailure(error), deployment, ports.redact());
      const attempt = bill.attempts.at(-1);
      if (attempt?.deployment === deployment) attempt.failure = failure;
      const isLast = index === candidates.length - 1;
      if (isLast || sink.begun || call.signal.aborted || failurePolicies[failure.kind].retry === 'never') throw failure;
      bill.warnings.push(`${deployment.id}: ${failure.kind}`);
    }
  }
}

/** Asks in the client's own dialect where it may be spoken; a server without that route is remembered, and asked in its usual one. */
async function askFitted(serving: Serving, deployment: Deployment): Promise<Asked> {
  const { ports, call } = serving;
  const circumstances = { dropParams: ports.config().dropParams, missing: ports.missingRoutes, recall: ports.recall };
  const prepared = prepare(call, deployment, circumstances);
  try {
    return await ask(serving, deployment, prepared);
  } catch (error) {
    if (!prepared.isGuess || !isRouteMissing(toFailure(error))) throw error;
    ports.missingRoutes.add(prepared.url);
    return ask(serving, deployment, prepare(call, deployment, circumstances));
  }
}

const statusOf = (failure: Failure): CallStatus =>
  failure.kind === 'cancelled' ? 'cancelled' : failure.kind === 'provider-timeout' ? 'timed-out' : 'failed';

/** Ends a stream that has begun with the dialect's own error event, never as if it were whole. */
function endInFailure(ports: Ports, call: Call, sink: Sink, failure: Failure): void {
  if (failure.kind === 'internal') ports.log.error(`call ${call.id} failed`, failure.cause ?? failure);
  const frames = failure.kind === 'cancelled' ? [] : call.client.writeStreamFailure(failure);
  if (frames.length === 0) sink.break();
  else sink.end(frames.map(formatSse).join(''));
}
