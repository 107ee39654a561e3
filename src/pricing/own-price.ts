import { fromDollars, type NanoUsd } from '../chat/money.ts';
import { defined, isObject, type JsonObject, numberIn, objectIn, objectsIn } from '../lib/json.ts';
import { familyTiers, tierThreshold, withFamilyWrites } from './families.ts';
import { type Price, rateKinds, type Rates, type TieredRates } from './price.ts';
import { definedRates, type PartialRates, picoPerToken, tieredRates } from './rates.ts';

/** LiteLLM's keys for dollars per token. */
const rateKeys: Readonly<Record<string, keyof Rates>> = {
  input_cost_per_token: 'input',
  output_cost_per_token: 'output',
  cache_read_input_token_cost: 'cacheRead',
  cache_creation_input_token_cost: 'cacheWrite',
  cache_creation_input_token_cost_above_1hr: 'cacheWrite1h',
  output_cost_per_reasoning_token: 'reasoning',
  input_cost_per_audio_token: 'audioInput',
  output_cost_per_audio_token: 'audioOutput',
};

/** `input_cost_per_token_above_200k_tokens_priority`: the kind, then a size, then a service tier. */
const keyPattern = /^(.+?)(?:_above_(\d+)k_tokens)?(?:_(flex|priority|batches))?$/;

/** What one service tier's keys say: the usual rates, and what changes above some sizes. */
interface Draft {
  readonly rates: PartialRates;
  readonly changes: Map<number, PartialRates>;
}

export interface OwnPriceContext {
  readonly provider: string;
  readonly model: string;
  /** The table's price, which fills what the keys leave out; asked for only then. */
  readonly base: () => Price | undefined;
}

/** The price in a deployment's own keys (LiteLLM's price map's); undefined when they give none. */
export function ownPrice(keys: JsonObject, context: OwnPriceContext): Price | undefined {
  const drafts = draftsIn(keys, context.provider);
  const ownCharges = chargesIn(keys);
  if (drafts.size === 0 && Object.keys(ownCharges).length === 0) return undefined;
  const usual = usualRates(drafts.get(''), keys, context);
  if (usual === undefined) return undefined;
  const { request, search, cachesUnasked } = usual.from ?? {};
  const charges = { ...defined({ request, search }), ...ownCharges };
  const rates = withFamilyWrites(usual.rates, context);
  const others = [...drafts]
    .filter(([tier]) => tier !== '')
    .map(([tier, draft]) => [tier, merged(rates, draft)] as const);
  const serviceTiers = { ...familyTiers(rates, context), ...Object.fromEntries(others) };
  return {
    ...rates,
    ...charges,
    ...(cachesUnasked && { cachesUnasked }),
    ...(Object.keys(serviceTiers).length > 0 && { serviceTiers }),
    source: 'config',
    ...(isFree(rates, charges) && { free: true }),
  };
}

/** Keys with an input price stand alone; the others change the table's price. */
function usualRates(
  draft: Draft | undefined,
  keys: JsonObject,
  context: OwnPriceContext,
): { readonly rates: TieredRates; readonly from?: Price } | undefined {
  const { input, output } = draft?.rates ?? {};
  if (input === undefined) {
    const from = context.base();
    return from && { rates: merged(from, draft), from };
  }
  // An output price that nobody gave is not zero; the input's is the least a model takes for writing.
  const known = output ?? (writesNothing(keys) ? 0 : (context.base()?.output ?? (input > 0 ? input : undefined)));
  return known === undefined ? undefined : { rates: merged({ input, output: known }, draft) };
}

const writesNothing = (keys: JsonObject): boolean => keys.mode === 'embedding' || keys.mode === 'rerank';

function merged(from: TieredRates, draft: Draft | undefined): TieredRates {
  const { tiers = [], ...base } = ratesOf(from);
  const changes = new Map<number, PartialRates>(tiers.map(({ above, ...rates }) => [above, rates]));
  for (const [above, change] of draft?.changes ?? []) changes.set(above, { ...changes.get(above), ...change });
  return tieredRates({ ...base, ...definedRates(draft?.rates ?? {}) }, changes);
}

const kept: ReadonlySet<string> = new Set(['tiers', ...rateKinds]);
const ratesOf = (price: TieredRates): TieredRates =>
  Object.fromEntries(Object.entries(price).filter(([kind]) => kept.has(kind))) as unknown as TieredRates;

/** By service tier, where '' is the usual one. */
function draftsIn(keys: JsonObject, provider: string): ReadonlyMap<string, Draft> {
  const drafts = new Map<string, Draft>();
  const put = (tier: string, above: number | undefined, rates: PartialRates): void => {
    const draft = drafts.get(tier) ?? { rates: {}, changes: new Map<number, PartialRates>() };
    if (above === undefined) drafts.set(tier, { ...draft, rates: { ...draft.rates, ...rates } });
    else drafts.set(tier, { ...draft, changes: draft.changes.set(above, { ...draft.changes.get(above), ...rates }) });
  };
  for (const [key, value] of Object.entries(keys)) {
    const [, name = '', size, tier] = keyPattern.exec(key) ?? [];
    const kind = Object.hasOwn(rateKeys, name) ? rateKeys[name] : undefined;
    const dollars = amountIn(value);
    if (kind === undefined || dollars === undefined) continue;
    const rate = picoPerToken(dollars, 1);
    put(
      tier === 'batches' ? 'batch' : (tier ?? ''),
      size === undefined ? undefined : tierThreshold(Number(size) * 1000, provider),
      {
        [kind]: rate,
      },
    );
  }
  for (const entry of objectsIn(keys.tiered_pricing)) {
    const from = Array.isArray(entry.range) ? numberIn(entry.range[0]) : undefined;
    const rates = draftsIn({ ...entry, tiered_pricing: undefined }, provider).get('')?.rates;
    if (from !== undefined && rates) put('', from === 0 ? undefined : from, rates);
  }
  return drafts;
}

function chargesIn(keys: JsonObject): { readonly request?: NanoUsd; readonly search?: NanoUsd } {
  const request = amountIn(keys.input_cost_per_request);
  const searches = Object.values(objectIn(keys.search_context_cost_per_query)).flatMap(
    (value) => amountIn(value) ?? [],
  );
  return defined({
    request: request === undefined ? undefined : fromDollars(request),
    search: searches.length === 0 ? undefined : fromDollars(Math.max(...searches)),
  });
}

const amountIn = (value: unknown): number | undefined => {
  const amount = numberIn(value);
  return amount !== undefined && amount >= 0 ? amount : undefined;
};

function isFree(rates: TieredRates, charges: object): boolean {
  const all = (value: unknown): boolean =>
    Array.isArray(value)
      ? value.every(all)
      : isObject(value)
        ? Object.entries(value).every(([k, v]) => k === 'above' || all(v))
        : value === 0;
  return all({ ...rates, ...charges });
}
