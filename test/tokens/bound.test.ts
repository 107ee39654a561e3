import assert from 'node:assert/strict';
import fc from 'fast-check';
import { upperBound, estimate } from '../../src/tokens/bound.ts';
import { type Encode, textCounter } from '../../src/tokens/count.ts';
import { loadEncoding } from '../../src/tokens/encodings.ts';
import { promptTexts } from '../../src/tokens/prompt-texts.ts';
import { chatRequest, said } from './support.ts';

let encode: Encode;
before(async () => {
  encode = await loadEncoding('o200k_base');
});

const body = (content: unknown, more: object = {}) => ({
  model: 'gpt-4o',
  messages: [{ role: 'user', content }],
  ...more,
});
const bound = (content: unknown, model = 'gpt-4o'): number => upperBound(body(content), model);
const plain = bound('');

describe('upper bound of a prompt', () => {
  it('is never below the real count', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 200 }),
      fc.string({ unit: 'binary', maxLength: 200 }),
    );
    fc.assert(
      fc.property(fc.array(texts, { maxLength: 5 }), texts, (said, description) => {
        const request = chatRequest({
          turns: said.map((text) => ({ role: 'user', parts: [{ type: 'text', text }] })),
          tools: [{ name: 'tool', description, schema: { properties: { a: { type: 'string', description } } } }],
        });
        const count = textCounter(encode);
        const { texts, overhead } = promptTexts(request);
        assert.ok(upperBound(request, 'gpt-4o') >= texts.reduce((sum, text) => sum + count(text), overhead));
      }),
    );
  });

  it('is the bytes of the text and a little more', () => {
    const text = 'word '.repeat(10_000);
    assert.equal(bound(text) - plain, 50_000);
    assert.equal(bound('漢'.repeat(100)) - plain, 300);
    assert.ok(plain < 150);
  });

  it('takes a picture for a picture in every format', () => {
    const base64 = 'A'.repeat(1_000_000);
    const url = `data:image/png;base64,${base64}`;
    const source = { type: 'base64', media_type: 'image/png', data: base64 };
    const forms = [
      body([{ type: 'image_url', image_url: { url } }]),
      { model: 'm', input: [{ role: 'user', content: [{ type: 'input_image', image_url: url }] }] },
      body([{ type: 'image', source }]),
      body([{ type: 'tool_result', tool_use_id: 'x', content: [{ type: 'image', source }] }]),
      { contents: [{ role: 'user', parts: [{ inlineData: { mimeType: 'image/png', data: base64 } }] }] },
      said({ type: 'media', kind: 'image', mediaType: 'image/png', data: base64 }),
      said({ type: 'media', kind: 'image', url }),
    ];
    for (const form of forms) {
      const tokens = upperBound(form, 'gpt-4o');
      assert.ok(tokens >= 5_000 && tokens < 5_400, `${tokens} for ${JSON.stringify(form).slice(0, 100)}`);
    }
  });

  it('takes a picture that is elsewhere for one too', () => {
    const url = 'https://example.com/a.png';
    const forms = [
      body([{ type: 'image_url', image_url: { url } }]),
      body([{ type: 'image', source: { type: 'url', url } }]),
      body([{ type: 'image', source: { type: 'file', file_id: 'file_1' } }]),
      { contents: [{ role: 'user', parts: [{ fileData: { fileUri: url } }] }] },
      said({ type: 'media', kind: 'image', url }),
      said({ type: 'media', kind: 'file', fileId: 'file_1' }),
    ];
    for (const form of forms) assert.ok(upperBound(form, 'claude-sonnet-4-5') >= 5_000);
  });

  it('knows that gpt-4o-mini takes many tokens for a picture', () => {
    const picture = [{ type: 'image_url', image_url: { url: 'https://example.com/a.png' } }];
    assert.ok(bound(picture, 'gpt-4o-mini') > 48_000);
    assert.ok(bound(picture, 'gemini-2.5-pro') < 9_000);
    assert.ok(bound(picture, 'qwen-vl') > 16_000);
  });

  it('takes sound by its length and documents by their bytes', () => {
    const data = 'A'.repeat(150_000);
    assert.ok(bound([{ type: 'input_audio', input_audio: { data, format: 'wav' } }]) - plain < 10_300);
    assert.ok(bound([{ type: 'document', source: { type: 'base64', media_type: 'application/pdf', data } }]) > 150_000);
    assert.ok(
      bound([{ type: 'document', source: { type: 'text', media_type: 'text/plain', data: '漢'.repeat(1000) } }]) >
        3_000,
    );
  });

  it('is not fooled by text that looks like a picture', () => {
    const text = 'lorem ipsum '.repeat(10_000);
    const picture = { mime_type: 'image/png', data: text };
    const disguised = [
      body(`data:image/png;base64,${text}`),
      body([{ type: 'text', text: `data:image/png,${text}` }]),
      body([{ type: 'tool_use', id: 'x', name: 'y', input: { source: picture, image_url: `data:image/png,${text}` } }]),
      body('', { tools: [{ name: 'x', input_schema: { content: [{ source: picture }] } }] }),
      { contents: [{ parts: [{ functionCall: { name: 'x', args: { inlineData: picture } } }] }] },
      { contents: [{ parts: [{ functionResponse: { name: 'x', response: { inlineData: picture } } }] }] },
    ];
    for (const form of disguised) assert.ok(upperBound(form, 'gpt-4o') > text.length);
  });

  it('counts numbers, names and tools', () => {
    const tools = [{ name: 'x', input_schema: { properties: { ['long_name'.repeat(100)]: { minimum: 123456 } } } }];
    assert.ok(upperBound(body('', { tools }), 'gpt-4o') - plain > 1_900);
  });

  it('takes bodies that are deeper than the stack', () => {
    let content: unknown = 'x';
    for (let depth = 0; depth < 100_000; depth++) content = [content];
    assert.ok(bound(content) > 0);
  });
});

describe('estimate', () => {
  it('is a token for four characters', () => {
    assert.deepEqual([estimate(''), estimate('a'), estimate('abcdefgh')], [0, 1, 2]);
  });
});
