import { type JsonObject, stringIn } from '../lib/json.ts';
import type { Clock } from '../lib/time.ts';
import { type GenaiTable, loadGenaiTable, type TableEntry } from './genai-table.ts';
import { ownPrice } from './own-price.ts';
import { freePrice, type Price } from './price.ts';

/** Whose price is looked up: a deployment with the model that it calls. */
export interface PriceQuery {
  /** The provider's id in the price table, or LiteLLM's name of it. */
  readonly provider: string;
  readonly model: string;
  /** The deployment's own price keys. What is found is remembered for as long as this object lives. */
  readonly prices?: JsonObject;
  readonly info?: JsonObject;
  /** A local server, which costs nothing unless `prices` says otherwise. */
  readonly local?: boolean;
}

/** What models cost. Whatever needs the table throws until `warm` has loaded it once. */
export interface PriceTable {
  /** Loads the table (50 ms) at the first call; later ones resolve at once. */
  warm(): Promise<void>;
  /** Undefined when the price is not known, which is not zero. */
  find(query: PriceQuery): Price | undefined;
  /** The dearest in every kind of all that the provider sells; of all providers where it is not known. */
  dearest(provider: string): Price;
  /** Tokens of input and output together. */
  contextWindow(provider: string, model: string): number | undefined;
  /** The ids of a provider's models that write text, for discovery. */
  models(provider: string): readonly string[];
}

/** Names of models come from callers where a deployment has a wildcard, so what is remembered has an end. */
const rememberedNames = 1000;

/** The table that is built in, under the deployments' own prices. `clock` decides between prices that change by day or hour. */
export function priceTable({ clock }: { readonly clock: Pick<Clock, 'now'> }): PriceTable {
  let loading: Promise<void> | undefined;
  let loaded: GenaiTable | undefined;
  const table = (): GenaiTable => {
    if (loaded === undefined) throw new Error('The price table is not loaded: await warm() first.');
    return loaded;
  };
  const remembered = new WeakMap<JsonObject, Map<string, Price | undefined>>();
  const noPrices: JsonObject = {};

  return {
    warm: () => (loading ??= loadGenaiTable().then((found) => void (loaded = found))),
    find(query) {
      const prices = query.prices ?? noPrices;
      const names = remembered.get(prices) ?? new Map<string, Price | undefined>();
      remembered.set(prices, names);
      const name = JSON.stringify([query.provider, query.model, query.local, query.info?.base_model, query.info?.mode]);
      if (names.has(name)) return names.get(name);
      const { price, varies } = lookUp(query, table, clock.now());
      if (names.size >= rememberedNames) names.clear();
      if (!varies) names.set(name, price);
      return price;
    },
    dearest: (provider) => table().dearest(provider),
    contextWindow: (provider, model) => table().find(provider, model, clock.now())?.contextWindow,
    models: (provider) => table().models(provider),
  };
}

/** The deployment's own keys first; they may change only a part of the table's price. */
function lookUp(query: PriceQuery, table: () => GenaiTable, at: number): Pick<TableEntry, 'price' | 'varies'> {
  let varies = false;
  const base = (): Price | undefined => {
    if (query.local) return freePrice;
    const entry = inTable(query, table(), at);
    varies = entry?.varies ?? false;
    return entry?.price;
  };
  const keys = { ...query.prices, mode: query.info?.mode };
  const price = ownPrice(keys, { provider: query.provider, model: query.model, base }) ?? base();
  return { price, varies };
}

/** By `base_model`, else by the provider's model, else (OpenRouter, which passes its vendors' prices on) by the vendor's. */
function inTable({ provider, model, info }: PriceQuery, table: GenaiTable, at: number): TableEntry | undefined {
  const base = stringIn(info?.base_model);
  const own =
    (base === undefined ? undefined : byBaseModel(provider, base, table, at)) ?? table.find(provider, model, at);
  if (own?.price || provider !== 'openrouter') return own;
  const [vendor, name] = model.split(/[/:]/, 2);
  const vendors = vendor !== undefined && name !== undefined ? table.find(vendor, name, at) : undefined;
  return vendors?.price ? { ...vendors, price: { ...vendors.price, approximate: true } } : own;
}

/** `azure/gpt-4o`, or `gpt-4o` of this provider, or of the one whose family it is. */
function byBaseModel(provider: string, base: string, table: GenaiTable, at: number): TableEntry | undefined {
  const slash = base.indexOf('/');
  const owner = table.ownerOf(base);
  return (
    (slash > 0 ? table.find(base.slice(0, slash), base.slice(slash + 1), at) : undefined) ??
    table.find(provider, base, at) ??
    (owner === undefined ? undefined : table.find(owner, base, at))
  );
}
