import { noUsage } from '../chat/chat.ts';
import { Failure, invalid } from '../chat/failure.ts';
import { totalInput } from '../chat/usage.ts';
import type { Attempt } from '../gateway/bill.ts';
import type { Ports } from '../gateway/ports.ts';
import type { Running } from '../gateway/running.ts';
import { stringIn } from '../lib/json.ts';
import { costOf } from '../pricing/cost.ts';
import type { AdminAsk, AdminRoute } from './routes.ts';

/** The calls under way, and an end to one. */
export const callsRoutes: readonly AdminRoute[] = [
  { method: 'get', paths: ['/purser/calls'], access: 'admin', run: list },
  { method: 'post', paths: ['/purser/calls/stop'], access: 'admin', run: stop },
];

type Admitted = NonNullable<Running['admitted']>;

function list(ports: Ports): object {
  const admitted = [...ports.running.values()].flatMap((one) => one.admitted ?? []);
  return { now: ports.clock.now(), calls: admitted.map((one) => rowOf(ports, one)) };
}

function rowOf({ clock }: Ports, { call, group, bill }: Admitted): object {
  const last = bill.attempts.at(-1);
  const held = bill.attempts.reduce((sum, { hold }) => sum + hold.amount, 0);
  return {
    call: call.id,
    at: Math.round(clock.now() - (clock.monotonic() - call.started)),
    key: call.caller.id,
    keyAlias: call.caller.key?.alias ?? null,
    project: call.attribution.project,
    assistant: call.assistant,
    group,
    model: last?.deployment.model ?? null,
    provider: last?.deployment.provider.name ?? null,
    stream: call.outline.stream,
    stage: stageOf(last),
    ...soFar(call.raw.length, last),
    most: last === undefined ? null : held,
    attempts: bill.attempts.length,
  };
}

const stageOf = (attempt: Attempt | undefined): 'waiting' | 'sent' | 'answering' =>
  attempt?.stage === 'sent' || attempt?.stage === 'answering' ? attempt.stage : 'waiting';

/** Of English text and code, as tokenisers cut them; close enough to watch a call by. */
const charactersPerToken = 4;

interface SoFar {
  readonly input: number | null;
  readonly output: number | null;
  /** Nano-dollars, of what has been sent and has come until now. */
  readonly cost: number | null;
}

function soFar(bodyBytes: number, attempt: Attempt | undefined): SoFar {
  if (attempt === undefined || stageOf(attempt) === 'waiting') return { input: null, output: null, cost: null };
  attempt.recount();
  const { usage, text } = attempt.meter;
  const counted = usage ?? { ...noUsage, input: Math.ceil(bodyBytes / charactersPerToken) };
  const seen = { ...counted, output: Math.max(counted.output, Math.ceil(text.length / charactersPerToken)) };
  const { price } = attempt.found;
  return {
    input: totalInput(seen),
    output: seen.output,
    cost: price === undefined ? null : Math.min(costOf(seen, price), attempt.hold.amount),
  };
}

/** Ends a call at its provider too. Whoever made it gets a refusal that says so, and the call is billed for what came. */
function stop(ports: Ports, { body }: AdminAsk): object {
  const unknown = Object.keys(body).find((field) => field !== 'call');
  if (unknown !== undefined) throw invalid(`${unknown} is not known here; expected call alone.`, unknown);
  const id = stringIn(body['call']);
  if (id === undefined) throw invalid('call is missing: name the call, as GET /purser/calls has it.', 'call');
  const found = [...ports.running.values()].find(({ admitted }) => admitted?.call.id === id);
  if (found === undefined)
    throw new Failure('not-found', 'That call is not under way any more.', { param: 'call', code: 'call_not_running' });
  // The status on which no client tries again.
  const refusal = { status: 400, code: 'call_stopped' };
  found.stop.abort(new Failure('cancelled', 'This call was stopped by the owner of the gateway.', refusal));
  return { stopped: true };
}
