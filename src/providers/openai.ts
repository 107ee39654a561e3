import { openaiChat } from '../dialects/openai-chat/openai-chat.ts';
import {
  askForUsage,
  developerAsSystem,
  eachMessage,
  inOrder,
  newOutputLimit,
  oldOutputLimit,
  removed,
  withoutCacheMarks,
  withoutLiteLlmFields,
  withoutReasoning,
} from './adjust.ts';
import type { Adjustment } from './adjust.ts';
import { bearer } from './headers.ts';
import { foreignFields, isReasoningModel, knownEfforts, refusedByModel } from './openai-models.ts';
import type { Provider } from './provider.ts';
import { responses } from './responses.ts';
import { openaiRoutes } from './routes.ts';
import { thinkingAsEffort, withEffortOf } from './thinking.ts';
import { chatCompletionsUrl, modelsUrl } from './url.ts';

/** OpenAI, and with a configured base any server that speaks its format: that one may know more fields than OpenAI. */
export const openai: Provider = {
  name: 'openai',
  title: 'OpenAI',
  dialect: openaiChat,
  speaks: [responses, ...openaiRoutes],
  baseUrl: 'https://api.openai.com/v1',
  keyVariables: ['OPENAI_API_KEY'],
  url: chatCompletionsUrl,
  headers: (target) =>
    target.organization === undefined
      ? bearer(target)
      : { ...bearer(target), 'openai-organization': target.organization },
  refuses: (target, body) => [...refusedByModel(target.model, body), ...(target.ownBase ? [] : foreignFields)],
  adjust: (body, target) => {
    if (isReasoningModel(target.model)) return reasoningAdjust(body, target);
    return target.ownBase ? otherServerAdjust(body, target) : chatAdjust(body, target);
  },
  modelsUrl,
  recalls: ({ ownBase, baseUrl }) => ownBase && thoughtful.test(baseUrl),
};

/** Servers that want thoughts or their signatures back, at addresses which people give to an OpenAI client. */
const thoughtful = /\b(generativelanguage\.googleapis|openrouter|deepseek|moonshot|z|minimax)(-\w+)?\.(com|ai|io|cn)\b/;

const shared = inOrder(withoutCacheMarks, askForUsage);
const knownEffort: Adjustment = (body, target) => withEffortOf(body, knownEfforts(target.model));
const strictMessages = eachMessage(withoutLiteLlmFields, withoutReasoning);

/** OpenAI's reasoning models, also behind Azure. */
export const reasoningAdjust: Adjustment = inOrder(
  strictMessages,
  thinkingAsEffort,
  knownEffort,
  newOutputLimit,
  shared,
);

/** OpenAI's other models, also behind Azure. */
export const chatAdjust: Adjustment = inOrder(
  strictMessages,
  eachMessage(developerAsSystem),
  removed('thinking'),
  shared,
);

// vLLM and its like read a model's earlier reasoning; many know the output limit only by its old name.
const otherServerAdjust = inOrder(
  eachMessage(developerAsSystem, withoutLiteLlmFields),
  removed('thinking'),
  oldOutputLimit,
  shared,
);
