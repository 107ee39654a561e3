import { isArray, isObject } from '../lib/json.ts';
import type { Json, JsonObject } from '../lib/json.ts';
import {
  developerAsSystem,
  eachMessage,
  inOrder,
  oldOutputLimit,
  removed,
  withMember,
  withoutCacheMarks,
  withoutLiteLlmFields,
  withoutReasoning,
} from './adjust.ts';
import type { Adjustment } from './adjust.ts';
import { bearer } from './headers.ts';
import { compatible } from './compatible.ts';
import type { Provider } from './provider.ts';

/** Perplexity wants user and assistant in turn after the system prompt, and no system message later. */
const alternating: Adjustment = (body) => {
  if (!isArray(body.messages)) return body;
  const turns: Json[] = [];
  for (const message of body.messages) {
    const last = turns.at(-1);
    const next =
      isObject(message) && message.role === 'system' && isObject(last) && last.role !== 'system'
        ? { ...message, role: 'user' }
        : message;
    if (isObject(last) && isObject(next) && areOneTurn(last, next)) turns[turns.length - 1] = joined(last, next);
    else turns.push(next);
  }
  const isSame =
    turns.length === body.messages.length &&
    turns.every((turn, index) => turn === (body.messages as readonly Json[])[index]);
  return isSame ? body : withMember(body, 'messages', turns);
};

const areOneTurn = (first: JsonObject, second: JsonObject): boolean =>
  first.role === second.role && first.role !== 'tool' && !('tool_calls' in first) && !('tool_calls' in second);

function joined(first: JsonObject, second: JsonObject): JsonObject {
  if (typeof first.content === 'string' && typeof second.content === 'string') {
    return { ...first, content: `${first.content}\n\n${second.content}` };
  }
  return { ...first, content: [...partsOf(first.content), ...partsOf(second.content)] };
}

function partsOf(content: Json | undefined): readonly Json[] {
  if (isArray(content)) return content;
  return typeof content === 'string' ? [{ type: 'text', text: content }] : [];
}

export const perplexity: Provider = compatible({
  name: 'perplexity',
  title: 'Perplexity',
  baseUrl: 'https://api.perplexity.ai',
  keyVariables: ['PERPLEXITYAI_API_KEY', 'PERPLEXITY_API_KEY'],
  headers: bearer,
  // What its API reference leaves out of OpenAI's fields, as LiteLLM has it; only the reasoning models take an effort.
  refuses: ({ model }) => [
    'tools',
    'tool_choice',
    'parallel_tool_calls',
    'functions',
    'function_call',
    'stop',
    'seed',
    'n',
    'logit_bias',
    'logprobs',
    'top_logprobs',
    ...(/^sonar(-pro)?$/.test(model) ? ['reasoning_effort'] : []),
  ],
  // It counts usage in every frame of a stream, unasked, and its cost with it.
  adjust: inOrder(
    eachMessage(developerAsSystem, withoutLiteLlmFields, withoutReasoning),
    alternating,
    withoutCacheMarks,
    removed('thinking', 'stream_options', 'user'),
    oldOutputLimit,
  ),
});
