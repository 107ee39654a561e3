import assert from 'node:assert/strict';
import { environmentOf } from '../../src/config/environment.ts';
import { loadConfig } from '../../src/config/load.ts';
import { starterModels } from '../../src/config/starter.ts';
import { providers } from '../support/config.ts';

const starter = (variables: Readonly<Record<string, string>>, ollamaAnswers = false, text = '') => {
  const environment = environmentOf({ processEnv: variables });
  const otherwise = starterModels({ environment, providers, ollamaAnswers });
  const { config } = loadConfig({ text, environment, providers, otherwise });
  assert.ok(config);
  return config;
};
const names = (variables: Readonly<Record<string, string>>, ollamaAnswers = false) =>
  starter(variables, ollamaAnswers).deployments.map(({ name, provider, model }) => `${name} = ${provider}/${model}`);

describe('the starter', () => {
  it('has a demo that is free and needs no key', () => {
    const { deployments, warnings, file } = starter({});
    assert.equal(deployments.length, 1);
    const [demo] = deployments;
    assert.equal(demo?.name, 'demo');
    assert.deepEqual(demo.prices, { input_cost_per_token: 0, output_cost_per_token: 0 });
    assert.match(demo.mockResponse ?? '', /Purser/);
    assert.deepEqual(warnings, []);
    assert.equal(file, undefined);
  });

  it('has every provider whose key is there, and its own family by bare ids', () => {
    assert.deepEqual(names({ ANTHROPIC_API_KEY: 'a', GROQ_API_KEY: 'b' }), [
      'demo = openai/demo',
      'anthropic/* = anthropic/*',
      'claude-* = anthropic/claude-*',
      'groq/* = groq/*',
    ]);
    const openai = names({ OPENAI_API_KEY: 'a' });
    for (const pattern of ['gpt-*', 'o1', 'o3', 'o3-*', 'o4-*', 'chatgpt-*'])
      assert.ok(openai.includes(`${pattern} = openai/${pattern}`));
  });

  it('takes any of the usual variables of a provider, and says which', () => {
    const gemini = starter({ GOOGLE_API_KEY: 'a' }).deployments.find(({ name }) => name === 'gemini-*');
    assert.deepEqual([gemini?.apiKey, gemini?.keyName], ['a', 'GOOGLE_API_KEY']);
  });

  it('has an account once, by the first of its prefixes', () => {
    const cohere = { keyVariables: ['COHERE_API_KEY'], needsBase: false };
    const models = starterModels({
      environment: environmentOf({ processEnv: { COHERE_API_KEY: 'a' } }),
      providers: { ...providers, cohere, cohere_chat: cohere },
      ollamaAnswers: false,
    });
    assert.deepEqual(
      models.map(({ model_name: name }) => name),
      ['demo', 'cohere/*', 'command-*', 'c4ai-*'],
    );
  });

  it('leaves out what needs an address', () => assert.equal(names({ AZURE_API_KEY: 'a' }).length, 1));

  it('has Ollama when it answers', () => {
    assert.deepEqual(names({}, true), ['demo = openai/demo', 'ollama_chat/* = ollama_chat/*']);
  });

  it('takes the master key of the environment', () => {
    assert.equal(starter({ LITELLM_MASTER_KEY: 'sk-a-long-one' }).masterKey, 'sk-a-long-one');
  });

  it('stands in for a file without models, whose settings hold', () => {
    const settings = 'litellm_settings: { max_budget: 5 }\n# model_list:\n';
    const { deployments, maxBudget, warnings } = starter({}, false, settings);
    assert.deepEqual([deployments.length, maxBudget, warnings], [1, 5e9, []]);
  });

  it('steps back for a file that lists its own', () => {
    const own = 'model_list: [{ model_name: own, litellm_params: { model: openai/own, mock_response: Hi } }]';
    assert.deepEqual(
      starter({ GROQ_API_KEY: 'a' }, true, own).deployments.map(({ name }) => name),
      ['own'],
    );
  });

  it('names its deployments alike at every start', () => {
    assert.deepEqual(starter({}).deployments[0]?.id, starter({ GROQ_API_KEY: 'a' }).deployments[0]?.id);
  });
});
