import { openaiChat } from '../dialects/openai-chat/openai-chat.ts';
import { completions as completionsDialect } from '../dialects/relayed/completions.ts';
import { isArray, objectIn, without } from '../lib/json.ts';

import {
  developerAsSystem,
  eachIn,
  eachMessage,
  inOrder,
  oldOutputLimit,
  removed,
  renamed,
  withMember,
  withoutCacheMarks,
  withoutLiteLlmFields,
} from './adjust.ts';
import type { Adjustment, Change } from './adjust.ts';
import { compatible } from './compatible.ts';
import type { Provider, Spoken } from './provider.ts';
import { embeddings, transcriptions } from './routes.ts';
import { thinkingAsEffort, withEffortOf } from './thinking.ts';
import { appended, modelsUrl } from './url.ts';

// Mistral answers 422 to every field it does not know (docs.mistral.ai/api, "Chat completion").
const knownFields = new Set(
  (
    'model messages temperature top_p max_tokens stream stop random_seed response_format tools tool_choice n metadata ' +
    'presence_penalty frequency_penalty prediction parallel_tool_calls prompt_mode reasoning_effort safe_prompt guardrails'
  ).split(' '),
);
/** Put in Mistral's words below. */
const translated = ['max_completion_tokens', 'seed', 'thinking', 'cache_control'];
/** Mere hints, so left out without a word. Usage comes unasked at the end of a stream. */
const hints = ['user', 'stream_options', 'store', 'service_tier', 'prompt_cache_key', 'safety_identifier'];
const accepted = new Set([...knownFields, ...translated, ...hints]);
const messageFields = new Set(['role', 'content', 'tool_calls', 'tool_call_id', 'prefix']);

/** Small and Medium reason on request, Magistral always (docs.mistral.ai, "Reasoning"). */
const takesEffort = (model: string): boolean => /^mistral-(small|medium|large-4)/.test(model);
const reasons = (model: string): boolean => takesEffort(model) || model.startsWith('magistral');

const effort: Adjustment = (body, target) => {
  if (!takesEffort(target.model)) return without(body, 'thinking', 'reasoning_effort');
  const isLarge = target.model.startsWith('mistral-large');
  return withEffortOf(thinkingAsEffort(body, target), isLarge ? ['low', 'medium', 'high'] : ['none', 'high']);
};

const toolChoice: Adjustment = (body) => (body.tool_choice === 'required' ? { ...body, tool_choice: 'any' } : body);

/** A model's earlier thinking as a part of the content, where Mistral's models read it. */
const reasoningAsPart: Change = (message) => {
  const text = message.reasoning_content;
  if (message.role !== 'assistant' || typeof text !== 'string' || text === '' || isArray(message.content))
    return message;
  const answer =
    typeof message.content === 'string' && message.content !== '' ? [{ type: 'text', text: message.content }] : [];
  return { ...message, content: [{ type: 'thinking', thinking: [{ type: 'text', text }], closed: true }, ...answer] };
};
const reasoning: Adjustment = (body, target) =>
  reasons(target.model) ? eachMessage(reasoningAsPart)(body, target) : body;

const onlyKnownFields: Change = (message) => {
  const unknown = Object.keys(message).filter(
    (key) => !messageFields.has(key) && !(key === 'name' && message.role === 'tool'),
  );
  return without(message, ...unknown);
};

/** A document in Mistral's own part type; it reads data URLs there. */
const fileAsDocument: Change = (part) => {
  const { file_data: data, filename } = objectIn(part.file);
  if (part.type !== 'file' || typeof data !== 'string') return part;
  return { type: 'document_url', document_url: data, ...(typeof filename === 'string' && { document_name: filename }) };
};
const documents: Change = (message) => eachIn(message, 'content', fileAsDocument);

/** Mistral goes on with an assistant's last message only where that is marked as the beginning of the answer. */
const prefix: Adjustment = (body) => {
  const messages = isArray(body.messages) ? body.messages : [];
  const last = objectIn(messages.at(-1));
  if (last.role !== 'assistant' || 'tool_calls' in last || last.prefix === true) return body;
  return withMember(body, 'messages', [...messages.slice(0, -1), { ...last, prefix: true }]);
};

const rules: Pick<Provider, 'refuses' | 'adjust'> = {
  refuses: (target, body) => [
    ...Object.keys(body).filter((name) => !accepted.has(name)),
    ...(reasons(target.model) ? [] : ['reasoning_effort']),
  ],
  adjust: inOrder(
    eachMessage(developerAsSystem, withoutLiteLlmFields, documents),
    reasoning,
    eachMessage(onlyKnownFields),
    prefix,
    withoutCacheMarks,
    effort,
    toolChoice,
    oldOutputLimit,
    renamed('seed', 'random_seed'),
    removed(...hints),
  ),
};

const fimFields = new Set(
  'model prompt suffix temperature top_p max_tokens min_tokens stream stop random_seed'.split(' '),
);

/** Completions in the middle, which Mistral answers in the form of a chat (docs.mistral.ai/api, "FIM completion"). */
const fim: Spoken = {
  dialect: {
    ...completionsDialect,
    readAnswer: (body) => openaiChat.readAnswer(body),
    streamReader: () => openaiChat.streamReader(),
  },
  deviates: true,
  url: ({ baseUrl }) => appended(baseUrl.replace(/\/chat\/completions\/?$/, ''), '/fim', '/completions'),
  refuses: (_target, body) =>
    Object.keys(body).filter((name) => !fimFields.has(name) && name !== 'seed' && !hints.includes(name)),
  adjust: inOrder(renamed('seed', 'random_seed'), removed(...hints)),
};

export const mistral: Provider = compatible({
  name: 'mistral',
  title: 'Mistral',
  baseUrl: 'https://api.mistral.ai/v1',
  keyVariables: ['MISTRAL_API_KEY'],
  modelsUrl,
  ...rules,
  speaks: [
    fim,
    { ...embeddings, adjust: inOrder(renamed('dimensions', 'output_dimension'), removed('user')) },
    transcriptions,
  ],
  // Reasoning models answer in arrays of thinking and text parts (seen in recorded answers of Magistral).
  deviates: true,
});

/** Mistral's code models at their own address, with their own keys. */
export const codestral: Provider = compatible({
  name: 'codestral',
  title: 'Codestral',
  baseUrl: 'https://codestral.mistral.ai/v1',
  keyVariables: ['CODESTRAL_API_KEY'],
  priceId: 'mistral',
  ...rules,
  speaks: [fim],
});
