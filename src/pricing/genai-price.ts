import type { ModelInfo, ModelPrice, Provider, TieredPrices } from '@pydantic/genai-prices';
import { nanoUsd } from '../chat/money.ts';
import { defined } from '../lib/json.ts';
import { familyTiers, isClaude, withFamilyWrites } from './families.ts';
import type { Price, Rates } from './price.ts';
import { definedRates, type PartialRates, picoPerToken, tieredRates } from './rates.ts';

/** genai-prices' keys for dollars per million tokens. */
const rateKeys: Readonly<Record<keyof Rates, string>> = {
  input: 'input_mtok',
  output: 'output_mtok',
  cacheRead: 'cache_read_mtok',
  cacheWrite: 'cache_write_mtok',
  cacheWrite1h: 'cache_write_1h_mtok',
  reasoning: 'output_reasoning_mtok',
  audioInput: 'input_audio_mtok',
  audioOutput: 'output_audio_mtok',
};

/**
 * A model's entry in genai-prices as a price. Undefined when it is not priced by tokens (sound by the hour, pages), or
 * when the entry is empty: that says no more than that nobody has noted a price. `:free` in OpenRouter's ids does.
 */
export function genaiPrice(provider: Provider, model: ModelInfo, prices: ModelPrice): Price | undefined {
  if (Object.keys(prices).length === 0) {
    return model.id.endsWith(':free') ? { input: 0, output: 0, source: 'genai-prices', free: true } : undefined;
  }
  const { input, output = input, ...rest } = ratesIn(prices, baseOf);
  if (input === undefined || output === undefined) return undefined;
  const priced = { provider: provider.id, model: model.id };
  const rates = withFamilyWrites(tieredRates({ input, output, ...definedRates(rest) }, changesIn(prices)), priced);
  const serviceTiers = familyTiers(rates, priced);
  return {
    ...rates,
    ...chargesIn(prices),
    ...(Object.keys(serviceTiers).length > 0 && { serviceTiers }),
    ...(!isClaude(priced) && (rates.cacheWrite ?? 0) > rates.input && { cachesUnasked: true }),
    source: 'genai-prices',
    ...defined({ asOf: startOf(model, prices) }),
  };
}

type Amount = number | TieredPrices;
const baseOf = (amount: Amount): number => (typeof amount === 'number' ? amount : amount.base);

function ratesIn(prices: ModelPrice, amountOf: (amount: Amount) => number | undefined): PartialRates {
  const rates = Object.entries(rateKeys).map(([kind, key]) => {
    const amount = prices[key];
    const dollars = amount === undefined ? undefined : amountOf(amount);
    return [kind, dollars === undefined ? undefined : picoPerToken(dollars, 1e6)] as const;
  });
  return Object.fromEntries(rates);
}

/** The rates that change above each size; `start` is exclusive there too. */
function changesIn(prices: ModelPrice): ReadonlyMap<number, PartialRates> {
  const amounts = Object.values(prices).flatMap((amount) => (typeof amount === 'object' ? [amount] : []));
  const starts = new Set(amounts.flatMap((amount) => amount.tiers.map((tier) => tier.start)));
  const at = (start: number) => (amount: Amount) =>
    typeof amount === 'number' ? undefined : amount.tiers.find((tier) => tier.start === start)?.price;
  return new Map([...starts].map((start) => [start, definedRates(ratesIn(prices, at(start)))]));
}

/** Dollars per thousand requests or searches. */
function chargesIn(prices: ModelPrice): Pick<Price, 'request' | 'search'> {
  const charge = (key: string) => {
    const amount = prices[key];
    return amount === undefined ? undefined : nanoUsd(baseOf(amount) * 1e6);
  };
  return defined({ request: charge('requests_kcount'), search: charge('web_searches_kcount') });
}

function startOf(model: ModelInfo, prices: ModelPrice): string | undefined {
  if (!Array.isArray(model.prices)) return undefined;
  const constraint = model.prices.find((conditional) => conditional.prices === prices)?.constraint;
  return constraint?.type === 'start_date' ? constraint.start_date : undefined;
}
