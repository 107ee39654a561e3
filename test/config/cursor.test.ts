import assert from 'node:assert/strict';
import { cursorAt, spotAt, spots } from '../../src/config/cursor.ts';

/** The place of the `|` in a text, which is not part of it. */
function at(marked: string) {
  const offset = marked.indexOf('|');
  return cursorAt(marked.replace('|', ''), offset);
}
const where = (marked: string): string => {
  const cursor = at(marked);
  return cursor === undefined ? 'nowhere' : `${cursor.kind} ${cursor.parent.join('.')} "${cursor.typed}"`;
};

const above =
  'litellm_settings:\n  drop_params: true\nmodel_list:\n  - model_name: a\n    litellm_params:\n      model: openai/x\n';

describe('where the cursor is', () => {
  it('knows keys by what they stand under', () => {
    assert.equal(where('|'), 'key  ""');
    assert.equal(where('mod|'), 'key  "mod"');
    assert.equal(where(`${above}|`), 'key  ""');
    assert.equal(where(`${above}      api|`), 'key model_list.0.litellm_params "api"');
    assert.equal(where(`${above}    mo|`), 'key model_list.0 "mo"');
    assert.equal(where(`${above}  - |`), 'either model_list.1 ""');
    assert.equal(where(`${above}  - model_name: b\n    li|\nrouter_settings: {}`), 'key model_list.1 "li"');
    assert.equal(where('litellm_settings:\n  |\nrouter_settings:\n  timeout: 1\n'), 'key litellm_settings ""');
    assert.equal(where('a: 1\nrouter_settings:\n  ti|meout: 1\n'), 'key router_settings "ti"');
  });

  it('knows values', () => {
    assert.equal(where(`${above}      api_key: |`), 'value model_list.0.litellm_params.api_key ""');
    assert.equal(
      where(`${above}      api_key: os.environ/OP|EN`),
      'value model_list.0.litellm_params.api_key "os.environ/OP"',
    );
    assert.equal(
      where('model_list:\n  - litellm_params:\n      model: "openai/g|"\n'),
      'value model_list.0.litellm_params.model "openai/g"',
    );
    assert.equal(where("a: 'ollama/llama3:8|b'"), 'value a "ollama/llama3:8"');
    assert.equal(where('a:\n  - one\n  - tw|\n'), 'either a.1 "tw"');
  });

  it('knows what stands between brackets', () => {
    assert.equal(
      where('model_list: [{ model_name: a, litellm_params: { model: x, ap| } }]'),
      'key model_list.0.litellm_params "ap"',
    );
    assert.equal(
      where('model_list: [{ litellm_params: { model: open| } }]'),
      'value model_list.0.litellm_params.model "open"',
    );
    assert.equal(where('router_settings: { | }'), 'key router_settings ""');
  });

  it('says which keys are there, what would be replaced, and whether a colon follows', () => {
    const cursor = at('router_settings:\n  timeout: 1\n  ret|ries: 2\n');
    assert.deepEqual(cursor?.siblings, ['timeout']);
    assert.deepEqual([cursor.from, cursor.to, cursor.hasColon], [32, 39, true]);
    assert.equal(at('router_settings:\n  ret|\n')?.hasColon, false);
  });

  it('works in a text that is broken elsewhere', () => {
    const broken = 'a: "no end\nb: [1\n\tc: x\n';
    assert.equal(where(`${broken}${above}      api|`), 'key model_list.0.litellm_params "api"');
    assert.equal(where(`${broken}${above}      api_key: os|`), 'value model_list.0.litellm_params.api_key "os"');
    assert.equal(where(`${above}  - mod|\n b: "`), 'either model_list.1 "mod"');
    assert.equal(where(`router_settings:\n  timeout: "x\n  ret|\n`), 'key router_settings "ret"');
  });

  it('offers nothing in a comment, nor right behind a colon', () => {
    for (const marked of ['# mod|', 'a: 1 # mod|', 'a: "x" # |', 'model_list:|'])
      assert.equal(where(marked), 'nowhere', marked);
  });

  it('tells what stands at a place', () => {
    const text = 'router_settings:\n  timeout: 30 # half a minute\n';
    assert.deepEqual(spotAt(text, 20), {
      kind: 'key',
      path: ['router_settings', 'timeout'],
      from: 19,
      to: 26,
      value: 'timeout',
    });
    assert.equal(spotAt(text, 29)?.value, 30);
    assert.equal(spotAt(text, 40), undefined);
    assert.equal(spots('a: "x\nb: 1').length, 2);
  });
});
