import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { parse, stringify } from 'yaml';
import { configValue, editConfig, type ConfigEdit, type EditPath } from '../../src/config/edit.ts';
import { loadConfig } from '../../src/config/load.ts';
import { deploymentId } from '../../src/config/deployment-id.ts';
import type { Json, JsonObject } from '../../src/lib/json.ts';
import { providers } from '../support/config.ts';

const file = `# Our models
model_list:
  # the fast one
  - model_name: fast        # clients use this
    litellm_params:
      model: 'openai/gpt-4o-mini'
      api_key: os.environ/OPENAI_API_KEY   # the team's
      rpm: 10

  - model_name: fast
    litellm_params: { model: openai/gpt-4o, weight: 2 } # the spare
  # about claude
  - model_name: claude
    litellm_params: &claude
      model: "anthropic/claude-sonnet-4-5"
      mock_response: |
        two
        lines

litellm_settings:
  drop_params: true   # keep
  fallbacks: [{ fast: [claude] }]
`;

const after = (text: string, ...edits: readonly ConfigEdit[]): string => {
  const edited = editConfig(text, edits);
  assert.ok('text' in edited, 'problem' in edited ? edited.problem : '');
  return edited.text;
};
const problem = (text: string, ...edits: readonly ConfigEdit[]): string => {
  const edited = editConfig(text, edits);
  assert.ok('problem' in edited, 'nothing was refused');
  return edited.problem;
};
const set = (path: EditPath, value: Json): ConfigEdit => ({ type: 'set', path, value });
const remove = (path: EditPath): ConfigEdit => ({ type: 'remove', path });
const append = (path: EditPath, value: Json): ConfigEdit => ({ type: 'append', path, value });

/** The lines that differ, the old with a minus, the new with a plus. */
function differences(before: string, now: string): readonly string[] {
  const [old, fresh] = [before.split('\n'), now.split('\n')];
  while (old.length > 0 && fresh.length > 0 && old[0] === fresh[0]) [old.shift(), fresh.shift()];
  while (old.length > 0 && fresh.length > 0 && old.at(-1) === fresh.at(-1)) [old.pop(), fresh.pop()];
  return [...old.map((line) => `-${line}`), ...fresh.map((line) => `+${line}`)];
}

const changed = (...edits: readonly ConfigEdit[]): readonly string[] => differences(file, after(file, ...edits));
const params = (step: EditPath[number], key: string): EditPath => ['model_list', step, 'litellm_params', key];

