import { mayUse } from '../keys/virtual-key.ts';
import type { Deployment } from '../gateway/catalog.ts';
import type { Ports } from '../gateway/ports.ts';
import type { Price } from '../pricing/price.ts';
import type { AdminAsk, AdminRoute } from './routes.ts';

/** What is configured, with prices and where they come from. No key of a provider is in it. */
export const modelInfoRoutes: readonly AdminRoute[] = [
  { method: 'get', paths: ['/model/info', '/v1/model/info'], access: 'key', run: modelInfo },
];

async function modelInfo(ports: Ports, { caller, query }: AdminAsk): Promise<unknown> {
  await ports.prices.warm();
  const id = query['litellm_model_id'];
  const { key } = caller;
  const shown = ports
    .catalog()
    .deployments.filter((one) => (id === undefined || one.id === id) && (key === undefined || mayUse(key, one.name)));
  return { data: shown.map((one) => row(ports, one)) };
}

function row(ports: Ports, deployment: Deployment): object {
  const { provider, config } = deployment;
  const known = config.model.includes('*') ? undefined : priceOf(deployment);
  return {
    model_name: deployment.name,
    litellm_params: {
      model: `${provider.name}/${deployment.model}`,
      ...(config.apiBase === undefined ? {} : { api_base: config.apiBase }),
    },
    model_info: {
      ...config.info,
      id: deployment.id,
      litellm_provider: provider.name,
      max_input_tokens: ports.prices.contextWindow(provider.priceId ?? provider.name, deployment.model) ?? null,
      max_output_tokens: deployment.maxOutput ?? null,
      ...perToken(known?.price),
      price_source: known?.price?.source ?? null,
      price_as_of: known?.price?.asOf ?? null,
      price_assumed: known?.assumed ?? null,
    },
  };
}

/** A price that the configuration refuses to guess is shown as unknown. */
function priceOf(deployment: Deployment) {
  try {
    return deployment.price();
  } catch {
    return undefined;
  }
}

/** Dollars per token, as LiteLLM has it; null where it is not known. */
const perToken = (price: Price | undefined): Record<string, number | null> => ({
  input_cost_per_token: dollars(price?.input),
  output_cost_per_token: dollars(price?.output),
  cache_read_input_token_cost: dollars(price?.cacheRead),
  cache_creation_input_token_cost: dollars(price?.cacheWrite),
});

const dollars = (pico: number | undefined): number | null => (pico === undefined ? null : pico / 1e12);
