import { type JsonObject, stringIn } from '../lib/json.ts';
import type { Clock } from '../lib/time.ts';
import { type GenaiTable, genaiTable, type TableEntry } from './genai-table.ts';
import { keyedPrice } from './keyed-price.ts';
import { mapEntry, type MapEntry } from './litellm-map.ts';
import { isByHour } from './off-peak.ts';
import { dayOf, feedInUse, readFeed } from './price-feeds.ts';
import { freePrice, type Price } from './price.ts';

/** Whose price is looked up: a deployment with the model that it calls. What is found is remembered for as long as this object lives. */
export interface PriceQuery {
  /** The provider's id in the price table, or LiteLLM's name of it. */
  readonly provider: string;
  /** LiteLLM's name of the provider, where that is another. */
  readonly prefix?: string;
  readonly model: string;
  /** The deployment's own price keys. */
  readonly prices?: JsonObject;
  readonly info?: JsonObject;
  /** A local server, which costs nothing unless `prices` says otherwise. */
  readonly local?: boolean;
}

/** What models cost. Whatever needs the table throws until `warm` has loaded it once. */
export interface PriceTable {
  /** Loads the table at the first call; later ones resolve at once. */
  warm(): Promise<void>;
  /** Undefined when the price is not known, which is not zero. `at`, milliseconds: what it was then, by today's table. */
  find(query: PriceQuery, at?: number): Price | undefined;
  /** What each source of prices says of the model, the one that counts first; the configuration's own word is not among them. */
  quotes(query: PriceQuery): readonly Price[];
  /** The model in LiteLLM's public map, once that was fetched. */
  facts(query: PriceQuery): MapEntry | undefined;
  /** The dearest in every kind of all that the provider sells; of all providers where it is not known. */
  dearest(provider: string): Price;
  /** Tokens of input and output together. */
  contextWindow(query: PriceQuery): number | undefined;
  /** The ids of a provider's models that write text, for discovery. */
  models(provider: string): readonly string[];
  /** Takes what was fetched since. */
  renew(): Promise<void>;
}

export interface PriceTableOptions {
  /** Decides between prices that change by day or hour. */
  readonly clock: Pick<Clock, 'now'>;
  /** Where fetched prices lie; without one there are only those that Purser comes with. */
  readonly folder?: string;
}

/** Names of models come from callers where a deployment has a wildcard, so what is remembered has an end. */
const rememberedNames = 1000;

/** The sources in their order: a deployment's own prices, genai-prices, LiteLLM's public map. */
export function priceTable({ clock, folder }: PriceTableOptions): PriceTable {
  let loading: Promise<void> | undefined;
  let sources: Sources | undefined;
  let remembered = new WeakMap<PriceQuery, { readonly price: Price | undefined }>();
  const loaded = (): Sources => {
    if (sources === undefined) throw new Error('The price table is not loaded: await warm() first.');
    return sources;
  };
  const load = async (): Promise<void> => {
    sources = { genai: await loadGenai(folder), windows: new Map(), map: mapIn(folder) };
    remembered = new WeakMap();
  };
  const find = (query: PriceQuery): Price | undefined => {
    const known = remembered.get(query);
    if (known !== undefined) return known.price;
    const { price, varies } = lookUp(query, loaded, clock.now());
    if (!varies) remembered.set(query, { price });
    return price;
  };
  return {
    warm: () => (loading ??= load()),
    renew: () => (loading = load()),
    find: (query, at) => (at === undefined ? find(query) : lookUp(query, loaded, at).price),
    quotes(query) {
      const all = [...quotesOf(query, loaded(), clock.now())];
      return all.filter(({ name }) => name === all[0]?.name).map(({ price }) => price);
    },
    facts: (query) => firstOf(namesOf(query), (name) => entryOf(loaded(), query, name)?.entry),
    dearest: (provider) => loaded().genai.dearest(provider),
    models: (provider) => loaded().genai.models(provider),
    contextWindow: (query) => windowOf(loaded(), query, clock.now()),
  };
}

