import type { Claim, Hold } from '../budgets/budgets.ts';
import type { Admission } from '../budgets/rates.ts';
import { noMoney, type NanoUsd } from '../chat/money.ts';
import { stringIn } from '../lib/json.ts';
import { upperBound } from '../tokens/bound.ts';
import type { Call } from './call.ts';
import type { Deployment, PriceFound } from './catalog.ts';
import { closeInputBound } from './count.ts';
import type { Ports } from './ports.ts';
import { quoteOf } from './quote.ts';
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
  const hold = await holdFor(serving, deployment, found, extra);
  try {
    return { hold, extra, place: admitAttempt(ports, call, deployment) };
  } catch (error) {
    hold.release();
    throw error;
  }
}

/** By the prompt's size where that fits, else by counting its tokens, else when its turn comes. */
async function holdFor(serving: Serving, deployment: Deployment, { price }: PriceFound, extra: NanoUsd): Promise<Hold> {
  const { ports, call } = serving;
  const { outline } = call;
  const config = ports.config();
  const { limits, names } = scopesAt(serving, deployment);
  const claimFor = (inputTokens: number): Claim => ({
    call: call.id,
    limits,
    scopes: names,
    ...(serving.hasAlternative && { hasAlternative: true }),
    quote: quoteOf({
      inputTokens,
      price,
      clientLimit: outline.maxOutput,
      modelLimit: deployment.maxOutput,
      thinkingBudget: outline.thinkingBudget,
      choices: outline.choices,
      caches: outline.caches,
      pieces: outline,
      serviceTier: stringIn(call.body['service_tier']),
      minUseful: outline.indivisible ? Infinity : config.minUsefulOutput,
      extra,
    }),
  });
  const quick = ports.budgets.tryReserve(claimFor(upperBound(call.body, deployment.model)));
  return quick ?? ports.budgets.reserve(claimFor(await closeInputBound(ports, call)), call.signal);
}

/** What is configured for such calls, else what the last of the kind cost beyond what could be reckoned. */
function extraOf(ports: Ports, call: Call, deployment: Deployment): NanoUsd {
  if (call.outline.unbounded === undefined) return noMoney;
  return ports.config().holdPerCall ?? ports.excess.of(call, deployment);
}
