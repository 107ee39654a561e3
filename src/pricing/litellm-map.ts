import { isObject, type Json, type JsonObject, stringIn } from '../lib/json.ts';
import { lineOf } from './price-lines.ts';

/** A model in LiteLLM's public price map: its prices in LiteLLM's keys, its limits, and what it can do. */
export type MapEntry = JsonObject;

/** What we keep of an entry. */
const kept =
  /^(litellm_provider|mode|max_(input_|output_)?tokens|output_vector_size|deprecation_date|supports_.+|.+_pricing|(.+_)?cost_.+|.+_cost)$/;

/** What we keep of a model; undefined for the entry that only explains the others, and for what is none. */
export function mapEntryOf(name: string, entry: Json | undefined): MapEntry | undefined {
  if (name === 'sample_spec' || !isObject(entry) || typeof entry.litellm_provider !== 'string') return undefined;
  return Object.fromEntries(Object.entries(entry).filter(isKept));
}

/** Parameters that a model does not have are listed as false, or left out: the same to us. */
const isKept = ([key, value]: readonly [string, unknown]): boolean =>
  value !== null && value !== false && kept.test(key);

/** Which model is looked up: by LiteLLM's prefix, and the name after it. */
export interface MapQuery {
  readonly prefix: string;
  readonly model: string;
  /** Whether another provider's model of that name will do: a `base_model` is named on purpose. */
  readonly anyone: boolean;
}

/** As LiteLLM looks: `prefix/model`, then `model` where it is this provider's, then both without a date or version. */
export function mapEntry(lines: string, { prefix, model, anyone }: MapQuery): MapEntry | undefined {
  for (const name of new Set([model, undated(model)])) {
    const own = lineOf(lines, `${prefix}/${name}`);
    if (own) return own;
    const bare = lineOf(lines, name);
    if (bare && (anyone || isOf(stringIn(bare.litellm_provider) ?? '', prefix))) return bare;
  }
  return undefined;
}

/** `bedrock_converse` and `vertex_ai-language-models` are kinds of `bedrock` and `vertex_ai`. */
function isOf(owner: string, prefix: string): boolean {
  const provider = prefix.replace(/_chat$/, '');
  return owner.startsWith(provider) && /^([-_]|$)/.test(owner.slice(provider.length));
}

const undated = (model: string): string =>
  model.replace(/(?:[-@](?:20\d{6}|20\d\d-\d\d-\d\d|\d{3,4}|latest|default)|-v\d+(?::\d+)?)$/, '');
