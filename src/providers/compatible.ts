import { openaiChat } from '../dialects/openai-chat/openai-chat.ts';
import {
  askForUsage,
  developerAsSystem,
  eachMessage,
  inOrder,
  oldOutputLimit,
  removed,
  withoutCacheMarks,
  withoutLiteLlmFields,
} from './adjust.ts';
import type { Adjustment } from './adjust.ts';
import { bearer } from './headers.ts';
import type { Provider } from './provider.ts';
import { thinkingAsEffort, withEffortOf } from './thinking.ts';
import { chatCompletionsUrl } from './url.ts';

/** A server that speaks OpenAI's chat format; `rest` says what is its own. */
export const compatible = (rest: Pick<Provider, 'name' | 'title' | 'keyVariables'> & Partial<Provider>): Provider => ({
  dialect: openaiChat,
  url: chatCompletionsUrl,
  headers: bearer,
  adjust: compatibleAdjust,
  ...rest,
});

/** What every server but OpenAI's own wants in messages. */
export const plainMessages: Adjustment = eachMessage(developerAsSystem, withoutLiteLlmFields);

// gpt-oss takes an effort wherever it runs; for other models a server may refuse the field, so thinking is left to them.
const thinking: Adjustment = (body, target) =>
  /gpt-oss/.test(target.model)
    ? withEffortOf(thinkingAsEffort(body, target), ['low', 'medium', 'high'])
    : removed('thinking')(body, target);

/** For servers of which no more is known than that they speak OpenAI's format of 2023. */
export const compatibleAdjust: Adjustment = inOrder(
  plainMessages,
  withoutCacheMarks,
  thinking,
  oldOutputLimit,
  askForUsage,
);
