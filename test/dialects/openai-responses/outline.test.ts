import assert from 'node:assert/strict';
import { Failure } from '../../../src/chat/failure.ts';
import { openaiResponses } from '../../../src/dialects/openai-responses/openai-responses.ts';
import type { JsonObject } from '../../../src/lib/json.ts';

const outline = (body: JsonObject) => openaiResponses.outline({ model: 'm', input: 'Hi.', ...body });

describe('the outline of a request for a response', () => {
  it('has the model, the limit and whether it streams', () => {
    assert.deepEqual(outline({ stream: true, max_output_tokens: 50 }), {
      model: 'm',
      stream: true,
      wantsUsage: true,
      maxOutput: 50,
      choices: 1,
      caches: false,
    });
  });

  it('needs a model', () => {
    assert.throws(() => openaiResponses.outline({ input: 'Hi.' }), Failure);
  });

  it('is bounded with tools that the client runs', () => {
    const types = ['function', 'custom', 'namespace', 'local_shell', 'apply_patch', 'tool_search', 'computer'];
    for (const type of types) assert.equal(outline({ tools: [{ type }] }).unbounded, undefined, type);
    assert.equal(outline({ tools: [{ type: 'shell', environment: { type: 'local' } }] }).unbounded, undefined);
  });

  it('names what no limit can bound', () => {
    for (const [body, why] of [
      [{ tools: [{ type: 'web_search' }] }, /web_search/],
      [{ tools: [{ type: 'shell', environment: { type: 'container_auto' } }] }, /shell/],
      [{ previous_response_id: 'resp_1' }, /earlier response/],
      [{ conversation: 'conv_1' }, /conversation/],
      [{ input: [{ type: 'item_reference', id: 'msg_1' }] }, /kept elsewhere/],
      [{ input: [{ role: 'user', content: [{ type: 'input_file', file_id: 'f' }] }] }, /kept elsewhere/],
      [
        { input: [{ type: 'function_call_output', output: [{ type: 'input_file', file_url: 'f' }] }] },
        /kept elsewhere/,
      ],
    ] as const)
      assert.match(outline(body).unbounded ?? '', why);
  });
});
