import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { ChatAnswer, FinishReason } from '../../src/chat/chat.ts';
import { totalInput, totalTokens } from '../../src/chat/usage.ts';
import { isObject, objectIn, objectsIn, parseJson } from '../../src/lib/json.ts';
import type { Json, JsonObject } from '../../src/lib/json.ts';

const finishWords: Record<FinishReason, string> = {
  stop: 'stop',
  length: 'length',
  'tool-calls': 'tool_calls',
  'content-filter': 'content_filter',
  other: 'other',
};

/**
 * Holds an answer against an independent reading of its recording, which is in OpenAI's terms. `finish` replaces a finish
 * reason that OpenAI has no word for.
 */
export function assertReads(
  answer: ChatAnswer,
  own: JsonObject,
  finish: Json | undefined = own['finish_reason'],
): void {
  assertText(textOf(answer, 'text'), own['text'], 'text');
  assertText(textOf(answer, 'reasoning'), own['reasoning'], 'reasoning');
  assert.deepEqual(
    answer.parts.flatMap((part) =>
      part.type === 'tool-call' ? [{ name: part.name, arguments: parseJson(part.input || '{}') }] : [],
    ),
    objectsIn(own['tool_calls']).map((call) => ({ name: call['name'], arguments: call['arguments'] })),
  );
  assert.equal(finishWords[answer.reason], finish);
  const { usage } = answer;
  assert.ok(usage);
  const said = objectIn(own['usage']);
  assert.deepEqual(
    {
      prompt_tokens: totalInput(usage),
      completion_tokens: usage.output,
      total_tokens: totalTokens(usage),
      cached_tokens: usage.cacheRead,
      cache_creation_tokens: usage.cacheWrite + usage.cacheWrite1h,
      reasoning_tokens: usage.reasoning,
    },
    said,
  );
}

const textOf = (answer: ChatAnswer, type: 'text' | 'reasoning'): string =>
  answer.parts.map((part) => (part.type === type ? part.text : '')).join('');

/** Long texts are kept as their length in code points and their hash. */
export function assertText(text: string, expected: Json | undefined, what: string): void {
  if (!isObject(expected)) {
    assert.equal(text, expected, what);
    return;
  }
  assert.equal(Array.from(text).length, expected['len'], what);
  assert.equal(createHash('sha256').update(text).digest('hex'), expected['sha256'], what);
}
