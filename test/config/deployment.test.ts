import assert from 'node:assert/strict';
import { deployment, errorsOf, loaded, oneModel, warningsOf } from '../support/config.ts';

const supported = 'anthropic, azure, bedrock, gemini, groq, ollama, ollama_chat, openai, openrouter, perplexity';

describe('the model of a deployment', () => {
  const addressOf = (params: string) => {
    const { provider, model, api } = deployment(params);
    return [provider, model, api].filter((word) => word !== undefined).join(' ');
  };

  it('follows the prefix of its provider', () => {
    assert.equal(addressOf('{ model: openai/gpt-4o }'), 'openai gpt-4o');
    assert.equal(
      addressOf('{ model: openrouter/anthropic/claude-3.5-sonnet }'),
      'openrouter anthropic/claude-3.5-sonnet',
    );
  });

  it('may name the responses API', () => {
    assert.equal(addressOf('{ model: openai/responses/gpt-5 }'), 'openai gpt-5 responses');
    assert.equal(addressOf('{ model: azure/responses/gpt-5, api_base: "https://a" }'), 'azure gpt-5 responses');
  });

  it('may have its provider beside it', () => {
    assert.equal(addressOf('{ model: meta/llama, custom_llm_provider: openai }'), 'openai meta/llama');
    assert.equal(addressOf('{ model: openai/gpt-4o, custom_llm_provider: openai }'), 'openai gpt-4o');
  });

  it('is known without a prefix where its name tells', () => {
    for (const model of ['gpt-4o', 'o1', 'o3-mini', 'o4-mini', 'chatgpt-4o-latest'])
      assert.equal(addressOf(`{ model: ${model} }`), `openai ${model}`);
    assert.equal(addressOf('{ model: claude-sonnet-4 }'), 'anthropic claude-sonnet-4');
    assert.equal(addressOf('{ model: gemini-2.5-pro }'), 'gemini gemini-2.5-pro');
  });

  it('is an error without a prefix elsewhere', () => {
    assert.deepEqual(errorsOf(oneModel('{ model: llama3 }')), [
      'config.yaml:3:30: litellm_params.model is "llama3"; expected a provider before the model, such as "openai/llama3"',
    ]);
    assert.deepEqual(errorsOf('model_list: [{ model_name: "*", litellm_params: { model: "*" } }]'), [
      'config.yaml:1:58: litellm_params.model is "*"; expected a provider before the model, such as "openai/gpt-4o"',
    ]);
    assert.deepEqual(errorsOf(oneModel('{ model: openai/ }')), [
      'config.yaml:3:30: litellm_params.model is "openai/"; expected a model after the provider, such as "openai/gpt-4o"',
    ]);
  });

  it('is an error with an unknown prefix, which names near and supported ones', () => {
    assert.deepEqual(errorsOf(oneModel('{ model: opnai/gpt-4o }')), [
      `config.yaml:3:30: litellm_params.model is "opnai/gpt-4o"; expected a provider that Purser knows (did you mean "openai"?): ${supported}`,
    ]);
    assert.deepEqual(errorsOf(oneModel('{ model: x, custom_llm_provider: acme }')), [
      `config.yaml:3:54: litellm_params.custom_llm_provider is "acme"; expected a provider that Purser knows: ${supported}`,
    ]);
  });

  it('of a provider that only LiteLLM has is left out, and the others load', () => {
    const text = `${oneModel('{ model: sagemaker/claude }')}  - { model_name: other, litellm_params: { model: openai/x } }\n`;
    assert.deepEqual(
      loaded(text).deployments.map(({ name }) => name),
      ['other'],
    );
    assert.deepEqual(warningsOf(text), [
      "config.yaml:3:30: `sagemaker` is LiteLLM's; Purser does not support it, and leaves this model out",
    ]);
  });

  it('has at most one star, and none that its name has not', () => {
    const wild = (name: string, model: string) =>
      errorsOf(`model_list:\n  - { model_name: "${name}", litellm_params: { model: "${model}" } }`);
    assert.deepEqual(wild('openai/*', 'openai/*'), []);
    assert.deepEqual(wild('my-*', 'openai/gpt-4o'), []);
    assert.deepEqual(wild('*/*', 'openai/*'), ['config.yaml:2:19: model_name is "*/*"; expected one * at most']);
    assert.deepEqual(wild('a*', 'openai/*-*'), [
      'config.yaml:2:50: litellm_params.model is "openai/*-*"; expected one * at most',
    ]);
    assert.deepEqual(wild('all', 'openai/*'), [
      'config.yaml:2:51: litellm_params.model is "openai/*"; expected no *, since model_name has none',
    ]);
  });
});

