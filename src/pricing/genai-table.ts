import type { ModelInfo, Provider } from '@pydantic/genai-prices';
import type { NanoUsd } from '../chat/money.ts';
import { genaiPrice } from './genai-price.ts';
import type { Price, TieredRates } from './price.ts';

export interface TableEntry {
  /** Undefined where the table has the model but no price by tokens. */
  readonly price: Price | undefined;
  /** Whether the price changes by day or hour. */
  readonly varies: boolean;
  /** Tokens of input and output together. */
  readonly contextWindow: number | undefined;
}

/** The prices of @pydantic/genai-prices (MIT), which knows its providers' spellings of models. */
export interface GenaiTable {
  /** The entry of a provider's model as it is at `at`, milliseconds. */
  find(provider: string, model: string, at: number): TableEntry | undefined;
  /** Which provider's family a bare model name belongs to. */
  ownerOf(model: string): string | undefined;
  /** The dearest in every kind of all that the provider sells; of all providers where it is not known. */
  dearest(provider: string): Price;
  /** The ids of a provider's models that write text. */
  models(provider: string): readonly string[];
}

/** LiteLLM's names for providers that the table's own matching does not know. */
const tableIds: Readonly<Record<string, string>> = {
  azure_ai: 'azure',
  fireworks_ai: 'fireworks',
  mistralai: 'mistral',
  'z-ai': 'zai',
};

export async function loadGenaiTable(): Promise<GenaiTable> {
  const { calcPrice, findProvider, waitForUpdate } = await import('@pydantic/genai-prices');
  const providers = (await waitForUpdate()) ?? []; // without an update under way, what is built in
  const named = (provider: string) => findProvider({ providerId: tableIds[provider] ?? provider });
  const dearest = new Map<Provider | undefined, Price>();

  return {
    find(provider, model, at) {
      const owner = named(provider);
      if (!owner) return undefined;
      for (const name of spellings(model)) {
        const found = calcPrice({}, name, { providerId: owner.id, timestamp: new Date(at) });
        if (!found) continue;
        return {
          price: genaiPrice(found.provider, found.model, found.model_price),
          varies: Array.isArray(found.model.prices),
          contextWindow: found.model.context_window,
        };
      }
      return undefined;
    },
    ownerOf: (model) => findProvider({ modelId: model })?.id,
    dearest(provider) {
      const owner = named(provider);
      const price = dearest.get(owner) ?? dearestOf(owner ? [owner] : providers);
      dearest.set(owner, price);
      return price;
    },
    models: (provider) => (named(provider)?.models ?? []).filter(writesText).map((model) => model.id),
  };
}

/** A model's name as given, then without what only says where or as of when: `models/`, `:nitro`, `-20250929`, `-v2:0`. */
function spellings(model: string): ReadonlySet<string> {
  const bare = model.replace(/^models\//, '');
  const routed = bare.replace(/:(?:nitro|floor|exacto|online)$/, '');
  const undated = routed.replace(/(?:[-@](?:20\d{6}|20\d\d-\d\d-\d\d|\d{3,4}|latest|default)|-v\d+(?::\d+)?)$/, '');
  return new Set([model, bare, routed, undated]);
}

function dearestOf(providers: readonly Provider[]): Price {
  const prices = providers.flatMap((provider) => provider.models.flatMap((model) => pricesOf(provider, model)));
  const rates = prices.flatMap((price): readonly TieredRates[] => [price, ...(price.tiers ?? [])]);
  const most = (amounts: readonly (number | undefined)[]): number =>
    Math.max(0, ...amounts.map((amount) => amount ?? 0));
  const input = most(rates.map((rate) => rate.input));
  const output = most(rates.map((rate) => Math.max(rate.output, rate.reasoning ?? 0)));
  return {
    // A cache read is billed as input, since not every model has a price for it.
    input,
    output,
    cacheWrite: most(rates.map((rate) => rate.cacheWrite ?? rate.input)),
    cacheWrite1h: most(rates.map((rate) => rate.cacheWrite1h ?? rate.cacheWrite ?? rate.input)),
    audioInput: Math.max(input, most(rates.map((rate) => rate.audioInput))),
    audioOutput: Math.max(output, most(rates.map((rate) => rate.audioOutput))),
    request: most(prices.map((price) => price.request)) as NanoUsd,
    search: most(prices.map((price) => price.search)) as NanoUsd,
    source: 'family',
  };
}

function pricesOf(provider: Provider, model: ModelInfo): readonly Price[] {
  const all = Array.isArray(model.prices) ? model.prices.map((conditional) => conditional.prices) : [model.prices];
  return all.flatMap((prices) => genaiPrice(provider, model, prices) ?? []);
}

/** Leaves out fine-tuning prefixes, and what makes or reads pictures, sound and vectors. */
function writesText(model: ModelInfo): boolean {
  const prices = Array.isArray(model.prices) ? model.prices[0]?.prices : model.prices;
  const other = /-$|^ft:|embed|image|audio|realtime|transcribe|tts|whisper|moderation|rerank|ocr/;
  return !model.deprecated && prices?.output_mtok !== undefined && !other.test(model.id);
}
