import assert from 'node:assert/strict';
import { objectIn, without } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { clientNames, clients, type ClientName } from '../support/client-reading.ts';
import { fakeProvider, json, type FakeProvider } from '../support/fake-provider.ts';
import { configText } from '../support/gateway-client.ts';
import { gatewayUnderTest, type GatewayUnderTest } from '../support/gateway-under-test.ts';
import { providerNames, recordedModels, type ProviderName } from '../support/recorded-provider.ts';
import { markedRequests, type MarkedRequest } from './requests.ts';
import { thoughtfulCalls } from './whole-answers.ts';

/** `lost`: left out. `refused`: a 400 that says why, unless `drop_params` has a setting left out. */
type Fate = 'lost' | 'refused';
const lost = 'lost';
const refused = 'refused';

/** What does not reach which providers, from whatever client; all else arrives. README's "What translation loses" in full. */
const exceptions: Readonly<Record<string, Partial<Record<ProviderName, Fate>>>> = {
  'picture by address': { ollama: refused, bedrock: refused },
  PDF: { ollama: refused, cohere: refused },
  sound: { anthropic: refused, ollama: refused, cohere: refused, bedrock: refused },
  'file kept by the provider': { ollama: refused, cohere: refused, bedrock: refused },
  'choice of a tool': { ollama: lost },
  'one call at a time': { gemini: lost, ollama: lost, cohere: lost, bedrock: lost },
  'failure of a tool': { 'openai-chat': lost, 'openai-responses': lost, ollama: lost, cohere: lost },
  verbosity: { anthropic: lost, gemini: lost, ollama: lost, cohere: lost, bedrock: lost },
  top_k: { 'openai-chat': lost, 'openai-responses': lost },
  user: { gemini: lost, ollama: lost, cohere: lost },
  'cache mark': { 'openai-chat': lost, 'openai-responses': lost, gemini: lost, ollama: lost, cohere: lost },
  'stop sequences': { 'openai-responses': refused },
  seed: { 'openai-responses': refused, anthropic: refused, bedrock: refused },
  penalties: { 'openai-responses': refused, anthropic: refused, bedrock: refused },
  'log probabilities': {
    'openai-responses': refused,
    anthropic: refused,
    gemini: refused,
    ollama: refused,
    cohere: refused,
    bedrock: refused,
  },
  'several answers': {
    'openai-chat': refused,
    'openai-responses': refused,
    anthropic: refused,
    gemini: refused,
    ollama: refused,
    cohere: refused,
    bedrock: refused,
  },
};

/** These come back with the answer, in which only clients of the provider's own format can be told of them. */
const onlyRelayed: ReadonlySet<string> = new Set(['log probabilities', 'several answers']);
/** No setting, so that there is nothing to drop: the request cannot be understood without it. */
const content: ReadonlySet<string> = new Set(['picture by address', 'PDF', 'sound', 'file kept by the provider']);

describe('what a request holds', () => {
  let fake: FakeProvider;
  let strict: GatewayUnderTest;
  let lenient: GatewayUnderTest;
  before(async () => {
    fake = await fakeProvider();
    strict = await gatewayUnderTest(configText(recordedModels(fake.url)));
    lenient = await gatewayUnderTest(configText(recordedModels(fake.url), { litellm_settings: { drop_params: true } }));
  });
  after(async () => {
    await strict.close();
    await lenient.close();
    await fake.close();
  });

  interface Way {
    readonly gateway: GatewayUnderTest;
    readonly client: ClientName;
    readonly provider: ProviderName;
  }

  /** What the provider gets; undefined when it was not asked, for a reason that is told. */
  const sent = async ({ gateway, client, provider }: Way, more: JsonObject): Promise<string | undefined> => {
    const { dialect, ask } = clients[client];
    fake.plays(json(200, thoughtfulCalls[provider]));
    fake.requests.splice(0);
    const { failure } = await gateway.call({ ...ask(provider, false), ...more }, { client: dialect });
    if (failure === undefined) return JSON.stringify(fake.requests[0]?.body);
    assert.equal(failure.kind, 'invalid-request');
    assert.equal(fake.requests.length, 0);
    return undefined;
  };

  const fateOf = async (way: Way, { mark, otherwise, asked }: MarkedRequest): Promise<Fate | 'arrives'> => {
    const text = await sent(way, asked[way.client] ?? {});
    if (text === undefined) return 'refused';
    const arrives =
      mark === undefined ? text !== (await sent(way, otherwise?.[way.client] ?? {})) : text.includes(mark);
    return arrives ? 'arrives' : 'lost';
  };

  for (const request of markedRequests) {
    const { what, asked } = request;
    for (const client of clientNames.filter((name) => asked[name] !== undefined)) {
      for (const provider of providerNames) {
        const isRelay = clients[client].dialect.name === provider && onlyRelayed.has(what);
        const fate = isRelay ? 'arrives' : (exceptions[what]?.[provider] ?? 'arrives');

        it(`${what}: ${client} to ${provider} ${fate === 'arrives' ? fate : `is ${fate}`}`, async () => {
          assert.equal(await fateOf({ gateway: strict, client, provider }, request), fate);
          if (fate !== 'refused') return;
          const leniently = content.has(what) ? 'refused' : 'lost';
          assert.equal(await fateOf({ gateway: lenient, client, provider }, request), leniently, 'with drop_params');
        });
      }
    }
  }

  /** Who passes requests on as they came; servers that merely speak OpenAI's chat format want some fields otherwise. */
  const relays = { messages: 'anthropic', responses: 'openai-responses', gemini: 'gemini' } as const;
  for (const [name, provider] of Object.entries(relays)) {
    const client = name as keyof typeof relays;
    for (const { what, asked } of markedRequests.filter((request) => request.asked[client] !== undefined)) {
      it(`${what}: ${client} to ${provider} passes as it came, with what nobody knows, but for the model`, async () => {
        const { dialect, ask } = clients[client];
        const body = { ...ask(provider, false), ...asked[client], of_tomorrow: { deep: [1, null] } };
        fake.plays(json(200, thoughtfulCalls[provider]));
        fake.requests.splice(0);
        await strict.call(body, { client: dialect });
        assert.deepEqual(withoutPlace(fake.requests[0]?.body), withoutPlace(body));
      });
    }
  }
});

/** Without the model, and without what stands in the path of Gemini's requests. */
const withoutPlace = (body: unknown): JsonObject => without(objectIn(body), 'model', 'stream');
