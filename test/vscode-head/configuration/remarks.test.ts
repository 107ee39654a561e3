import assert from 'node:assert/strict';
import { environmentOf } from '../../../src/config/environment.ts';
import type { ModelBook } from '../../../src/vscode/configuration/model-book.ts';
import { firstFree, remarksOn, type Remark } from '../../../src/vscode/configuration/remarks.ts';
import { bundledModels, facts } from './model-book.ts';

const secret = 'sk-proj-4fJ2kd93mXq81LsT0vBn'; // made up

describe('what is wrong with the configuration', () => {
  let models: ModelBook;
  before(async () => {
    models = await bundledModels();
  });
  const remarks = (text: string, set: Record<string, string> = { OPENAI_API_KEY: 'x' }): readonly Remark[] =>
    remarksOn(text, {
      ...{ file: '/c/config.yaml', facts, models, readFile: () => undefined },
      environment: environmentOf({ processEnv: set }),
      otherwise: [],
    });
  const params = (flow: string): string => `model_list:\n  - model_name: m\n    litellm_params: ${flow}\n`;
  /** What is marked, how, and what mends it. */
  const told = (text: string, set?: Record<string, string>) =>
    remarks(text, set).map(({ from, to, severity, fix }) => [text.slice(from, to), severity, fix]);

  it('marks a key that is not known, with the one that is meant', () => {
    assert.deepEqual(told(`${params('{ model: openai/gpt-4o }')}router_settings:\n  routing_stratgy: x\n`), [
      ['routing_stratgy', 'error', { type: 'replace', by: 'routing_strategy' }],
    ]);
    assert.deepEqual(told(params('{ model: openai/gpt-4o, input_cost_per_tokn_flex: 0.1 }')), [
      ['input_cost_per_tokn_flex', 'error', { type: 'replace', by: 'input_cost_per_token_flex' }],
    ]);
  });

  it('marks a provider and a model that nobody knows', () => {
    assert.deepEqual(told(params('{ model: "opnai/gpt-4o" }')), [
      ['"opnai/gpt-4o"', 'error', { type: 'replace', by: 'openai/gpt-4o' }],
    ]);
    assert.deepEqual(told(params('{ model: openai/gpt-4o-mni }')), [
      ['openai/gpt-4o-mni', 'warning', { type: 'replace', by: 'openai/gpt-4o-mini' }],
    ]);
    assert.deepEqual(told(params('{ model: openai/quite-another-one }')), [
      ['openai/quite-another-one', 'information', undefined],
    ]);
  });

  it('leaves alone what may well be right', () => {
    assert.deepEqual(told(params('{ model: openai/own, api_base: "http://127.0.0.1:1/v1" }')), []);
    assert.deepEqual(told(params('{ model: openai/own, input_cost_per_token: 0, output_cost_per_token: 0 }')), []);
    assert.deepEqual(told(params('{ model: ollama_chat/mine }')), []);
    assert.deepEqual(told('model_list:\n  - model_name: "*"\n    litellm_params: { model: openai/* }\n'), []);
  });

  it('marks a key that is missing', () => {
    const add = { type: 'add-key', variable: 'WORK_KEY' };
    assert.deepEqual(told(params('{ model: groq/llama-3.1-8b-instant, api_key: os.environ/WORK_KEY }')), [
      ['os.environ/WORK_KEY', 'warning', add],
    ]);
    assert.deepEqual(told(params('{ model: openai/gpt-4o, api_key: os.environ/WORK_KEY }')), [
      ['os.environ/WORK_KEY', 'warning', add],
    ]);
    const [usual] = remarks(params('{ model: groq/llama-3.1-8b-instant }'));
    assert.deepEqual(usual?.fix, { type: 'add-key', variable: 'GROQ_API_KEY' });
    // Also beside a mistake.
    assert.equal(remarks(`${params('{ model: groq/llama-3.1-8b-instant }')}modl_list: []\n`).length, 2);
  });

  it('marks a secret in plain text, and never says it', () => {
    const text = params(`{ model: anthropic/claude-sonnet-4-5, api_key: ${secret} }`);
    assert.deepEqual(told(text), [[secret, 'warning', { type: 'hide-secret', variable: 'ANTHROPIC_API_KEY' }]]);
    const settings = `${params('{ model: openai/gpt-4o, api_key: not-needed }')}general_settings:\n  master_key: '${secret}'\n`;
    assert.deepEqual(told(settings), [
      [`'${secret}'`, 'warning', { type: 'hide-secret', variable: 'LITELLM_MASTER_KEY' }],
    ]);
    const variables = `${params('{ model: openai/gpt-4o }')}environment_variables:\n  MY_KEY: ${secret}\n`;
    assert.deepEqual(told(variables)[0]?.[2], { type: 'hide-secret', variable: 'MY_KEY' });
    for (const one of [text, settings, variables])
      assert.ok(!JSON.stringify(remarks(one).map(({ message }) => message)).includes(secret));
  });

  it('gives a second key of a provider a name of its own', () => {
    const text = params(`{ model: openai/gpt-4o, api_key: ${secret} }`);
    assert.deepEqual(told(text)[0]?.[2], { type: 'hide-secret', variable: 'OPENAI_API_KEY_2' });
    assert.equal(
      firstFree('A', (name) => !['A', 'A_2'].includes(name)),
      'A_3',
    );
  });

  it('says where YAML breaks, and still finds secrets', () => {
    const text = `general_settings:\n  master_key: ${secret}\nmodel_list: "x\n`;
    const found = remarks(text);
    assert.equal(found[0]?.severity, 'error');
    assert.match(found[0].message, /closing quote/);
    assert.ok(found[0].to <= text.length);
    assert.equal(found.at(-1)?.fix?.type, 'hide-secret');
  });

  it('has nothing to say of a good file, nor of one that is only comments', () => {
    assert.deepEqual(told(params('{ model: openai/gpt-4o, api_key: os.environ/OPENAI_API_KEY }')), []);
  });
});
