import { without } from '../lib/json.ts';
import { askForUsage, eachMessage, inOrder, withoutCacheMarks } from './adjust.ts';
import type { Adjustment, Change } from './adjust.ts';
import { compatible, plainMessages } from './compatible.ts';
import type { Provider } from './provider.ts';
import { xaiResponses } from './responses.ts';
import { thinkingAsEffort, withEffortOf } from './thinking.ts';
import { modelsUrl } from './url.ts';

/** Every Grok since 3-mini reasons, except where its name says otherwise. */
const reasons = (model: string): boolean => !/^grok-(2|3(?!-mini))|non-reasoning/.test(model);

/** Grok 4 and its fast kin reason without taking an effort; grok-3-mini and 4.2 and later take one (docs.x.ai, "Reasoning"). */
const takesEffort = (model: string): boolean => /^grok-(3-mini|4\.[2-9]|[5-9])/.test(model) && reasons(model);

const nameOfUserOnly: Change = (message) => (message.role === 'user' ? message : without(message, 'name'));

const thinking: Adjustment = (body, target) =>
  takesEffort(target.model)
    ? withEffortOf(thinkingAsEffort(body, target), ['low', 'medium', 'high'])
    : without(body, 'thinking');

export const xai: Provider = compatible({
  name: 'xai',
  title: 'xAI',
  baseUrl: 'https://api.x.ai/v1',
  keyVariables: ['XAI_API_KEY'],
  priceId: 'x-ai',
  speaks: [xaiResponses],
  modelsUrl,
  // docs.x.ai, "Reasoning": these are errors with reasoning models.
  refuses: ({ model }) => [
    ...(reasons(model) ? ['stop', 'presence_penalty', 'frequency_penalty'] : []),
    ...(takesEffort(model) ? [] : ['reasoning_effort']),
  ],
  adjust: inOrder(plainMessages, eachMessage(nameOfUserOnly), withoutCacheMarks, thinking, askForUsage),
});
