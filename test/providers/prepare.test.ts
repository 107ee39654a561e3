import assert from 'node:assert/strict';
import { Failure } from '../../src/chat/failure.ts';
import { limitBody, prepareBody } from '../../src/providers/prepare.ts';
import { providerNamed, targetOf } from '../support/prepared.ts';

const groq = providerNamed('groq');
const target = targetOf(groq, 'llama-3.3-70b-versatile');
const base = { model: 'llama-3.3-70b-versatile', messages: [] };
const strict = { dropParams: false, dropAlso: [] };

describe('preparing a body', () => {
  it('refuses what the provider would refuse, by name', () => {
    assert.throws(
      () => prepareBody(groq, target, { ...base, logprobs: true, logit_bias: { 5: 1 }, temperature: 0 }, strict),
      (error) =>
        error instanceof Failure &&
        error.kind === 'invalid-request' &&
        error.details.param === 'logprobs' &&
        /Groq does not take logprobs, logit_bias for the model llama-3\.3-70b-versatile/.test(error.message),
    );
  });

  it('drops it where that is allowed, and says what', () => {
    const rules = { dropParams: true, dropAlso: [] };
    const { body, dropped } = prepareBody(groq, target, { ...base, logprobs: true, top_logprobs: 2, seed: 1 }, rules);
    assert.deepEqual(body, { ...base, seed: 1 });
    assert.deepEqual(dropped, ['logprobs', 'top_logprobs']);
  });

  it('drops without a word what asks for nothing', () => {
    const empty = { logprobs: false, top_logprobs: null, logit_bias: {}, n: 1 };
    assert.deepEqual(prepareBody(groq, target, { ...base, ...empty }, strict).body, { ...base, n: 1 });
    const perplexity = providerNamed('perplexity');
    const sent = prepareBody(perplexity, targetOf(perplexity, 'sonar'), { ...base, tools: [], n: 1 }, strict);
    assert.deepEqual(sent, { body: base, dropped: ['tools', 'n'] });
  });

  it('takes an effort for advice, which a model that does not reason may leave', () => {
    const { body, dropped } = prepareBody(groq, target, { ...base, reasoning_effort: 'high' }, strict);
    assert.deepEqual(body, base);
    assert.deepEqual(dropped, ['reasoning_effort']);
  });

  it('takes a temperature for advice', () => {
    const openai = providerNamed('openai');
    const asked = { model: 'gpt-5', messages: [], temperature: 0 };
    const { body, dropped } = prepareBody(openai, targetOf(openai, 'gpt-5'), asked, strict);
    assert.deepEqual([body.temperature, dropped], [undefined, ['temperature']]);
  });

  it('takes tools that may be used for an offer, and one that must be used for an order', () => {
    const perplexity = providerNamed('perplexity');
    const sonar = targetOf(perplexity, 'sonar');
    const offered = { ...base, tools: [{ type: 'function' }], tool_choice: 'auto', parallel_tool_calls: true };
    const { body, dropped } = prepareBody(perplexity, sonar, offered, strict);
    assert.deepEqual([body, dropped], [base, ['tools', 'tool_choice', 'parallel_tool_calls']]);
    const forced = { ...offered, tool_choice: 'required' };
    assert.throws(() => prepareBody(perplexity, sonar, forced, strict), /Perplexity does not take tools, tool_choice/);
  });

  it('drops what the configuration names in any case', () => {
    const rules = { dropParams: false, dropAlso: ['user', 'absent'] };
    const { body, dropped } = prepareBody(groq, target, { ...base, user: 'me' }, rules);
    assert.deepEqual(body, base);
    assert.deepEqual(dropped, ['user']);
  });

  it('limits the output in the word that the model knows', () => {
    const openai = providerNamed('openai');
    const limited = (model: string) => limitBody(openai, targetOf(openai, model), { model, messages: [] }, 50);
    assert.deepEqual(limited('gpt-5'), { model: 'gpt-5', messages: [], max_completion_tokens: 50 });
    assert.deepEqual(limited('gpt-4.1'), { model: 'gpt-4.1', messages: [], max_tokens: 50 });
    const mistral = providerNamed('mistral');
    const body = { model: 'm', messages: [], max_tokens: 100 };
    assert.equal(limitBody(mistral, targetOf(mistral, 'm'), body, 50).max_tokens, 50);
  });
});
