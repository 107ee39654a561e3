import assert from 'node:assert/strict';
import { Failure } from '../../src/chat/failure.ts';
import { reasonAfter, standIns, type FallbackRules } from '../../src/routing/fallbacks.ts';

const rules: FallbackRules = {
  ordinary: { gpt: ['claude'], '*': ['any'] },
  contextWindow: { gpt: ['long'] },
  contentPolicy: {},
  budget: { '*': ['cheap'] },
};

describe('models that stand in', () => {
  it('are chosen by why a call failed', () => {
    const reasons = (
      ['provider-error', 'context-length', 'content-policy', 'budget-exceeded', 'invalid-request'] as const
    ).map((kind) => reasonAfter(new Failure(kind, 'No.')));
    assert.deepEqual(reasons, ['fallback', 'context-window', 'content-policy', 'budget', undefined]);
  });

  it('are those of the name, else those of any', () => {
    assert.deepEqual(standIns(rules, 'fallback', ['gpt']), ['claude']);
    assert.deepEqual(standIns(rules, 'fallback', ['group', 'gpt']), ['claude']);
    assert.deepEqual(standIns(rules, 'fallback', ['other']), ['any']);
    assert.deepEqual(standIns(rules, 'context-window', ['other']), []);
    assert.deepEqual(standIns(rules, 'fallback', ['constructor']), ['any']);
  });
});
