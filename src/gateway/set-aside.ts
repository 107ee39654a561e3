import type { Claim, Hold, Quote } from '../budgets/budgets.ts';
import type { Admission } from '../budgets/rates.ts';
import { noMoney, type NanoUsd } from '../chat/money.ts';
import { stringIn } from '../lib/json.ts';
import { upperBound } from '../tokens/bound.ts';
import type { Call } from './call.ts';
import type { Deployment, PriceFound } from './catalog.ts';
import { closeInputBound } from './count.ts';
import type { Ports } from './ports.ts';
import { quoteOf, type Ask } from './quote.ts';
import { refusePaused } from './refuse-paused.ts';
import { admitAttempt } from './room.ts';
import { scopesAt } from './scopes.ts';
import type { Serving } from './serving.ts';

/** What an attempt takes before it is made. */
export interface SetAside {
  readonly hold: Hold;
  /** Its place at a deployment that has limits of its own. */
  readonly place: Admission | undefined;
  /** What is held for what no limit can bound. */
  readonly extra: NanoUsd;
}

/** Holds what the call may cost, and takes a place at its deployment. */
export async function setAside(serving: Serving, deployment: Deployment, found: PriceFound): Promise<SetAside> {
  const { ports, call } = serving;
  const extra = extraOf(ports, call, deployment);
  refusePaused(ports, found);
  const hold = await holdFor(serving, deployment, found, extra);
  try {
    // It may have waited for money meanwhile.
    refusePaused(ports, found);
    return { hold, extra, place: admitAttempt(ports, call, deployment) };
  } catch (error) {
    hold.release();
    throw error;
  }
}

/** By the prompt's size where that fits, else by counting its tokens, else when its turn comes. */
function holdFor(
  serving: Serving,
  deployment: Deployment,
  { price }: PriceFound,
  extra: NanoUsd,
): Hold | Promise<Hold> {
  const { ports, call } = serving;
  const { limits, names } = scopesAt(serving, deployment);
  const claimFor = (inputTokens: number): Claim => ({
    call: call.id,
    limits,
    scopes: names,
    ...(serving.hasAlternative && { hasAlternative: true }),
    quote: quoteFor(ports, call, deployment, { inputTokens, price, extra }),
  });
  const closely = async (): Promise<Hold> =>
    ports.budgets.reserve(claimFor(await closeInputBound(ports, call)), call.signal);
  return ports.budgets.tryReserve(claimFor(upperBound(call.body, deployment.model))) ?? closely();
}

/** How much to set aside for a call at a deployment, given what is left. */
export const quoteFor = (
  ports: Ports,
  { body, outline }: Call,
  deployment: Deployment,
  known: Pick<Ask, 'inputTokens' | 'price' | 'extra'>,
): Quote =>
  quoteOf({
    clientLimit: outline.maxOutput,
    modelLimit: deployment.maxOutput,
    thinkingBudget: outline.thinkingBudget,
    choices: outline.choices,
    caches: outline.caches,
    pieces: outline,
    serviceTier: stringIn(body['service_tier']),
    minUseful: outline.indivisible ? Infinity : ports.config().minUsefulOutput,
    // Last: Node 20 takes a microsecond for each member that follows a spread at the beginning.
    ...known,
  });

/** What is configured for such calls, else what the last of the kind cost beyond what could be reckoned. */
export function extraOf(ports: Ports, call: Call, deployment: Deployment): NanoUsd {
  if (call.outline.unbounded === undefined) return noMoney;
  return ports.config().holdPerCall ?? ports.excess.of(call, deployment);
}
