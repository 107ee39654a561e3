import assert from 'node:assert/strict';
import { anthropicForm, claudeCodeForm, geminiForm, openaiForm } from '../../src/http/model-forms.ts';
import { objectsIn } from '../../src/lib/json.ts';
import { text } from '../support/gateway-client.ts';

const models = ['a', 'b', 'c', 'd'].map((id) => ({ id, maxInput: undefined, maxOutput: undefined }));
const known = { id: 'vendor/x', maxInput: 1000, maxOutput: 100 };

const page = (query: Readonly<Record<string, string>>) => {
  const { data, ...about } = anthropicForm.list(models, query);
  return { ids: objectsIn(data).map(({ id }) => id), ...about };
};

describe("models in Anthropic's form", () => {
  it('come in pages', () => {
    assert.deepEqual(page({ limit: '3' }), { ids: ['a', 'b', 'c'], has_more: true, first_id: 'a', last_id: 'c' });
    const rest = { ids: ['d'], has_more: false, first_id: 'd', last_id: 'd' };
    assert.deepEqual(page({ limit: '3', after_id: 'c' }), rest);
    assert.deepEqual(page({ limit: '2', before_id: 'd' }).ids, ['b', 'c']);
    assert.deepEqual(page({ after_id: 'd' }), { ids: [], has_more: false, first_id: null, last_id: null });
  });

  it('come all at once when so many are asked for, as Claude Code does', () => {
    assert.deepEqual(page({ limit: '1000' }), {
      ids: ['a', 'b', 'c', 'd'],
      has_more: false,
      first_id: 'a',
      last_id: 'd',
    });
  });

  it('have claude or anthropic in their names for Claude Code, which leaves out all others', () => {
    const others = ['gpt-5', 'claude-opus', 'openrouter/anthropic/x'].map((id) => ({ ...known, id }));
    const { data } = claudeCodeForm.list(others, { limit: '2', after_id: 'claude/gpt-5' });
    assert.deepEqual(
      objectsIn(data).map(({ id }) => id),
      ['claude-opus', 'openrouter/anthropic/x'],
    );
    const { id, display_name } = claudeCodeForm.one({ ...known, id: 'gpt-5' });
    assert.deepEqual([id, display_name], ['claude/gpt-5', 'gpt-5']);
  });

  it('have a name to show and a date', () => {
    const { type, id, display_name, created_at } = anthropicForm.one(known);
    assert.deepEqual({ type, id, display_name }, { type: 'model', id: 'vendor/x', display_name: 'vendor/x' });
    assert.match(text(created_at), /^2023-/);
  });
});

describe('a model', () => {
  it("is told with its limits where they are known, in each client's words", () => {
    assert.equal(geminiForm.one(known)['inputTokenLimit'], 1000);
    assert.equal(geminiForm.one(known)['outputTokenLimit'], 100);
    assert.equal(geminiForm.one(known)['name'], 'models/vendor/x');
    assert.equal(openaiForm.one(known)['max_input_tokens'], 1000);
    assert.equal('max_input_tokens' in openaiForm.one({ ...known, maxInput: undefined }), false);
  });
});
