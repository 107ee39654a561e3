import { invalid } from '../chat/failure.ts';
import type { Ports } from '../gateway/ports.ts';
import { replay, replayQuote } from '../gateway/replay.ts';
import type { JsonObject } from '../lib/json.ts';
import { keptBody } from './body-routes.ts';
import type { AdminAsk, AdminRoute } from './routes.ts';

/** A kept request to another model. */
export const replayRoutes: readonly AdminRoute[] = [
  { method: 'post', paths: ['/purser/replay'], access: 'admin', run },
  { method: 'post', paths: ['/purser/replay/quote'], access: 'admin', run: quote },
];

/** Both calls side by side: their rows, as `GET /purser/rows` has them, and what the other model said. */
async function run(ports: Ports, ask: AdminAsk): Promise<unknown> {
  const { call, model } = asked(ask);
  const done = await replay(ports, await keptBody(ports, call), model);
  const [original, replayed] = await Promise.all([rowOf(ports, call), rowOf(ports, done.call)]);
  return { original, replay: replayed, answer: done.answer };
}

async function quote(ports: Ports, ask: AdminAsk): Promise<unknown> {
  const { call, model } = asked(ask);
  return replayQuote(ports, await keptBody(ports, call), model);
}

async function rowOf(ports: Ports, call: string): Promise<JsonObject | null> {
  const [row] = await ports.ledger.rows({ call, limit: 1 });
  return row ?? null;
}

function asked({ body: { call, model, ...rest } }: AdminAsk): { readonly call: string; readonly model: string } {
  const unknown = Object.keys(rest)[0];
  if (unknown !== undefined) throw invalid(`${unknown} is not known here; expected call and model.`, unknown);
  if (typeof call !== 'string')
    throw invalid('call is missing: name the call whose request is to be sent again.', 'call');
  if (typeof model !== 'string' || model === '')
    throw invalid('model is missing: name the model that is to answer.', 'model');
  return { call, model };
}
