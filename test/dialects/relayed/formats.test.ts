import assert from 'node:assert/strict';
import type { Usage } from '../../../src/chat/chat.ts';
import type { Dialect } from '../../../src/dialects/dialect.ts';
import { embeddings, images, moderations, rerank } from '../../../src/dialects/relayed/formats.ts';
import type { JsonObject } from '../../../src/lib/json.ts';

const usageOf = (dialect: Dialect, answer: JsonObject): Usage | undefined => dialect.readAnswer(answer).usage;
const counts = (usage: Usage | undefined) => usage && [usage.input, usage.output];
const textsRead = (dialect: Dialect, body: JsonObject): readonly unknown[] =>
  dialect
    .readRequest({ model: 'm', ...body })
    .turns.flatMap(({ parts }) => parts.map((part) => (part.type === 'text' ? part.text : part.type)));

describe('embeddings', () => {
  const mended = (answer: JsonObject, request: JsonObject) => embeddings.mendedAnswer?.(answer, request);

  it('have no output, and no stream', () => {
    const { maxOutput, stream } = embeddings.outline({ model: 'm', input: 'a', stream: true });
    assert.deepEqual([maxOutput, stream], [0, false]);
  });

  it('tell their input as OpenAI does, or as a total alone', () => {
    assert.deepEqual(counts(usageOf(embeddings, { usage: { prompt_tokens: 7, total_tokens: 7 } })), [7, 0]);
    assert.deepEqual(counts(usageOf(embeddings, { usage: { total_tokens: 7 } })), [7, 0]);
    assert.equal(usageOf(embeddings, { data: [] }), undefined);
  });

  it('are none where an error came in their place', () => {
    const answer = { error: { message: 'The model is gone.', code: 502 } };
    assert.throws(() => embeddings.readAnswer(answer), /The model is gone/);
  });

  it('keep what the provider said for the ledger', () => {
    assert.deepEqual(usageOf(embeddings, { usage: { total_tokens: 7 } })?.raw, { total_tokens: 7 });
  });

  it('are counted by their texts, and by the number of their tokens', () => {
    assert.deepEqual(textsRead(embeddings, { input: 'a' }), ['a']);
    assert.deepEqual(textsRead(embeddings, { input: ['a', 'b'] }), ['a', 'b']);
    assert.deepEqual(textsRead(embeddings, { input: [11, 12] }), [' a a']);
    assert.deepEqual(textsRead(embeddings, { input: [[11, 12], [13]] }), [' a a', ' a']);
  });

  it('are packed where base64 was asked for and numbers came, and are the same object otherwise', () => {
    const numbers = { object: 'list', data: [{ index: 0, embedding: [1, -0.5] }] };
    const text = { data: [{ embedding: 'AACAPwAAAL8=' }] };
    assert.deepEqual(mended(numbers, { encoding_format: 'base64' }), {
      object: 'list',
      data: [{ index: 0, embedding: 'AACAPwAAAL8=' }],
    });
    assert.equal(mended(text, { encoding_format: 'base64' }), text);
    assert.equal(mended(numbers, { encoding_format: 'float' }), numbers);
    assert.equal(mended(numbers, {}), numbers);
  });
});

describe('moderations', () => {
  it('are free where no usage is told', () => assert.deepEqual(counts(usageOf(moderations, { results: [] })), [0, 0]));
});

describe('rerank', () => {
  it('is counted by query and documents, also where these are objects', () => {
    assert.deepEqual(textsRead(rerank, { query: 'q', documents: ['a', { text: 'b' }] }), ['q', 'a', 'b']);
  });
});

describe('images', () => {
  it('are paid for whole or not at all, each of them', () => {
    const { indivisible, choices, maxOutput } = images.outline({ model: 'm', prompt: 'a', n: 3 });
    assert.deepEqual([indivisible, choices], [true, 3]);
    assert.ok(maxOutput !== undefined && maxOutput > 6_000);
  });

  it('tell their tokens in the words of Responses', () => {
    const usage = { input_tokens: 10, output_tokens: 1000, total_tokens: 1010 };
    assert.deepEqual(counts(usageOf(images, { data: [{}], usage })), [10, 1000]);
  });

  it('count as the largest where they tell none', () => {
    assert.deepEqual(counts(usageOf(images, { data: [{}, {}] })), [0, 2 * 6_240]);
  });

  it('are not streamed', () => assert.throws(() => images.outline({ model: 'm', stream: true }), /leave out stream/));
});
