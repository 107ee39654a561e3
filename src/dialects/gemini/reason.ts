import type { Extras, FinishReason } from '../../chat/chat.ts';
import { stringIn } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';

/** https://ai.google.dev/api/generate-content#FinishReason; MODEL_ARMOR was seen in a recording of Vertex AI. */
const reasons: Readonly<Record<string, FinishReason>> = {
  STOP: 'stop',
  MAX_TOKENS: 'length',
  SAFETY: 'content-filter',
  RECITATION: 'content-filter',
  LANGUAGE: 'content-filter',
  BLOCKLIST: 'content-filter',
  PROHIBITED_CONTENT: 'content-filter',
  SPII: 'content-filter',
  MODEL_ARMOR: 'content-filter',
  IMAGE_SAFETY: 'content-filter',
  IMAGE_PROHIBITED_CONTENT: 'content-filter',
  IMAGE_RECITATION: 'content-filter',
};

/** Gemini says STOP (or why it dislikes a call) where other formats say that tools are to be called. */
export function readReason(word: string, calls: boolean): FinishReason {
  const reason = reasons[word] ?? 'other';
  return calls && (reason === 'stop' || reason === 'other') ? 'tool-calls' : reason;
}

/** Gemini's own word and message, where the neutral reason says less. */
export function reasonExtras(word: string, message: string | undefined): { readonly extras?: Extras } {
  if (word === 'STOP' || word === 'MAX_TOKENS') return {};
  return { extras: { gemini: { finishReason: word, ...(message !== undefined && { finishMessage: message }) } } };
}

/** The prompt was refused, so that there is no candidate at all. */
export const blockedExtras = (word: string): { readonly extras: Extras } => ({
  extras: { gemini: { blockReason: word } },
});

const words: Record<FinishReason, string> = {
  stop: 'STOP',
  'tool-calls': 'STOP',
  length: 'MAX_TOKENS',
  'content-filter': 'SAFETY',
  other: 'OTHER',
};

export function writeReason(reason: FinishReason, extras: Extras | undefined): JsonObject {
  const finishReason = stringIn(extras?.['gemini']?.['finishReason']) ?? words[reason];
  const finishMessage = stringIn(extras?.['gemini']?.['finishMessage']);
  return { finishReason, ...(finishMessage !== undefined && { finishMessage }) };
}

export function writeFeedback(extras: Extras | undefined): JsonObject {
  const blockReason = extras?.['gemini']?.['blockReason'];
  return blockReason === undefined ? {} : { promptFeedback: { blockReason } };
}
