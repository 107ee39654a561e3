import assert from 'node:assert/strict';
import type { ModelBook } from '../../../src/vscode/configuration/model-book.ts';
import { suggestionsAt, type KnownVariable, type Suggestion } from '../../../src/vscode/configuration/suggest.ts';
import { bundledModels } from './model-book.ts';

const variables: readonly KnownVariable[] = [
  { name: 'OPENAI_API_KEY', place: 'stored' },
  { name: 'GROQ_API_KEY', place: 'environment' },
];
const above = 'model_list:\n  - model_name: fast\n    litellm_params:\n      model: openai/gpt-4o\n';

describe('what is offered in the configuration', () => {
  let models: ModelBook;
  before(async () => {
    models = await bundledModels();
  });
  /** The text has a `|` where the cursor is. */
  const offered = (marked: string): readonly Suggestion[] =>
    suggestionsAt(marked.replace('|', ''), marked.indexOf('|'), { models, variables })?.items ?? [];
  const labels = (marked: string): readonly string[] => offered(marked).map(({ label }) => label);
  const one = (marked: string, label: string): Suggestion => {
    const found = offered(marked).find((item) => item.label === label);
    assert.ok(found, `${label} is not among ${labels(marked).slice(0, 20).join(', ')}`);
    return found;
  };

  it('has the sections that are not there yet, with what they are for', () => {
    assert.deepEqual(labels(`${above}|`), [
      ...['litellm_settings', 'router_settings', 'general_settings', 'environment_variables', 'include'],
    ]);
    assert.match(one('|', 'router_settings').documentation ?? '', /shared among deployments/);
    assert.equal(one('|', 'model_list').insert, 'model_list:\n  - $0');
    assert.equal(one('|', 'router_settings').insert, 'router_settings:\n  $0');
  });

  it('has the keys of the mapping that the cursor is in, each described, and none twice', () => {
    const keys = offered(`${above}      |`);
    assert.ok(keys.length > 20 && keys.every(({ documentation }) => documentation !== undefined));
    assert.ok(!keys.some(({ label }) => label === 'model'));
    assert.equal(one(`${above}      |`, 'api_key').insert, 'api_key: ');
    assert.equal(one(`${above}    |`, 'model_info').insert, 'model_info:\n  $0');
  });

  it('indents below the dash of a list, and writes braces between braces', () => {
    assert.equal(one('model_list:\n  - |', 'litellm_params').insert, 'litellm_params:\n    $0');
    assert.match(one('model_list:\n  - |', 'model_name, litellm_params').insert, /\n {2}litellm_params:\n {4}model: /);
    assert.equal(one('model_list: [{ | }]', 'litellm_params').insert, 'litellm_params: { $0 }');
  });

  it('has true and false, the words of a choice, and examples', () => {
    assert.deepEqual(labels('litellm_settings:\n  drop_params: |'), ['true', 'false']);
    assert.deepEqual(labels('general_settings:\n  unknown_price: |'), ['assume', 'refuse', 'allow']);
    assert.ok(labels('router_settings:\n  routing_strategy: |').includes('latency-based-routing'));
    assert.ok(labels('litellm_settings:\n  budget_duration: |').includes('1mo'));
  });

  it('has providers first, and the models of those that have a key, with their prices', () => {
    const model = 'model_list:\n  - litellm_params:\n      model: |';
    assert.equal(one(model, 'openai/').isFirst, true);
    assert.equal(one(model, 'mistral/').isFirst, undefined);
    assert.equal(one(model, 'openai/gpt-4o').detail, '$2.50 in, $10.00 out per million tokens, 128k');
    assert.ok(!labels(model).some((label) => label.startsWith('mistral/m')));
    const anthropic = model.replace('|', 'anthropic/c|');
    assert.ok(labels(anthropic).includes('anthropic/claude-sonnet-4-5'));
    assert.ok(labels(anthropic).every((label) => label.startsWith('anthropic/')));
    assert.deepEqual(labels(model.replace('|', 'nobody/x|')), []);
  });

  it('has references to the keys that are stored or set', () => {
    const keys = offered(`${above}      api_key: |`);
    assert.deepEqual(
      keys.map(({ label, detail, isFirst = false }) => [label, detail, isFirst]),
      [
        ['os.environ/OPENAI_API_KEY', "in this editor's secret storage", true],
        ['os.environ/GROQ_API_KEY', 'in the environment', false],
      ],
    );
    assert.deepEqual(labels(`${above}      rpm: |`), []);
    assert.equal(labels(`${above}      rpm: os|`).length, 2);
  });

  it('has the names of this file where models are named', () => {
    assert.deepEqual(labels(`${above}router_settings:\n  fallbacks: [{ fast: [|] }]`), ['fast']);
    assert.deepEqual(labels(`${above}litellm_settings:\n  default_fallbacks:\n    - |`), ['fast']);
    assert.ok(labels(`${above}router_settings:\n  provider_budget_config:\n    |`).includes('openai'));
    assert.deepEqual(labels(`${above}general_settings:\n  account_budgets:\n    |`), [
      'OPENAI_API_KEY',
      'GROQ_API_KEY',
    ]);
  });

  it('is there in a text that is broken', () => {
    const broken = `a: "no end\n${above}      |`;
    assert.ok(labels(broken).includes('api_key'));
    assert.ok(
      labels(`${above}  - model_name: "x\n    litellm_params:\n      model: openai/gpt-4|`).includes('openai/gpt-4o'),
    );
  });

  it('takes the place of what was typed', () => {
    const text = `${above}      api_k: x`;
    const offset = text.indexOf('api_k') + 3;
    const suggestions = suggestionsAt(text, offset, { models, variables });
    assert.equal(text.slice(suggestions?.from, suggestions?.to), 'api_k');
    assert.equal(suggestions?.items.find(({ label }) => label === 'api_key')?.insert, 'api_key');
  });
});
