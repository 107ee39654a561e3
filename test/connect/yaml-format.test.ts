import assert from 'node:assert/strict';
import { changed, undone, type Setting } from '../../src/connect/change.ts';
import { yamlFormat } from '../../src/connect/yaml-format.ts';

const path = ['models', { by: 'name', is: 'Purser' }] as const;
const item: Setting = { path, value: { name: 'Purser', roles: ['chat'] }, isOurs: true };
const added = (text: string): string => changed(text, 'yaml', [item]).text;

describe('YAML', () => {
  it('gets an item at the beginning of its list, indented as the others are, and below the key', () => {
    const before = 'models: # all\n    # the best\n    - name: a # one\n      k: 1\n# end\nx: 1\n';
    const after =
      'models: # all\n    - name: Purser\n      roles:\n        - chat\n    # the best\n    - name: a # one\n      k: 1\n# end\nx: 1\n';
    assert.equal(added(before), after);
    assert.equal(added('models:\n- name: a\n'), 'models:\n- name: Purser\n  roles:\n    - chat\n- name: a\n');
  });

  it('gets the list where there is none, or none with items', () => {
    const list = 'models:\n  - name: Purser\n    roles:\n      - chat\n';
    for (const before of ['', 'models: []\n', 'models:\n', 'models: null\n', 'models:'])
      assert.equal(added(before), list);
    assert.equal(added('a: 1 # one\n'), `a: 1 # one\n${list}`);
  });

  it('writes lists and tops in brackets anew, with their comments', () => {
    assert.deepEqual(yamlFormat.get(added('# top\nmodels: [{ name: a }] # old\n'), path), item.value);
    assert.match(added('# top\nmodels: [{ name: a }] # old\n'), /# top[^]*# old/);
    assert.deepEqual(yamlFormat.get(added('{ x: 1 }\n'), path), item.value);
  });

  it('changes a value and leaves its comment', () => {
    const set = (text: string): string => yamlFormat.set(text, ['model'], 'openai/gpt-5');
    assert.equal(set('# a\nmodel: "sonnet" # b\nx: 1\n'), '# a\nmodel: openai/gpt-5 # b\nx: 1\n');
    assert.equal(set('model: # b\nx: 1\n'), 'model: openai/gpt-5 # b\nx: 1\n');
    assert.equal(set('model: |\n  two\n  lines\nx: 1\n'), 'x: 1\nmodel: openai/gpt-5\n');
  });

  it('quotes what would be something else', () => {
    assert.equal(yamlFormat.set('', ['key'], 'yes: no'), 'key: "yes: no"\n');
    assert.equal(yamlFormat.get(yamlFormat.set('', ['key'], '123'), ['key']), '123');
  });

  it('is not taken in by what only looks like an item', () => {
    const before = 'note: |\n  models:\n    - name: Purser\n';
    assert.equal(yamlFormat.get(before, path), undefined);
    assert.ok(added(before).startsWith(before));
  });

  it('says why it cannot be edited', () => {
    assert.throws(() => added('a: [1\n'), /is no valid YAML/);
    assert.throws(() => added('- a\n'), /has no members at its top/);
    assert.throws(() => added('a: 1\n---\nb: 2\n'), /several YAML documents/);
    assert.throws(() => added('models: yes\n'), /has no list at models/);
  });

  it('loses its item again, whatever others made of it', () => {
    const before = 'models:\n  - name: a\n';
    const { text, marks } = changed(before, 'yaml', [item]);
    const edited = text.replace('- chat', '- chat\n      - edit') + 'more: 1\n';
    assert.deepEqual(undone(edited, 'yaml', marks), { text: `${before}more: 1\n`, left: [] });
  });
});
