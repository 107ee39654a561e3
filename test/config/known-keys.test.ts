import assert from 'node:assert/strict';
import { nearest } from '../../src/config/known-keys.ts';
import { unsupportedKeys, requestParameters } from '../../src/config/litellm-keys.ts';
import { usedKeys } from '../../src/config/schema.ts';
import { deployment, errorsOf, oneModel, warningsOf } from '../support/config.ts';

const withSettings = (settings: string): string => `${oneModel('{ model: openai/x }')}${settings}\n`;

describe('a key that Purser does not use', () => {
  it("is remarked on when it is LiteLLM's", () => {
    assert.deepEqual(warningsOf(withSettings('litellm_settings:\n  callbacks: [langfuse]\nguardrails: []')), [
      "config.yaml:5:3: `litellm_settings.callbacks` is LiteLLM's; Purser does not support it and ignores it",
      "config.yaml:6:1: `guardrails` is LiteLLM's; Purser does not support it and ignores it",
    ]);
  });

  it('is remarked on when nobody knows it', () => {
    assert.deepEqual(warningsOf(withSettings('general_settings: { colour: red }')), [
      'config.yaml:4:21: `general_settings.colour` is not known and is ignored',
    ]);
  });

  it('is an error when it is misspelt, in every section', () => {
    for (const [settings, place, wrong, right] of [
      ['litellm_settings: { max_budgt: 5 }', '4:21', 'litellm_settings.max_budgt', 'max_budget'],
      [
        'router_settings: { model_group_aliases: {} }',
        '4:20',
        'router_settings.model_group_aliases',
        'model_group_alias',
      ],
      ['general_settings: { mater_key: a }', '4:21', 'general_settings.mater_key', 'master_key'],
      ['genral_settings: {}', '4:1', 'genral_settings', 'general_settings'],
    ] as const) {
      assert.deepEqual(errorsOf(withSettings(settings)), [
        `config.yaml:${place}: \`${wrong}\` is not known; did you mean \`${right}\`?`,
      ]);
    }
    assert.deepEqual(errorsOf(oneModel('{ model: openai/x, api_bas: "http://a" }')), [
      'config.yaml:3:40: `litellm_params.api_bas` is not known; did you mean `api_base`?',
    ]);
    assert.deepEqual(errorsOf('model_list: [{ model_name: a, litelm_params: { model: openai/x } }]'), [
      'config.yaml:1:14: litellm_params is missing; expected a mapping with "model"',
      'config.yaml:1:31: `litelm_params` is not known; did you mean `litellm_params`?',
    ]);
  });

  it('is an error when it stands in the wrong place', () => {
    assert.deepEqual(errorsOf(withSettings('general_settings: { max_budget: 5 }')), [
      'config.yaml:4:21: `general_settings.max_budget` is in the wrong place; expected it in `litellm_params` or in `litellm_settings`',
    ]);
    assert.deepEqual(errorsOf(oneModel('{ model: openai/x, model_info: { id: a } }')), [
      'config.yaml:3:40: `litellm_params.model_info` is in the wrong place; expected it in an entry of `model_list`, beside `model_name`',
    ]);
  });

  it('is a default for the provider in litellm_params', () => {
    const text = '{ model: openai/x, reasoning_effort: high, some_new_parameter: 1 }';
    assert.deepEqual(deployment(text).defaults, { reasoning_effort: 'high', some_new_parameter: 1 });
    assert.deepEqual(warningsOf(oneModel(text)), []);
  });
});

describe('the keys', () => {
  it('of LiteLLM are none that Purser uses', () => {
    for (const section of Object.keys(usedKeys) as (keyof typeof usedKeys)[]) {
      assert.deepEqual(
        usedKeys[section].filter((key) => unsupportedKeys[section].has(key)),
        [],
      );
    }
  });

  it('of requests are never taken for misspelt ones', () => {
    const usual =
      'temperature top_p top_k min_p max_tokens max_completion_tokens max_output_tokens stop seed n user tools tool_choice response_format ' +
      'logprobs top_logprobs presence_penalty frequency_penalty repetition_penalty logit_bias stream stream_options thinking ' +
      'reasoning reasoning_effort verbosity service_tier metadata store parallel_tool_calls num_ctx keep_alive options format ' +
      'extra_body modalities audio web_search_options provider transforms models route plugins safety_settings prediction ' +
      'generation_config truncation include instructions prompt_cache_key safety_identifier system mirostat num_predict think raw';
    for (const key of usual.split(' ')) {
      const meant = requestParameters.has(key) ? undefined : nearest(key, usedKeys.litellm_params);
      assert.equal(meant, undefined, key);
    }
  });
});

describe('nearest', () => {
  it('forgives two slips in a long word and one in a short one', () => {
    assert.equal(nearest('temprture', ['temperature']), 'temperature');
    assert.equal(nearest('tmp', ['rpm', 'tpm']), 'tpm');
    assert.equal(nearest('wieght', ['weight']), 'weight');
    assert.equal(nearest('ttl', ['tpm']), undefined);
    assert.equal(nearest('tempera', ['temperature']), undefined);
  });

  it('finds the closest', () => {
    assert.equal(nearest('api_basee', ['api_bases', 'api_base']), 'api_bases');
    assert.equal(nearest('max_budge', ['max_budgets', 'max_budget']), 'max_budget');
  });
});