describe('editing the configuration', () => {
  it('changes one value, and leaves its quotes and its comment', () => {
    assert.deepEqual(changed(set(params(0, 'model'), 'openai/gpt-5')), [
      "-      model: 'openai/gpt-4o-mini'",
      "+      model: 'openai/gpt-5'",
    ]);
    assert.deepEqual(changed(set(params(0, 'api_key'), 'os.environ/OTHER')), [
      "-      api_key: os.environ/OPENAI_API_KEY   # the team's",
      "+      api_key: os.environ/OTHER   # the team's",
    ]);
  });

  it('adds a key below the others of its mapping', () => {
    assert.deepEqual(changed(set(params(0, 'order'), 1)), ['+      order: 1']);
    assert.deepEqual(changed(set(['model_list', 0, 'model_info', 'id'], 'mine')), [
      '+    model_info:',
      '+      id: mine',
    ]);
  });

  it('adds a key between braces', () => {
    assert.deepEqual(changed(set(params(1, 'order'), 2)), [
      '-    litellm_params: { model: openai/gpt-4o, weight: 2 } # the spare',
      '+    litellm_params: { model: openai/gpt-4o, weight: 2, order: 2 } # the spare',
    ]);
  });

  it('adds a section at the end', () => {
    assert.deepEqual(changed(set(['router_settings', 'routing_strategy'], 'simple-shuffle')), [
      '+router_settings:',
      '+  routing_strategy: simple-shuffle',
    ]);
  });

  it('finds an item by its name, by its place among those of one name, and by its id', () => {
    const first = [
      { where: 'model_name', is: 'fast' },
      { where: 'model_name', is: 'fast', nth: 1 },
    ] as const;
    assert.deepEqual(changed(set(params(first[0], 'rpm'), 20)), ['-      rpm: 10', '+      rpm: 20']);
    assert.match(changed(set(params(first[1], 'weight'), 3)).join('\n'), /weight: 3/);
    const { model_list: list } = parse(file) as { model_list: readonly JsonObject[] };
    const id = deploymentId(list[1] ?? {});
    assert.match(changed(set(params({ deployment: id }, 'weight'), 3)).join('\n'), /weight: 3/);
    const own = file.replace('rpm: 10', 'rpm: 10\n    model_info: { id: own }');
    assert.match(after(own, set(params({ deployment: 'own' }, 'rpm'), 7)), /rpm: 7\n {4}model_info/);
  });

  it('knows deployments by the ids that the gateway has', () => {
    const { config } = loadConfig({ text: file, environment: () => 'x', providers, file: 'config.yaml' });
    const { model_list: list } = parse(file) as { model_list: readonly JsonObject[] };
    assert.deepEqual(
      list.map((entry) => deploymentId(entry)),
      config?.deployments.map(({ id }) => id),
    );
  });

  it('appends an item, and makes the list where there is none', () => {
    const entry = { model_name: 'new', litellm_params: { model: 'groq/llama', rpm: 5 } };
    assert.deepEqual(changed(append(['model_list'], entry)), [
      '+  - model_name: new',
      '+    litellm_params:',
      '+      model: groq/llama',
      '+      rpm: 5',
    ]);
    assert.deepEqual(changed(append(['router_settings', 'fallbacks'], { a: ['b'] })), [
      '+router_settings:',
      '+  fallbacks:',
      '+    - a:',
      '+        - b',
    ]);
    assert.match(
      after(file, append(['litellm_settings', 'fallbacks'], { x: ['y'] })),
      /\[\{ fast: \[claude\] \}, \{ x: \[ y \] \}\]/,
    );
  });

  it('removes a key and an item with their lines', () => {
    assert.deepEqual(changed(remove(params(0, 'rpm'))), ['-      rpm: 10']);
    assert.deepEqual(changed(remove(params(2, 'mock_response'))), [
      '-      mock_response: |',
      '-        two',
      '-        lines',
    ]);
    assert.deepEqual(changed(remove(['model_list', 1])), [
      '-  - model_name: fast',
      '-    litellm_params: { model: openai/gpt-4o, weight: 2 } # the spare',
    ]);
    assert.match(after(file, remove(params(1, 'model'))), /\{ weight: 2 \} # the spare/);
    assert.match(after(file, remove(params(1, 'weight'))), /\{ model: openai\/gpt-4o \} # the spare/);
  });

  it('leaves an empty mapping or list where the last of it goes', () => {
    assert.equal(after('a:\n  # why\n  b: 1 # one\n', remove(['a', 'b'])), 'a: {}\n  # why\n');
    assert.equal(after('a: # all\n- 1\nc: 2\n', remove(['a', 0])), 'a: [] # all\nc: 2\n');
    assert.equal(after('a: [ 1 ] # all\n', remove(['a', 0])), 'a: [] # all\n');
    assert.equal(after('# only\na: 1\n', remove(['a'])), '# only\n');
  });

  it('sets a whole mapping or list by what differs in it', () => {
    const { model_list: list } = parse(file) as { model_list: { litellm_params: JsonObject }[] };
    const now = list[0]?.litellm_params ?? {};
    assert.deepEqual(changed(set(['model_list', 0, 'litellm_params'], { ...now, rpm: 11 })), [
      '-      rpm: 10',
      '+      rpm: 11',
    ]);
    assert.deepEqual(changed(set(['model_list'], [list[0] ?? null, list[2] ?? null])), [
      '-  - model_name: fast',
      '-    litellm_params: { model: openai/gpt-4o, weight: 2 } # the spare',
    ]);
    const texts = 'a:\n  - one # 1\n  - two # 2\n  - three # 3\n';
    assert.equal(after(texts, set(['a'], ['one', 'three'])), 'a:\n  - one # 1\n  - three # 3\n');
    assert.equal(
      after(texts, set(['a'], ['one', 'new', 'two', 'three'])),
      'a:\n  - one # 1\n  - new\n  - two # 2\n  - three # 3\n',
    );
  });

  it('keeps the line ends, the indentation and a last line without an end', () => {
    assert.equal(after('a:\r\n    b: 1', set(['a', 'c'], { d: 2 })), 'a:\r\n    b: 1\r\n    c:\r\n        d: 2\r\n');
    assert.equal(after('l:\n- a\nm:\n  x: 1', set(['n'], ['b'])), 'l:\n- a\nm:\n  x: 1\nn:\n- b\n');
  });

  it('writes into a file of comments, or none', () => {
    assert.equal(after('', set(['a', 'b'], 1)), 'a:\n  b: 1\n');
    assert.equal(after('---\na: 1\n...\n# end\n', set(['b'], 1)), '---\na: 1\nb: 1\n...\n# end\n');
    assert.equal(after('# hello', set(['a'], ['x'])), '# hello\na:\n  - x\n');
    assert.equal(after('a: # none yet\n', append(['a'], 'x')), 'a: # none yet\n  - x\n');
    assert.equal(after('a: []  # none yet\nb: 1\n', append(['a'], { c: 1 })), 'a:  # none yet\n  - c: 1\nb: 1\n');
  });

  it('changes a kind of value in its place', () => {
    assert.equal(after('a: 1 # one\nb: 2\n', set(['a'], [1])), 'a: # one\n  - 1\nb: 2\n');
    assert.equal(after('a:\n  b: 1\nc: 2\n', set(['a'], 'x')), 'a: x\nc: 2\n');
    assert.equal(after('a: |\n  one\n  two\nb: 1\n', set(['a'], 'x')), 'a: x\nb: 1\n');
    assert.equal(after('a:\n  b: 1\nc: 2\n', set(['a'], ['x'])), 'a:\n  - x\nc: 2\n');
    assert.equal(after('a: &x\n  b: 1\nc: 2\n', set(['a'], 'x')), 'a: &x x\nc: 2\n');
  });

  it('quotes what would be read otherwise', () => {
    for (const text of ['true', '1', 'a: b', '- x', '', '*', '# no', 'a, b]', 'two\nlines', "it's", 'é "x"'])
      for (const before of ['k: old # c\n', "k: 'old'\n", 'k: "old"\n', 'k: [old]\n'])
        assert.deepEqual(parse(after(before, set(['k'], text))), { k: text });
  });

  it('writes beside a merged mapping, and unfolds an alias that is changed', () => {
    const anchors = 'base: &base { model: m, rpm: 1 }\none:\n  <<: *base\ntwo: *base\n';
    assert.equal(after(anchors, set(['one', 'rpm'], 5)), anchors.replace('<<: *base\n', '<<: *base\n  rpm: 5\n'));
    assert.equal(after(anchors, set(['two', 'rpm'], 5)), anchors.replace('two: *base', 'two: { <<: *base, rpm: 5 }'));
    assert.match(problem(anchors, remove(['one', 'rpm'])), /^one\.rpm comes from an anchor/);
    assert.match(problem(anchors, set(['base', 'rpm'], 5)), /^base\.rpm cannot be changed alone/);
    assert.match(problem(anchors, remove(['base'])), /^base cannot be changed alone/);
  });

  it('refuses, by name and without a value of the file, what it cannot do', () => {
    assert.match(problem('b: sk-secret\na: "x', set(['a'], 1)), /^Line 2: a closing quote, a bracket.*Mend it/);
    assert.match(problem('- 1', set(['a'], 1)), /^The file is not a mapping/);
    assert.match(problem('a: sk-secret', set(['a', 'b'], 1)), /^a is no mapping, so it can have no "b"/);
    assert.match(problem('a: sk-secret', append(['a'], 1)), /^a is no list/);
    assert.match(problem(file, remove(['model_list', 7])), /^model_list has no item 8/);
    assert.match(
      problem(file, remove(['model_list', { where: 'model_name', is: 'none' }])),
      /^model_list has no item whose model_name is "none"/,
    );
  });

  it('changes nothing when one of several edits fails, or when nothing differs', () => {
    assert.match(problem(file, remove(params(0, 'rpm')), remove(['model_list', 9])), /no item 10/);
    assert.equal(after(file, set(params(0, 'rpm'), 10), remove(['router_settings'])), file);
  });

  it('says what a file says', () => {
    assert.deepEqual(configValue('a: 1\n'), { a: 1 });
    assert.deepEqual(configValue('# nothing'), {});
    assert.equal(configValue('a: ['), undefined);
  });
});

describe('editing any YAML', () => {
  const key = fc.constantFrom('a', 'b', 'c', 'model_name');
  const scalar = fc.oneof(fc.string({ maxLength: 12 }), fc.integer(), fc.boolean(), fc.constant(null));
  const { tree } = fc.letrec<{ tree: Json }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      scalar,
      fc.array(tie('tree'), { maxLength: 4 }),
      fc.dictionary(key, tie('tree'), { maxKeys: 4, noNullPrototype: true }),
    ),
  }));
  const top = fc.dictionary(key, tree, { minKeys: 1, maxKeys: 4, noNullPrototype: true });
  // Empty lists are written in a way that cannot be read when lists are not indented and `block` is asked for.
  const style = fc.record({ indent: fc.constantFrom(2, 4), indentSeq: fc.boolean() });
  const flow = fc.constant({ collectionStyle: 'flow' as const });

  it('makes of a file what is asked for, with every comment outside of what is removed', () => {
    fc.assert(
      fc.property(top, top, fc.oneof(style, flow), (before, then, options) => {
        const text = `# first\n${stringify(before, { ...options, lineWidth: 0 })}# last\n`;
        const edits = Object.entries(then).map(([name, value]) => set([name], value));
        const now = after(text, ...edits);
        assert.deepEqual(parse(now), { ...before, ...then });
        assert.ok(now.startsWith('# first\n') && now.includes('# last\n'));
      }),
      { numRuns: 100 },
    );
  });

  it('leaves every other line as it was', () => {
    fc.assert(
      fc.property(tree, tree, style, (value, next, options) => {
        const above = '# above\nx: { y: 1 }   # odd\n';
        const below = "\nz:   'kept' # too\nlist: [ 1,2 ]\n";
        const now = after(`${above}${stringify({ k: value }, { ...options, lineWidth: 0 })}${below}`, set(['k'], next));
        assert.ok(now.startsWith(above) && now.endsWith(below), now);
      }),
      { numRuns: 100 },
    );
  });
});
