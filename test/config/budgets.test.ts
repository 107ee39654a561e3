import assert from 'node:assert/strict';
import { accountOf } from '../../src/config/account.ts';
import { errorsOf, loaded, oneModel, warningsOf } from '../support/config.ts';

const model = oneModel('{ model: openai/gpt-4o, api_key: os.environ/OPENAI_API_KEY }');

describe('budgets in the configuration', () => {
  it("are read in both of LiteLLM's ways to write them, one or several to a name", () => {
    const config = loaded(`${model}
litellm_settings:
  budget_limits: [{ max_budget: 10, budget_duration: 1d }, { max_budget: 100, budget_duration: 30d }]
router_settings:
  provider_budget_config: { openai: { budget_limit: 5, time_period: 1d } }
  model_group_budget_config: { m: { max_budget: 0.5 } }
general_settings:
  account_budgets: { OPENAI_API_KEY: [{ max_budget: 1, budget_duration: 1h }, { max_budget: 7, budget_duration: 1w }] }
  global_max_parallel_requests: 12
`);
    assert.deepEqual(config.budgetLimits, [
      { max: 10e9, duration: '1d' },
      { max: 100e9, duration: '30d' },
    ]);
    assert.deepEqual(config.providerBudgets, { openai: [{ max: 5e9, duration: '1d' }] });
    assert.deepEqual(config.groupBudgets, { m: [{ max: 0.5e9, duration: null }] });
    assert.deepEqual(config.accountBudgets, {
      OPENAI_API_KEY: [
        { max: 1e9, duration: '1h' },
        { max: 7e9, duration: '1w' },
      ],
    });
    assert.equal(config.globalMaxParallel, 12);
    assert.deepEqual(warningsOf(model), []);
  });

  it('of what there is not are mistakes, and name what there is', () => {
    assert.deepEqual(
      errorsOf(`${model}
router_settings:
  provider_budget_config: { opanai: { budget_limit: 5 } }
  model_group_budget_config: { gpt: { budget_limit: 5 } }
general_settings:
  account_budgets: { OPENAI_KEY: { max_budget: 1 } }
`),
      [
        'config.yaml:6:29: router_settings.provider_budget_config has "opanai", which no model in model_list has; there are openai',
        'config.yaml:7:32: router_settings.model_group_budget_config has "gpt", which no model in model_list has; there are m',
        'config.yaml:9:22: general_settings.account_budgets has "OPENAI_KEY", which no model in model_list has; there are openai/OPENAI_API_KEY',
      ],
    );
  });

  it('that are misspelt are mistakes', () => {
    for (const entry of [
      '{ max_budgt: 5 }',
      '{ budget_duration: 1d }',
      '{ max_budget: -1 }',
      '{ max_budget: 1, budget_limit: 2 }',
    ])
      assert.equal(
        errorsOf(`${model}general_settings:\n  account_budgets: { OPENAI_API_KEY: ${entry} }\n`).length,
        1,
        entry,
      );
    assert.equal(errorsOf(`${model}litellm_settings:\n  budget_limits: { max_budget: 5 }\n`).length, 1);
  });

  it('may be what new keys have, and the most that they may have', () => {
    const config = loaded(`${model}
litellm_settings:
  default_key_generate_params: { max_budget: 1, models: [m] }
  upperbound_key_generate_params: { max_budget: 5, duration: 30d }
`);
    assert.deepEqual(config.keyDefaults, { max_budget: 1, models: ['m'] });
    assert.deepEqual(config.keyBounds, { max_budget: 5, duration: '30d' });
    assert.equal(errorsOf(`${model}litellm_settings:\n  default_key_generate_params: { max_bugdet: 1 }\n`).length, 1);
  });

  it('may be what new projects have; what else LiteLLM keeps there is named', () => {
    const config = loaded(`${model}
litellm_settings:
  default_team_params: { max_budget: 3, budget_duration: 1d, team_member_permissions: [] }
`);
    assert.deepEqual(config.projectDefaults, { max_budget: 3, budget_duration: '1d' });
    assert.match(config.warnings.map(({ message }) => message).join(), /team_member_permissions is not used/);
    assert.equal(errorsOf(`${model}litellm_settings:\n  default_team_params: { max_budget: much }\n`).length, 1);
  });
});

describe('the account of a deployment', () => {
  const accountsOf = (...params: string[]) =>
    loaded(
      `model_list:\n${params.map((one, index) => `  - { model_name: m${index}, litellm_params: ${one} }\n`).join('')}`,
    ).deployments.map(accountOf);

  it('goes by the variable of its key', () => {
    assert.deepEqual(accountsOf('{ model: openai/gpt-4o, api_key: os.environ/OPENAI_API_KEY }'), [
      'openai/OPENAI_API_KEY',
    ]);
  });

  it('is one for all models with one key, also where that stands in the file, and tells nothing of it', () => {
    const [first = '', second, third, fourth] = accountsOf(
      '{ model: openai/gpt-4o, api_key: sk-written-in-the-file-1 }',
      '{ model: openai/gpt-4o-mini, api_key: sk-written-in-the-file-1 }',
      '{ model: openai/gpt-4o, api_key: sk-written-in-the-file-2 }',
      '{ model: openai/gpt-4o, api_key: sk-written-in-the-file-1, api_base: "http://127.0.0.1:9/v1" }',
    );
    assert.match(first, /^openai\/key-[0-9a-f]{6}$/);
    assert.equal(second, first);
    assert.notEqual(third, first);
    assert.notEqual(fourth, first);
  });
});
