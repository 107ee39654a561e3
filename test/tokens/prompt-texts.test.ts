import assert from 'node:assert/strict';
import { promptTexts } from '../../src/tokens/prompt-texts.ts';
import { chatRequest, said } from './support.ts';

describe('what is counted of a request', () => {
  it('is its texts, four tokens a message and three for the answer', () => {
    assert.deepEqual(promptTexts(said('hello')), { texts: ['hello'], overhead: 7 });
    assert.deepEqual(promptTexts(chatRequest({})), { texts: [], overhead: 3 });
  });

  it('counts a name and one more', () => {
    const request = chatRequest({ turns: [{ role: 'user', name: 'ada', parts: [{ type: 'text', text: 'hi' }] }] });
    assert.deepEqual(promptTexts(request), { texts: ['ada', 'hi'], overhead: 8 });
  });

  it('counts calls and results of tools, each result as a message', () => {
    const request = chatRequest({
      turns: [
        { role: 'assistant', parts: [{ type: 'tool-call', id: 'call_1', name: 'look', input: '{"at":"it"}' }] },
        {
          role: 'user',
          parts: [
            { type: 'tool-result', id: 'call_1', parts: [{ type: 'text', text: 'seen' }] },
            { type: 'tool-result', id: 'call_2', parts: [{ type: 'media', kind: 'image', data: 'xxxx' }] },
          ],
        },
      ],
    });
    assert.deepEqual(promptTexts(request), { texts: ['look', '{"at":"it"}', 'seen'], overhead: 3 + 4 + 4 + 4 + 250 });
  });

  it('counts a picture as 250, however large, and sound and files by their size', () => {
    const data = 'x'.repeat(60_000);
    const overhead = (kind: 'image' | 'audio' | 'file') =>
      promptTexts(said({ type: 'media', kind, data })).overhead - 7;
    assert.deepEqual([overhead('image'), overhead('audio'), overhead('file')], [250, 100, 2400]);
  });

  it('counts the schema of an asked format', () => {
    const request = chatRequest({ settings: { format: { type: 'json-schema', schema: { type: 'object' } } } });
    assert.deepEqual(promptTexts(request).texts, ['{"type":"object"}']);
  });

  it('counts tools as declarations', () => {
    const request = chatRequest({
      tools: [
        { name: 'now', description: 'The time' },
        {
          name: 'weather',
          schema: {
            type: 'object',
            required: ['place'],
            properties: {
              place: { type: 'string', description: 'A town' },
              unit: { enum: ['c', 'f'] },
              days: { type: 'array', items: { type: 'integer' } },
              options: { type: 'object', properties: { wind: { type: ['boolean', 'null'] } } },
            },
          },
        },
      ],
    });
    assert.equal(
      promptTexts(request).texts.join(''),
      `namespace functions {

// The time
type now = () => any;

type weather = (_: {
// A town
place: string,
unit?: "c" | "f",
days?: number[],
options?: {
wind?: boolean | null,
},
}) => any;

} // namespace functions`,
    );
  });

  it('does not follow a schema for ever', () => {
    let schema: object = { type: 'string' };
    for (let depth = 0; depth < 20_000; depth++) schema = { type: 'object', properties: { a: schema } };
    const tool = { name: 'deep', schema: schema as never };
    assert.ok(promptTexts(chatRequest({ tools: [tool] })).texts.join('').length < 1000);
  });
});
