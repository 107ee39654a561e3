import type { ChatRequest, Effort, Reasoning } from '../../chat/chat.ts';
import { defined } from '../../lib/json.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import type { ModelTraits } from '../anthropic/models.ts';
import { writeThinking } from '../anthropic/thinking.ts';
import { writeSampling as writeClaude } from '../anthropic/write-request.ts';

/** How the model is to choose its words, and how long it may think. */
export interface Sampling {
  readonly inferenceConfig: JsonObject | undefined;
  /** What only this family of models knows. */
  readonly more: JsonObject | undefined;
  /** Whether signed thinking goes back to the model. */
  readonly thinks: boolean;
}

export function writeSampling(request: ChatRequest, traits: ModelTraits): Sampling {
  const { model, settings } = request;
  const stop = settings.stop?.filter((text) => text.trim() !== '');
  const limits = { maxTokens: settings.maxOutput, stopSequences: stop && stop.length > 0 ? stop : undefined };
  if (!model.includes('claude')) {
    const { temperature, topP, topK, reasoning } = settings;
    return {
      inferenceConfig: filled({ ...limits, temperature, topP }),
      more: filled({ ...writeTopK(model, topK), ...writeReasoning(model, reasoning) }),
      thinks: false,
    };
  }
  const thinking = writeThinking(request, traits);
  const { temperature, top_p: topP, top_k } = writeClaude(settings, thinking, traits);
  // An adaptive model is told its effort as Anthropic's own API takes it.
  const output = thinking.effort === undefined ? undefined : { effort: thinking.effort };
  return {
    inferenceConfig: filled({ ...limits, temperature, topP }),
    more: filled({ top_k, thinking: thinking.thinking, output_config: output }),
    thinks: thinking.thinking !== undefined,
  };
}

/** Without what is undefined; undefined when nothing is left. */
function filled(members: Record<string, Json | undefined>): JsonObject | undefined {
  const given: JsonObject = defined(members);
  return Object.keys(given).length > 0 ? given : undefined;
}

const writeTopK = (model: string, topK: number | undefined): JsonObject =>
  topK === undefined ? {} : model.includes('nova') ? { inferenceConfig: { topK } } : { top_k: topK };

/** The other models that think on request, each in its own words; the rest think as they like. */
function writeReasoning(model: string, { effort, budget }: Reasoning = {}): JsonObject {
  const level = effort ?? (budget === undefined ? undefined : 'medium');
  if (level === undefined) return {};
  if (model.includes('gpt-oss')) return { reasoning_effort: levels[level] };
  if (!model.includes('nova-2')) return {};
  if (level === 'none') return { reasoningConfig: { type: 'disabled' } };
  return { reasoningConfig: { type: 'enabled', maxReasoningEffort: levels[level] } };
}

const levels: Record<Effort, string> = {
  none: 'low',
  minimal: 'low',
  low: 'low',
  medium: 'medium',
  high: 'high',
  xhigh: 'high',
  max: 'high',
};
