import assert from 'node:assert/strict';
import type { ChatRequest, Part, Turn } from '../../../src/chat/chat.ts';
import { collect } from '../../../src/chat/collect.ts';
import { gemini } from '../../../src/dialects/gemini/gemini.ts';
import { objectIn, objectsIn, parseJson } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { framesOf } from '../../support/fixtures.ts';

/** The neutral answer to a recorded stream. */
function answerTo(name: string): readonly Part[] {
  const reader = gemini.streamReader();
  return collect([...framesOf(name), { data: '[DONE]' }].flatMap((frame) => reader(frame))).parts;
}

const partsIn = (body: unknown): readonly JsonObject[] =>
  objectsIn(objectIn(objectsIn(objectIn(body)['candidates'])[0]?.['content'])['parts']);
const recordedSignatures = (name: string): readonly unknown[] =>
  framesOf(name).flatMap(({ data }) => partsIn(parseJson(data)).flatMap((part) => part['thoughtSignature'] ?? []));

describe('gemini tool loop', () => {
  for (const name of [
    'gemini/google-tool-call-gemini3.chunks.txt',
    'gemini/google-tool-call.chunks.txt',
    'gemini/google-tool-call-gemini3.json',
    'gemini/google-vertex-stream-tool-call-arguments-nested.1.chunks.txt',
    'gemini/pai-test_native_output_with_function_tools_stream.0.sse',
    'gemini/google-reasoning-gemini3.chunks.txt',
    'gemini/pai-test_google_model_thinking_part.0.json',
  ]) {
    it(`sends every signature of ${name} back on its part`, () => {
      const parts = answerTo(name);
      const results = parts.flatMap((part): Turn[] =>
        part.type === 'tool-call'
          ? [{ role: 'user', parts: [{ type: 'tool-result', id: part.id, parts: [{ type: 'text', text: 'done' }] }] }]
          : [],
      );
      const request: ChatRequest = {
        model: 'gemini-3-pro-preview',
        turns: [{ role: 'user', parts: [{ type: 'text', text: 'Go.' }] }, { role: 'assistant', parts }, ...results],
        tools: [],
        settings: {},
        stream: true,
        wantsUsage: true,
        unknown: [],
      };
      const [, answered, returned] = objectsIn(gemini.writeRequest(request)['contents']);
      const sent = objectsIn(answered?.['parts']);
      assert.ok(recordedSignatures(name).length > 0);
      assert.deepEqual(
        sent.flatMap((part) => part['thoughtSignature'] ?? []),
        recordedSignatures(name),
      );
      for (const call of sent.filter((part) => 'functionCall' in part)) {
        assert.ok(call['thoughtSignature']);
        const { id, name: called } = objectIn(call['functionCall']);
        const response = objectsIn(returned?.['parts']).map((part) => objectIn(part['functionResponse']));
        assert.deepEqual(response, [{ id, name: called, response: { output: 'done' } }]);
      }
    });
  }
});
