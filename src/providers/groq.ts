import { without } from '../lib/json.ts';
import {
  askForUsage,
  developerAsSystem,
  eachMessage,
  inOrder,
  withMember,
  withoutCacheMarks,
  withoutLiteLlmFields,
  withoutReasoning,
} from './adjust.ts';
import type { Adjustment, Change } from './adjust.ts';
import { compatible } from './compatible.ts';
import { foreignFields } from './openai-models.ts';
import type { Provider } from './provider.ts';
import { sound } from './routes.ts';
import { thinkingAsEffort, withEffortOf } from './thinking.ts';
import { modelsUrl } from './url.ts';

const reasons = (model: string): boolean => /gpt-oss|qwen3|deepseek-r1/.test(model);

// Groq answers 400 to any field it does not know, messages' included. That a name is one of them stands in its
// documentation (console.groq.com/docs/openai); annotations and reasoning come back from clients that echo answers.
const withoutUnsupported: Change = (message) => without(withoutReasoning(message), 'name', 'annotations');

// console.groq.com/docs/reasoning
const effort: Adjustment = (body, target) => {
  if (!reasons(target.model)) return without(body, 'thinking');
  const plain = thinkingAsEffort(body, target);
  if (target.model.includes('gpt-oss')) return withEffortOf(plain, ['low', 'medium', 'high']);
  if (plain.reasoning_effort == null || !target.model.includes('qwen3')) return plain;
  return withMember(plain, 'reasoning_effort', plain.reasoning_effort === 'none' ? 'none' : 'default');
};

const ownFields: readonly string[] = ['reasoning_format', 'include_reasoning'];

export const groq: Provider = compatible({
  name: 'groq',
  title: 'Groq',
  baseUrl: 'https://api.groq.com/openai/v1',
  keyVariables: ['GROQ_API_KEY'],
  modelsUrl,
  speaks: sound,
  refuses: (target, body) => [
    // console.groq.com/docs/openai, "Currently unsupported OpenAI features".
    'logprobs',
    'top_logprobs',
    'logit_bias',
    ...(body.n === 1 ? [] : ['n']),
    ...(reasons(target.model) ? [] : ['reasoning_effort']),
    ...foreignFields.filter((name) => !ownFields.includes(name)),
  ],
  adjust: inOrder(
    eachMessage(developerAsSystem, withoutLiteLlmFields, withoutUnsupported),
    withoutCacheMarks,
    effort,
    askForUsage,
  ),
});
