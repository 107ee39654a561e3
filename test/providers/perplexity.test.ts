import assert from 'node:assert/strict';
import { messagesSentTo } from '../support/prepared.ts';

describe('perplexity', () => {
  it("gets user and assistant in turn, and later rules as the user's", () => {
    const sent = messagesSentTo(
      'perplexity/sonar',
      { role: 'system', content: 'One.' },
      { role: 'system', content: 'Two.' },
      { role: 'user', content: 'A' },
      { role: 'system', content: 'Three.' },
      { role: 'user', content: [{ type: 'text', text: 'B' }] },
      { role: 'assistant', content: 'C' },
    );
    assert.deepEqual(sent, [
      { role: 'system', content: 'One.\n\nTwo.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'A\n\nThree.' },
          { type: 'text', text: 'B' },
        ],
      },
      { role: 'assistant', content: 'C' },
    ]);
  });
});
