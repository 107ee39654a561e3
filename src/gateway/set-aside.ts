import type { Hold } from '../budgets/budgets.ts';
import { noMoney } from '../chat/money.ts';
import { stringIn } from '../lib/json.ts';
import { upperBound } from '../tokens/bound.ts';
import type { Deployment, PriceFound } from './catalog.ts';
import { closeInputBound } from './count.ts';
import { quoteOf } from './quote.ts';
import type { Serving } from './serving.ts';

/** Holds what the call may cost: by its size where that fits, else by counting its tokens, else when its turn comes. */
export async function setAside(serving: Serving, deployment: Deployment, found: PriceFound): Promise<Hold> {
  const { ports, call, scopes } = serving;
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
      serviceTier: stringIn(call.body['service_tier']),
      minUseful: outline.indivisible ? Infinity : config.minUsefulOutput,
      extra: outline.unbounded === undefined ? noMoney : (config.holdPerCall ?? noMoney),
    });
  const claim = { call: call.id, limits: scopes.limits, scopes: scopes.names };
  const quick = ports.budgets.tryReserve({ ...claim, quote: asked(upperBound(call.body, deployment.model)) });
  if (quick !== undefined) return quick;
  const quote = asked(await closeInputBound(ports, call));
  return ports.budgets.reserve({ ...claim, quote }, call.signal);
}
