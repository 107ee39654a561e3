import * as z from 'zod';
import type { Ports } from '../gateway/ports.ts';
import { checked } from './key-fields.ts';
import { wholeNumber } from './query.ts';
import type { AdminAsk, AdminRoute } from './routes.ts';

/** Purser's own: what happened that an owner may want to be told of. */
export const eventsRoutes: readonly AdminRoute[] = [
  { method: 'get', paths: ['/purser/events'], access: 'admin', run: events },
  { method: 'post', paths: ['/purser/events/claim'], access: 'admin', run: claim },
];

/** Those after `since`, which is the number of the last one that was seen. */
function events({ events: raised }: Ports, { query }: AdminAsk): unknown {
  return { events: raised.since(wholeNumber(query['since'], { param: 'since', otherwise: 0, least: 0 })) };
}

const claimFields = z.strictObject({ notice: z.string().min(1).max(500) });

/** Granted once for each notice, so that of several windows one shows it. */
function claim({ events: raised }: Ports, { body }: AdminAsk): { readonly granted: boolean } {
  return { granted: raised.claim(checked(claimFields, body).notice) };
}
