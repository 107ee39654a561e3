import assert from 'node:assert/strict';
import { Failure } from '../../../src/chat/failure.ts';
import { openaiChat } from '../../../src/dialects/openai-chat/openai-chat.ts';
import type { Json, JsonObject } from '../../../src/lib/json.ts';

const outline = (body: JsonObject) => openaiChat.outline({ model: 'm', ...body });
const said = (...content: readonly Json[]): JsonObject => ({ messages: [{ role: 'user', content }] });

describe('the outline of a request', () => {
  it('needs no more than a model', () => {
    assert.deepEqual(outline({}), { model: 'm', stream: false, wantsUsage: false, choices: 1, caches: false });
    assert.throws(
      () => outline({ model: '' }),
      (error) => error instanceof Failure && error.details.param === 'model',
    );
  });

  it('tells stream, limits and the number of answers', () => {
    const body = {
      stream: true,
      stream_options: { include_usage: true },
      max_tokens: 9,
      max_completion_tokens: 5,
      n: 3,
    };
    const expected = { model: 'm', stream: true, wantsUsage: true, maxOutput: 9, choices: 3, caches: false };
    assert.deepEqual(outline(body), expected);
    assert.equal(outline({ thinking: { type: 'enabled', budget_tokens: 1024 } }).thinkingBudget, 1024);
    assert.equal(outline({ reasoning: { max_tokens: 2048 } }).thinkingBudget, 2048);
  });

  it('finds cache marks wherever they may stand', () => {
    const cache_control = { type: 'ephemeral' };
    for (const body of [
      { cache_control },
      said({ type: 'text', text: 'x', cache_control }),
      { messages: [{ role: 'user', content: 'x', cache_control }] },
      { tools: [{ type: 'function', function: {}, cache_control }] },
      { tools: [{ type: 'function', function: { cache_control } }] },
    ]) {
      assert.equal(outline(body).caches, true, JSON.stringify(body));
    }
  });

  it('says why no limit can bound the cost', () => {
    assert.equal(outline({ web_search_options: {} }).unbounded, 'web search');
    assert.equal(outline({ plugins: [{ id: 'web' }] }).unbounded, 'plugins');
    assert.equal(outline({ modalities: ['text', 'audio'] }).unbounded, 'output other than text');
    assert.equal(outline({ tools: [{ type: 'web_search' }] }).unbounded, "the provider's own tool web_search");
    assert.equal(outline(said({ type: 'file', file: { file_id: 'f' } })).unbounded, 'a file kept elsewhere');
    assert.equal(
      outline(said({ type: 'file', file: { file_data: 'https://a.example' } })).unbounded,
      'a file kept elsewhere',
    );
    for (const body of [
      { modalities: ['text'], plugins: [], tools: [{ type: 'function' }, { type: 'custom' }] },
      said({ type: 'file', file: { file_data: 'data:application/pdf;base64,AA' } }, { type: 'text', text: 'x' }),
    ]) {
      assert.equal(outline(body).unbounded, undefined, JSON.stringify(body));
    }
  });

  it('does not stumble over bodies that only a provider may judge', () => {
    assert.equal(outline({ messages: 'x', tools: 7, n: 'two' }).choices, 1);
  });
});
