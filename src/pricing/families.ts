import type { Rates, TieredRates } from './price.ts';
import { scaled } from './rates.ts';

/** Whose model it is, where that decides what its price list leaves unsaid. */
export interface PricedModel {
  /** LiteLLM's name of the provider, or the table's. */
  readonly provider: string;
  readonly model: string;
}

/** Anthropic's models are named so at every provider that has them. */
export const isClaude = ({ provider, model }: PricedModel): boolean =>
  provider === 'anthropic' || model.includes('claude');

/** Anthropic bills a cache write at 1.25 times the input, and at twice the input when it is kept for an hour (docs, prompt caching). */
export function withFamilyWrites(rates: TieredRates, priced: PricedModel): TieredRates {
  if (!isClaude(priced)) return rates;
  const derive = <T extends Rates>(one: T): T => ({
    ...one,
    cacheWrite: one.cacheWrite ?? Math.round(one.input * 1.25),
    cacheWrite1h: one.cacheWrite1h ?? one.input * 2,
  });
  return rates.tiers ? { ...derive(rates), tiers: rates.tiers.map(derive) } : derive(rates);
}

/**
 * What OpenAI's other service tiers cost. Flex is billed at the batch price, half the usual. Priority is 2.5 times the
 * usual for GPT-5.5, twice for GPT-5 to 5.4, and 1.7 to 2 times for older ones: the larger is taken
 * (openai.com/api-priority-processing, 2026-09).
 */
export function familyTiers(
  rates: TieredRates,
  { provider, model }: PricedModel,
): Readonly<Record<string, TieredRates>> {
  if (provider !== 'openai') return {};
  const known = /^(o\d|gpt-4|gpt-5(\.[0-4])?(-|$))/.test(model);
  return { flex: scaled(rates, 0.5), priority: scaled(rates, known ? 2 : 2.5) };
}

/** xAI moves a request to the higher tier at the size itself, the others strictly above it. */
export const tierThreshold = (tokens: number, provider: string): number =>
  provider === 'xai' || provider === 'x-ai' ? tokens - 1 : tokens;
