import { redacted, toFailure, type Failure } from '../chat/failure.ts';
import { failureStatus } from '../gateway/answer-headers.ts';
import { answer } from '../gateway/answer.ts';
import type { Call } from '../gateway/call.ts';
import { fitting, withTags } from '../gateway/candidates.ts';
import type { Deployment } from '../gateway/catalog.ts';
import { countInput } from '../gateway/count.ts';
import { knownProject, routeFor } from '../gateway/permit.ts';
import type { Ports } from '../gateway/ports.ts';
import type { Sink } from '../gateway/sink.ts';
import type { Route } from '../routing/router.ts';
import { callOf, spokenAt, type Imagined, type Spoken } from './dry-run-call.ts';
import { rehearsalFor, type Rehearsal } from '../gateway/rehearsal.ts';
import { stepOf } from './dry-run-step.ts';
import type { DryRun } from './contract.ts';

/**
 * What would become of a request now, played through by the very pipeline that serves calls, on copies of whatever it
 * would change: nothing is sent, booked or remembered. Where several deployments are equals the draw is one of many.
 */
export async function dryRun(ports: Ports, imagined: Imagined): Promise<DryRun> {
  const spoken = spokenAt(ports, imagined.path);
  let call: Call;
  try {
    call = callOf(ports, imagined, spoken);
  } catch (error) {
    return { ...nothingKnown, outcome: 'refused', error: refusalOf(ports, spoken, toFailure(error)) };
  }
  const rehearsal = rehearsalFor(ports, call);
  const failure = await played(rehearsal, call);
  const isSent = rehearsal.tried.some(({ request }) => request !== undefined);
  const isAnswered = failure === undefined;
  return {
    ...(await aboutRoute(ports, call, rehearsal)),
    tokens: await tokensIn(ports, call),
    outcome: isAnswered ? answeredBy(rehearsal) : isSent ? 'sent' : 'refused',
    steps: rehearsal.tried.map((one) => stepOf(ports, call, one)),
    waitMs: rehearsal.waits() ? ports.config().holdWaitMs : 0,
    error: isAnswered || isSent ? null : refusalOf(ports, spoken, failure),
  };
}

const nothingKnown = { model: null, project: null, route: null, tokens: null, steps: [], passedOver: [], waitMs: 0 };

/** How long a count may take, milliseconds: the counter itself takes a second or more to load. */
const countingMs = 2_000;

/** Counted here, else by the prompt's size. */
async function tokensIn(ports: Ports, call: Call): Promise<number> {
  let callOff = (): void => undefined;
  const late = new Promise<number>((resolve) => {
    callOff = ports.timers.after(countingMs, () => resolve(Math.ceil(call.raw.length / 4)));
  });
  return Promise.race([countInput(ports, call), late]).finally(callOff);
}

/** Plays the call through; gives what its client would be told if no provider could be reached, undefined where none is needed. */
async function played({ ports }: Rehearsal, call: Call): Promise<Failure | undefined> {
  try {
    await answer(ports, call, deafSink());
    return undefined;
  } catch (error) {
    return toFailure(error);
  }
}

/** Takes what a deployment answers by itself, or the cache. */
function deafSink(): Sink {
  let begun = false;
  const begin = (): void => void (begun = true);
  return {
    get begun() {
      return begun;
    },
    ...{ send: begin, begin, write: () => undefined, end: begin, break: begin },
  };
}

const answeredBy = ({ admitted }: Rehearsal): DryRun['outcome'] =>
  admitted()?.bill.isCached === true ? 'cached' : 'mocked';

function refusalOf(ports: Ports, { client }: Spoken, failure: Failure): NonNullable<DryRun['error']> {
  const told = redacted(failure, ports.redact());
  return {
    status: failureStatus(ports, told),
    kind: told.kind,
    message: told.message,
    body: JSON.stringify(client.writeFailure(told)),
  };
}

/** Where the name leads, and which of its deployments were not come to, and why. */
async function aboutRoute(ports: Ports, call: Call, { tried }: Rehearsal) {
  const { model } = call.outline;
  const { project } = call.attribution;
  try {
    const route = routeFor(ports, call);
    const left = route.deployments.filter((one) => !tried.some(({ deployment }) => deployment === one));
    const passedOver = await Promise.all(left.map((one) => passed(ports, call, route, one)));
    return { model, project, route: { group: route.group, ...wayTo(ports, call, route) }, passedOver };
  } catch {
    return { model, project, route: null, passedOver: [] }; // the call is refused for the same reason, which its error tells
  }
}

/** A name leads to its group by being its name, as somebody's alias, or by a pattern. */
function wayTo(ports: Ports, call: Call, { group, star, deployments }: Route<Deployment>) {
  const { model } = call.outline;
  const pattern = star === undefined ? null : (deployments[0]?.name ?? null);
  if (group === model) return { by: pattern === null ? ('name' as const) : ('pattern' as const), pattern };
  const isOf = (aliases: Readonly<Record<string, string>> = {}): boolean => Object.hasOwn(aliases, model);
  if (isOf(call.caller.key?.aliases)) return { by: 'alias of the key' as const, pattern };
  if (isOf(knownProject(ports, call)?.aliases)) return { by: 'alias of the project' as const, pattern };
  return { by: 'alias' as const, pattern };
}

async function passed(ports: Ports, call: Call, { deployments }: Route<Deployment>, one: Deployment) {
  const { id, account, provider, model } = one;
  const why = await whyNot(ports, call, deployments, one);
  return { id, account, model: `${provider.name}/${model}`, ...why };
}

type PassedOver = Pick<DryRun['passedOver'][number], 'reason' | 'message'>;

/** By the rules that chose the others. */
async function whyNot(ports: Ports, call: Call, all: readonly Deployment[], one: Deployment): Promise<PassedOver> {
  const { routing } = ports.config();
  if (routing.filterTags && !isTagged(all, one, call, routing.anyTag)) {
    const tags = one.tags ?? [];
    return { reason: 'tags', message: tags.length === 0 ? null : tags.join(', ') };
  }
  if (routing.checkSize) {
    const tooLong = await refusalFrom(() => fitting(ports, call, [one]));
    if (tooLong !== undefined) return { reason: 'size', message: tooLong.message };
  }
  const condition = ports.health.of(one);
  if (condition.state === 'healthy') return { reason: 'not reached', message: null };
  return { reason: 'resting', message: ports.redact()(condition.cooling.message) };
}

function isTagged(all: readonly Deployment[], one: Deployment, call: Call, any: boolean): boolean {
  try {
    return withTags(all, call, any).includes(one);
  } catch {
    return false;
  }
}

async function refusalFrom(run: () => Promise<unknown>): Promise<Failure | undefined> {
  try {
    await run();
    return undefined;
  } catch (error) {
    return toFailure(error);
  }
}
