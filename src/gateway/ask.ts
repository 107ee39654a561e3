import type { Usage } from '../chat/chat.ts';
import { Failure, toFailure } from '../chat/failure.ts';
import type { Config, DeploymentConfig } from '../config/config.ts';
import type { Attempt, Bill } from './bill.ts';
import type { Call } from './call.ts';
import { connectionFailure, neverSent } from '../network/connection-failure.ts';
import type { Deployment, PriceFound } from './catalog.ts';
import { promptUsage } from './first-usage.ts';
import { forwardedHeaders } from './forwarded.ts';
import type { Prepared } from './prepare.ts';
import type { Provider, Target, Unsigned } from '../providers/provider.ts';
import type { Trying } from './serving.ts';
import { setAside, type SetAside } from './set-aside.ts';
import type { Answered } from '../network/upstream.ts';
import type { Patience } from '../network/watchdog.ts';

/** One attempt under way: the provider has begun to answer. */
export interface Asked {
  readonly attempt: Attempt;
  readonly prepared: Prepared;
  readonly answered: Answered;
  /** Milliseconds on the monotonic clock: when the request went out, when the answer's head came. */
  readonly sentAt: number;
  readonly headAt: number;
  /** What a stream begins with that must tell its usage first. */
  readonly firstUsage: Promise<Usage> | undefined;
}

/** Sets money aside, books the attempt and calls the provider. Throws the provider's refusal as a Failure. */
export async function ask(serving: Trying, deployment: Deployment, prepared: Prepared): Promise<Asked> {
  const { ports, bill, call } = serving;
  await ports.prices.warm();
  const found = deployment.price();
  const aside = await setAside(serving, deployment, found);
  const { hold } = aside;
  const attempt = Object.assign(begin(bill, deployment, found, aside), serving.step);
  const sentAt = ports.clock.monotonic();
  const firstUsage = promptUsage(ports, call, prepared);
  try {
    const answered = await send(serving, deployment, prepared, hold.outputLimit);
    attempt.stage = 'sent';
    const headAt = ports.clock.monotonic();
    if (answered.status >= 200 && answered.status < 300)
      return { attempt, prepared, answered, sentAt, headAt, firstUsage };
    // What a provider refuses it does not bill.
    attempt.stage = 'refused';
    const body = await answered.body.text();
    throw prepared.dialect.readRefusal({ status: answered.status, headers: answered.headers, body });
  } catch (error) {
    const failure = toFailure(error);
    if (attempt.stage === 'unsent' && !neverSent(failure)) attempt.stage = 'sent';
    throw failure;
  }
}

/** Books the attempt; where its line cannot be written all that it took is given back. */
function begin(bill: Bill, deployment: Deployment, found: PriceFound, { hold, place, extra }: SetAside): Attempt {
  try {
    const attempt = bill.begin(deployment, found, hold);
    attempt.place = place;
    attempt.extra = extra;
    return attempt;
  } catch (error) {
    hold.release();
    place?.release();
    throw error;
  }
}

async function send(
  { ports, call }: Trying,
  deployment: Deployment,
  prepared: Prepared,
  outputLimit: number | undefined,
): Promise<Answered> {
  const { config, provider } = deployment;
  const all = ports.config();
  const { url, target } = prepared;
  const body = prepared.body(outputLimit);
  const headers = {
    'content-type': 'application/json',
    ...forwardedHeaders(call, prepared.dialect, { ...prepared.headers, ...config.headers }),
  };
  return ports.upstream.send({
    method: 'POST',
    url,
    headers: provider.sign ? await signed(provider, { url, headers, body, at: ports.clock.now() }, target) : headers,
    body,
    signal: call.signal,
    patience: patienceFor(call, config, all),
    awaitsContent: call.outline.stream,
    connectTimeoutMs: all.routing.connectTimeoutMs,
  });
}

/** The request's own word comes first, then the deployment's. */
function patienceFor({ outline, wishes }: Call, one: DeploymentConfig, all: Config): Patience {
  const totalMs = wishes.timeoutMs ?? one.timeoutMs ?? all.requestTimeoutMs;
  const firstMs = outline.stream ? (wishes.streamTimeoutMs ?? one.streamTimeoutMs ?? all.streamTimeoutMs) : undefined;
  return { totalMs, firstMs: firstMs ?? totalMs, idleMs: all.routing.idleTimeoutMs };
}

/** The headers as they go out. What cannot be signed was never sent. */
async function signed(provider: Provider, request: Unsigned, target: Target): Promise<Unsigned['headers']> {
  try {
    return (await provider.sign?.(request, target)) ?? request.headers;
  } catch (cause) {
    const why = `A request to ${provider.title} could not be signed. Is there a stray character in its keys or headers?`;
    const failure = new Failure('provider-unreachable', why, { cause });
    throw connectionFailure(failure, { host: '', proxy: undefined, sent: false, answering: false });
  }
}
