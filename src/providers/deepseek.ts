import { isArray, objectIn, stringIn, without } from '../lib/json.ts';
import { askForUsage, inOrder, oldOutputLimit, withoutCacheMarks } from './adjust.ts';
import { eachMessage } from './adjust.ts';
import type { Adjustment, Change } from './adjust.ts';
import { deepseekBalance } from './balance.ts';
import { compatible, plainMessages } from './compatible.ts';
import type { Provider } from './provider.ts';
import { completions } from './routes.ts';
import { thinkingAsSwitch } from './thinking.ts';
import { appended, modelsUrl } from './url.ts';

/** DeepSeek's reference has content as a string only; LiteLLM flattens it too. */
const flatText: Change = (message) => {
  if (!isArray(message.content)) return message;
  const texts = message.content.map((part) => stringIn(objectIn(part).text));
  return texts.includes(undefined) ? message : { ...message, content: texts.join('\n') };
};

/** An effort of `none` is DeepSeek's thinking switched off (api-docs.deepseek.com, "Thinking mode"). */
const effort: Adjustment = (body) =>
  body.reasoning_effort === 'none' ? { ...without(body, 'reasoning_effort'), thinking: { type: 'disabled' } } : body;

/**
 * While it thinks it answers 400 to a turn with tool calls that comes back without its `reasoning_content`
 * (api-docs.deepseek.com, "Thinking mode").
 */
export const deepseek: Provider = compatible({
  name: 'deepseek',
  title: 'DeepSeek',
  baseUrl: 'https://api.deepseek.com',
  keyVariables: ['DEEPSEEK_API_KEY'],
  modelsUrl,
  recalls: () => true,
  balance: deepseekBalance,
  // Only there does it complete text (api-docs.deepseek.com, "FIM Completion").
  speaks: [
    { ...completions, url: ({ baseUrl }) => appended(baseUrl.replace(/\/(v1|beta)$/, ''), '/beta', '/completions') },
  ],
  adjust: inOrder(
    plainMessages,
    withoutCacheMarks,
    eachMessage(flatText),
    thinkingAsSwitch,
    effort,
    oldOutputLimit,
    askForUsage,
  ),
});
