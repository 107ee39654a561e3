import assert from 'node:assert/strict';
import type { ChatRequest, Part } from '../../../src/chat/chat.ts';
import { collect, eventsOf } from '../../../src/chat/collect.ts';
import { anthropic } from '../../../src/dialects/anthropic/anthropic.ts';
import type { ProviderDialect } from '../../../src/dialects/dialect.ts';
import { gemini } from '../../../src/dialects/gemini/gemini.ts';
import { openaiResponses } from '../../../src/dialects/openai-responses/openai-responses.ts';
import { objectIn, objectsIn } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { framesOf } from '../../support/fixtures.ts';
import { dataOf, requestOf } from './support.ts';

function partsIn(dialect: ProviderDialect, path: string): readonly Part[] {
  const read = dialect.streamReader();
  return collect([...framesOf(path), { data: '[DONE]' }].flatMap((frame) => read(frame))).parts;
}

/** What a client of this format sends next: all items of the answer as they came, and the results of its calls. */
function nextRequest(parts: readonly Part[]): ChatRequest {
  const write = openaiResponses.streamWriter(requestOf({}));
  const frames = eventsOf({ id: 'r', model: 'm', parts, reason: 'tool-calls' }).flatMap((event) => write(event));
  const output = objectsIn(objectIn(dataOf(frames).at(-1)?.['response'])['output']);
  const results = output.flatMap(({ type, call_id }): readonly JsonObject[] =>
    type === 'function_call' ? [{ type: 'function_call_output', call_id, output: 'done' }] : [],
  );
  const items = output.map((item) => (item['type'] === 'reasoning' ? { ...item, content: null } : item)); // as Codex does
  return requestOf({ input: [{ role: 'user', content: 'Go.' }, ...items, ...results] });
}

/** The reasoning and the calls, with what their own dialect must get back. */
const sealed = (parts: readonly Part[], dialect: string): unknown =>
  parts.flatMap((part) =>
    part.type === 'reasoning' || part.type === 'tool-call'
      ? [{ type: part.type, text: part.type === 'reasoning' ? part.text : part.name, seal: part.extras?.[dialect] }]
      : [],
  );

describe('a tool loop of a client of responses on another dialect', () => {
  for (const [name, dialect, path] of [
    ['anthropic', anthropic, 'anthropic/pai-test_anthropic_model_thinking_part_redacted.0.json'],
    ['anthropic', anthropic, 'anthropic/pai-test_anthropic_tool_with_thinking.0.json'],
    ['anthropic', anthropic, 'anthropic/anthropic-clear-thinking.1.chunks.txt'],
    ['gemini', gemini, 'gemini/google-tool-call-gemini3.chunks.txt'],
    ['gemini', gemini, 'gemini/google-tool-call.chunks.txt'],
  ] as const) {
    it(`sends every signature of ${path} back`, () => {
      const parts = path.endsWith('.json')
        ? dialect.readAnswer(JSON.parse(framesOf(path)[0]?.data ?? '') as JsonObject).parts
        : partsIn(dialect, path);
      const [, answered] = nextRequest(parts).turns;
      assert.deepEqual(sealed(answered?.parts ?? [], name), sealed(parts, name));
      assert.ok(JSON.stringify(sealed(parts, name)).includes('seal'));
    });
  }

  it('keeps a signature that comes after the call has begun', () => {
    const write = openaiResponses.streamWriter(requestOf({}));
    const extras = { gemini: { thoughtSignature: 's' } };
    const frames = [
      ...write({ type: 'start', id: 'r', model: 'm' }),
      ...write({ type: 'part-start', index: 0, part: { type: 'tool-call', id: 'c', name: 'f', input: '' } }),
      ...write({ type: 'part-end', index: 0, extras }),
      ...write({ type: 'finish', reason: 'tool-calls' }),
    ];
    const output = objectsIn(objectIn(dataOf(frames).at(-1)?.['response'])['output']);
    const [turn] = requestOf({ input: output }).turns;
    assert.deepEqual(turn?.parts[0]?.extras, extras);
  });

  it('sends what OpenAI encrypted back to OpenAI through a client of another dialect', () => {
    const path = 'openai-responses/openai-reasoning-encrypted-content.1.chunks.txt';
    const parts = partsIn(openaiResponses, path);
    const content = anthropic.writeAnswer({ id: 'r', model: 'm', parts, reason: 'tool-calls' })['content'];
    const messages = [
      { role: 'user', content: 'Go.' },
      { role: 'assistant', content: content ?? [] },
    ];
    const { input } = openaiResponses.writeRequest(anthropic.readRequest({ model: 'm', max_tokens: 9, messages }));
    const [, reasoning] = objectsIn(input);
    assert.equal(reasoning?.['type'], 'reasoning');
    assert.equal(reasoning['encrypted_content'], parts[0]?.extras?.['openai-responses']?.['encrypted_content']);
  });
});
