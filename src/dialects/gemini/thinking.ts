import type { Effort, Reasoning } from '../../chat/chat.ts';
import { isObject, numberIn, stringIn } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { field, isGemini3 } from './wire.ts';

/** What to ask of the model: a level from Gemini 3 on, a budget in tokens before. Budgets are still taken by all. */
export function writeThinking(reasoning: Reasoning | undefined, model: string): JsonObject | undefined {
  if (!reasoning) return undefined;
  const { effort, budget, adaptive, show = effort !== 'none' } = reasoning;
  return {
    ...(budget !== undefined
      ? { thinkingBudget: allowedBudget(budget, model) }
      : isGemini3(model)
        ? effort && { thinkingLevel: levelOf(effort, model) }
        : effort
          ? { thinkingBudget: allowedBudget(budgets[effort], model) }
          : adaptive && { thinkingBudget: -1 }),
    ...(show && { includeThoughts: true }),
  };
}

/** LiteLLM's budgets up to `high`; a client that asks for more gets what the models of 2.5 allow at most. */
const budgets: Record<Effort, number> = {
  none: 0,
  minimal: 512,
  low: 1024,
  medium: 2048,
  high: 4096,
  xhigh: 16384,
  max: 32768,
};

/** https://ai.google.dev/gemini-api/docs/thinking#set-budget: 2.5 Pro cannot stop thinking, and each model has a range. */
function allowedBudget(budget: number, model: string): number {
  if (budget < 0 || !/gemini-2\.5/.test(model)) return budget;
  if (model.includes('pro')) return Math.min(Math.max(budget, 128), 32768);
  const least = model.includes('lite') ? 512 : 0;
  return budget === 0 ? 0 : Math.min(Math.max(budget, least), 24576);
}

/** Gemini 3 cannot stop thinking; its Pro models know no `minimal`, and 3 Pro itself no `medium`. */
function levelOf(effort: Effort, model: string): string {
  switch (effort) {
    case 'none':
    case 'minimal':
      return model.includes('pro') ? 'low' : 'minimal';
    case 'low':
      return 'low';
    case 'medium':
      return model.includes('gemini-3-pro') ? 'high' : 'medium';
    case 'high':
    case 'xhigh':
    case 'max':
      return 'high';
  }
}

const efforts: readonly Effort[] = ['minimal', 'low', 'medium', 'high'];

export function readThinking(config: unknown): Reasoning | undefined {
  if (!isObject(config)) return undefined;
  const budget = numberIn(field(config, 'thinkingBudget'));
  const level = stringIn(field(config, 'thinkingLevel'))?.toLowerCase();
  const effort = budget === 0 ? 'none' : efforts.find((name) => name === level);
  const show = field(config, 'includeThoughts');
  return {
    ...(effort && { effort }),
    ...(budget !== undefined && budget > 0 && { budget }),
    ...(budget !== undefined && budget < 0 && { adaptive: true }),
    ...(typeof show === 'boolean' && { show }),
  };
}
