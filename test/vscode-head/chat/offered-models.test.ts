import assert from 'node:assert/strict';
import type { JsonObject } from '../../../src/lib/json.ts';
import { offeredModels } from '../../../src/vscode/chat/offered-models.ts';
import { english } from '../../support/words.ts';

const known: JsonObject = {
  model_group: 'claude-sonnet-4-5-20250929',
  providers: ['anthropic'],
  mode: 'chat',
  max_input_tokens: 200_000,
  max_output_tokens: 64_000,
  input_cost_per_token: 0.000003,
  output_cost_per_token: 0.000015,
  supports_function_calling: true,
  supports_vision: true,
  price_assumed: false,
};
const unknown: JsonObject = {
  model_group: 'mystery',
  providers: ['openai'],
  mode: null,
  max_input_tokens: null,
  max_output_tokens: null,
  input_cost_per_token: 0.00001,
  output_cost_per_token: 0.00005,
  supports_function_calling: null,
  supports_vision: null,
  price_assumed: true,
};
const offered = (...data: readonly JsonObject[]) => offeredModels({ data }, english);

describe("the models in the editor's chat", () => {
  it('are named with their family, price and size, and room is left for the answer', () => {
    assert.deepEqual(offered(known), [
      {
        id: 'claude-sonnet-4-5-20250929',
        name: 'claude-sonnet-4-5-20250929',
        family: 'claude-sonnet-4-5',
        version: '1',
        detail: '$3 in, $15 out',
        pricing: '$3 in, $15 out',
        tooltip:
          'Through Purser, served by anthropic. Price of a million tokens: $3 in, $15 out. It reads 200,000 tokens. It writes 64,000 at most.',
        maxInputTokens: 136_000,
        maxOutputTokens: 64_000,
        capabilities: { toolCalling: true, imageInput: true },
        isUserSelectable: true,
      },
    ]);
  });

  it('say what nobody knows, and are offered to agents all the same', () => {
    const [model] = offered(unknown);
    assert.equal(model?.detail, 'price not known');
    assert.match(model.tooltip, /How much it reads is not known/);
    assert.deepEqual(model.capabilities, { toolCalling: true, imageInput: false });
    assert.deepEqual([model.maxInputTokens, model.maxOutputTokens], [24_576, 8_192]);
  });

  it('can do what is known of them and no more', () => {
    const [model] = offered({ ...known, supports_function_calling: false, supports_vision: false });
    assert.deepEqual(model?.capabilities, { toolCalling: false, imageInput: false });
  });

  it('see pictures where all of their family do and no table has the newest', () => {
    const sees = (model_group: string): boolean | undefined =>
      offered({ ...unknown, model_group })[0]?.capabilities.imageInput;
    for (const name of [
      'gpt-5.4-mini',
      'openrouter/anthropic/claude-opus-5',
      'gemini-4-pro',
      'claude-3-5-haiku-latest',
    ])
      assert.equal(sees(name), true, name);
    for (const name of ['gpt-3.5-turbo', 'qwen3-coder', 'mygpt-5']) assert.equal(sees(name), false, name);
  });

  it('are free where both prices are nought', () => {
    assert.equal(
      offered({ ...unknown, input_cost_per_token: 0, output_cost_per_token: 0, price_assumed: false })[0]?.detail,
      'free',
    );
  });

  it('are those that one can talk to: by their mode, and where that is not known by their names', () => {
    const names = (...rows: readonly JsonObject[]) => offered(...rows).map(({ id }) => id);
    assert.deepEqual(names({ ...known, mode: 'embedding' }, { ...known, model_group: 'a', mode: 'responses' }), ['a']);
    const others = [
      'claude-*',
      'text-embedding-3-large',
      'gpt-4o-mini-tts',
      'whisper-1',
      'gpt-image-1',
      'imagen-4',
      'sora-2',
    ];
    const talkers = ['gpt-5', 'claude-opus-4-5', 'llama3:8b', 'o3', 'grok-4'];
    assert.deepEqual(names(...[...others, ...talkers].map((model_group) => ({ ...unknown, model_group }))), talkers);
  });

  it('are there once, where a wildcard offers the same under two names', () => {
    const names = offered(
      { ...unknown, model_group: 'openai/gpt-5' },
      { ...unknown, model_group: 'gpt-5' },
      { ...unknown, model_group: 'openai/o3' },
      { ...unknown, model_group: 'mine/gpt-5' },
    ).map(({ id }) => id);
    assert.deepEqual(names, ['gpt-5', 'openai/o3', 'mine/gpt-5']);
  });
});
