import type { Extras, FinishReason } from '../../chat/chat.ts';
import { objectIn, stringIn } from '../../lib/json.ts';
import type { Json, JsonObject } from '../../lib/json.ts';

/** Under which name this dialect keeps what only it knows in `extras`. */
export const own = 'openai-chat';

const reasons: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  end_turn: 'stop', // Anthropic models behind thin proxies
  eos: 'stop', // Together
  length: 'length',
  max_tokens: 'length',
  model_length: 'length', // Mistral
  tool_calls: 'tool-calls',
  tool_use: 'tool-calls',
  function_call: 'tool-calls', // OpenAI before 2023-11
  content_filter: 'content-filter',
};

/** `called`: some servers say `stop` after tool calls (Gemini's and Ollama's compatible endpoints), and agents would not go on. */
export function readReason(word: string, called: boolean): FinishReason {
  const reason = reasons[word] ?? 'other';
  return called && (reason === 'stop' || reason === 'other') ? 'tool-calls' : reason;
}

const reasonWords: Readonly<Record<FinishReason, string>> = {
  stop: 'stop',
  length: 'length',
  'tool-calls': 'tool_calls',
  'content-filter': 'content_filter',
  other: 'stop', // OpenAI's clients know no other word for an end
};
export const writeReason = (reason: FinishReason): string => reasonWords[reason];

/** Arguments as JSON text: some servers send the object itself (Ollama's first compatible endpoint). */
export function argumentsIn(value: Json | undefined): string {
  if (value == null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Gemini's thought signature in the place that Google's own OpenAI-compatible endpoint gives it. */
export function thoughtExtras(call: JsonObject): Extras | undefined {
  const google = objectIn(objectIn(call.extra_content).google);
  const signature = stringIn(google.thought_signature);
  return signature === undefined ? undefined : { gemini: { thoughtSignature: signature } };
}

export function thoughtContent(extras: Extras | undefined): JsonObject | undefined {
  const signature = extras?.gemini?.thoughtSignature;
  return signature === undefined ? undefined : { google: { thought_signature: signature } };
}

/** A `data:` URL taken apart; undefined for any other address. */
export function dataUrl(url: string): { mediaType?: string; data: string } | undefined {
  if (!url.startsWith('data:')) return undefined;
  const comma = url.indexOf(',');
  const head = url.slice(5, Math.max(comma, 5)).split(';');
  const mediaType = head[0] ?? '';
  const rest = url.slice(comma + 1);
  const data = head.includes('base64') ? rest : Buffer.from(decodeURIComponent(rest)).toString('base64');
  return mediaType === '' ? { data } : { mediaType, data };
}
