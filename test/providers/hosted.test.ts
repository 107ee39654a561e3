import assert from 'node:assert/strict';
import { messagesSentTo, sentTo } from '../support/prepared.ts';

describe('other hosts', () => {
  it('have their own ways with messages', () => {
    const message = {
      role: 'assistant',
      content: [{ type: 'text', text: 'a' }],
      name: 'bot',
      reasoning_content: 'Hm.',
    };
    const { content, ...rest } = message;
    assert.deepEqual(messagesSentTo('groq/m', message), [{ role: 'assistant', content }]);
    assert.deepEqual(messagesSentTo('xai/grok-4.3', message), [
      { role: 'assistant', content, reasoning_content: 'Hm.' },
    ]);
    assert.deepEqual(messagesSentTo('deepseek/m', message), [{ ...rest, content: 'a' }]);
    assert.deepEqual(messagesSentTo('cerebras/m', message), [{ role: 'assistant', content, name: 'bot' }]);
  });

  it('get their models by their full names from Fireworks', () => {
    assert.equal(
      sentTo('fireworks_ai/llama-v3p1-8b-instruct', {}).model,
      'accounts/fireworks/models/llama-v3p1-8b-instruct',
    );
    assert.equal(sentTo('fireworks_ai/accounts/me/models/x', {}).model, 'accounts/me/models/x');
  });

  it('keep cache marks where the host reads them', () => {
    const content = [{ type: 'text', text: 'a', cache_control: { type: 'ephemeral' } }];
    for (const name of ['openrouter', 'dashscope', 'vercel_ai_gateway', 'litellm_proxy']) {
      assert.deepEqual(messagesSentTo(`${name}/m`, { role: 'user', content }), [{ role: 'user', content }], name);
    }
  });

  it("are spared what stops them: xAI's reasoning models", () => {
    const body = { stop: ['.'], presence_penalty: 1, frequency_penalty: 1 };
    assert.deepEqual(sentTo('xai/grok-4.3', body), { model: 'grok-4.3', messages: [] });
    assert.deepEqual(sentTo('xai/grok-3', body), { model: 'grok-3', messages: [], ...body });
  });
});
