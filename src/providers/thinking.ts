import { numberIn, objectIn, without } from '../lib/json.ts';
import type { Json, JsonObject } from '../lib/json.ts';
import type { Adjustment } from './adjust.ts';

/** LiteLLM's `thinking` (Anthropic's field) as an effort; undefined leaves the choice to the model. */
export function effortIn(thinking: Json | undefined): 'none' | 'low' | 'medium' | 'high' | undefined {
  const { type, budget_tokens: budget } = objectIn(thinking);
  if (type === 'disabled') return 'none';
  if (type !== 'enabled') return undefined;
  const tokens = numberIn(budget) ?? 4096;
  if (tokens < 4096) return 'low';
  return tokens < 16384 ? 'medium' : 'high';
}

const scale = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];

/** Puts the effort at the nearest that a model knows, rather up than down. `known` is ordered; no words known: any will do. */
export function withEffortOf(body: JsonObject, known: readonly string[]): JsonObject {
  const { reasoning_effort: effort } = body;
  if (typeof effort !== 'string' || known.length === 0 || known.includes(effort)) return body;
  const nearest = known.find((word) => scale.indexOf(word) >= scale.indexOf(effort)) ?? known.at(-1);
  return nearest === undefined ? body : { ...body, reasoning_effort: nearest };
}

/** `thinking` as OpenAI's `reasoning_effort`, unless the client gave that too. */
export const thinkingAsEffort: Adjustment = (body) => {
  if (!('thinking' in body)) return body;
  const effort = body.reasoning_effort ?? effortIn(body.thinking);
  const plain = without(body, 'thinking');
  return effort === undefined ? plain : { ...plain, reasoning_effort: effort };
};

/** `thinking` as a switch without a budget, as DeepSeek, Z.ai and Moonshot have it in their API references. */
export const thinkingAsSwitch: Adjustment = (body) => {
  if (!('thinking' in body)) return body;
  const { type } = objectIn(body.thinking);
  if (typeof type !== 'string') return without(body, 'thinking');
  return { ...body, thinking: { type: type === 'disabled' ? 'disabled' : 'enabled' } };
};

/** What is left of `body` when its `thinking` is put in other words. */
export function inPlaceOfThinking(body: JsonObject, words: (thinking: JsonObject) => JsonObject): JsonObject {
  return 'thinking' in body ? { ...words(objectIn(body.thinking)), ...without(body, 'thinking') } : body;
}
