import { toDollars, type NanoUsd } from '../chat/money.ts';
import { numberIn, objectIn, objectsIn, stringIn, type JsonObject } from '../lib/json.ts';

/** A row of the ledger as LiteLLM's spend logs show it: dollars, ISO times, its own names. What Purser does not keep is empty. */
export function spendRow(row: JsonObject): JsonObject {
  const { start, end, first } = timesOf(row);
  const tokens = tokensOf(row);
  return {
    request_id: stringIn(row['call']) ?? '',
    litellm_call_id: stringIn(row['call']) ?? '',
    call_type: callTypes[stringIn(row['dialect']) ?? ''] ?? stringIn(row['dialect']) ?? '',
    api_key: stringIn(row['key']) ?? '',
    spend: toDollars((numberIn(row['cost']) ?? 0) as NanoUsd),
    ...tokens,
    startTime: start,
    endTime: end,
    completionStartTime: first,
    request_duration_ms: numberIn(row['totalMs']) ?? null,
    model: stringIn(row['model']) ?? '',
    model_id: stringIn(row['deployment']) ?? '',
    model_group: stringIn(row['group']) ?? '',
    custom_llm_provider: stringIn(row['provider']) ?? '',
    api_base: '',
    user: '',
    end_user: '',
    team_id: stringIn(row['project']) ?? null,
    organization_id: null,
    cache_hit: row['cached'] === true ? 'True' : 'False',
    cache_key: '',
    request_tags: [],
    requester_ip_address: null,
    session_id: stringIn(row['session']) ?? null,
    status: isFailure(row) ? 'failure' : 'success',
    metadata: metadataOf(row),
    messages: {},
    response: {},
    proxy_server_request: {},
  };
}

/** LiteLLM's names for what was called, by the client's dialect. */
const callTypes: Readonly<Record<string, string>> = {
  'openai-chat': 'acompletion',
  anthropic: 'anthropic_messages',
  'openai-responses': 'aresponses',
  gemini: 'agenerate_content',
  embeddings: 'aembedding',
  completions: 'atext_completion',
  moderations: 'amoderation',
  images: 'aimage_generation',
  rerank: 'arerank',
};

/** A call that its client broke off did not fail. */
const failures = new Set(['failed', 'timed-out', 'interrupted']);
const isFailure = (row: JsonObject): boolean => failures.has(stringIn(row['status']) ?? '');

function timesOf(row: JsonObject) {
  const at = numberIn(row['at']) ?? 0;
  const firstMs = numberIn(row['firstTokenMs']);
  const iso = (ms: number): string => new Date(at + ms).toISOString();
  return {
    start: iso(0),
    end: iso(numberIn(row['totalMs']) ?? 0),
    first: firstMs === undefined ? null : iso(firstMs),
  };
}

/** Prompt tokens count what was read from and written to a cache, as OpenAI counts. */
function tokensOf(row: JsonObject) {
  const usage = objectIn(row['usage']);
  const of = (name: string): number => numberIn(usage[name]) ?? 0;
  const prompt = of('input') + of('cacheRead') + of('cacheWrite') + of('cacheWrite1h');
  return { total_tokens: prompt + of('output'), prompt_tokens: prompt, completion_tokens: of('output') };
}

/** Besides LiteLLM's members: where the cost comes from, whether it is an upper bound, who called and on which branch. */
function metadataOf(row: JsonObject): JsonObject {
  const attempts = objectsIn(row['attempts']);
  const lastFailure = stringIn(attempts.at(-1)?.['failure']);
  return {
    user_api_key: stringIn(row['key']) ?? null,
    user_api_key_alias: stringIn(row['keyAlias']) ?? null,
    user_api_key_team_id: stringIn(row['project']) ?? null,
    usage_object: row['usage'] ?? null,
    original_model_group: stringIn(row['group']) ?? null,
    attempted_retries: attempts.filter(({ reason }) => reason === 'retry').length,
    attempted_fallbacks: attempts.filter(({ reason }) => reason !== 'retry').length - 1,
    error_information: isFailure(row)
      ? { error_class: stringIn(row['failure']) ?? null, error_message: lastFailure ?? null }
      : null,
    cost_source: row['source'] ?? null,
    cost_upper_bound: row['upperBound'] ?? false,
    status: row['status'] ?? null,
    assistant: row['assistant'] ?? null,
    git_branch: row['branch'] ?? null,
  };
}
