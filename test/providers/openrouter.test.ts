import assert from 'node:assert/strict';
import { messagesSentTo } from '../support/prepared.ts';

describe('openrouter', () => {
  it('gives signed thinking back as it knows it', () => {
    const blocks = [
      { type: 'thinking', thinking: 'Hm.', signature: 'c2ln' },
      { type: 'redacted_thinking', data: 'c2VjcmV0' },
    ];
    const message = { role: 'assistant', content: 'A', reasoning_content: 'Hm.', thinking_blocks: blocks };
    assert.deepEqual(messagesSentTo('openrouter/anthropic/claude-sonnet-4.5', message), [
      {
        role: 'assistant',
        content: 'A',
        reasoning_details: [
          { type: 'reasoning.text', text: 'Hm.', signature: 'c2ln', format: 'anthropic-claude-v1' },
          { type: 'reasoning.encrypted', data: 'c2VjcmV0', format: 'anthropic-claude-v1' },
        ],
      },
    ]);
  });
});
