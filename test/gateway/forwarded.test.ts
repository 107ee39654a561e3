import assert from 'node:assert/strict';
import { anthropic } from '../../src/dialects/anthropic/anthropic.ts';
import { openaiChat } from '../../src/dialects/openai-chat/openai-chat.ts';
import type { Call } from '../../src/gateway/call.ts';
import { forwardedHeaders, forwardedUrl } from '../../src/gateway/forwarded.ts';

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

describe('a forwarded query', () => {
  const asked = { ...call, query: 'beta=true' };

  it('stands behind the address of a provider that speaks the same format, and of no other', () => {
    assert.equal(forwardedUrl(asked, anthropic, 'http://me/v1/messages'), 'http://me/v1/messages?beta=true');
    assert.equal(forwardedUrl(asked, anthropic, 'http://me/m?a=1'), 'http://me/m?a=1&beta=true');
    assert.equal(forwardedUrl(asked, openaiChat, 'http://me/m'), 'http://me/m');
    assert.equal(forwardedUrl(call, anthropic, 'http://me/m'), 'http://me/m');
  });
});
