import assert from 'node:assert/strict';
import { explanationAt } from '../../../src/vscode/configuration/explain.ts';
import type { ModelBook } from '../../../src/vscode/configuration/model-book.ts';
import { bundledModels } from './model-book.ts';

const text = `model_list:
  - model_name: fast
    litellm_params:
      model: openai/gpt-4o
      api_key: os.environ/OPENAI_API_KEY
  - model_name: own
    litellm_params: { model: 'openai/own', input_cost_per_token: 0.000001, output_cost_per_token: 0.000002, api_key: os.environ/NONE }
  - model_name: local
    litellm_params: { model: ollama_chat/llama3.2 }
litellm_settings:
  drop_params: true
`;

describe('what is said of the configuration', () => {
  let models: ModelBook;
  before(async () => {
    models = await bundledModels();
  });
  const said = (word: string): string =>
    explanationAt(text, text.indexOf(word) + 2, { models, variables: [{ name: 'OPENAI_API_KEY', place: 'stored' }] })
      ?.markdown ?? '';

  it('has prices, sizes and where they are from for a model', () => {
    const markdown = said('openai/gpt-4o');
    assert.match(markdown, /\*\*OpenAI\*\* `gpt-4o`/);
    assert.match(markdown, /\| Input \| \$2\.50 per million tokens \|/);
    assert.match(markdown, /\| Output \| \$10\.00 per million tokens \|/);
    assert.match(markdown, /\| Read from the cache \| \$1\.25 per million tokens \|/);
    assert.match(markdown, /\| Context \| 128,000 tokens \|/);
    assert.match(markdown, /\| Longest answer \| 16,384 tokens \|/);
    assert.match(markdown, /Price from genai-prices/);
  });

  it('has the prices that the entry itself gives', () => {
    assert.match(said("'openai/own'"), /\| Input \| \$1\.00 per million tokens \|[^]*Price from this configuration/);
    assert.match(said('ollama_chat/llama3.2'), /\| Price \| free \|/);
  });

  it('says what a key does, and where a variable is', () => {
    assert.match(said('drop_params'), /^`drop_params`: Drop parameters that a provider does not know/);
    assert.match(said('os.environ/OPENAI_API_KEY'), /is in this editor's secret storage/);
    assert.match(said('os.environ/NONE'), /is not set/);
  });

  it('says nothing of the rest', () => {
    for (const word of ['own', 'fast', 'true']) assert.equal(said(word), '', word);
  });
});
