import assert from 'node:assert/strict';
import { azure } from '../../src/providers/azure.ts';
import { sentTo, targetOf } from '../support/prepared.ts';

describe('azure', () => {
  const dated = '/openai/deployments/gpt-4.1/chat/completions?api-version=2025-04-01-preview';
  const cases: readonly (readonly [base: string, version: string | undefined, path: string])[] = [
    ['https://me.openai.azure.com', '2025-04-01-preview', dated],
    ['https://me.openai.azure.com', undefined, dated],
    ['https://me.openai.azure.com/openai', '2025-04-01-preview', dated],
    ['https://me.openai.azure.com/openai/deployments/gpt-4.1', '2025-04-01-preview', dated],
    ['https://me.openai.azure.com', 'v1', '/openai/v1/chat/completions'],
    ['https://me.openai.azure.com', 'latest', '/openai/v1/chat/completions'],
    ['https://me.openai.azure.com', 'preview', '/openai/v1/chat/completions?api-version=preview'],
    ['https://me.openai.azure.com/openai/v1', undefined, '/openai/v1/chat/completions'],
  ];
  for (const [baseUrl, apiVersion, path] of cases) {
    it(`addresses version ${apiVersion ?? 'none'} at ${baseUrl}`, () => {
      const url = azure.url(targetOf(azure, 'gpt-4.1', { baseUrl, apiVersion, ownBase: true }));
      assert.equal(url, `https://me.openai.azure.com${path}`);
    });
  }

  it('is as strict as OpenAI, whatever its address', () => {
    const body = { top_k: 5, max_tokens: 7 };
    assert.deepEqual(sentTo('azure/gpt-5', body, { ownBase: true }), {
      model: 'gpt-5',
      messages: [],
      max_completion_tokens: 7,
    });
  });
});
