import type { ChatRequest } from '../../chat/chat.ts';
import { invalid } from '../../chat/failure.ts';
import { objectIn, stringIn } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { readMessages } from './messages.ts';
import { readSettings, settingFields } from './settings.ts';
import { mustBeKept, readToolChoice, readTools } from './tools.ts';
import { own } from './wire.ts';

export function readRequest(body: JsonObject): ChatRequest {
  const facts = Object.fromEntries(Object.entries(body).filter(([field]) => harmlessFields.has(field)));
  const toolChoice = readToolChoice(body);
  const read = readTools(body);
  mustBeKept(toolChoice, read);
  return {
    model: requiredModel(body),
    turns: readMessages(body.messages),
    tools: read.tools,
    ...(toolChoice && { toolChoice }),
    settings: readSettings(body),
    stream: body.stream === true,
    wantsUsage: objectIn(body.stream_options).include_usage === true,
    unknown: Object.keys(body).filter((field) => body[field] != null && !isKnown(field, body)),
    ...(read.dropped.length > 0 && { dropped: read.dropped }),
    ...(Object.keys(facts).length > 0 && { extras: { [own]: facts } }),
  };
}

export function requiredModel(body: JsonObject): string {
  const model = stringIn(body.model) ?? '';
  if (model === '') throw invalid('model is missing: name the model to ask.', 'model');
  return model;
}

function isKnown(field: string, body: JsonObject): boolean {
  if (field === 'modalities') return JSON.stringify(body.modalities) === '["text"]';
  return knownFields.has(field) || isGatewayField(field);
}

/** OpenAI's fields that change nothing about an answer's words: another provider's answer is right without them. */
const harmlessFields: ReadonlySet<string> = new Set([
  'metadata',
  'store',
  'prompt_cache_key',
  'prompt_cache_retention',
  'safety_identifier',
  'prediction',
]);

const knownFields: ReadonlySet<string> = new Set([
  ...harmlessFields,
  ...settingFields,
  'model',
  'messages',
  'tools',
  'functions',
  'tool_choice',
  'function_call',
  'stream',
  'stream_options',
  'usage', // OpenRouter's request for its cost, which the gateway makes itself
]);

/** Whether a field is one of OpenAI's chat format, or of what its servers have added, that other dialects have words for. */
export const isChatField = (field: string): boolean => knownFields.has(field);

/** Fields that clients send to a LiteLLM proxy for itself: no provider knows them, so they are taken out of relayed bodies. */
export const gatewayFields: readonly string[] = [
  'tags',
  'fallbacks',
  'context_window_fallbacks',
  'content_policy_fallbacks',
  'disable_fallbacks',
  'num_retries',
  'max_retries',
  'timeout',
  'stream_timeout',
  'request_timeout',
  'mock_response',
  'mock_tool_calls',
  'mock_timeout',
  'mock_testing_fallbacks',
  'mock_testing_context_fallbacks',
  'mock_testing_content_policy_fallbacks',
  'cache',
  'caching',
  'ttl',
  's-maxage',
  'no-log',
  'guardrails',
  'drop_params',
  'additional_drop_params',
  'allowed_openai_params',
  'litellm_metadata',
  'litellm_session_id',
  'litellm_trace_id',
  'litellm_call_id',
  'litellm_params',
];

const ofGateway: ReadonlySet<string> = new Set(gatewayFields);

/** `gatewayFields`, and whatever else begins with `litellm_`. */
export const isGatewayField = (field: string): boolean => ofGateway.has(field) || field.startsWith('litellm_');
