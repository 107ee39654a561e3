import assert from 'node:assert/strict';
import type { JsonObject } from '../../src/lib/json.ts';
import { messagesSentTo, sentTo } from '../support/prepared.ts';

describe('mistral', () => {
  it('uses its own words for what it takes', () => {
    const body = {
      tool_choice: 'required',
      seed: 4,
      max_completion_tokens: 9,
      user: 'me',
      stream: true,
      logprobs: true,
    };
    const expected = { model: 'm', messages: [], tool_choice: 'any', random_seed: 4, max_tokens: 9, stream: true };
    assert.deepEqual(sentTo('mistral/m', body), expected);
    assert.deepEqual(sentTo('codestral/m', body), expected);
  });

  it('keeps of messages what it knows', () => {
    const call = { id: 'c', type: 'function', function: { name: 'f', arguments: '{}' }, provider_specific_fields: {} };
    const sent = messagesSentTo(
      'mistral/mistral-large-latest',
      { role: 'developer', content: 'Rules.', name: 'policy' },
      {
        role: 'assistant',
        content: null,
        tool_calls: [call],
        refusal: null,
        annotations: [],
        reasoning_content: 'Hm.',
      },
      { role: 'tool', tool_call_id: 'c', name: 'f', content: '' },
    );
    assert.deepEqual(sent, [
      { role: 'system', content: 'Rules.' },
      { role: 'assistant', content: null, tool_calls: [{ id: 'c', type: 'function', function: call.function }] },
      { role: 'tool', tool_call_id: 'c', name: 'f', content: '' },
    ]);
  });

  it('gives a reasoning model its earlier thinking as a part', () => {
    const message = { role: 'assistant', content: 'Four.', reasoning_content: 'Two and two.' };
    const [sent] = messagesSentTo('mistral/magistral-small-latest', message, {
      role: 'user',
      content: '?',
    }) as JsonObject[];
    assert.deepEqual(sent?.content, [
      { type: 'thinking', thinking: [{ type: 'text', text: 'Two and two.' }], closed: true },
      { type: 'text', text: 'Four.' },
    ]);
  });

  it('marks an answer that is to be gone on with', () => {
    const begun = { role: 'assistant', content: 'Once upon' };
    assert.deepEqual(messagesSentTo('mistral/m', begun), [{ ...begun, prefix: true }]);
  });

  it('reads documents as its own parts', () => {
    const file = { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,AA==' } };
    assert.deepEqual(messagesSentTo('mistral/m', { role: 'user', content: [file] }), [
      {
        role: 'user',
        content: [{ type: 'document_url', document_url: file.file.file_data, document_name: 'a.pdf' }],
      },
    ]);
  });
});
