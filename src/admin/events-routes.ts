import type { Ports } from '../gateway/ports.ts';
import { wholeNumber } from './query.ts';
import type { AdminAsk, AdminRoute } from './routes.ts';

/** Purser's own: what happened that an owner may want to be told of. */
export const eventsRoutes: readonly AdminRoute[] = [
  { method: 'get', paths: ['/purser/events'], access: 'admin', run: events },
];

/** Those after `since`, which is the number of the last one that was seen. */
function events({ events: raised }: Ports, { query }: AdminAsk): unknown {
  return { events: raised.since(wholeNumber(query['since'], { param: 'since', otherwise: 0, least: 0 })) };
}
