import { Failure, invalid } from '../chat/failure.ts';
import { readKept, type KeptBody } from '../gateway/kept-body.ts';
import type { Ports } from '../gateway/ports.ts';
import { offeredTools, readableAnswer, readablePrompt, withoutFiles } from '../gateway/readable-body.ts';
import { titleOf } from '../keys/virtual-key.ts';
import { unitMs } from '../lib/duration.ts';
import { stringIn } from '../lib/json.ts';
import { bodyNotKept } from './body-shape.ts';
import { onlyKnown } from './report-query.ts';
import type { AdminAsk, AdminRoute } from './routes.ts';

/** The prompts and answers that keys have kept. */
export const bodyRoutes: readonly AdminRoute[] = [
  { method: 'get', paths: ['/purser/bodies'], access: 'admin', run: state },
  { method: 'get', paths: ['/purser/calls/body', '/purser/calls/:call/body'], access: 'admin', run: show },
  { method: 'delete', paths: ['/purser/calls/:call/body'], access: 'admin', run: remove },
  { method: 'post', paths: ['/purser/calls/body/delete'], access: 'admin', run: remove },
];

/** How much is kept, and how much may be. */
async function state(ports: Ports): Promise<unknown> {
  const { calls, bytes, trouble } = await ports.bodies.state();
  const { keepBodiesDays, keepBodiesBytes } = ports.config();
  return { calls, bytes, most_bytes: keepBodiesBytes, most_days: keepBodiesDays, trouble: trouble ?? null };
}

/** As it was kept, or with `view=readable` as a person reads it, or with `view=raw` without its files. */
async function show(ports: Ports, ask: AdminAsk): Promise<unknown> {
  onlyKnown(ask.query, ['call', 'view']);
  const body = await keptBody(ports, callIn(ask));
  switch (ask.query['view']) {
    case undefined:
      return body;
    case 'readable':
      return {
        ...aboutOf(ports, body),
        prompt: readablePrompt(body),
        tools: offeredTools(body),
        answer: readableAnswer(body),
      };
    case 'raw':
      return {
        request: JSON.stringify(withoutFiles(body.request), undefined, 2),
        answer: JSON.stringify(withoutFiles(body.answer), undefined, 2),
      };
    default:
      throw invalid('view must be readable or raw.', 'view');
  }
}

function aboutOf(ports: Ports, { call, at, key, dialect, failure, requestCut, answerCut, form }: KeptBody) {
  const days = Math.min(ports.keys.get(key)?.keepBodies ?? 0, ports.config().keepBodiesDays);
  return {
    call,
    at,
    dialect,
    failure,
    requestCut,
    answerCut,
    canReplay: !form && !requestCut,
    until: at + days * unitMs.d,
  };
}

async function remove(ports: Ports, ask: AdminAsk): Promise<unknown> {
  const call = callIn(ask);
  if (!(await ports.bodies.forget(call))) throw await notKept(ports, call);
  return { deleted: true };
}

function callIn({ params, query, body }: AdminAsk): string {
  const call = params['call'] ?? query['call'] ?? stringIn(body['call']);
  if (call === undefined) throw invalid('call is missing: name the call, as GET /purser/rows has it.', 'call');
  return call;
}

/** What is kept of a call. Throws `not-found`, with what can be done, where nothing is. */
export async function keptBody(ports: Ports, call: string): Promise<KeptBody> {
  const found = await ports.bodies.find(call);
  if (found === undefined) throw await notKept(ports, call);
  return readKept(found);
}

async function notKept(ports: Ports, call: string): Promise<Failure> {
  const [row] = await ports.ledger.rows({ call, limit: 1 });
  const why =
    row === undefined ? `There is no call ${call.slice(0, 100)}` : await reasonFor(ports, stringIn(row['key']));
  return new Failure('not-found', `${why}.`, { param: 'call', code: bodyNotKept });
}

async function reasonFor(ports: Ports, id: string | undefined): Promise<string> {
  if (id === 'admin')
    return 'Calls with the admin key are never kept. Give the tool a key of its own that has keep_bodies';
  const key = ports.keys.get(id ?? '');
  if (key === undefined) return 'The key of this call is gone, and what was kept of its calls went with it';
  const { keepBodiesDays } = ports.config();
  if (keepBodiesDays === 0) return 'general_settings.keep_bodies_days is 0, so no prompts and answers are kept';
  if (key.keepBodies === null)
    return `The ${titleOf(key)} does not have its prompts and answers kept. To keep those of its next calls, set keep_bodies of the key, a number of days`;
  const { trouble } = await ports.bodies.state();
  return trouble === undefined
    ? `Nothing is kept of this call any more: it was before the ${titleOf(key)} had its calls kept, is older than ${Math.min(key.keepBodies, keepBodiesDays)} days, or was deleted`
    : trouble.replace(/\.$/, '');
}
