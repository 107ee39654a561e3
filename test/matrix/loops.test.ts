import assert from 'node:assert/strict';
import { objectIn, objectsIn, parseJson } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { clientNames, clients, type ClientName } from '../support/client-reading.ts';
import { fakeProvider, json, type FakeProvider } from '../support/fake-provider.ts';
import { configText } from '../support/gateway-client.ts';
import { gatewayUnderTest, type GatewayUnderTest } from '../support/gateway-under-test.ts';
import { providerNames, recordedModels, type ProviderName } from '../support/recorded-provider.ts';
import { signature, thoughtfulCalls } from './whole-answers.ts';

const schema = { type: 'object', properties: { town: { type: 'string' } }, required: ['town'] };
const results = ['rain in Brest', 'sun in Nice'] as const;

/** How a client of each format asks with a tool, and how it comes back with the answer and what the two calls gave. */
const loops: Record<
  ClientName,
  { readonly tools: JsonObject; readonly back: (asked: JsonObject, answer: JsonObject) => JsonObject }
> = {
  chat: {
    tools: {
      tools: [{ type: 'function', function: { name: 'weather', parameters: schema } }],
      reasoning_effort: 'low',
    },
    back: (asked, answer) => {
      const message = objectIn(objectsIn(answer['choices'])[0]?.['message']);
      const calls = objectsIn(message['tool_calls']);
      const told = results.map((content, at) => ({ role: 'tool', tool_call_id: calls[at]?.['id'], content }));
      return { ...asked, messages: [...objectsIn(asked['messages']), message, ...told] };
    },
  },
  messages: {
    tools: {
      tools: [{ name: 'weather', input_schema: schema }],
      thinking: { type: 'enabled', budget_tokens: 1024 },
    },
    back: (asked, answer) => {
      const content = objectsIn(answer['content']);
      const ids = content.flatMap(({ type, id }) => (type === 'tool_use' ? [id] : []));
      const told = results.map((content, at) => ({ type: 'tool_result', tool_use_id: ids[at], content }));
      const turns = [
        { role: 'assistant', content },
        { role: 'user', content: told },
      ];
      return { ...asked, messages: [...objectsIn(asked['messages']), ...turns] };
    },
  },
  responses: {
    tools: {
      tools: [{ type: 'function', name: 'weather', parameters: schema, strict: false }],
      reasoning: { effort: 'low' },
      store: false,
      include: ['reasoning.encrypted_content'],
    },
    back: (asked, answer) => {
      const output = objectsIn(answer['output']);
      const ids = output.flatMap(({ type, call_id }) => (type === 'function_call' ? [call_id] : []));
      const told = results.map((output, at) => ({ type: 'function_call_output', call_id: ids[at], output }));
      return { ...asked, input: [{ role: 'user', content: 'Hello' }, ...output, ...told] };
    },
  },
  gemini: {
    tools: {
      tools: [{ functionDeclarations: [{ name: 'weather', parametersJsonSchema: schema }] }],
      generationConfig: { thinkingConfig: { thinkingBudget: 1024, includeThoughts: true } },
    },
    back: (asked, answer) => {
      const content = objectIn(objectsIn(answer['candidates'])[0]?.['content']);
      const calls = objectsIn(content['parts']).flatMap(({ functionCall }) => functionCall ?? []);
      const told = results.map((result, at) => {
        const { id } = objectIn(calls[at]);
        return { functionResponse: { ...(id !== undefined && { id }), name: 'weather', response: { result } } };
      });
      return { ...asked, contents: [...objectsIn(asked['contents']), content, { role: 'user', parts: told }] };
    },
  },
};

/** Those whose models sign what they think, and must get it back with what their calls gave. */
const signs: ReadonlySet<ProviderName> = new Set(['openai-responses', 'anthropic', 'gemini', 'bedrock']);

describe('a tool loop with two calls at once', () => {
  let fake: FakeProvider;
  let gateway: GatewayUnderTest;
  before(async () => {
    fake = await fakeProvider();
    gateway = await gatewayUnderTest(configText(recordedModels(fake.url), { litellm_settings: { drop_params: true } }));
  });
  after(async () => {
    await gateway.close();
    await fake.close();
  });

  for (const client of clientNames) {
    for (const provider of providerNames) {
      for (const stream of [false, true]) {
        it(`${client} on ${provider}${stream ? ', streamed' : ''}`, async () => {
          const { dialect, ask, collected } = clients[client];
          const asked = { ...ask(provider, stream), ...loops[client].tools };
          fake.plays(json(200, thoughtfulCalls[provider]));
          const first = await gateway.call(asked, { client: dialect });
          assert.equal(first.failure?.message, undefined);
          const answer =
            stream && first.text.includes('data: ') ? collected(first.text) : objectIn(parseJson(first.text));
          fake.requests.splice(0);
          const { failure } = await gateway.call(loops[client].back(asked, answer), { client: dialect });
          assert.equal(failure?.message, undefined);
          const sent = JSON.stringify(fake.requests[0]?.body);
          for (const result of results) assert.ok(sent.includes(result), result);
          for (const town of ['Brest', 'Nice']) assert.ok(sent.split(town).length > 2, `the call for ${town}`);
          assert.ok(sent.indexOf(results[0]) < sent.indexOf(results[1]), 'results in order');
          assert.equal(sent.includes(signature), signs.has(provider), 'the signature');
          // What Gemini tells of its thoughts is a summary: it is asked back by nobody.
          if (provider !== 'gemini') assert.ok(sent.includes('I should look.'), 'the thoughts');
        });
      }
    }
  }
});
