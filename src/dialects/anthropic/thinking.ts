import type { ChatRequest, Effort, Part, Reasoning, Turn } from '../../chat/chat.ts';
import { invalid } from '../../chat/failure.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { ModelTraits } from './models.ts';

/** How a request's wish for reasoning is told to Anthropic. Without `thinking` the model does as it does by default. */
export interface Thinking {
  readonly thinking?: JsonObject;
  readonly effort?: string;
  /** Tokens of the output that thinking may take, where that is fixed. */
  readonly budget?: number;
}

/**
 * Thinking for a model within what it allows: never with a forced tool, never on models without it, and with a budget
 * not in the middle of a tool loop whose calls came without their signed thinking, which Anthropic refuses.
 */
export function writeThinking(request: ChatRequest, traits: ModelTraits): Thinking {
  const reasoning = request.settings.reasoning;
  if (!reasoning || Object.keys(reasoning).length === 0) return {};
  const forced = request.toolChoice?.type === 'required' || request.toolChoice?.type === 'named';
  if (isOff(reasoning) || forced) return {};
  if (traits.adapts && !(traits.budgets && reasoning.budget !== undefined)) return adaptive(reasoning, traits);
  if (!traits.budgets || isUnsignedLoop(request.turns)) return {};

  const budget = budgetFor(reasoning, request.settings.maxOutput);
  return budget === undefined
    ? {}
    : { thinking: { type: 'enabled', budget_tokens: budget, ...display(reasoning, false) }, budget };
}

const isOff = ({ effort, budget }: Reasoning): boolean => effort === 'none' || (effort === undefined && budget === 0);

function adaptive(reasoning: Reasoning, traits: ModelTraits): Thinking {
  const effort = effortFor(reasoning, traits);
  // From Claude 4.7 thinking is left out of the answer unless asked for.
  return {
    thinking: { type: 'adaptive', ...display(reasoning, traits.extraHigh) },
    ...(effort !== undefined && { effort }),
  };
}

function display({ show }: Reasoning, isHidden: boolean): JsonObject {
  if (show === false) return { display: 'omitted' };
  return isHidden ? { display: 'summarized' } : {};
}

function effortFor({ effort, budget }: Reasoning, traits: ModelTraits): string | undefined {
  if (effort === undefined) return budget === undefined ? undefined : effortOf(budget);
  if (effort === 'minimal') return 'low';
  return effort === 'xhigh' && !traits.extraHigh ? 'high' : effort;
}

const effortOf = (budget: number): string => (budget <= 2048 ? 'low' : budget <= 8192 ? 'medium' : 'high');

/** The least that Anthropic takes, tokens. */
const leastBudget = 1024;

/** Tokens for each effort; the first four are LiteLLM's, raised to the least that is allowed. */
const budgets: Record<Exclude<Effort, 'none'>, number> = {
  minimal: leastBudget,
  low: 1024,
  medium: 2048,
  high: 4096,
  xhigh: 8192,
  max: 16_384,
};

/** A budget below the output limit: the client's own must fit, one that stands for an effort is made to. */
function budgetFor({ effort = 'medium', budget }: Reasoning, limit: number | undefined): number | undefined {
  if (budget !== undefined) {
    const asked = Math.max(budget, leastBudget);
    if (limit === undefined || limit > asked) return asked;
    throw invalid(`The output limit of ${limit} tokens must be above the thinking budget of ${asked}.`, 'max_tokens');
  }
  const wanted = budgets[effort === 'none' ? 'minimal' : effort];
  if (limit === undefined || limit > wanted) return wanted;
  return limit > leastBudget ? leastBudget : undefined;
}

/** Whether the last answer called tools, and the thinking at the beginning of its loop did not come back with it. */
function isUnsignedLoop(turns: readonly Turn[]): boolean {
  const last = turns.findLastIndex((turn) => turn.role === 'assistant');
  if (!turns[last]?.parts.some((part) => part.type === 'tool-call')) return false;
  const asked = turns.slice(0, last).findLastIndex((turn) => turn.role === 'user' && !turn.parts.every(isResult));
  const loop = turns.slice(asked + 1, last + 1).filter((turn) => turn.role === 'assistant');
  const first = loop.flatMap((turn) => turn.parts).find((part) => part.type !== 'text' || part.text.trim() !== '');
  return first?.type !== 'reasoning' || !isSigned(first.extras?.anthropic);
}

const isResult = (part: Part): boolean => part.type === 'tool-result';

/** Whether Anthropic made this reasoning, and so takes it back. */
export const isSigned = (facts: JsonObject | undefined): boolean =>
  typeof facts?.signature === 'string' || typeof facts?.redacted === 'string';
