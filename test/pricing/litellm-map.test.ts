import assert from 'node:assert/strict';
import { mapEntry, mapEntryOf } from '../../src/pricing/litellm-map.ts';
import { priceLines } from '../../src/pricing/price-lines.ts';

const entry = (provider: string, more: object = {}) => ({ litellm_provider: provider, ...more });
const lines = priceLines([
  ['gpt-4o', entry('openai', { id: 1 })],
  ['azure/gpt-4o', entry('azure', { id: 2 })],
  ['us.anthropic.claude-next-v1:0', entry('bedrock_converse', { id: 3 })],
  ['gemini-next', entry('vertex_ai-language-models', { id: 4 })],
  ['command-next', entry('cohere_chat', { id: 5 })],
]);
const found = (prefix: string, model: string, anyone = false) => mapEntry(lines, { prefix, model, anyone })?.['id'];

describe("a look into LiteLLM's map", () => {
  it("finds the provider's own entry before the bare name", () => {
    assert.equal(found('azure', 'gpt-4o'), 2);
    assert.equal(found('openai', 'gpt-4o'), 1);
  });

  it('takes a bare name only of the same provider, whatever kind of it', () => {
    assert.equal(found('groq', 'gpt-4o'), undefined);
    assert.equal(found('bedrock', 'us.anthropic.claude-next-v1:0'), 3);
    assert.equal(found('vertex_ai', 'gemini-next'), 4);
    assert.equal(found('cohere', 'command-next'), 5);
    assert.equal(found('cohere_chat', 'command-next'), 5);
  });

  it("takes anyone's for a base_model, which is named on purpose", () => {
    assert.equal(found('groq', 'gpt-4o', true), 1);
    assert.equal(found('openai', 'azure/gpt-4o', true), 2);
  });

  it('leaves a date out when the dated name is not there, and nothing else', () => {
    assert.equal(found('openai', 'gpt-4o-2099-01-01'), 1);
    assert.equal(found('openai', 'gpt-4'), undefined);
    assert.equal(found('openai', 'gpt-4o-mini'), undefined);
  });
});

describe("an entry of LiteLLM's map", () => {
  it('keeps prices, limits and abilities, and leaves out what is false or said for people', () => {
    const given = {
      litellm_provider: 'openai',
      input_cost_per_token: 1e-6,
      tiered_pricing: [],
      max_output_tokens: 10,
      supports_vision: true,
      supports_web_search: false,
      source: 'https://example.org',
      metadata: { notes: 'x' },
    };
    assert.deepEqual(Object.keys(mapEntryOf('gpt', given) ?? {}), [
      'litellm_provider',
      'input_cost_per_token',
      'tiered_pricing',
      'max_output_tokens',
      'supports_vision',
    ]);
    assert.equal(mapEntryOf('sample_spec', given), undefined);
    assert.equal(mapEntryOf('gpt', 'nothing'), undefined);
  });
});