function firstOf<T>(names: readonly string[], find: (name: string) => T | undefined): T | undefined {
  for (const name of names) {
    const found = find(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

interface Sources {
  readonly genai: GenaiTable;
  /** Context windows that were looked up. */
  readonly windows: Map<string, number | undefined>;
  /** Read when it is first asked for: most models are in the other table. */
  readonly map: () => { readonly lines: string; readonly fetched: string } | undefined;
}

async function loadGenai(folder: string | undefined): Promise<GenaiTable> {
  const { head, lines = '' } = await feedInUse(folder, 'genai-prices');
  return genaiTable(lines, head && dayOf(head.fetched));
}

function mapIn(folder: string | undefined): Sources['map'] {
  let read: ReturnType<Sources['map']> | null = null;
  return () => {
    if (read !== null) return read;
    const file = folder === undefined ? undefined : readFeed(folder, 'litellm');
    return (read = file && { lines: file.lines, fetched: dayOf(file.head.fetched) });
  };
}

/** Asked for before every call of some configurations, so that it is remembered. */
function windowOf({ genai, windows }: Sources, query: PriceQuery, at: number): number | undefined {
  const name = JSON.stringify([query.provider, query.model, query.info?.base_model]);
  if (windows.has(name)) return windows.get(name);
  const found = firstOf(namesOf(query), (one) => inGenai(genai, query, one, at)?.contextWindow);
  if (windows.size >= rememberedNames) windows.clear();
  windows.set(name, found);
  return found;
}

interface Quote {
  /** The name that it was found by. */
  readonly name: string;
  readonly price: Price;
  /** Whether it changes by day or hour. */
  readonly varies: boolean;
}

/** The deployment's own keys first; they may change only a part of what the sources say. */
function lookUp(query: PriceQuery, loaded: () => Sources, at: number): { price: Price | undefined; varies: boolean } {
  const { provider, model, info } = query;
  const keys = { ...query.prices, mode: info?.mode };
  let varies = isByHour(keys);
  const base = (): Price | undefined => {
    if (query.local) return freePrice;
    const quote = best(quotesOf(query, loaded(), at));
    varies ||= quote?.varies ?? false;
    return quote?.price;
  };
  const price = keyedPrice(keys, { provider, model, base, at, source: 'config' }) ?? base();
  return { price, varies };
}

/** The first; but a vendor's price in the place of a reseller's is the last resort. */
function best(quotes: Iterable<Quote>): Quote | undefined {
  let approximate: Quote | undefined;
  for (const quote of quotes) {
    if (!quote.price.approximate) return quote;
    approximate ??= quote;
  }
  return approximate;
}

/** What the sources say, one after the other, and no further than is asked for. */
function* quotesOf(query: PriceQuery, sources: Sources, at: number): Iterable<Quote> {
  for (const name of namesOf(query)) {
    const genai = inGenai(sources.genai, query, name, at);
    if (genai?.price) yield { name, price: genai.price, varies: genai.varies };
    const { entry, fetched } = entryOf(sources, query, name) ?? {};
    const context = { provider: query.prefix ?? query.provider, model: name, at, source: 'litellm' } as const;
    const price = entry && keyedPrice(entry, { ...context, base: () => undefined });
    if (price) yield { name, price: { ...price, ...(fetched && { asOf: fetched }) }, varies: isByHour(entry) };
  }
}

/** `base_model` comes before the model's own name. */
function namesOf({ model, info }: PriceQuery): readonly string[] {
  const base = stringIn(info?.base_model);
  return base === undefined ? [model] : [base, model];
}

function entryOf(sources: Sources, { provider, prefix = provider, model }: PriceQuery, name: string) {
  const map = sources.map();
  const entry = map && mapEntry(map.lines, { prefix, model: name, anyone: name !== model });
  return entry && { entry, fetched: map.fetched };
}

/** By the provider's model, else (OpenRouter, which passes its vendors' prices on) by the vendor's. */
function inGenai(table: GenaiTable, { provider, model }: PriceQuery, name: string, at: number): TableEntry | undefined {
  if (name !== model) return byBaseModel(provider, name, table, at);
  const own = table.find(provider, model, at);
  if (own?.price || provider !== 'openrouter') return own;
  const [vendor, bare] = model.split(/[/:]/, 2);
  const vendors = vendor !== undefined && bare !== undefined ? table.find(vendor, bare, at) : undefined;
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
