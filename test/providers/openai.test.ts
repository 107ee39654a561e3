import assert from 'node:assert/strict';
import { isReasoningModel } from '../../src/providers/openai-models.ts';
import { sentTo } from '../support/prepared.ts';

const messages = [
  { role: 'developer', content: [{ type: 'text', text: 'Rules.', cache_control: { type: 'ephemeral' } }] },
  { role: 'assistant', content: 'Hm.', reasoning_content: 'Let me see.', thinking_blocks: [{ type: 'thinking' }] },
];

describe('openai', () => {
  it('knows its reasoning models by name', () => {
    for (const model of [
      'o1',
      'o3-mini',
      'o4-mini',
      'gpt-5',
      'gpt-5.2-codex',
      'gpt-5-mini-2025-08-07',
      'ft:o4-mini:me',
    ])
      assert.ok(isReasoningModel(model), model);
    for (const model of ['gpt-4o', 'gpt-4.1', 'gpt-5-chat-latest', 'chatgpt-4o-latest', 'omni', 'o-model', 'qwen3'])
      assert.ok(!isReasoningModel(model), model);
  });

  it('takes out of messages what it would refuse', () => {
    assert.deepEqual(sentTo('openai/gpt-4.1', { messages }).messages, [
      { role: 'system', content: [{ type: 'text', text: 'Rules.' }] },
      { role: 'assistant', content: 'Hm.' },
    ]);
  });

  it('leaves reasoning in messages to another server, and its own fields', () => {
    const sent = sentTo('openai/qwen3', { messages, top_k: 5, max_completion_tokens: 9 }, { ownBase: true });
    assert.deepEqual(sent, {
      model: 'qwen3',
      messages: [
        { role: 'system', content: [{ type: 'text', text: 'Rules.' }] },
        { role: 'assistant', content: 'Hm.', reasoning_content: 'Let me see.' },
      ],
      top_k: 5,
      max_tokens: 9,
    });
  });

  it('tells a reasoning model what it understands', () => {
    const body = {
      max_tokens: 9,
      temperature: 0,
      top_p: 0.5,
      stop: ['.'],
      thinking: { type: 'enabled', budget_tokens: 9999 },
    };
    assert.deepEqual(sentTo('openai/o3', { ...body, messages: [{ role: 'developer', content: 'Rules.' }] }), {
      model: 'o3',
      messages: [{ role: 'developer', content: 'Rules.' }],
      reasoning_effort: 'medium',
      max_completion_tokens: 9,
    });
  });

  it('keeps the lower of two limits', () => {
    assert.equal(sentTo('openai/o3', { max_tokens: 9, max_completion_tokens: 5 }).max_completion_tokens, 5);
    assert.equal(sentTo('openai/o3', { max_tokens: null, max_completion_tokens: 5 }).max_completion_tokens, 5);
  });

  it('samples a model that was told not to reason', () => {
    const body = { temperature: 0.2, top_p: 0.5, reasoning_effort: 'none' };
    assert.deepEqual(sentTo('openai/gpt-5.1', body), { model: 'gpt-5.1', messages: [], ...body });
    assert.equal(sentTo('openai/gpt-5.1', { temperature: 0.2 }).temperature, undefined);
  });

  const efforts: readonly (readonly [model: string, asked: string, sent: string | undefined])[] = [
    ['o3', 'none', 'low'],
    ['o3', 'xhigh', 'high'],
    ['gpt-5', 'none', 'minimal'],
    ['gpt-5-mini', 'minimal', 'minimal'],
    ['gpt-5.1', 'minimal', 'low'],
    ['gpt-5.1-codex-max', 'xhigh', 'xhigh'],
    ['gpt-5.4', 'xhigh', 'xhigh'],
    ['gpt-5.4', 'max', 'xhigh'],
    ['gpt-4.1', 'high', undefined],
  ];
  for (const [model, asked, sent] of efforts) {
    it(`asks ${model} for ${sent ?? 'no effort'} where ${asked} was wanted`, () => {
      assert.equal(sentTo(`openai/${model}`, { reasoning_effort: asked }).reasoning_effort, sent);
    });
  }

  it('keeps other options of a stream when it asks for usage', () => {
    const sent = sentTo('openai/gpt-4.1', { stream: true, stream_options: { include_obfuscation: false } });
    assert.deepEqual(sent.stream_options, { include_obfuscation: false, include_usage: true });
  });
});
