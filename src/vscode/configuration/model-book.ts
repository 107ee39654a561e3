import { modelAddress } from '../../config/address.ts';
import { isPriceKey } from '../../config/litellm-keys.ts';
import { objectIn, stringIn, type JsonObject } from '../../lib/json.ts';
import { maxOutputTokens } from '../../pricing/limits.ts';
import type { Price } from '../../pricing/price.ts';
import type { PriceQuery, PriceTable } from '../../pricing/prices.ts';
import type { Provider } from '../../providers/provider.ts';

/** What is known of a model. */
export interface KnownModel {
  readonly provider: Provider;
  /** The provider's own id. */
  readonly id: string;
  /** Undefined when it is not known. */
  readonly price: Price | undefined;
  /** Tokens. */
  readonly context: number | undefined;
  readonly maxOutput: number | undefined;
}

/** The providers and the models that the price table knows, for the editor. */
export interface ModelBook {
  readonly providers: readonly Provider[];
  readonly provider: (name: string) => Provider | undefined;
  /** The ids of a provider's models that write text. */
  readonly ids: (provider: Provider) => readonly string[];
  /** What `litellm_params.model` says, with the entry that it stands in, which may have prices of its own; undefined for what names no provider of ours, and for patterns. */
  readonly about: (model: string, entry?: JsonObject) => KnownModel | undefined;
}

/** The price table must be warm. */
export function modelBook(prices: PriceTable, providers: readonly Provider[]): ModelBook {
  const byName = new Map(providers.map((one) => [one.name, one]));
  const tableId = ({ priceId, name }: Provider): string => priceId ?? name;
  return {
    providers,
    provider: (name) => byName.get(name),
    ids: (provider) => prices.models(tableId(provider)),
    about(model, entry = {}) {
      const params = objectIn(entry.litellm_params);
      const custom = stringIn(params.custom_llm_provider);
      const address = modelAddress({ model, ...(custom !== undefined && { custom_llm_provider: custom }) });
      const provider = address && byName.get(address.provider);
      if (address === undefined || provider === undefined || address.model === '' || model.includes('*'))
        return undefined;
      const info = objectIn(entry.model_info);
      const own = { ...pricesOf(info), ...pricesOf(params) };
      const query: PriceQuery = {
        ...{ provider: tableId(provider), prefix: provider.name, model: address.model, info },
        ...(Object.keys(own).length > 0 && { prices: own }),
        local: provider.local ?? params.mock_response !== undefined,
      };
      return {
        ...{ provider, id: address.model },
        price: prices.find(query),
        context: prices.contextWindow(query),
        maxOutput: maxOutputTokens(address.model, info),
      };
    },
  };
}

const pricesOf = (keys: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(keys).filter(([key]) => isPriceKey(key)));
