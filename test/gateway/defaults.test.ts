import assert from 'node:assert/strict';
import { anthropic } from '../../src/dialects/anthropic/anthropic.ts';
import type { Dialect } from '../../src/dialects/dialect.ts';
import { gemini } from '../../src/dialects/gemini/gemini.ts';
import { openaiResponses } from '../../src/dialects/openai-responses/openai-responses.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { fakeProvider, json, type FakeProvider } from '../support/fake-provider.ts';
import { configText, hello, openaiModel } from '../support/gateway-client.ts';
import { gatewayUnderTest, type GatewayUnderTest } from '../support/gateway-under-test.ts';

describe("a deployment's default parameters", () => {
  let provider: FakeProvider;
  let gateway: GatewayUnderTest;
  before(async () => {
    provider = await fakeProvider(json(500, { error: { message: 'Not today.' } }));
    const at = (name: string, model: string, more: JsonObject) =>
      openaiModel(name, provider.url, { model, temperature: 0.3, max_tokens: 900, ...more });
    gateway = await gatewayUnderTest(
      configText([
        at('codex', 'openai/gpt-5', { reasoning_effort: 'high', verbosity: 'low' }),
        at('claude', 'anthropic/claude-sonnet-4-5', { seed: 7, context_management: { edits: [] } }),
        at('thinker', 'anthropic/claude-sonnet-4-5', {
          temperature: null,
          max_tokens: null,
          thinking: { type: 'enabled', budget_tokens: 2000 },
        }),
        at('flash', 'gemini/gemini-2.5-flash', { reasoning_effort: 'low' }),
      ]),
    );
  });
  after(async () => {
    await gateway.close();
    await provider.close();
  });

  async function sent(client: Dialect, body: JsonObject): Promise<Record<string, unknown>> {
    provider.requests.splice(0);
    await gateway.call(body, { client });
    const [request] = provider.requests;
    assert.ok(request);
    return request.body;
  }

  it("are in the words of Responses, and beside the client's own", async () => {
    const input = 'Ahoy';
    const asked = { model: 'codex', input, reasoning: { summary: 'auto' }, text: { format: { type: 'text' } } };
    assert.deepEqual(await sent(openaiResponses, asked), {
      model: 'gpt-5',
      input,
      max_output_tokens: 900,
      reasoning: { effort: 'high', summary: 'auto' },
      text: { format: { type: 'text' }, verbosity: 'low' },
    });
    const own = { model: 'codex', input, reasoning: { effort: 'low' }, max_output_tokens: 50 };
    const body = await sent(openaiResponses, own);
    assert.deepEqual([body['reasoning'], body['max_output_tokens']], [{ effort: 'low' }, 50]);
  });

  it('are in the words of Responses also where the provider keeps the conversation', async () => {
    const body = await sent(openaiResponses, { model: 'codex', input: 'Go on', previous_response_id: 'resp_1' });
    assert.deepEqual(body['reasoning'], { effort: 'high' });
    assert.equal(body['previous_response_id'], 'resp_1');
  });

  it("are in Anthropic's words, without those that it has none for, and with the provider's own", async () => {
    const messages = [{ role: 'user', content: 'Ahoy' }];
    assert.deepEqual(await sent(anthropic, { model: 'claude', max_tokens: 64, messages }), {
      model: 'claude-sonnet-4-5',
      max_tokens: 64,
      messages,
      temperature: 0.3,
      context_management: { edits: [] },
    });
    const translated = await sent(openaiResponses, { model: 'claude', input: 'Ahoy' });
    assert.deepEqual(
      [translated['temperature'], translated['max_tokens'], translated['context_management']],
      [0.3, 900, { edits: [] }],
    );
  });

  it('ask for no thinking that the request leaves no room for, or that it decides itself', async () => {
    const messages = [{ role: 'user', content: 'Ahoy' }];
    const ask = { model: 'thinker', messages };
    const thinking = { type: 'enabled', budget_tokens: 2000 };
    assert.deepEqual((await sent(anthropic, { ...ask, max_tokens: 4000 }))['thinking'], thinking);
    assert.equal((await sent(anthropic, { ...ask, max_tokens: 1000 }))['thinking'], undefined);
    const off = { type: 'disabled' };
    assert.deepEqual((await sent(anthropic, { ...ask, max_tokens: 4000, thinking: off }))['thinking'], off);
    const forced = { tools: [{ name: 'look', input_schema: { type: 'object' } }], tool_choice: { type: 'any' } };
    assert.equal((await sent(anthropic, { ...ask, ...forced, max_tokens: 4000 }))['thinking'], undefined);
  });

  it("are in Gemini's words, in the writing of the request", async () => {
    const contents = [{ role: 'user', parts: [{ text: 'Ahoy' }] }];
    const config = { maxOutputTokens: 900, temperature: 0.3 };
    const thinkingConfig = { thinkingBudget: 1024, includeThoughts: true };
    assert.deepEqual(await sent(gemini, { model: 'flash', contents }), {
      contents,
      generationConfig: { ...config, thinkingConfig },
    });
    const python = { model: 'flash', contents, generation_config: { temperature: 1 } };
    assert.deepEqual(await sent(gemini, python), {
      contents,
      generation_config: { temperature: 1, maxOutputTokens: 900, thinkingConfig },
    });
  });

  it("are in chat's words as they stand, the provider's own among them", async () => {
    const { temperature, context_management } = await sent(anthropic, { ...hello('claude'), max_tokens: 64 });
    assert.deepEqual([temperature, context_management], [0.3, { edits: [] }]);
  });
});
