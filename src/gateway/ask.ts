import type { Hold } from '../budgets/budgets.ts';
import type { Usage } from '../chat/chat.ts';
import { Failure, toFailure } from '../chat/failure.ts';
import type { Attempt, Bill } from './bill.ts';
import { connectionFailure, neverSent } from './connection-failure.ts';
import type { Deployment, PriceFound } from './catalog.ts';
import { promptUsage } from './first-usage.ts';
import { forwardedHeaders } from './forwarded.ts';
import type { Prepared } from './prepare.ts';
import type { Provider, Target, Unsigned } from '../providers/provider.ts';
import type { Serving } from './serving.ts';
import { setAside } from './set-aside.ts';
import type { Answered } from './upstream.ts';

/** One attempt under way: the provider has begun to answer. */
export interface Asked {
  readonly attempt: Attempt;
  readonly prepared: Prepared;
  readonly answered: Answered;
  /** Milliseconds on the monotonic clock: when the request went out, when the answer's head came. */
  readonly sentAt: number;
  readonly headAt: number;
  /** What a stream begins with that must tell its usage first. */
  readonly firstUsage: Promise<Usage | undefined>;
}

/** Sets money aside, books the attempt and calls the provider. Throws the provider's refusal as a Failure. */
export async function ask(serving: Serving, deployment: Deployment, prepared: Prepared): Promise<Asked> {
  const { ports, bill, call } = serving;
  await ports.prices.warm();
  const found = deployment.price();
  const hold = await setAside(serving, deployment, found);
  const attempt = begin(bill, deployment, found, hold);
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

/** Books the attempt; a hold whose line cannot be written is given back. */
function begin(bill: Bill, deployment: Deployment, found: PriceFound, hold: Hold): Attempt {
  try {
    return bill.begin(deployment, found, hold);
  } catch (error) {
    hold.release();
    throw error;
  }
}

async function send(
  { ports, call }: Serving,
  deployment: Deployment,
  prepared: Prepared,
  outputLimit: number | undefined,
): Promise<Answered> {
  const { config, provider } = deployment;
  const all = ports.config();
  const streamTimeout = call.outline.stream ? (config.streamTimeoutMs ?? all.streamTimeoutMs) : undefined;
  const { url, target } = prepared;
  const body = prepared.body(outputLimit);
  const headers = {
    'content-type': 'application/json',
    ...forwardedHeaders(call, prepared.dialect, { ...prepared.headers, ...config.headers }),
  };
  return ports.upstream.send({
    method: 'POST',
    url,
    headers: await signed(provider, { url, headers, body, at: ports.clock.now() }, target),
    body,
    signal: call.signal,
    headersTimeoutMs: streamTimeout ?? config.timeoutMs ?? all.requestTimeoutMs,
    bodyTimeoutMs: streamTimeout ?? config.timeoutMs ?? all.requestTimeoutMs,
  });
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
