import { toFailure, type Failure } from '../chat/failure.ts';
import { totalTokens } from '../chat/usage.ts';
import type { CooldownRules } from '../routing/cooldown.ts';
import { ask, type Asked } from './ask.ts';
import type { Attempt } from './bill.ts';
import type { Deployment } from './catalog.ts';
import { deliver } from './deliver.ts';
import { isRouteMissing } from './missing-routes.ts';
import { playMock } from './mock.ts';
import { prepare } from './prepare.ts';
import { providerFailure } from './provider-failure.ts';
import type { Serving, Step, Trying } from './serving.ts';
import type { Sink } from './sink.ts';

/** Where a call is tried, and why. */
export interface Attempting {
  readonly deployment: Deployment;
  readonly step: Step;
  /** Whether others of the group are left. */
  readonly hasAlternative: boolean;
}

/** One try at one deployment: its answer goes to the client, or a Failure is thrown, and its health learns of it. */
export async function attempt(serving: Serving, attempting: Attempting, sink: Sink): Promise<void> {
  const { deployment, step, hasAlternative } = attempting;
  const { ports, bill } = serving;
  const run = ports.health.begin(deployment);
  const { call, route, scopes, rateHeaders } = serving;
  // Written out: Node 20 takes a microsecond for each member that is added to a spread object.
  const trying: Trying = { ports, call, route, bill, scopes, rateHeaders, step, hasAlternative, run };
  const before = bill.attempts.length;
  try {
    if (deployment.config.mockResponse !== undefined) await playMock(trying, deployment, sink);
    else await delivered(trying, await askFitted(trying, deployment), sink);
    run.answered();
  } catch (error) {
    throw learned(trying, deployment, bill.attempts.slice(before), toFailure(error));
  } finally {
    run.end(tokensIn(bill.attempts, before));
  }
}

/** Asks in the client's own dialect where it may be spoken; a server without that route is remembered, and asked in its usual one. */
async function askFitted(trying: Trying, deployment: Deployment): Promise<Asked> {
  const { ports, call } = trying;
  const circumstances = { dropParams: ports.config().dropParams, missing: ports.missingRoutes, recall: ports.recall };
  const prepared = prepare(call, deployment, circumstances);
  try {
    return await ask(trying, deployment, prepared);
  } catch (error) {
    if (!prepared.isGuess || !isRouteMissing(toFailure(error))) throw error;
    ports.missingRoutes.add(prepared.url);
    return ask(trying, deployment, prepare(call, deployment, circumstances));
  }
}

/** An answer that is no good is not waited for: its connection ends with it. */
async function delivered(trying: Trying, asked: Asked, sink: Sink): Promise<void> {
  try {
    await deliver(trying, asked, sink);
  } catch (error) {
    asked.answered.body.destroy();
    throw error;
  }
}

/** The failure as it is told and booked. What cost nothing gives its money back at once: the next attempt may need it. */
function learned(
  { ports, call, route, bill, run }: Trying,
  deployment: Deployment,
  attempts: readonly Attempt[],
  error: Failure,
): Failure {
  const failure = providerFailure(error, deployment, ports.redact());
  for (const attempt of attempts) {
    attempt.failure ??= failure;
    attempt.place?.release();
    if (attempt.stage === 'unsent' || attempt.stage === 'refused') bill.giveBack(attempt);
  }
  const { cooldown } = ports.config().routing;
  if (!call.signal.aborted) run.failed(failure, rulesFor(cooldown, deployment), route.deployments.length === 1);
  return failure;
}

/** The configuration's rules under what the deployment says of itself. */
function rulesFor(all: CooldownRules, { config: { routing } }: Deployment): CooldownRules {
  const { cooldownMs, allowedFails = all.allowedFails, allowedFailsByKind = all.allowedFailsByKind } = routing;
  return {
    disabled: all.disabled,
    ms: cooldownMs ?? all.ms,
    allowedFailsByKind,
    ...(allowedFails !== undefined && { allowedFails }),
  };
}

function tokensIn(attempts: readonly Attempt[], from: number): number {
  let tokens = 0;
  for (let index = from; index < attempts.length; index += 1) {
    const usage = attempts[index]?.meter.usage;
    if (usage !== undefined) tokens += totalTokens(usage);
  }
  return tokens;
}
