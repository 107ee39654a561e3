import type { Usage } from '../../chat/chat.ts';
import { fromDollars, nanoUsd } from '../../chat/money.ts';
import type { NanoUsd } from '../../chat/money.ts';
import { totalInput, totalTokens } from '../../chat/usage.ts';
import { defined, numberIn, objectIn, stringIn } from '../../lib/json.ts';
import type { Json, JsonObject } from '../../lib/json.ts';

/** The disjoint counts in a usage object of OpenAI's or of any compatible provider's kind; undefined when it holds none. */
export function readUsage(usage: JsonObject, serviceTier?: Json): Usage | undefined {
  const prompt = numberIn(usage.prompt_tokens);
  const completion = numberIn(usage.completion_tokens);
  if (prompt === undefined && completion === undefined) return undefined;
  const cache = readCache(usage);
  const cached = cache.read + cache.written;
  const reasoning = reasoningIn(usage);
  const extra = surplus(prompt ?? 0, completion ?? 0, numberIn(usage.total_tokens));
  const isApart = extra > 0 && extra === cached && extra !== reasoning; // cached tokens beside the prompt's, as Anthropic counts
  const whole = (prompt ?? 0) + (isApart || cache.read > (prompt ?? 0) ? cached : 0);
  // Behind OpenRouter, Gemini writes and reads the same tokens in one call. Its recorded cost is the input's rate for the rest
  // and both rates for these, which the reported cost has; counted they are once.
  const isSame = cache.read === cache.written && cached > whole;
  const cacheRead = Math.min(cache.read, whole);
  const written = isSame ? 0 : Math.min(cache.written, whole - cacheRead);
  const cacheWrite1h = Math.min(cache.hour, written);
  const output = (completion ?? 0) + (isApart ? 0 : extra);
  return {
    input: whole - cacheRead - written,
    cacheRead,
    cacheWrite: written - cacheWrite1h,
    cacheWrite1h,
    output,
    reasoning: Math.min(reasoning ?? 0, output),
    ...besides(usage, serviceTier),
    raw: usage,
  };
}

/** Tokens in the total alone: xAI leaves reasoning out of `completion_tokens`, as does Gemini's compatible endpoint. */
function surplus(prompt: number, completion: number, total: number | undefined): number {
  return Math.max(0, (total ?? 0) - prompt - completion);
}

interface CacheCounts {
  readonly read: number;
  /** In all, of which `hour` were written for an hour. */
  readonly written: number;
  readonly hour: number;
}

function readCache(usage: JsonObject): CacheCounts {
  const details = objectIn(usage.prompt_tokens_details);
  const ages = objectIn(details.cache_creation_token_details ?? usage.cache_creation); // LiteLLM; Anthropic
  const read = firstCount(
    details.cached_tokens,
    usage.prompt_cache_hit_tokens, // DeepSeek
    usage.num_cached_tokens, // Mistral
    usage.cached_tokens, // Moonshot
    usage.cache_read_input_tokens, // LiteLLM, after Anthropic
  );
  const written = firstCount(
    details.cache_write_tokens,
    details.cache_creation_tokens,
    usage.cache_creation_input_tokens,
  );
  return { read, written, hour: numberIn(ages.ephemeral_1h_input_tokens) ?? 0 };
}

function reasoningIn(usage: JsonObject): number | undefined {
  const details = objectIn(usage.completion_tokens_details);
  return numberIn(details.reasoning_tokens) ?? numberIn(usage.reasoning_tokens);
}

/** The first count above zero: some providers fill OpenAI's field with zero and tell the count in their own. */
const firstCount = (...values: readonly (Json | undefined)[]): number =>
  values.map(numberIn).find((count) => count !== undefined && count > 0) ?? 0;

function besides(usage: JsonObject, serviceTier: Json | undefined): Partial<Usage> {
  const count = (value: Json | undefined): number | undefined => numberIn(value) || undefined;
  return defined({
    audioInput: count(objectIn(usage.prompt_tokens_details).audio_tokens),
    audioOutput: count(objectIn(usage.completion_tokens_details).audio_tokens),
    imageInput: count(objectIn(usage.prompt_tokens_details).image_tokens),
    imageOutput: count(objectIn(usage.completion_tokens_details).image_tokens),
    searches:
      count(usage.num_search_queries) ?? // Perplexity
      count(usage.num_sources_used) ?? // xAI bills each source
      count(objectIn(usage.server_tool_use_details ?? usage.server_tool_use).web_search_requests), // OpenRouter
    serviceTier: stringIn(serviceTier),
    reported: reportedCost(usage),
  });
}

/** What the provider says the call cost: OpenRouter's `cost`, Perplexity's `cost.total_cost`, xAI's ticks of a ten-billionth dollar. */
function reportedCost(usage: JsonObject): NanoUsd | undefined {
  const ticks = numberIn(usage.cost_in_usd_ticks);
  if (ticks !== undefined) return nanoUsd(ticks / 10);
  const dollars = numberIn(usage.cost) ?? numberIn(objectIn(usage.cost).total_cost);
  if (dollars === undefined) return undefined;
  // With one's own provider key OpenRouter bills a fee, and the provider the rest.
  const upstream = usage.is_byok === true ? numberIn(objectIn(usage.cost_details).upstream_inference_cost) : undefined;
  return fromDollars(dollars + (upstream ?? 0));
}

/** The members of an answer or chunk that tell its usage. */
export const withUsage = (usage: Usage): JsonObject =>
  defined({ usage: writeUsage(usage), service_tier: usage.serviceTier });

/** Usage in OpenAI's terms, with LiteLLM's names for what OpenAI has none. */
export function writeUsage(usage: Usage): JsonObject {
  const written = usage.cacheWrite + usage.cacheWrite1h;
  return defined({
    prompt_tokens: totalInput(usage),
    completion_tokens: usage.output,
    total_tokens: totalTokens(usage),
    prompt_tokens_details: defined({
      cached_tokens: usage.cacheRead,
      cache_creation_tokens: written > 0 ? written : undefined,
      cache_creation_token_details:
        usage.cacheWrite1h > 0
          ? { ephemeral_5m_input_tokens: usage.cacheWrite, ephemeral_1h_input_tokens: usage.cacheWrite1h }
          : undefined,
      audio_tokens: usage.audioInput,
    }),
    completion_tokens_details: defined({ reasoning_tokens: usage.reasoning, audio_tokens: usage.audioOutput }),
    cache_read_input_tokens: usage.cacheRead > 0 ? usage.cacheRead : undefined,
    cache_creation_input_tokens: written > 0 ? written : undefined,
  });
}
