import assert from 'node:assert/strict';
import { modelChoices, smallModelFor } from '../../src/connect/models.ts';

const offered = (...ids: readonly string[]) => ids.map((id) => ({ id }));
const names = (models: readonly { readonly id: string }[]): readonly string[] => models.map(({ id }) => id);

describe('the models that an assistant may be pointed at', () => {
  it('are first those that it asks for by itself, last the demo', () => {
    const all = offered('demo', 'openai/gpt-5', 'gpt-5', 'claude-opus-4-1', 'claude-*');
    const { hasOwn, models } = modelChoices({ family: 'claude' }, all);
    assert.equal(hasOwn, true);
    assert.deepEqual(names(models), ['claude-opus-4-1', 'gpt-5', 'openai/gpt-5', 'demo']);
  });

  it('are none of its own where it asks for none, or not all that it may ask for are there', () => {
    assert.equal(modelChoices({}, offered('gpt-5', '*')).hasOwn, false);
    assert.equal(modelChoices({ family: 'gemini' }, offered('gpt-5')).hasOwn, false);
    assert.equal(modelChoices({ family: 'gpt' }, offered('gpt-5', 'gpt-4*', 'openai/*')).hasOwn, false);
    assert.equal(modelChoices({ family: 'gpt' }, offered('gpt-5', '*')).hasOwn, true);
  });

  it('can all hold a conversation', () => {
    const all = offered('text-embedding-3-small', 'whisper-1', 'gpt-4o-transcribe', 'dall-e-3', 'openai/*', 'gpt-5');
    assert.deepEqual(names(modelChoices({}, all).models), ['gpt-5']);
  });
});

describe('the small model beside another', () => {
  const all = offered('gpt-5', 'gpt-5-mini', 'claude-opus-4-1', 'claude-haiku-4-5', 'mistral-large');

  it('is a cheap one of the same maker', () => {
    assert.equal(smallModelFor('gpt-5', all), 'gpt-5-mini');
    assert.equal(smallModelFor('claude-opus-4-1', all), 'claude-haiku-4-5');
  });

  it('is the model itself where there is none', () =>
    assert.equal(smallModelFor('mistral-large', all), 'mistral-large'));
});
