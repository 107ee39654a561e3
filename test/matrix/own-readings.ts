import assert from 'node:assert/strict';
import { isObject, numberIn, objectIn, objectsIn, stringIn } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { ClientName, Told } from '../support/client-reading.ts';
import { readJson, recordings } from '../support/fixtures.ts';
import { assertText } from '../support/own-reading.ts';
import type { ProviderName } from '../support/recorded-provider.ts';

/** Recordings that break off with an error instead of an answer. */
const broken = new Set([
  'openai-chat/pai-test_openrouter_stream_error.0.sse',
  'openai-chat/pai-test_tool_use_failed_error_streaming_with_text.0.sse',
  'openai-responses/openai-error.1.chunks.txt',
]);

/** The recorded answers of a provider's format. */
export const recordedAnswers = (provider: ProviderName): readonly string[] =>
  recordings(provider, '.json', '.chunks.txt', '.sse').filter((path) => !broken.has(path));

/** What an independent reading of the recording found, in OpenAI's terms. */
export function ownReading(provider: ProviderName, path: string): JsonObject {
  const file = path.slice(provider.length + 1);
  const own = objectIn(readJson(`${provider}/expected/own.json`)[file]);
  assert.ok('text' in own, `${path} has no reading`);
  const usage = isObject(own['usage']) ? { usage: billed(own['usage']) } : {};
  return { ...corrected(provider, file, own), ...usage };
}

function corrected(provider: ProviderName, file: string, own: JsonObject): JsonObject {
  // The plan that Cohere's models make for their calls is what they think.
  if (provider === 'cohere') return { ...own, reasoning: stringIn(own['reasoning']) || (own['tool_plan'] ?? '') };
  // A call that was not offered is a call all the same; OpenAI has no word for the case.
  if (own['finish_reason'] === 'UNEXPECTED_TOOL_CALL') return { ...own, finish_reason: 'tool_calls' };
  // A custom tool's call is a function's to the clients that know no other; the reading leaves it out.
  if (file.startsWith('openai-custom-tool'))
    return { ...own, tool_calls: [{ name: 'write_sql', arguments: { __unparsed: '' } }], finish_reason: 'tool_calls' };
  return { ...own, text: own['text_from_deltas'] ?? own['text'] ?? '' };
}

/** xAI counts what was thought in the total alone; behind OpenRouter, Gemini tells the same tokens as read and as written, which count as read. */
function billed(usage: JsonObject): JsonObject {
  const count = (kind: string): number => numberIn(usage[kind]) ?? 0;
  const prompt = count('prompt_tokens');
  const created = count('cache_creation_tokens');
  const written = created + count('cached_tokens') > prompt ? 0 : created;
  return { ...usage, completion_tokens: count('total_tokens') - prompt, cache_creation_tokens: written };
}

/** What the client's format has no word for. */
const unsayable: Partial<Record<ClientName, readonly string[]>> = { gemini: ['cache_creation_tokens'] };

/** Holds what a client was told against the independent reading of what the provider said. */
export function assertTold(client: ClientName, told: Told, own: JsonObject): void {
  assertText(told.text, own['text'], 'text');
  assertText(told.reasoning, own['reasoning'], 'reasoning');
  assert.deepEqual(
    comparableCalls(told, own),
    objectsIn(own['tool_calls']).map((call) => ({
      name: call['name'],
      arguments: isUnparsed(call) ? null : call['arguments'],
    })),
  );
  assert.equal(told.finish, own['finish_reason'], 'finish');
  if (!isObject(own['usage'])) return; // none was told: what the client is told then is counted here
  const lost = Object.fromEntries((unsayable[client] ?? []).map((kind) => [kind, 0]));
  assert.deepEqual(told.usage, { ...own['usage'], ...lost }, 'usage');
}

/** Each format has its own way to tell an input that is no JSON. */
export const comparableCalls = (told: Told, own: JsonObject): Told['calls'] =>
  told.calls.map((call, at) => (isUnparsed(objectsIn(own['tool_calls'])[at]) ? { ...call, arguments: null } : call));

const isUnparsed = (call: JsonObject | undefined): boolean =>
  isObject(call?.['arguments']) && '__unparsed' in call['arguments'];
