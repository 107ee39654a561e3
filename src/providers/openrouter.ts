import { isArray, objectIn, objectsIn, without } from '../lib/json.ts';
import type { JsonObject } from '../lib/json.ts';
import { askForUsage, developerAsSystem, eachMessage, inOrder, withMember, withoutLiteLlmFields } from './adjust.ts';
import type { Adjustment, Change } from './adjust.ts';
import { openrouterBalance } from './balance.ts';
import { compatible } from './compatible.ts';
import { bearer } from './headers.ts';
import type { Provider } from './provider.ts';
import { inPlaceOfThinking } from './thinking.ts';
import { completions, embeddings } from './routes.ts';
import { modelsUrl } from './url.ts';

/** Asks for the cost beside the tokens (openrouter.ai/docs, "Usage accounting"). */
const askForCost: Adjustment = (body) =>
  objectIn(body.usage).include === true ? body : withMember(body, 'usage', { ...objectIn(body.usage), include: true });

/** `thinking` in OpenRouter's words (openrouter.ai/docs, "Reasoning tokens"); the client's own `reasoning` wins. */
const thinkingAsReasoning: Adjustment = (body) =>
  inPlaceOfThinking(body, ({ type, budget_tokens: budget }) => {
    if (type === 'disabled') return { reasoning: { enabled: false } };
    return { reasoning: typeof budget === 'number' ? { max_tokens: budget } : { enabled: true } };
  });

/** Signed thinking as OpenRouter gives it back to the model that signed it. */
const thinkingBlocksAsDetails: Change = (message) => {
  if (!isArray(message.thinking_blocks) || 'reasoning_details' in message) return message;
  return withMember(
    without(message, 'reasoning_content'),
    'reasoning_details',
    objectsIn(message.thinking_blocks).map(detail),
  );
};

const detail = (block: JsonObject): JsonObject =>
  block.type === 'redacted_thinking'
    ? { type: 'reasoning.encrypted', data: block.data, format: 'anthropic-claude-v1' }
    : { type: 'reasoning.text', text: block.thinking, signature: block.signature, format: 'anthropic-claude-v1' };

/** Passes on what its many upstreams know, cache marks included, and drops the rest itself. */
export const openrouter: Provider = compatible({
  name: 'openrouter',
  title: 'OpenRouter',
  baseUrl: 'https://openrouter.ai/api/v1',
  keyVariables: ['OPENROUTER_API_KEY', 'OR_API_KEY'],
  modelsUrl,
  // openrouter.ai/docs, "Preserving reasoning": `reasoning_details` come back unmodified with the results of tools.
  recalls: () => true,
  keyUrl: ({ baseUrl }) => `${baseUrl}/key`,
  balance: openrouterBalance,
  speaks: [embeddings, { ...completions, adjust: inOrder(askForCost, askForUsage) }],
  headers: (target) => ({ ...bearer(target), 'x-title': 'Purser' }),
  adjust: inOrder(
    eachMessage(developerAsSystem, thinkingBlocksAsDetails, withoutLiteLlmFields),
    thinkingAsReasoning,
    askForCost,
    askForUsage,
  ),
});
