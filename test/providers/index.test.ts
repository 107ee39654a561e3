import assert from 'node:assert/strict';
import { findProvider, providers } from '../../src/providers/index.ts';
import { providerNamed, targetOf } from '../support/prepared.ts';

const usual = { model: 'm', messages: [{ role: 'user', content: 'Hi' }], max_tokens: 5 };

describe('the list of providers', () => {
  it('has each name once', () => {
    assert.equal(new Set(providers.map(({ name }) => name)).size, providers.length);
    assert.equal(findProvider('groq')?.title, 'Groq');
    assert.equal(findProvider('nobody'), undefined);
  });

  for (const provider of providers) {
    it(`addresses ${provider.name} by TLS or on this machine`, () => {
      if (provider.baseUrl === undefined) return;
      assert.match(
        provider.baseUrl,
        provider.local ? /^http:\/\/127\.0\.0\.1:\d+/ : /^https:\/\/[a-z0-9./-]+[a-z0-9]$/,
      );
      assert.ok(provider.url(targetOf(provider, 'm')).startsWith(provider.baseUrl));
    });

    it(`sends the key of ${provider.name} in a header, and no empty one`, () => {
      const { url, headers } = provider;
      const sent = Object.entries(headers(targetOf(provider, 'm')));
      assert.equal(sent.filter(([, value]) => value.includes('the-key')).length, 1);
      assert.ok(sent.every(([header]) => header === header.toLowerCase()));
      assert.ok(!url(targetOf(provider, 'm')).includes('the-key'));
      const keyless = JSON.stringify(headers(targetOf(provider, 'm', { apiKey: undefined })));
      assert.ok(!/undefined|Bearer|key/.test(keyless), keyless);
    });

    it(`leaves a usual request to ${provider.name} as it is, by identity`, () => {
      const sent = provider.adjust?.(usual, targetOf(provider, 'm')) ?? usual;
      if (provider.name === 'openrouter') assert.equal(sent.messages, usual.messages);
      else if (provider.name === 'fireworks_ai') assert.equal(sent.model, 'accounts/fireworks/models/m');
      else assert.equal(sent, usual);
    });
  }
});

describe('addresses', () => {
  const cases: readonly (readonly [provider: string, base: string, url: string])[] = [
    ['openai', 'http://h/v1', 'http://h/v1/chat/completions'],
    ['openai', 'http://h/v1/', 'http://h/v1/chat/completions'],
    ['openai', 'http://h/v1/chat/completions', 'http://h/v1/chat/completions'],
    ['openai', 'http://h', 'http://h/chat/completions'],
    ['anthropic', 'http://h', 'http://h/v1/messages'],
    ['anthropic', 'http://h/v1', 'http://h/v1/messages'],
    ['anthropic', 'http://h/anthropic/v1/messages/', 'http://h/anthropic/v1/messages'],
    ['gemini', 'http://h/v1beta', 'http://h/v1beta/models/m:generateContent'],
    ['ollama', 'http://h:11434', 'http://h:11434/api/chat'],
    ['ollama_chat', 'http://h:11434/', 'http://h:11434/api/chat'],
    ['ollama', 'http://h/api', 'http://h/api/chat'],
    ['docker_model_runner', 'http://h/engines/llama.cpp', 'http://h/engines/llama.cpp/v1/chat/completions'],
    ['docker_model_runner', 'http://h/engines/v1', 'http://h/engines/v1/chat/completions'],
  ];
  for (const [name, baseUrl, url] of cases) {
    it(`of ${name} at ${baseUrl}`, () => {
      const provider = providerNamed(name);
      assert.equal(provider.url(targetOf(provider, 'm', { baseUrl })), url);
    });
  }

  it('of a Gemini stream', () => {
    const gemini = providerNamed('gemini');
    const target = targetOf(gemini, 'gemini-2.5-flash', { stream: true });
    const expected =
      'https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse';
    assert.equal(gemini.url(target), expected);
  });

  const lists: readonly (readonly [provider: string, base: string, url: string])[] = [
    ['openai', 'http://h/v1', 'http://h/v1/models'],
    ['openai', 'http://h/v1/chat/completions', 'http://h/v1/models'],
    ['anthropic', 'http://h', 'http://h/v1/models'],
    ['anthropic', 'http://h/v1/messages', 'http://h/v1/models'],
    ['gemini', 'http://h/v1beta', 'http://h/v1beta/models'],
    ['ollama', 'http://h', 'http://h/api/tags'],
    ['ollama', 'http://h/api/chat', 'http://h/api/tags'],
  ];
  for (const [name, baseUrl, url] of lists) {
    it(`of the models of ${name} at ${baseUrl}`, () => {
      const provider = providerNamed(name);
      assert.equal(provider.modelsUrl?.(targetOf(provider, 'm', { baseUrl })), url);
    });
  }
});

describe('headers', () => {
  const headersOf = (name: string, rest = {}) => {
    const provider = providerNamed(name);
    return provider.headers(targetOf(provider, 'm', rest));
  };

  it('hold the key where each provider looks for it', () => {
    assert.deepEqual(headersOf('groq'), { authorization: 'Bearer the-key' });
    assert.deepEqual(headersOf('anthropic'), { 'x-api-key': 'the-key', 'anthropic-version': '2023-06-01' });
    assert.deepEqual(headersOf('gemini'), { 'x-goog-api-key': 'the-key' });
    assert.deepEqual(headersOf('azure'), { 'api-key': 'the-key' });
    assert.deepEqual(headersOf('openrouter'), { authorization: 'Bearer the-key', 'x-title': 'Purser' });
  });

  it('name the organization to OpenAI', () => {
    assert.equal(headersOf('openai', { organization: 'org-1' })['openai-organization'], 'org-1');
  });
});
