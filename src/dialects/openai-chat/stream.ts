import type { ChatEvent } from '../../chat/chat.ts';
import { isArray, isObject, parseJson } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { SseFrame } from '../../lib/sse.ts';
import { failureInAnswer } from '../refusal.ts';
import { finishAnswer, noAnswer, readChunk } from './read-chunk.ts';

const done = '[DONE]';

/** Some servers put a space after the colon. Escaped quotes keep an answer's own text from looking like a sign. */
export const signs = [
  '"prompt_tokens"',
  '"finish_reason":"',
  '"finish_reason": "',
  '"error"',
  'event: error',
  done,
] as const;

export const isLast = (frame: SseFrame): boolean => frame.data === done;

/** Azure's filter results, Perplexity and Moonshot leave the object's name out or empty (seen in their recordings). */
export const mark = '"chat.completion.chunk"';

export function mended(frame: SseFrame): SseFrame {
  const chunk = frame.data.includes(mark) ? undefined : parseJson(frame.data);
  if (!isObject(chunk) || !isArray(chunk.choices)) return frame;
  return { ...frame, data: JSON.stringify({ ...chunk, object: 'chat.completion.chunk' }) };
}

/** The chunk that `include_usage` adds: usage and no choices. */
export function isUsageOnly(frame: SseFrame): boolean {
  if (!frame.data.includes('"prompt_tokens"')) return false;
  const chunk = parseJson(frame.data);
  return isObject(chunk) && isObject(chunk.usage) && isArray(chunk.choices) && chunk.choices.length === 0;
}

/**
 * The finish waits for `[DONE]`, since usage may come after the finish reason, and then again. At the end of a stream
 * without one, the reader is given one; it finishes only if the answer was said to be whole. `asChat` makes chunks of a
 * kindred format such as are read here.
 */
export function streamReader(asChat = asItIs): (frame: SseFrame) => readonly ChatEvent[] {
  const answer = noAnswer();
  let finished = false;
  return (frame) => {
    if (isLast(frame)) {
      if (finished || !answer.complete) return [];
      finished = true;
      return finishAnswer(answer);
    }
    const chunk = parseJson(frame.data);
    if (frame.event === 'error') throw failureInAnswer(chunk ?? frame.data); // Groq
    return isObject(chunk) ? readChunk(answer, asChat(chunk)) : [];
  };
}

const asItIs = (chunk: JsonObject): JsonObject => chunk;
