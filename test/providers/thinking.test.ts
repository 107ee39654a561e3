import assert from 'node:assert/strict';
import type { JsonObject } from '../../src/lib/json.ts';
import { sentTo } from '../support/prepared.ts';

const thinking = (budget: number) => ({ thinking: { type: 'enabled', budget_tokens: budget } });

describe("thinking, in each provider's words", () => {
  const cases: readonly (readonly [name: string, body: JsonObject, words: JsonObject])[] = [
    ['openai/gpt-5', thinking(1024), { reasoning_effort: 'low' }],
    ['openai/gpt-5', { ...thinking(1024), reasoning_effort: 'high' }, { reasoning_effort: 'high' }],
    ['openai/gpt-5', { thinking: { type: 'adaptive' } }, {}],
    ['openai/gpt-4.1', thinking(1024), {}],
    ['groq/openai/gpt-oss-120b', thinking(20000), { reasoning_effort: 'high' }],
    ['groq/qwen/qwen3-32b', thinking(20000), { reasoning_effort: 'default' }],
    ['groq/qwen/qwen3-32b', { thinking: { type: 'disabled' } }, { reasoning_effort: 'none' }],
    ['groq/llama-3.3-70b-versatile', thinking(1024), {}],
    ['openrouter/anthropic/claude-sonnet-4.5', thinking(1024), { reasoning: { max_tokens: 1024 } }],
    ['openrouter/x/y', { thinking: { type: 'disabled' } }, { reasoning: { enabled: false } }],
    ['openrouter/x/y', { ...thinking(1), reasoning: { effort: 'low' } }, { reasoning: { effort: 'low' } }],
    ['deepseek/deepseek-chat', thinking(1024), { thinking: { type: 'enabled' } }],
    ['deepseek/deepseek-chat', { thinking: { type: 'adaptive' } }, { thinking: { type: 'enabled' } }],
    ['deepseek/deepseek-chat', { reasoning_effort: 'none' }, { thinking: { type: 'disabled' } }],
    ['deepseek/deepseek-chat', { reasoning_effort: 'high' }, { reasoning_effort: 'high' }],
    ['mistral/mistral-small-latest', thinking(1024), { reasoning_effort: 'high' }],
    ['mistral/magistral-medium-latest', thinking(1024), {}],
    ['mistral/mistral-large-2411', { reasoning_effort: 'high' }, {}],
    ['xai/grok-4.3', thinking(1024), { reasoning_effort: 'low' }],
    ['xai/grok-4-0709', { reasoning_effort: 'high' }, {}],
    ['dashscope/qwen3-max', thinking(1024), { enable_thinking: true, thinking_budget: 1024 }],
    ['zai/glm-4.6', { thinking: { type: 'disabled' } }, { thinking: { type: 'disabled' } }],
    ['together_ai/openai/gpt-oss-20b', thinking(1024), { reasoning_effort: 'low' }],
    ['together_ai/Qwen/Qwen3-32B', thinking(1024), {}],
    ['litellm_proxy/claude', thinking(1024), thinking(1024)],
    ['perplexity/sonar-reasoning-pro', thinking(1024), {}],
  ];
  for (const [name, body, words] of cases) {
    it(`${JSON.stringify(body)} for ${name}`, () => {
      const usage = name.startsWith('openrouter/') ? { usage: { include: true } } : {};
      assert.deepEqual(sentTo(name, body), {
        model: name.slice(name.indexOf('/') + 1),
        messages: [],
        ...usage,
        ...words,
      });
    });
  }
});