describe('the id of a deployment', () => {
  const idOf = (params: string, variables?: Record<string, string>) => deployment(params, variables).id;

  it('is a sha256 of what the file says, not of what variables hold', () => {
    const id = idOf('{ model: openai/x, api_key: os.environ/K }', { K: 'one' });
    assert.match(id, /^[0-9a-f]{64}$/);
    assert.equal(idOf('{ api_key: os.environ/K, model: openai/x }', { K: 'two' }), id);
    assert.notEqual(idOf('{ model: openai/x, api_key: os.environ/L }', { L: 'one' }), id);
  });

  it('may be chosen, once', () => {
    const entry = (name: string) =>
      `  - { model_name: ${name}, litellm_params: { model: openai/x }, model_info: { id: mine } }\n`;
    assert.equal(loaded(`model_list:\n${entry('a')}`).deployments[0]?.id, 'mine');
    assert.deepEqual(errorsOf(`model_list:\n${entry('a')}${entry('b')}`), [
      'config.yaml:3:77: model_info.id is "mine"; expected an id that no other entry has',
    ]);
  });

  it('tells entries apart, and the same entry twice counts once', () => {
    const entry = '  - { model_name: a, litellm_params: { model: openai/x } }\n';
    const text = `model_list:\n${entry}${entry}`;
    assert.equal(loaded(text).deployments.length, 1);
    assert.deepEqual(warningsOf(text), ['config.yaml:3:5: the model "a" stands twice, word for word, and counts once']);
  });
});

describe('the key of a deployment', () => {
  const keyOf = (params: string, variables: Record<string, string>) => {
    const { apiKey, keyName } = deployment(params, variables);
    return [apiKey, keyName];
  };
  const warnings = (params: string, variables: Record<string, string> = {}) => warningsOf(oneModel(params), variables);

  it('is what api_key says or refers to', () => {
    assert.deepEqual(keyOf('{ model: openai/x, api_key: literal }', {}), ['literal', undefined]);
    assert.deepEqual(keyOf('{ model: openai/x, api_key: os.environ/MINE }', { MINE: 'k' }), ['k', 'MINE']);
  });

  it("is else the provider's usual variable, the first that is set", () => {
    assert.deepEqual(keyOf('{ model: openai/x }', { OPENAI_API_KEY: 'k' }), ['k', 'OPENAI_API_KEY']);
    assert.deepEqual(keyOf('{ model: gemini/x }', { GOOGLE_API_KEY: 'k' }), ['k', 'GOOGLE_API_KEY']);
    assert.deepEqual(keyOf('{ model: openai/x, api_key: "" }', { OPENAI_API_KEY: 'k' }), ['k', 'OPENAI_API_KEY']);
    assert.deepEqual(keyOf('{ model: openai/x, api_key: os.environ/MINE }', { OPENAI_API_KEY: 'k' }), [
      'k',
      'OPENAI_API_KEY',
    ]);
    assert.deepEqual(warnings('{ model: openai/x, api_key: os.environ/MINE }', { OPENAI_API_KEY: 'k' }), [
      'config.yaml:3:49: the variable "MINE" is not set; OPENAI_API_KEY is used instead',
    ]);
  });

  it('may be missing, with a warning that names the variable', () => {
    assert.deepEqual(keyOf('{ model: openai/x, api_key: os.environ/MINE }', {}), [undefined, 'MINE']);
    assert.deepEqual(warnings('{ model: openai/x, api_key: os.environ/MINE }'), [
      'config.yaml:3:49: the model "m" has no key: the variable "MINE" is not set',
    ]);
    assert.deepEqual(warnings('{ model: openai/x }'), [
      'config.yaml:3:21: the model "m" has no key: litellm_params.api_key is missing, and so is a variable OPENAI_API_KEY',
    ]);
    assert.deepEqual(warnings('{ model: gemini/x }'), [
      'config.yaml:3:21: the model "m" has no key: litellm_params.api_key is missing, and so is a variable GEMINI_API_KEY or GOOGLE_API_KEY',
    ]);
  });

  it('is not missed where none is needed', () => {
    assert.deepEqual(warnings('{ model: ollama/llama3 }'), []);
    assert.deepEqual(warnings('{ model: openai/x, mock_response: hello }'), []);
  });
});

describe('the address of a deployment', () => {
  it('is api_base or base_url, without a slash at the end', () => {
    assert.equal(deployment('{ model: openai/x, api_base: "http://a/v1/" }').apiBase, 'http://a/v1');
    assert.equal(deployment('{ model: openai/x, base_url: "http://b" }').apiBase, 'http://b');
    assert.equal(deployment('{ model: openai/x }').apiBase, undefined);
  });

  it('is required where a provider has no usual one', () => {
    assert.deepEqual(errorsOf(oneModel('{ model: azure/x }')), [
      'config.yaml:3:21: litellm_params.api_base is missing; expected an address, since this provider has no usual one',
    ]);
  });

  it('that is not set leaves the model out', () => {
    const text = oneModel('{ model: azure/x, api_base: os.environ/BASE }');
    assert.deepEqual(loaded(text).deployments, []);
    assert.deepEqual(warningsOf(text), [
      'config.yaml:3:49: litellm_params.api_base is left out: the variable "BASE" is not set',
      'config.yaml:3:49: this model is left out, since its provider has no usual address',
    ]);
  });

  it('is remarked on when it is none', () => {
    assert.deepEqual(warningsOf(oneModel('{ model: openai/x, base_url: "localhost:8080" }')), [
      'config.yaml:3:50: litellm_params.base_url does not begin with http:// or https://',
    ]);
  });
});

