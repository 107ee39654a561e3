import { isArray } from '../lib/json.ts';
import { type GenaiModel, type GenaiProvider, providersLine } from './genai-lines.ts';
import { isMatch, pricesAt } from './genai-match.ts';
import { genaiPrice } from './genai-price.ts';
import { lineOf } from './price-lines.ts';
import type { Price, TieredRates } from './price.ts';

export interface TableEntry {
  /** Undefined where the table has the model but no price for what we count. */
  readonly price: Price | undefined;
  /** Whether the price changes by day or hour. */
  readonly varies: boolean;
  /** Tokens of input and output together. */
  readonly contextWindow: number | undefined;
}

/** The prices of genai-prices (MIT), which knows its providers' spellings of models. */
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

/** The table in these lines. `fetched`: the day on which they came, for prices that tell none. */
export function genaiTable(lines: string, fetched?: string): GenaiTable {
  const { providers, named, modelsOf, modelOf } = directory(lines);
  const dearest = new Map<string | undefined, Price>();
  return {
    find(provider, model, at) {
      const owner = named(provider);
      const found = owner && modelOf(owner, model);
      if (!found) return undefined;
      const price = genaiPrice(owner.id, found, pricesAt(found, at));
      const isDated = price?.asOf !== undefined || fetched === undefined;
      return {
        price: price && (isDated ? price : { ...price, asOf: fetched }),
        varies: Array.isArray(found.prices),
        contextWindow: found.context_window,
      };
    },
    ownerOf: (model) => providers.find((one) => isIts(one.model_match, model))?.id,
    dearest(provider) {
      const owner = named(provider)?.id;
      // All of them are parsed for this once, and not kept.
      const price = dearest.get(owner) ?? dearestOf(owner ? [owner] : providers.map(({ id }) => id), lines);
      dearest.set(owner, price);
      return price;
    },
    models(provider) {
      const owner = named(provider);
      return owner
        ? modelsOf(owner.id)
            .filter(writesText)
            .map(({ id }) => id)
        : [];
    },
  };
}

/** Finds providers and their models. A provider's models are parsed when they are first asked for. */
function directory(lines: string) {
  const providers = (lineOf(lines, providersLine)?.providers ?? []) as unknown as readonly GenaiProvider[];
  const parsed = new Map<string, readonly GenaiModel[]>();
  const modelsOf = (id: string): readonly GenaiModel[] => {
    const models = parsed.get(id) ?? modelsIn(lines, id);
    parsed.set(id, models);
    return models;
  };
  return {
    providers,
    modelsOf,
    named: (name: string): GenaiProvider | undefined => {
      const id = (tableIds[name] ?? name).toLowerCase();
      return providers.find((one) => one.id === id) ?? providers.find((one) => isIts(one.provider_match, id));
    },
    modelOf: ({ id, fallback_model_providers = [] }: GenaiProvider, model: string): GenaiModel | undefined => {
      for (const name of spellings(model)) {
        for (const place of [id, ...fallback_model_providers]) {
          const found = modelsOf(place).find(({ match }) => isMatch(match, name));
          if (found) return found;
        }
      }
      return undefined;
    },
  };
}

const isIts = (rule: GenaiProvider['provider_match'], name: string): boolean => rule != null && isMatch(rule, name);

function modelsIn(lines: string, provider: string): readonly GenaiModel[] {
  const models = lineOf(lines, provider)?.models;
  return isArray(models) ? (models as unknown as readonly GenaiModel[]) : [];
}

/** A model's name as given, then without what only says where or as of when: `models/`, `:nitro`, `-20250929`, `-v2:0`. */
function spellings(model: string): ReadonlySet<string> {
  const bare = model
    .trim()
    .toLowerCase()
    .replace(/^models\//, '');
  const dashed = bare.replace(/-(20\d\d)([01]\d)([0-3]\d)(?=-|:|$)/, '-$1-$2-$3');
  const routed = bare.replace(/:(?:nitro|floor|exacto|online)$/, '');
  const undated = routed.replace(/(?:[-@](?:20\d{6}|20\d\d-\d\d-\d\d|\d{3,4}|latest|default)|-v\d+(?::\d+)?)$/, '');
  return new Set([model.trim().toLowerCase(), bare, dashed, routed, undated]);
}

function dearestOf(providers: readonly string[], lines: string): Price {
  const prices = providers.flatMap((id) => modelsIn(lines, id).flatMap((model) => pricesOf(id, model)));
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
    request: most(prices.map((price) => price.request)),
    search: most(prices.map((price) => price.search)),
    fileSearch: most(prices.map((price) => price.fileSearch)),
    source: 'family',
  };
}

function pricesOf(provider: string, model: GenaiModel): readonly Price[] {
  const all = Array.isArray(model.prices) ? model.prices.map((conditional) => conditional.prices) : [model.prices];
  return all.flatMap((prices) => genaiPrice(provider, model, prices) ?? []);
}

/** Leaves out fine-tuning prefixes, and what makes or reads pictures, sound and vectors. */
function writesText(model: GenaiModel): boolean {
  const prices = Array.isArray(model.prices) ? model.prices[0]?.prices : model.prices;
  const other = /-$|^ft:|embed|image|audio|realtime|transcribe|tts|whisper|moderation|rerank|ocr/;
  return !model.deprecated && prices?.output_mtok !== undefined && !other.test(model.id);
}
