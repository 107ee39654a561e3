import assert from 'node:assert/strict';
import { maxOutputTokens } from '../../src/pricing/limits.ts';

describe('most output tokens', () => {
  const known: Readonly<Record<string, number>> = {
    'gpt-4o-2024-08-06': 16_384,
    'gpt-4.1-mini': 32_768,
    'gpt-5': 128_000,
    'openai/gpt-5.4-nano': 128_000,
    'o3-mini': 100_000,
    'gpt-4': 8_192,
    'claude-3-opus-20240229': 4_096,
    'anthropic/claude-3.5-sonnet': 8_192,
    'us.anthropic.claude-3-5-sonnet-20241022-v2:0': 8_192,
    'claude-opus-4-20250514': 32_000,
    'claude-opus-4-1-20250805': 32_000,
    'claude-sonnet-4-20250514': 64_000,
    'claude-opus-4-5': 64_000,
    'claude-sonnet-4.6': 128_000,
    'claude-opus-5-5': 128_000,
    'gemini-1.5-pro': 8_192,
    'models/gemini-2.5-flash': 65_536,
    'gemini-3-pro-preview': 65_536,
    'sonar-pro': 8_192,
    'command-a-03-2025': 8_192,
    'command-a-reasoning-08-2025': 32_768,
    'llama3-70b-8192': 8_192,
    'deepseek-reasoner': 65_536,
  };
  for (const [model, tokens] of Object.entries(known)) {
    it(`of ${model} are ${tokens}`, () => assert.equal(maxOutputTokens(model), tokens));
  }

  it("are first of all what the deployment's model_info says", () => {
    assert.equal(maxOutputTokens('gpt-4o', { max_output_tokens: 1000 }), 1000);
    assert.equal(maxOutputTokens('mystery', { max_tokens: 2000 }), 2000);
    assert.equal(maxOutputTokens('gpt-4o', { max_output_tokens: 'many' }), 16_384);
  });

  it('are unknown for a model that nobody has described', () => {
    assert.equal(maxOutputTokens('mystery'), undefined);
    assert.equal(maxOutputTokens('sonar-deep-research'), undefined);
    assert.equal(maxOutputTokens('not-gpt-4o'), undefined);
  });
});