describe('litellm_params', () => {
  it('are read into limits, times and switches', () => {
    const read = deployment(`{
      model: azure/x, api_base: "https://a", api_key: k, api_version: "2025-04-01", organization: org,
      headers: { X-A: "1", X-B: "1" }, extra_headers: { X-B: "2" },
      weight: 0.5, order: 2, rpm: "60", tpm: 1000, max_parallel_requests: 4, timeout: 30, stream_timeout: 2.5,
      max_budget: 1.5, budget_duration: 30d, drop_params: on, additional_drop_params: [seed], mock_response: hi,
      temperature: 0.2, models: [a, b], thinking: { type: enabled }, stop: null }`);
    assert.deepEqual(read, {
      id: read.id,
      name: 'm',
      provider: 'azure',
      model: 'x',
      apiKey: 'k',
      apiBase: 'https://a',
      apiVersion: '2025-04-01',
      organization: 'org',
      headers: { 'x-a': '1', 'x-b': '2' },
      defaults: { temperature: 0.2, models: ['a', 'b'], thinking: { type: 'enabled' } },
      prices: {},
      info: {},
      weight: 0.5,
      order: 2,
      rpm: 60,
      tpm: 1000,
      maxParallel: 4,
      timeoutMs: 30_000,
      streamTimeoutMs: 2500,
      maxBudget: 1_500_000_000,
      budgetDuration: '30d',
      dropParams: true,
      dropAlso: ['seed'],
      mockResponse: 'hi',
      routing: {},
    });
  });

  it("that are LiteLLM's are no parameters for the provider", () => {
    const text = oneModel('{ model: openai/x, aws_secret_access_key: planted, itpm: 2 }');
    assert.deepEqual(loaded(text).deployments[0]?.defaults, {});
    assert.deepEqual(warningsOf(text), [
      'config.yaml:3:63: `litellm_params.aws_secret_access_key` is for models of Amazon Bedrock, and is ignored',
      "config.yaml:3:72: `litellm_params.itpm` is LiteLLM's; Purser does not support it and ignores it",
    ]);
  });
});

describe('prices', () => {
  it('stand in litellm_params or model_info, and the former count', () => {
    const { prices, defaults, info } =
      deployment(`{ model: openai/x, input_cost_per_token: 1e-06, output_cost_per_token_above_200k_tokens: "0.00002" }
    model_info: { base_model: gpt-4o, input_cost_per_token: 2e-06, cache_read_input_token_cost: 0, output_cost_per_token_flex: 1e-6, tiered_pricing: [{ range: [0, 100] }] }`);
    assert.deepEqual(prices, {
      input_cost_per_token: 1e-6,
      cache_read_input_token_cost: 0,
      output_cost_per_token_flex: 1e-6,
      tiered_pricing: [{ range: [0, 100] }],
      output_cost_per_token_above_200k_tokens: 0.00002,
    });
    assert.deepEqual(defaults, {});
    assert.equal(info.base_model, 'gpt-4o');
  });

  it('are amounts', () => {
    for (const [price, found] of [
      ['-1', '-1'],
      ['free', '"free"'],
      ['true', 'true'],
    ] as const) {
      assert.deepEqual(errorsOf(oneModel(`{ model: openai/x, input_cost_per_token: ${price} }`)), [
        `config.yaml:3:62: litellm_params.input_cost_per_token is ${found}; expected a price in dollars, 0 or more, such as 0.0000025 for a token`,
      ]);
    }
  });

  it('that are misspelt are an error, since an unknown price is not zero', () => {
    assert.deepEqual(errorsOf(`${oneModel('{ model: openai/x }')}    model_info: { input_cost_per_tokens: 0 }\n`), [
      'config.yaml:4:19: `model_info.input_cost_per_tokens` is not known; did you mean `input_cost_per_token`?',
    ]);
    assert.deepEqual(warningsOf(oneModel('{ model: openai/x, some_cost_per_dance: 0 }')), [
      'config.yaml:3:40: `litellm_params.some_cost_per_dance` is no price that Purser knows, and is ignored',
    ]);
  });

  it('of a million tokens are remarked on', () => {
    assert.deepEqual(warningsOf(oneModel('{ model: openai/x, input_cost_per_token: 2.5 }')), [
      'config.yaml:3:62: litellm_params.input_cost_per_token is dollars for one token, and this is more than a cent; divide a price per million by 1000000',
    ]);
  });
});
