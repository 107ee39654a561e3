import assert from 'node:assert/strict';
import { changedRouting, formOfRouting, routingFaults } from '../../webview-ui/routing.ts';

describe('the form of routing', () => {
  const routing = {
    routing_strategy: 'least-busy',
    model_group_alias: { fast: 'gpt-5-mini' },
    fallbacks: { 'gpt-5': ['claude', 'google/gemma:free'], '*': ['local'] },
    default_fallbacks: ['local', 'demo'],
  };
  const form = formOfRouting(routing);

  it('has a line for each name', () => {
    assert.equal(form.fallbacks, 'gpt-5 -> claude, google/gemma:free\n* -> local');
    assert.equal(form.model_group_alias, 'fast -> gpt-5-mini');
    assert.equal(form.default_fallbacks, 'local, demo');
    assert.deepEqual(routingFaults(form), {});
  });

  it('gives only what was changed, and an empty one where it was emptied', () => {
    assert.deepEqual(changedRouting(form, form), {});
    const changed = { ...form, strategy: '', fallbacks: '\n gpt-5->claude ,, local \n', default_fallbacks: '' };
    assert.deepEqual(changedRouting(form, changed), {
      routing_strategy: null,
      default_fallbacks: [],
      fallbacks: { 'gpt-5': ['claude', 'local'] },
    });
    assert.deepEqual(changedRouting(form, { ...form, model_group_alias: '' }), { model_group_alias: {} });
  });

  it('finds lines that lead nowhere, and an alias of two', () => {
    for (const fallbacks of ['gpt-5', 'gpt-5 ->', '-> claude', 'gpt-5: claude'])
      assert.deepEqual(Object.keys(routingFaults({ ...form, fallbacks })), ['fallbacks'], fallbacks);
    assert.deepEqual(Object.keys(routingFaults({ ...form, model_group_alias: 'a -> b, c' })), ['model_group_alias']);
  });
});
