import { noUsage, type Usage } from '../chat/chat.ts';
import { totalInput } from '../chat/usage.ts';
import { defined, type JsonObject } from '../lib/json.ts';

/** Whole pico-dollars per token: a dollar per million tokens is 1,000,000. What is absent costs as `cost.ts` says. */
export interface Rates {
  readonly input: number;
  readonly output: number;
  readonly cacheRead?: number;
  /** Writing to a cache kept for 5 minutes. */
  readonly cacheWrite?: number;
  /** Writing to a cache kept for an hour. */
  readonly cacheWrite1h?: number;
  readonly reasoning?: number;
  readonly audioInput?: number;
  readonly audioOutput?: number;
  readonly audioCacheRead?: number;
  readonly imageInput?: number;
  readonly imageOutput?: number;
}

export const rateKinds = [
  ...(['input', 'output', 'cacheRead', 'cacheWrite', 'cacheWrite1h', 'reasoning'] as const),
  ...(['audioInput', 'audioOutput', 'audioCacheRead', 'imageInput', 'imageOutput'] as const),
] satisfies readonly (keyof Rates)[];

/** What is billed by the piece: the price of each, whole pico-dollars. */
export interface Charges {
  /** For each request, whatever its size. */
  readonly request?: number;
  /** The dearest, where it depends on how much is read. */
  readonly search?: number;
  readonly second?: number;
  readonly character?: number;
  readonly image?: number;
  readonly page?: number;
  readonly codeSession?: number;
  readonly fileSearch?: number;
}

/** How many pieces a usage tells, by what each is charged as. */
export const pieces = {
  search: 'searches',
  second: 'seconds',
  character: 'characters',
  image: 'images',
  page: 'pages',
  codeSession: 'codeSessions',
  fileSearch: 'fileSearches',
} as const satisfies { readonly [K in Exclude<keyof Charges, 'request'>]: keyof Usage };
/** A model is sold by one of these, or by the token; the other kinds come besides. */
export const soldBy = ['second', 'character', 'image', 'page'] as const satisfies readonly (keyof typeof pieces)[];
export const pieceKinds = Object.keys(pieces) as (keyof typeof pieces)[];

/** The rates of a whole request whose input, cache reads and writes included, is more than `above` tokens. */
export interface Tier extends Rates {
  readonly above: number;
}

/** Rates with their tiers, lowest first. */
export interface TieredRates extends Rates {
  readonly tiers?: readonly Tier[];
}

/** What a model costs. */
export interface Price extends TieredRates, Charges {
  /** What other service tiers cost (`priority`, `flex`); a tier that is not listed costs as the price itself. */
  readonly serviceTiers?: Readonly<Record<string, TieredRates>>;
  /** The provider writes to its cache without being asked, so that any input may be billed as a cache write. */
  readonly cachesUnasked?: true;
  /** `family`: made from the dearest known prices, for a model whose own is not known. */
  readonly source: 'config' | 'genai-prices' | 'litellm' | 'family';
  /** The day since which this price holds, YYYY-MM-DD, where the table says so, else the day on which it was fetched. */
  readonly asOf?: string;
  /** The price is explicitly zero in every kind, so a spent budget need not stop the call. */
  readonly free?: true;
  /** The vendor's own price, standing in for a reseller's that is not known. */
  readonly approximate?: true;
}

/** The price of local servers, which cost nothing unless the configuration says otherwise. */
export const freePrice: Price = { input: 0, output: 0, source: 'config', free: true };

/** The rates for a request of this many input tokens at this service tier. */
export function ratesFor(price: Price, inputTokens: number, serviceTier?: string): Rates {
  const tiered = variantOf(price, serviceTier);
  return tiered.tiers?.findLast((tier) => inputTokens > tier.above) ?? tiered;
}

/** The price's own rates, or those of a service tier that has its own. */
export const variantOf = (price: Price, serviceTier: string | undefined): TieredRates =>
  serviceTier !== undefined && price.serviceTiers && Object.hasOwn(price.serviceTiers, serviceTier)
    ? (price.serviceTiers[serviceTier] ?? price)
    : price;

/** The form in which a ledger's row keeps the price it used: the rates of that usage's size and service tier, and the charges. */
export function priceRecord(price: Price, usage: Usage = noUsage): JsonObject {
  const rates = ratesFor(price, totalInput(usage), usage.serviceTier);
  let record = records.get(rates);
  if (record === undefined) records.set(rates, (record = recordOf(price, rates)));
  return record;
}

/** Rates are the price's own or belong to it alone, and are never changed. */
const records = new WeakMap<Rates, JsonObject>();

function recordOf(price: Price, rates: Rates): JsonObject {
  const { source, asOf, free, approximate } = price;
  const used: Partial<Rates> = Object.fromEntries(rateKinds.map((kind) => [kind, rates[kind]]));
  return defined({ ...used, ...chargesOf(price), source, asOf, free, approximate });
}

/** The charges of a price alone. */
export const chargesOf = (price: Charges): Charges =>
  defined(Object.fromEntries((['request', ...pieceKinds] as const).map((kind) => [kind, price[kind]])));
