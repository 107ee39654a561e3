import type { Hold } from '../budgets/budgets.ts';
import type { Limit } from '../budgets/limit.ts';
import { toFailure } from '../chat/failure.ts';
import { noMoney } from '../chat/money.ts';
import type { Attempt, Bill } from './bill.ts';
import { neverSent } from './connection-failure.ts';
import type { Call } from './call.ts';
import type { Deployment, PriceFound } from './catalog.ts';
import { closeInputBound } from './count.ts';
import type { Prepared } from './prepare.ts';
import type { Ports } from './ports.ts';
import { quoteOf } from './quote.ts';
import type { Answered } from './upstream.ts';

/** The budgets that a call is held against. */
export interface Scopes {
  readonly limits: readonly Limit[];
  readonly names: readonly string[];
}

/** One attempt under way: the provider has begun to answer. */
export interface Asked {
  readonly attempt: Attempt;
  readonly prepared: Prepared;
  readonly answered: Answered;
  /** Milliseconds on the monotonic clock: when the request went out, when the answer's head came. */
  readonly sentAt: number;
  readonly headAt: number;
}

/** Sets money aside, books the attempt and calls the provider. Throws the provider's refusal as a Failure. */
export async function ask(ports: Ports, call: Call, bill: Bill, deployment: Deployment, prepared: Prepared, scopes: Scopes): Promise<Asked> {
  await ports.prices.warm();
  const found = deployment.price();
  const hold = await setAside(ports, call, { deployment, found, scopes });
  const attempt = begin(bill, deployment, found, hold);
  const sentAt = ports.clock.monotonic();
  try {
    const answered = await send(ports, call, deployment, prepared, hold.outputLimit);
    attempt.stage = 'sent';
    const headAt = ports.clock.monotonic();
    if (answered.status >= 200 && answered.status < 300) return { attempt, prepared, answered, sentAt, headAt };
    // What a provider refuses it does not bill.
    attempt.stage = 'refused';
    const body = await answered.body.text();
    throw prepared.dialect.readRefusal({ status: answered.status, headers: answered.headers, body });
  } catch (error) {
    const failure = toFailure(error);
    if (attempt.stage === 'unsent' && !neverSent(failure)) attempt.stage = 'sent';
    attempt.failure = failure;
    throw failure;
  }
}

interface Wanted {
  readonly deployment: Deployment;
  readonly found: PriceFound;
  readonly scopes: Scopes;
}

/** Holds what the call may cost: by its size where that fits, else by counting its tokens, else when its turn comes. */
async function setAside(ports: Ports, call: Call, { deployment, found, scopes }: Wanted): Promise<Hold> {
  const { outline } = call;
  const config = ports.config();
  const asked = (inputTokens: number) =>
    quoteOf({
      inputTokens,
      price: found.price,
      clientLimit: outline.maxOutput,
      modelLimit: deployment.maxOutput,
      thinkingBudget: outline.thinkingBudget,
      choices: outline.choices,
      caches: outline.caches,
      minUseful: config.minUsefulOutput,
      extra: outline.unbounded === undefined ? noMoney : (config.holdPerCall ?? noMoney),
    });
  // A token holds at least one byte, so the size is a bound that needs no tokenizer.
  const claim = { call: call.id, limits: scopes.limits, scopes: scopes.names };
  const quick = ports.budgets.tryReserve({ ...claim, quote: asked(call.raw.length) });
  if (quick !== undefined) return quick;
  const quote = asked(await closeInputBound(ports, call));
  return ports.budgets.reserve({ ...claim, quote }, call.signal);
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

function send(ports: Ports, call: Call, deployment: Deployment, prepared: Prepared, outputLimit: number | undefined): Promise<Answered> {
  const { config, provider } = deployment;
  const all = ports.config();
  const streamTimeout = call.outline.stream ? (config.streamTimeoutMs ?? all.streamTimeoutMs) : undefined;
  return ports.upstream.send({
    method: 'POST',
    url: prepared.url,
    headers: { 'content-type': 'application/json', ...provider.headers(prepared.target), ...config.headers },
    body: prepared.body(outputLimit),
    signal: call.signal,
    headersTimeoutMs: streamTimeout ?? config.timeoutMs ?? all.requestTimeoutMs,
    bodyTimeoutMs: streamTimeout ?? config.timeoutMs ?? all.requestTimeoutMs,
  });
}
