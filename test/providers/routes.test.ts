import assert from 'node:assert/strict';
import type { DialectName } from '../../src/dialects/dialect.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { prepareBody } from '../../src/providers/prepare.ts';
import type { Spoken, Target } from '../../src/providers/provider.ts';
import { providerNamed, targetOf } from '../support/prepared.ts';

function spokenBy(name: string, dialect: DialectName): Spoken {
  const spoken = providerNamed(name).speaks?.find((one) => one.dialect.name === dialect);
  assert.ok(spoken, `${name} has no ${dialect}`);
  return spoken;
}

const urlAt = (name: string, dialect: DialectName, rest: Partial<Target> = {}): string =>
  spokenBy(name, dialect).url(targetOf(providerNamed(name), 'm', rest));

function sent(name: string, dialect: DialectName, body: JsonObject, rest: Partial<Target> = {}): JsonObject {
  const target = targetOf(providerNamed(name), 'm', rest);
  const speaker = { ...spokenBy(name, dialect), title: name };
  return prepareBody(speaker, target, { model: 'm', ...body }, { dropParams: false, dropAlso: [] }).body;
}

describe('the address of a route beside the chat', () => {
  const cases: readonly (readonly [name: string, dialect: DialectName, baseUrl: string | undefined, url: string])[] = [
    ['openai', 'openai-embeddings', undefined, 'https://api.openai.com/v1/embeddings'],
    ['openai', 'openai-completions', undefined, 'https://api.openai.com/v1/completions'],
    ['openai', 'openai-moderations', undefined, 'https://api.openai.com/v1/moderations'],
    ['openai', 'openai-images', undefined, 'https://api.openai.com/v1/images/generations'],
    ['openai', 'openai-embeddings', 'http://me/v1/chat/completions', 'http://me/v1/embeddings'],
    ['openai', 'openai-completions', 'http://me/v1/chat/completions', 'http://me/v1/completions'],
    ['mistral', 'openai-embeddings', undefined, 'https://api.mistral.ai/v1/embeddings'],
    ['mistral', 'openai-completions', undefined, 'https://api.mistral.ai/v1/fim/completions'],
    ['codestral', 'openai-completions', undefined, 'https://codestral.mistral.ai/v1/fim/completions'],
    ['deepseek', 'openai-completions', undefined, 'https://api.deepseek.com/beta/completions'],
    ['deepseek', 'openai-completions', 'https://api.deepseek.com/v1', 'https://api.deepseek.com/beta/completions'],
    ['deepseek', 'openai-completions', 'https://api.deepseek.com/beta', 'https://api.deepseek.com/beta/completions'],
    ['ollama', 'openai-embeddings', undefined, 'http://127.0.0.1:11434/v1/embeddings'],
    ['ollama_chat', 'openai-completions', 'http://me:11434/api/chat', 'http://me:11434/v1/completions'],
    ['ollama', 'openai-completions', 'http://me:11434/v1', 'http://me:11434/v1/completions'],
    ['cohere', 'rerank', undefined, 'https://api.cohere.com/v2/rerank'],
    ['cohere', 'openai-embeddings', undefined, 'https://api.cohere.com/compatibility/v1/embeddings'],
    ['together_ai', 'rerank', undefined, 'https://api.together.xyz/v1/rerank'],
    ['hosted_vllm', 'rerank', 'http://me/v1', 'http://me/v1/rerank'],
    ['gemini', 'openai-embeddings', undefined, 'https://generativelanguage.googleapis.com/v1beta/openai/embeddings'],
    ['openrouter', 'openai-embeddings', undefined, 'https://openrouter.ai/api/v1/embeddings'],
    ['fireworks_ai', 'openai-completions', undefined, 'https://api.fireworks.ai/inference/v1/completions'],
  ];
  for (const [name, dialect, baseUrl, url] of cases) {
    it(`of ${name} for ${dialect} is ${url}`, () => {
      assert.equal(urlAt(name, dialect, baseUrl === undefined ? {} : { baseUrl }), url);
    });
  }

  it('of Azure is the deployment, or the undated one', () => {
    const baseUrl = 'https://me.openai.azure.com';
    assert.equal(
      urlAt('azure', 'openai-embeddings', { baseUrl, apiVersion: '2024-10-21' }),
      `${baseUrl}/openai/deployments/m/embeddings?api-version=2024-10-21`,
    );
    assert.equal(urlAt('azure', 'openai-embeddings', { baseUrl, apiVersion: 'v1' }), `${baseUrl}/openai/v1/embeddings`);
  });
});

describe('a body for a route beside the chat', () => {
  it('passes as it came', () => {
    const body = { model: 'm', input: 'a', encoding_format: 'base64', dimensions: 3, user: 'me' };
    assert.deepEqual(sent('openai', 'openai-embeddings', body), body);
  });

  it("states OpenAI's own default length, which another server need not have", () => {
    assert.equal(sent('openai', 'openai-completions', { prompt: 'a' })['max_tokens'], 16);
    assert.equal(sent('openai', 'openai-completions', { prompt: 'a', max_tokens: 99 })['max_tokens'], 99);
    assert.equal(sent('openai', 'openai-completions', { prompt: 'a' }, { ownBase: true })['max_tokens'], undefined);
    assert.equal(sent('azure', 'openai-completions', { prompt: 'a' }, { ownBase: true })['max_tokens'], 16);
  });

  it("is in Mistral's words", () => {
    assert.deepEqual(sent('mistral', 'openai-embeddings', { input: 'a', dimensions: 3, user: 'me' }), {
      model: 'm',
      input: 'a',
      output_dimension: 3,
    });
    const asked = { prompt: 'a', suffix: 'b', seed: 5, stream: true, stream_options: { include_usage: true } };
    assert.deepEqual(sent('mistral', 'openai-completions', asked), {
      model: 'm',
      prompt: 'a',
      suffix: 'b',
      random_seed: 5,
      stream: true,
    });
    assert.throws(() => sent('mistral', 'openai-completions', { prompt: 'a', echo: true }), /does not take echo/);
  });

  it('asks OpenRouter for the cost', () => {
    assert.deepEqual(sent('openrouter', 'openai-completions', { prompt: 'a' })['usage'], { include: true });
  });
});
