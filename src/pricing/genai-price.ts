import type { ModelPrice, TieredPrices } from '@pydantic/genai-prices';
import { defined } from '../lib/json.ts';
import { familyTiers, isClaude, withFamilyWrites } from './families.ts';
import type { Charges, Price, Rates } from './price.ts';
import type { GenaiModel } from './genai-lines.ts';
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
  audioCacheRead: 'cache_audio_read_mtok',
  imageInput: 'input_image_mtok',
  imageOutput: 'output_image_mtok',
};

/** Its keys for what is billed by the piece, with how many pieces the dollars are for. */
const chargeKeys: readonly (readonly [keyof Charges, key: string, pieces: number])[] = [
  ['request', 'requests_kcount', 1000],
  ['search', 'web_searches_kcount', 1000],
  ['fileSearch', 'storage_searches_kcount', 1000],
  ['page', 'input_document_kpages', 1000],
  ['second', 'input_audio_hours', 3600],
  ['second', 'audio_hours', 3600],
];

/**
 * A model's entry in genai-prices as a price. Undefined when it is not priced by what we count, or when the entry is
 * empty: that says no more than that nobody has noted a price. `:free` in OpenRouter's ids does.
 */
export function genaiPrice(provider: string, model: GenaiModel, prices: ModelPrice): Price | undefined {
  if (Object.keys(prices).length === 0) {
    return model.id.endsWith(':free') ? { input: 0, output: 0, source: 'genai-prices', free: true } : undefined;
  }
  const charges = chargesIn(prices);
  const byPiece = Object.keys(charges).length > 0 ? 0 : undefined;
  const { input = byPiece, output = input, ...rest } = ratesIn(prices, baseOf);
  if (input === undefined || output === undefined) return undefined;
  const priced = { provider, model: model.id };
  const rates = withFamilyWrites(tieredRates({ input, output, ...definedRates(rest) }, changesIn(prices)), priced);
  const serviceTiers = familyTiers(rates, priced);
  return {
    ...rates,
    ...charges,
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

function chargesIn(prices: ModelPrice): Charges {
  const charges = chargeKeys.flatMap(([kind, key, pieces]) => {
    const amount = prices[key];
    return amount === undefined ? [] : [[kind, picoPerToken(baseOf(amount), pieces)] as const];
  });
  return Object.fromEntries(charges);
}

function startOf(model: GenaiModel, prices: ModelPrice): string | undefined {
  if (!Array.isArray(model.prices)) return undefined;
  const constraint = model.prices.find((conditional) => conditional.prices === prices)?.constraint;
  return constraint?.type === 'start_date' ? constraint.start_date : undefined;
}
