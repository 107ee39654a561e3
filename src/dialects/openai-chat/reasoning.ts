import type { Extras, ReasoningPart } from '../../chat/chat.ts';
import { isArray, objectIn, objectsIn, stringIn, without } from '../../lib/json.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import { own } from './wire.ts';

/** The thinking in a message or delta: DeepSeek's name for it, then Groq's and OpenRouter's, then OpenRouter's long form. */
export function reasoningText(message: JsonObject): string {
  const text = stringIn(message.reasoning_content) ?? stringIn(message.reasoning);
  if (text !== undefined || !isArray(message.reasoning_details)) return text ?? '';
  return objectsIn(message.reasoning_details)
    .map((detail) => stringIn(detail.text) ?? stringIn(detail.summary) ?? '')
    .join('');
}

/** Mistral's thinking in a part of content: `{"type":"thinking","thinking":[{"type":"text","text":"..."}]}`. */
export function thinkingText(thinking: Json | undefined): string {
  if (typeof thinking === 'string') return thinking;
  return objectsIn(thinking)
    .map((part) => stringIn(part.text) ?? '')
    .join('');
}

/** OpenRouter's details that must come back as they are: those with a signature or something encrypted. */
export const sealedDetails = (details: Json | undefined): readonly JsonObject[] =>
  objectsIn(details)
    .filter((detail) => typeof detail.signature === 'string' || typeof detail.data === 'string')
    .map((detail) => without(detail, 'text'));

/** Sealed details as extras: the whole for this dialect, and Anthropic's own for Anthropic's. */
export function detailExtras(details: readonly JsonObject[]): Extras {
  const anthropic = details.find((detail) => stringIn(detail.format)?.startsWith('anthropic'));
  const { signature, data } = objectIn(anthropic);
  return {
    [own]: { reasoning_details: details },
    ...(typeof signature === 'string' && { anthropic: { signature } }),
    ...(typeof data === 'string' && { anthropic: { redacted: data } }),
  };
}

/** A signed part as one of LiteLLM's `thinking_blocks`, which are Anthropic's own; undefined for an unsigned one. */
export function thinkingBlock(text: string, extras: Extras | undefined): JsonObject | undefined {
  const { signature, redacted } = objectIn(extras?.anthropic);
  if (typeof redacted === 'string') return { type: 'redacted_thinking', data: redacted };
  return typeof signature === 'string' ? { type: 'thinking', thinking: text, signature } : undefined;
}

/** One of `thinking_blocks` as a part. */
export function readThinkingBlock(block: JsonObject): ReasoningPart {
  if (block.type === 'redacted_thinking') {
    return { type: 'reasoning', text: '', extras: { anthropic: { redacted: stringIn(block.data) ?? '' } } };
  }
  const signature = stringIn(block.signature) ?? '';
  const text = stringIn(block.thinking) ?? '';
  return signature === ''
    ? { type: 'reasoning', text }
    : { type: 'reasoning', text, extras: { anthropic: { signature } } };
}

/** The sealed details of a part with its text put back; none for a part that came otherwise. */
export const detailsOf = (part: ReasoningPart): readonly JsonObject[] =>
  objectsIn(part.extras?.[own]?.reasoning_details).map((detail) =>
    detail.type === 'reasoning.text' ? { ...detail, text: part.text } : detail,
  );
