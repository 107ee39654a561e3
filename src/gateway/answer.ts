import { Failure, toFailure } from '../chat/failure.ts';
import type { CallStatus } from '../ledger/records.ts';
import { formatSse } from '../lib/sse.ts';
import { Bill } from './bill.ts';
import { tellOfRefusal } from './budget-events.ts';
import type { Call } from './call.ts';
import { admit, routeFor } from './permit.ts';
import type { Ports } from './ports.ts';
import { scopesOf } from './scopes.ts';
import { checkStandIns, serve } from './serve.ts';
import type { Serving } from './serving.ts';
import type { Sink } from './sink.ts';
import { throughCache } from './through-cache.ts';

/**
 * One call, from a known caller to a settled bill: route, hold, call, settle. What fails before the first byte is thrown;
 * what fails after it ends the stream in the client's own words. The sink owns the client's connection, this all the rest.
 */
export async function answer(ports: Ports, call: Call, client: Sink): Promise<void> {
  if (!ports.accepting())
    throw new Failure('stopping', 'Purser is stopping; it takes no new calls.', { retryAfter: 2 });
  const route = routeFor(ports, call);
  checkStandIns(ports, call);
  const permit = admit(ports, call);
  const scopes = scopesOf(ports, call);
  const bill = new Bill(ports, { call, group: route.group, scopes });
  const running = ports.running.get(call.signal);
  if (running !== undefined) running.admitted = { call, group: route.group, bill };
  const keeping = call.caller.key?.keepBodies == null ? undefined : ports.bodies.begin(call, client);
  const sink = keeping?.sink ?? client;
  try {
    const serving: Serving = { ports, call, route, bill, scopes, rateHeaders: permit.headers };
    await throughCache(serving, sink, (to) => serve(serving, to));
  } catch (error) {
    const failure = toFailure(call.signal.aborted ? call.signal.reason : error);
    keeping?.failed(failure);
    tellOfRefusal(ports, failure, scopes.limits);
    await bill.settle(statusOf(failure), failure);
    if (!sink.begun) throw failure;
    endInFailure(ports, call, sink, failure);
  } finally {
    permit.done(bill);
    keeping?.done(bill);
  }
}

const statusOf = (failure: Failure): CallStatus =>
  failure.kind === 'cancelled' ? 'cancelled' : failure.kind === 'provider-timeout' ? 'timed-out' : 'failed';

/** Ends a stream that has begun with the dialect's own error event, never as if it were whole. */
function endInFailure(ports: Ports, call: Call, sink: Sink, failure: Failure): void {
  if (failure.kind === 'internal') ports.log.error(`call ${call.id} failed`, failure.cause ?? failure);
  const isGone = failure.kind === 'cancelled' && failure.details.code === undefined;
  const frames = isGone ? [] : call.client.writeStreamFailure(failure);
  if (frames.length === 0) sink.break();
  else sink.end(frames.map(formatSse).join(''));
}
