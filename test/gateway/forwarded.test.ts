import assert from 'node:assert/strict';
import { anthropic } from '../../src/dialects/anthropic/anthropic.ts';
import { openaiChat } from '../../src/dialects/openai-chat/openai-chat.ts';
import type { Call } from '../../src/gateway/call.ts';
import { forwardedHeaders } from '../../src/gateway/forwarded.ts';

const call = {
  client: anthropic,
  forwarded: { 'anthropic-version': '2026-10-21', 'anthropic-beta': 'a,b' },
} as Partial<Call> as Call;
const own = { 'x-api-key': 'k', 'anthropic-version': '2023-06-01' };

describe('forwarded headers', () => {
  it("stand over the provider's own", () => {
    assert.deepEqual(forwardedHeaders(call, anthropic, own), { 'x-api-key': 'k', ...call.forwarded });
  });

  it('add to the betas that the configuration asks for', () => {
    const headers = forwardedHeaders(call, anthropic, { ...own, 'anthropic-beta': 'c' });
    assert.equal(headers['anthropic-beta'], 'a,b,c');
  });

  it('do not go to a provider that speaks another format', () => {
    assert.equal(forwardedHeaders(call, openaiChat, own), own);
  });
});
