import assert from 'node:assert/strict';
import { packExtras } from '../../src/dialects/packed-extras.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { Provider, Spoken } from '../../src/providers/provider.ts';
import { prepareBody } from '../../src/providers/prepare.ts';
import { providerNamed, targetOf } from '../support/prepared.ts';

function spokenBy(provider: Provider): Spoken {
  const spoken = provider.speaks?.find(({ dialect }) => dialect.name === 'openai-responses');
  assert.ok(spoken, `${provider.name} speaks no Responses`);
  return spoken;
}

const urlOf = (name: string, baseUrl: string, apiVersion?: string): string => {
  const provider = providerNamed(name);
  return spokenBy(provider).url(targetOf(provider, 'gpt-5', { baseUrl, apiVersion }));
};

function sent(name: string, model: string, body: JsonObject): JsonObject {
  const provider = providerNamed(name);
  const speaker = { ...spokenBy(provider), title: provider.title };
  return prepareBody(speaker, targetOf(provider, model), body, { dropParams: true, dropAlso: [] }).body;
}

describe('the address of responses', () => {
  const azureBase = 'https://me.openai.azure.com';
  for (const [name, base, version, url] of [
    ['openai', 'https://api.openai.com/v1', undefined, 'https://api.openai.com/v1/responses'],
    ['openai', 'http://127.0.0.1:8000/v1/chat/completions', undefined, 'http://127.0.0.1:8000/v1/responses'],
    ['xai', 'https://api.x.ai/v1', undefined, 'https://api.x.ai/v1/responses'],
    ['azure', azureBase, '2025-04-01-preview', `${azureBase}/openai/responses?api-version=2025-04-01-preview`],
    [
      'azure',
      `${azureBase}/openai/deployments/gpt-5`,
      '2025-04-01-preview',
      `${azureBase}/openai/responses?api-version=2025-04-01-preview`,
    ],
    ['azure', azureBase, 'v1', `${azureBase}/openai/v1/responses`],
    ['azure', `${azureBase}/openai/v1`, undefined, `${azureBase}/openai/v1/responses`],
    ['azure', azureBase, 'preview', `${azureBase}/openai/v1/responses?api-version=preview`],
  ] as const)
    it(`is ${url} for ${name} at ${base}`, () => assert.equal(urlOf(name, base, version), url));
});

describe('a body of responses', () => {
  it('goes as it is where the provider takes all of it', () => {
    const body = { model: 'gpt-4.1', input: 'Hi.', temperature: 0.5, reasoning: { summary: 'auto' } };
    assert.equal(sent('openai', 'gpt-4.1', body), body);
    assert.equal(sent('xai', 'grok-4', body), body);
  });

  it('leaves out what a reasoning model refuses', () => {
    const body = { input: 'Hi.', temperature: 0.5, top_p: 0.9 };
    assert.deepEqual(sent('openai', 'gpt-5', body), { input: 'Hi.' });
    const unreasoned = { ...body, reasoning: { effort: 'none' } };
    assert.deepEqual(sent('openai', 'gpt-5.1', unreasoned), unreasoned);
  });

  it("has what another provider said without that one's seals, and without ids that OpenAI would look up", () => {
    const ours = '0123456789abcdef'.repeat(2);
    const packed = packExtras({ anthropic: { signature: 'signed' } });
    const thought = { type: 'reasoning', id: `rs_${ours}`, summary: [], encrypted_content: packed };
    const unsealed = { type: 'reasoning', id: `rs_${ours}`, summary: [{ type: 'summary_text', text: 'Look.' }] };
    const call = { type: 'function_call', call_id: 'a', name: 'look', arguments: '{}' };
    const itsOwn = { type: 'reasoning', id: 'rs_68af', summary: [], encrypted_content: 'c2VhbGVk' };
    const reference = { type: 'item_reference', id: `msg_${ours}` };
    const input = [thought, unsealed, { ...call, id: `fc_${packed}` }, itsOwn, reference];
    assert.deepEqual(sent('openai', 'gpt-5', { input })['input'], [call, itsOwn, reference]);
  });

  it('has an effort that the model knows', () => {
    const effort = (model: string, asked: string) =>
      sent('openai', model, { reasoning: { effort: asked } })['reasoning'];
    assert.deepEqual(effort('gpt-5', 'xhigh'), { effort: 'high' });
    assert.deepEqual(effort('gpt-5', 'none'), { effort: 'minimal' });
    assert.deepEqual(effort('o3', 'low'), { effort: 'low' });
  });

  it('has xAI’s system prompt among its messages', () => {
    assert.deepEqual(sent('xai', 'grok-4', { instructions: 'Be kind.', input: 'Hi.' }), {
      input: [
        { role: 'system', content: 'Be kind.' },
        { role: 'user', content: 'Hi.' },
      ],
    });
  });
});
