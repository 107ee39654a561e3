import type { Usage } from '../../chat/chat.ts';
import { isObject, numberIn, objectIn, objectsIn, stringIn } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';

/**
 * Anthropic's counts, which do not overlap: `input_tokens` leaves the cache out.
 * Where a call took several rounds (compaction, an advisor, a fallback model) the top-level counts leave some of them
 * out, but all of them are billed, so the rounds are added up.
 */
export function readUsage(raw: JsonObject): Usage {
  const rounds = objectsIn(raw.iterations);
  const counts = rounds.length === 0 ? countsIn(raw) : rounds.map(countsIn).reduce(sum);
  const searches = numberIn(objectIn(raw.server_tool_use).web_search_requests);
  const serviceTier = stringIn(raw.service_tier);
  return {
    ...counts,
    reasoning: numberIn(objectIn(raw.output_tokens_details).thinking_tokens) ?? 0,
    ...(searches !== undefined && searches > 0 && { searches }),
    ...(serviceTier !== undefined && { serviceTier }),
    raw,
  };
}

/** Usage for Anthropic's clients, which want every count in every place (measured: Claude Code, the SDKs). */
export const writeUsage = (usage: Usage): JsonObject => ({
  input_tokens: usage.input,
  cache_creation_input_tokens: usage.cacheWrite + usage.cacheWrite1h,
  cache_read_input_tokens: usage.cacheRead,
  cache_creation: {
    ephemeral_5m_input_tokens: usage.cacheWrite,
    ephemeral_1h_input_tokens: usage.cacheWrite1h,
  },
  output_tokens: usage.output,
  ...(usage.reasoning > 0 && { output_tokens_details: { thinking_tokens: usage.reasoning } }),
  ...(usage.searches !== undefined && { server_tool_use: { web_search_requests: usage.searches } }),
  ...(usage.serviceTier !== undefined && { service_tier: usage.serviceTier }),
});

type Counts = Pick<Usage, 'input' | 'cacheRead' | 'cacheWrite' | 'cacheWrite1h' | 'output'>;

function countsIn(raw: JsonObject): Counts {
  const kept = objectIn(raw.cache_creation);
  const minutes = numberIn(kept.ephemeral_5m_input_tokens) ?? 0;
  const hour = numberIn(kept.ephemeral_1h_input_tokens) ?? 0;
  // At a stream's end the sum may have grown while the split is still that of its beginning.
  const written = numberIn(raw.cache_creation_input_tokens) ?? minutes + hour;
  const cacheWrite1h = hour > 0 && minutes === 0 ? written : Math.min(hour, written);
  return {
    input: numberIn(raw.input_tokens) ?? 0,
    cacheRead: numberIn(raw.cache_read_input_tokens) ?? 0,
    cacheWrite: written - cacheWrite1h,
    cacheWrite1h,
    output: numberIn(raw.output_tokens) ?? 0,
  };
}

const sum = (a: Counts, b: Counts): Counts => ({
  input: a.input + b.input,
  cacheRead: a.cacheRead + b.cacheRead,
  cacheWrite: a.cacheWrite + b.cacheWrite,
  cacheWrite1h: a.cacheWrite1h + b.cacheWrite1h,
  output: a.output + b.output,
});

/** Usage told twice: the later counts win, and what only the earlier told stays. Null means not told. */
export function mergedUsage(before: JsonObject, after: unknown): JsonObject {
  if (!isObject(after)) return before;
  const merged: Record<string, JsonObject[string]> = { ...before };
  for (const [name, value] of Object.entries(after)) if (value != null) merged[name] = value;
  return merged;
}
