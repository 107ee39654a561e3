import * as z from 'zod';
import { Failure } from '../chat/failure.ts';
import type { Ports } from '../gateway/ports.ts';
import { checked } from './key-fields.ts';
import type { AdminAsk, AdminRoute } from './routes.ts';

/** Purser's own: a brake on all spending at once. */
export const pauseRoutes: readonly AdminRoute[] = [
  { method: 'get', paths: ['/purser/pause'], access: 'admin', run: paused },
  { method: 'post', paths: ['/purser/pause'], access: 'admin', run: setPaused },
];

/** `since`: milliseconds since the epoch, null when nothing is paused; `running`: how many calls are under way. */
export interface Paused {
  readonly on: boolean;
  readonly since: number | null;
  readonly running: number;
}

function paused({ pause, running }: Ports): Paused {
  return { on: pause.since !== null, since: pause.since, running: running.size };
}

const pauseFields = z.strictObject({ on: z.boolean(), stopRunning: z.boolean().optional() });

/** On the disk before the answer. Calls under way go on to their end unless `stopRunning` says otherwise. */
async function setPaused(ports: Ports, { body }: AdminAsk): Promise<Paused & { readonly stopped: number }> {
  const { on, stopRunning = false } = checked(pauseFields, body);
  const record = ports.pause.changed(on);
  if (record !== undefined) {
    await ports.books.change(record);
    ports.log.warn(on ? 'All spending is paused: only free models answer.' : 'Spending goes on.');
  }
  return { ...paused(ports), stopped: on && stopRunning ? stopAll(ports) : 0 };
}

function stopAll({ running }: Ports): number {
  const admitted = [...running.values()].filter((one) => one.admitted !== undefined);
  const why = 'This call was stopped because the owner of the gateway paused all spending, to protect the budget.';
  for (const { stop } of admitted) stop.abort(new Failure('cancelled', why, { status: 400, code: 'call_stopped' }));
  return admitted.length;
}
