import { isReasoningModel } from '../dialects/openai-responses/models.ts';
import type { Json, JsonObject } from '../lib/json.ts';

export { isReasoningModel };

/** The fields that OpenAI's models answer 400 to (API reference, "Create chat completion", and the reasoning guide). */
export function refusedByModel(model: string, body: JsonObject): readonly string[] {
  if (!isReasoningModel(model)) return /^(ft:)?(gpt-|chatgpt-)/.test(model) ? ['reasoning_effort'] : [];
  const refused = ['presence_penalty', 'frequency_penalty', 'logit_bias', 'stop'];
  if (samplesWith(model, body.reasoning_effort)) return refused;
  if (body.temperature !== 1) refused.push('temperature'); // 1 is the default and the only value taken
  return [...refused, 'top_p', 'logprobs', 'top_logprobs'];
}

/** From GPT-5.1 on, a model that was told not to reason can be sampled like the older ones. */
export const samplesWith = (model: string, effort: Json | undefined): boolean =>
  effort === 'none' && /^gpt-(5\.\d|[6-9])/.test(model);

/** The efforts a model knows, in order; none where that is not known here (the models' pages of OpenAI's documentation). */
export function knownEfforts(model: string): readonly string[] {
  if (/^(ft:)?o\d/.test(model)) return ['low', 'medium', 'high'];
  if (/^gpt-5(-|$)/.test(model)) return ['minimal', 'low', 'medium', 'high'];
  if (/^gpt-5\.1(-|$)/.test(model) && !model.includes('max')) return ['none', 'low', 'medium', 'high'];
  return isReasoningModel(model) ? ['none', 'low', 'medium', 'high', 'xhigh'] : [];
}

/**
 * Fields of other servers that OpenAI refuses as unknown: samplers of vLLM and llama.cpp, OpenRouter's routing, Qwen's,
 * Groq's and Mistral's switches. A list of what is foreign, not of what is known, lets a new field of OpenAI's through.
 */
export const foreignFields: readonly string[] = [
  'top_k',
  'top_a',
  'min_p',
  'typical_p',
  'repetition_penalty',
  'min_tokens',
  'ignore_eos',
  'stop_token_ids',
  'best_of',
  'guided_json',
  'guided_regex',
  'guided_choice',
  'guided_grammar',
  'grammar',
  'chat_template_kwargs',
  'chat_template',
  'cache_prompt',
  'enable_thinking',
  'thinking_budget',
  'reasoning',
  'include_reasoning',
  'reasoning_format',
  'provider',
  'models',
  'route',
  'transforms',
  'plugins',
  'usage',
  'safe_prompt',
  'random_seed',
  'prompt_mode',
  'keep_alive',
  'options',
  'think',
];
