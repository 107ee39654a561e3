import assert from 'node:assert/strict';
import { parse } from 'yaml';
import { editConfig } from '../../../src/config/edit.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import {
  accountEntries,
  foundInLitellm,
  keysInEnvText,
  mergeEdits,
  type Taking,
} from '../../../src/vscode/provider-keys/importable.ts';

// Keys made up for this test.
const first = 'sk-proj-AAAA1111bbbb2222cccc3333';
const second = 'sk-proj-DDDD4444eeee5555ffff6666';

/** The model_list of a text. */
const listIn = (text: string): unknown => (parse(text) as JsonObject).model_list;

const usual: Readonly<Record<string, string>> = { openai: 'OPENAI_API_KEY', groq: 'GROQ_API_KEY' };
const taking = (more: Partial<Taking> = {}): Taking => ({
  ...{ usualVariable: (provider) => usual[provider], variables: {}, stored: {} },
  ...more,
});

describe('keys that can be imported', () => {
  it('are those of known names, then those of names that keys have', () => {
    const text = `# mine\nZED_API_KEY="0123456789abcdef"\nexport OPENAI_API_KEY=${first} # work\nEMPTY_API_KEY=\nEDITOR=vi\nSHORT_API_KEY=x\n`;
    assert.deepEqual(keysInEnvText(text, new Set(['OPENAI_API_KEY'])), [
      { name: 'OPENAI_API_KEY', value: first, isKnown: true },
      { name: 'ZED_API_KEY', value: '0123456789abcdef', isKnown: false },
    ]);
  });

  it("are a LiteLLM file's literal keys, by the usual names, each once", () => {
    const text = `model_list:
  - model_name: a
    litellm_params: { model: openai/gpt-4o, api_key: ${first} }
  - model_name: b
    litellm_params: { model: gpt-4o-mini, api_key: ${first} }
  - model_name: c
    litellm_params: { model: openai/gpt-4o, api_key: '${second}' }
general_settings:
  master_key: sk-master-0123456789abcdef
`;
    const found = foundInLitellm(text, taking());
    assert.deepEqual(found?.keys, [
      { name: 'OPENAI_API_KEY', value: first, isKnown: true },
      { name: 'OPENAI_API_KEY_2', value: second, isKnown: true },
    ]);
    assert.deepEqual(
      found.entries.map(({ litellm_params: params }) => (params as JsonObject).api_key),
      ['os.environ/OPENAI_API_KEY', 'os.environ/OPENAI_API_KEY', 'os.environ/OPENAI_API_KEY_2'],
    );
    assert.ok(!JSON.stringify(found.entries).includes('sk-'));
  });

  it('keep the name under which the same key is stored, and take no name from another', () => {
    const text = `model_list: [{ model_name: a, litellm_params: { model: openai/x, api_key: ${first} } }]`;
    const named = (stored: Record<string, string>) => foundInLitellm(text, taking({ stored }))?.keys[0]?.name;
    assert.equal(named({ OPENAI_API_KEY: first }), 'OPENAI_API_KEY');
    assert.equal(named({ OPENAI_API_KEY: second }), 'OPENAI_API_KEY_2');
  });

  it('are also those of the .env beside it that the file names', () => {
    const text = 'model_list: [{ model_name: a, litellm_params: { model: groq/x, api_key: os.environ/WORK } }]';
    const found = foundInLitellm(text, taking({ variables: { WORK: 'gsk-0123456789', OTHER_API_KEY: second } }));
    assert.deepEqual(found?.keys, [{ name: 'WORK', value: 'gsk-0123456789', isKnown: true }]);
    assert.deepEqual(found.entries, listIn(text));
  });

  it('are none in a file that cannot be read', () => {
    assert.equal(foundInLitellm('a: "x', taking()), undefined);
    assert.deepEqual(foundInLitellm('', taking()), { keys: [], entries: [] });
  });
});

describe('models that are merged into the configuration', () => {
  const entry = (name: string): JsonObject => ({ model_name: name, litellm_params: { model: `openai/${name}` } });
  const merged = (text: string, entries: readonly JsonObject[], starter: readonly JsonObject[] = []): string => {
    const edited = editConfig(text, mergeEdits(text, entries, starter));
    assert.ok('text' in edited);
    return edited.text;
  };

  it('come after what is there, comments kept, and none twice', () => {
    const text = '# mine\nmodel_list:\n  - model_name: a # first\n    litellm_params: { model: openai/a }\n';
    const after = merged(text, [entry('a'), entry('b')]);
    assert.ok(after.startsWith(text));
    assert.deepEqual(listIn(after), [entry('a'), entry('b')]);
    assert.equal(merged(text, [entry('a')]), text);
  });

  it('bring what was offered without a list, since a list ends that', () => {
    assert.deepEqual(listIn(merged('# nothing yet\n', [entry('b')], [entry('demo')])), [entry('demo'), entry('b')]);
    assert.deepEqual(listIn(merged('include: [more.yaml]\n', [entry('b')], [entry('demo')])), [entry('b')]);
  });
});

describe('a second account', () => {
  const account = { provider: 'openai', first: 'OPENAI_API_KEY', second: 'OPENAI_API_KEY_WORK' };

  it('shares the calls of every model that the first one has', () => {
    const text = `model_list:
  - model_name: a
    litellm_params: { model: openai/a, api_key: os.environ/OPENAI_API_KEY, rpm: 5 }
    model_info: { id: one }
  - model_name: b
    litellm_params: { model: gpt-b }
  - model_name: c
    litellm_params: { model: groq/c }
  - model_name: d
    litellm_params: { model: openai/d, api_key: os.environ/ANOTHER }
`;
    const api_key = 'os.environ/OPENAI_API_KEY_WORK';
    assert.deepEqual(accountEntries(text, account), [
      { model_name: 'a', litellm_params: { model: 'openai/a', rpm: 5, api_key } },
      { model_name: 'b', litellm_params: { model: 'gpt-b', api_key } },
    ]);
  });

  it('has all models of its provider where there is nothing to share', () => {
    assert.deepEqual(accountEntries('', account), [
      { model_name: 'openai/*', litellm_params: { model: 'openai/*', api_key: 'os.environ/OPENAI_API_KEY_WORK' } },
    ]);
  });
});
