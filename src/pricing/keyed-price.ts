import { isObject, type JsonObject, numberIn, objectIn, objectsIn, stringIn } from '../lib/json.ts';
import { familyTiers, tierThreshold, withFamilyWrites } from './families.ts';
import { keysAt } from './off-peak.ts';
import { type Charges, chargesOf, type Price, rateKinds, type Rates, soldBy, type TieredRates } from './price.ts';
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
  cache_read_input_audio_token_cost: 'audioCacheRead',
  input_cost_per_image_token: 'imageInput',
  output_cost_per_image_token: 'imageOutput',
};

/** Its keys for dollars per piece, with how many pieces they are for. Sound is billed by its length once, heard or made. */
const chargeKeys: readonly (readonly [keyof Charges, key: string, pieces: number])[] = [
  ['request', 'input_cost_per_request', 1],
  ['request', 'input_cost_per_query', 1],
  ['second', 'output_cost_per_second', 1],
  ['second', 'input_cost_per_second', 1],
  ['character', 'output_cost_per_character', 1],
  ['character', 'input_cost_per_character', 1],
  ['image', 'input_cost_per_image', 1],
  ['image', 'output_cost_per_image', 1],
  ['page', 'ocr_cost_per_page', 1],
  ['codeSession', 'code_interpreter_cost_per_session', 1],
  ['fileSearch', 'file_search_cost_per_1k_calls', 1000],
];

/** `input_cost_per_token_above_200k_tokens_priority`: the kind, then a size, then a service tier. */
const keyPattern = /^(.+?)(?:_above_(\d+)k_tokens)?(?:_(flex|priority|batches))?$/;

/** What one service tier's keys say: the usual rates, and what changes above some sizes. */
interface Draft {
  readonly rates: PartialRates;
  readonly changes: Map<number, PartialRates>;
}

export interface PriceContext {
  readonly provider: string;
  readonly model: string;
  readonly source: Price['source'];
  /** Milliseconds: some prices change by the hour. */
  readonly at: number;
  /** The price of another source, which fills what the keys leave out; asked for only then. */
  readonly base: () => Price | undefined;
}

/** The price in keys of LiteLLM's price map, its own or a deployment's; undefined when they give none. */
export function keyedPrice(given: JsonObject, context: PriceContext): Price | undefined {
  const keys = keysAt(given, context.at);
  const drafts = draftsIn(keys, context.provider);
  const ownCharges = chargesIn(keys, drafts.get('')?.rates ?? {});
  if (drafts.size === 0 && Object.keys(ownCharges).length === 0) return undefined;
  const usual = usualRates({ draft: drafts.get(''), charges: ownCharges, keys, context });
  if (usual === undefined) return undefined;
  const charges = { ...(usual.from && chargesOf(usual.from)), ...ownCharges };
  const rates = withFamilyWrites(usual.rates, context);
  const others = [...drafts]
    .filter(([tier]) => tier !== '')
    .map(([tier, draft]) => [tier, merged(rates, draft)] as const);
  const serviceTiers = { ...familyTiers(rates, context), ...Object.fromEntries(others) };
  return {
    ...rates,
    ...charges,
    ...(usual.from?.cachesUnasked && { cachesUnasked: true }),
    ...(Object.keys(serviceTiers).length > 0 && { serviceTiers }),
    source: context.source,
    ...(isFree(rates, charges) && { free: true }),
  };
}

interface Told {
  readonly draft: Draft | undefined;
  readonly charges: Charges;
  readonly keys: JsonObject;
  readonly context: PriceContext;
}

/** Keys with an input price, or with one for what else a model is sold by, stand alone; the others change the base. */
function usualRates(told: Told): { readonly rates: TieredRates; readonly from?: Price } | undefined {
  const { draft, charges, keys, context } = told;
  const { input, imageOutput, output = imageOutput } = draft?.rates ?? {};
  const bySomethingElse = soldBy.some((kind) => charges[kind] !== undefined);
  if (input !== undefined) {
    // An output price that nobody gave is not zero; the input's is the least a model takes for writing.
    const isNothing = writesNothing(keys) || bySomethingElse;
    const known = output ?? (isNothing ? 0 : (context.base()?.output ?? (input > 0 ? input : undefined)));
    return known === undefined ? undefined : { rates: merged({ input, output: known }, draft) };
  }
  if (bySomethingElse) return { rates: merged({ input: 0, output: 0 }, draft) };
  const from = context.base();
  if (from) return { rates: merged(from, draft), from };
  return charges.request === undefined ? undefined : { rates: merged({ input: 0, output: 0 }, draft) };
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

function chargesIn(keys: JsonObject, rates: PartialRates): Charges {
  const charges = chargeKeys.flatMap(([kind, key, pieces]) => {
    const dollars = isMeant(key, keys, rates) ? amountIn(keys[key]) : undefined;
    return dollars === undefined ? [] : [[kind, picoPerToken(dollars, pieces)] as const];
  });
  const searches = Object.values(objectIn(keys.search_context_cost_per_query)).flatMap(
    (value) => amountIn(value) ?? [],
  );
  return {
    ...Object.fromEntries(charges),
    ...(searches.length > 0 && { search: picoPerToken(Math.max(...searches), 1) }),
  };
}

/** A chat's price of an image is that of reading one, which is billed by its tokens; so are pictures that have a price by the token. */
function isMeant(key: string, keys: JsonObject, rates: PartialRates): boolean {
  if (!key.endsWith('_cost_per_image')) return true;
  const makes = stringIn(keys.mode)?.startsWith('image') ?? key.startsWith('output');
  return makes && rates.imageOutput === undefined;
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
