import assert from 'node:assert/strict';
import { anthropic } from '../../src/dialects/anthropic/anthropic.ts';
import { openaiChat } from '../../src/dialects/openai-chat/openai-chat.ts';
import { noWishes, wishesOf } from '../../src/gateway/wishes.ts';

describe('what a request asks of routing', () => {
  it('is nothing mostly, and then one and the same object', () => {
    assert.equal(wishesOf({ 'user-agent': 'x' }, openaiChat, { model: 'm' }), noWishes);
  });

  it('stands in headers, and the body counts before them', () => {
    const headers = { 'x-litellm-timeout': '2', 'x-litellm-tags': 'a, b', 'x-litellm-num-retries': '1' };
    assert.deepEqual(wishesOf(headers, openaiChat, { timeout: 0.5, fallbacks: 'claude' }), {
      retries: 1,
      tags: ['a', 'b'],
      timeoutMs: 500,
      fallbacks: ['claude'],
    });
  });

  it('is no retry of our own where the client is at its own already, unless it says how many', () => {
    const said = (count: string, more = {}) => wishesOf({ 'x-stainless-retry-count': count, ...more }, anthropic, {});
    assert.deepEqual(said('1'), { retries: 0 });
    assert.equal(said('0'), noWishes);
    assert.deepEqual(said('2', { 'x-litellm-num-retries': '3' }), { retries: 3 });
  });

  it('takes the list of the model that is asked for', () => {
    const body = { model: 'gpt', fallbacks: [{ gpt: ['a'] }, { other: ['b'] }, 'c'] };
    assert.deepEqual(wishesOf({}, openaiChat, body).fallbacks, ['a', 'c']);
  });

  it("leaves fields alone that mean something else in the client's format", () => {
    assert.equal(wishesOf({}, anthropic, { fallbacks: ['x'], metadata: { tags: 3 } }), noWishes);
  });

  it('is refused by name where it cannot be understood', () => {
    for (const [body, name] of [
      [{ timeout: -1 }, 'timeout'],
      [{ num_retries: 1.5 }, 'num_retries'],
      [{ tags: 'a' }, 'tags'],
      [{ fallbacks: [3] }, 'fallbacks'],
    ] as const) {
      assert.throws(() => wishesOf({}, openaiChat, body), { name: 'Failure', message: new RegExp(`^${name} must be`) });
    }
    assert.throws(() => wishesOf({ 'x-litellm-timeout': 'soon' }, openaiChat, {}), /x-litellm-timeout must be/);
  });
});
