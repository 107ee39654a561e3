import type { ModelInfo, Provider } from '@pydantic/genai-prices';
import { priceLines } from './price-lines.ts';

/** What we use of a model in genai-prices. */
export type GenaiModel = Pick<ModelInfo, 'id' | 'match' | 'prices' | 'context_window' | 'deprecated'>;

/** What tells which of its providers is meant. */
export type GenaiProvider = Pick<Provider, 'id' | 'provider_match' | 'model_match' | 'fallback_model_providers'>;

/** The name of the line that lists the providers; no provider is called so. */
export const providersLine = '';

/** The table as lines: its providers, then the models of each. Descriptions and the like are left out. */
export const genaiLines = (providers: readonly Provider[]): string =>
  priceLines([
    [providersLine, { providers: providers.map(providerIn) }],
    ...providers.map(({ id, models }) => [id, { models: models.map(modelIn) }] as const),
  ]);

const providerIn = ({ id, provider_match, model_match, fallback_model_providers }: Provider): GenaiProvider =>
  ({ id, provider_match, model_match, fallback_model_providers }) as GenaiProvider;

const modelIn = ({ id, match, prices, context_window, deprecated }: ModelInfo): GenaiModel =>
  ({ id, match, prices, context_window, deprecated }) as GenaiModel;
