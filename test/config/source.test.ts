import assert from 'node:assert/strict';
import { errorsOf, loaded, oneModel, warningsOf } from '../support/config.ts';

describe('broken YAML', () => {
  for (const [name, text, mistake] of [
    ['a tab', 'model_list:\n\t- a: 1\n', '2:1: a tab stands in the indentation; expected spaces'],
    [
      'indentation',
      'a:\n    b: 1\n  c: 2\n',
      '3:1: the indentation does not fit the lines above; expected keys of one mapping to begin in one column',
    ],
    [
      'an open quote',
      'a: "b\n',
      '2:1: a closing quote, a bracket, a comma, a colon or the space after one is missing here',
    ],
    ['a key twice', 'a: 1\na: 2\n', '2:1: this key stands twice in one mapping; expected it once'],
    ['an unknown alias', 'a: *b\n', '1:4: an alias (*name) has no anchor; expected "&name" earlier in the file'],
    [
      'a reserved character',
      'a: @b\n',
      '1:4: a text begins with a character that YAML reserves; expected the text in quotes',
    ],
    [
      'two documents',
      'a: 1\n---\nb: 1\n',
      '2:1: the file holds several YAML documents; expected one, without "---" between sections',
    ],
    [
      'a list',
      '- a\n',
      '1:1: the file is not a mapping; expected sections such as "model_list:" at the beginning of a line',
    ],
  ] as const) {
    it(`is reported with its place: ${name}`, () =>
      assert.ok(errorsOf(text).includes(`config.yaml:${mistake}`), errorsOf(text).join('\n')));
  }

  it('is reported in full', () => {
    assert.deepEqual(
      errorsOf('a: 1\na: 2\nb: 1\nb: 2\n').map((error) => error.split(': ')[0]),
      ['config.yaml:2:1', 'config.yaml:4:1'],
    );
  });

  it('cannot grow without bound', () => {
    const levels = Array.from(
      { length: 12 },
      (_, level) => `l${level + 1}: &l${level + 1} [${Array.from({ length: 9 }, () => `*l${level}`).join(', ')}]`,
    );
    assert.deepEqual(errorsOf(`l0: &l0 x\n${levels.join('\n')}\n`), [
      'config.yaml:1:1: aliases (*name) refer to each other too often; expected fewer',
    ]);
  });
});

describe('a place', () => {
  it('is found behind anchors', () => {
    const text = `model_list:
  - { model_name: a, litellm_params: &p { model: openai/x, rpm: never } }
  - { model_name: b, litellm_params: *p }
`;
    const mistake = 'litellm_params.rpm is "never"; expected a whole number, 1 or more';
    assert.deepEqual(errorsOf(text), [`config.yaml:2:65: ${mistake}`, `config.yaml:2:65: ${mistake}`]);
  });

  it('is right after Windows line ends and characters of several bytes', () => {
    assert.deepEqual(errorsOf('# é\r\nmodel_list:\r\n  - { model_name: "ü", litellm_params: 5 }\r\n'), [
      'config.yaml:3:40: litellm_params is 5; expected a mapping with "model"',
    ]);
  });
});

it('a tag that nobody knows is a remark', () => {
  const text = oneModel('{ model: !model openai/x }');
  assert.equal(loaded(text).deployments[0]?.model, 'x');
  assert.deepEqual(warningsOf(text), [
    'config.yaml:3:30: a tag (!name) is not known and is ignored; expected a plain value',
  ]);
});
