import assert from 'node:assert/strict';
import { isObject, objectIn, stringIn } from '../../src/lib/json.ts';
import type { Json } from '../../src/lib/json.ts';
import { chunksIn, clientNames, clients, type ClientName } from '../support/client-reading.ts';
import { fakeProvider, type FakeProvider } from '../support/fake-provider.ts';
import { readJson, recordings } from '../support/fixtures.ts';
import { configText } from '../support/gateway-client.ts';
import { gatewayUnderTest, type GatewayUnderTest, type Heard } from '../support/gateway-under-test.ts';
import { recordedModels, type ProviderName } from '../support/recorded-provider.ts';

/** What a recorded error is about. */
type Matter =
  'request' | 'key' | 'empty account' | 'permission' | 'missing model' | 'size' | 'rate' | 'overload' | 'fault';

/** By the names of the recordings: those whose status says something else than what they mean come first. */
const matters: readonly (readonly [RegExp, Matter])[] = [
  [/insufficient-quota|credit-balance|402/, 'empty account'],
  [/invalid-key|401/, 'key'],
  [/model-not-found|invalid-model|404/, 'missing model'],
  [/403-moderation/, 'request'],
  [/403/, 'permission'],
  [/groq-413|429/, 'rate'], // Groq says 413 of a prompt that is over its tokens per minute
  [/413/, 'size'],
  [/498|503|529/, 'overload'],
  [/500/, 'fault'],
  [/400|422/, 'request'],
];

/** Each client's word for it; Responses has OpenAI's words, as chat has. */
const words: Record<Matter, { readonly chat: string; readonly messages: string; readonly gemini: string }> = {
  request: { chat: 'invalid_request_error', messages: 'invalid_request_error', gemini: 'INVALID_ARGUMENT' },
  key: { chat: 'authentication_error', messages: 'authentication_error', gemini: 'UNAUTHENTICATED' },
  'empty account': { chat: 'insufficient_quota', messages: 'billing_error', gemini: 'FAILED_PRECONDITION' },
  permission: { chat: 'permission_error', messages: 'permission_error', gemini: 'PERMISSION_DENIED' },
  'missing model': { chat: 'invalid_request_error', messages: 'not_found_error', gemini: 'NOT_FOUND' },
  size: { chat: 'invalid_request_error', messages: 'request_too_large', gemini: 'INVALID_ARGUMENT' },
  rate: { chat: 'throttling_error', messages: 'rate_limit_error', gemini: 'RESOURCE_EXHAUSTED' },
  overload: { chat: 'overloaded_error', messages: 'overloaded_error', gemini: 'UNAVAILABLE' },
  fault: { chat: 'internal_server_error', messages: 'api_error', gemini: 'INTERNAL' },
};

/** The provider's own status, but where that would mislead the client. */
const statuses: Partial<Record<Matter, number>> = { key: 401, 'empty account': 400 };

const names = recordings('errors').map((path) => path.slice('errors/'.length, -'.json'.length));
const inStreams = names.filter((name) => readJson(`errors/${name}.json`).stream_body !== undefined);
const refusals = names.filter((name) => !inStreams.includes(name));

describe('every recorded error', () => {
  let fake: FakeProvider;
  let gateway: GatewayUnderTest;
  before(async () => {
    fake = await fakeProvider();
    // Each call has a deployment and an account of its own, since what failed is left alone for a while.
    const models = recordedModels(fake.url).flatMap((model) =>
      names
        .filter((name) => formatOf(name) === model.model_name)
        .flatMap((name) => clientNames.map((client) => ({ ...model, model_name: `${name}/${client}` })))
        .map((one) => ({ ...one, litellm_params: { ...one.litellm_params, api_key: `sk-${one.model_name}` } })),
    );
    gateway = await gatewayUnderTest(configText(models, { router_settings: { num_retries: 0 } }));
  });
  after(async () => {
    await gateway.close();
    await fake.close();
  });

  const heard = (name: string, client: ClientName, stream: boolean): Promise<Heard> => {
    const { status, headers, body, stream_body } = readJson(`errors/${name}.json`);
    const type = stream
      ? formatOf(name) === 'ollama'
        ? 'application/x-ndjson'
        : 'text/event-stream'
      : 'application/json';
    fake.plays((_request, response) => {
      response.writeHead(Number(status), { 'content-type': type, ...(objectIn(headers) as Record<string, string>) });
      response.end(stringIn(stream ? stream_body : body) ?? JSON.stringify(body));
    });
    const { dialect, ask } = clients[client];
    return gateway.call(ask(`${name}/${client}`, stream), { client: dialect });
  };

  for (const name of refusals) {
    const matter = matters.find(([pattern]) => pattern.test(name))?.[1] ?? 'request';
    for (const client of clientNames) {
      it(`${name} to ${client}: ${matter}`, async () => {
        const recorded = readJson(`errors/${name}.json`);
        const { failure } = await heard(name, client, false);
        assert.ok(failure);
        assert.equal(failure.status, statuses[matter] ?? recorded['status']);
        const error = objectIn(clients[client].dialect.writeFailure(failure)['error']);
        const word = client === 'gemini' ? error['status'] : error['type'];
        assert.equal(word, words[matter][client === 'responses' ? 'chat' : client]);
        for (const said of saidIn(recorded['body'])) assert.ok(stringIn(error['message'])?.includes(said), said);
      });
    }
  }

  for (const name of inStreams) {
    for (const client of clientNames) {
      it(`${name} to ${client}: what was said before, then the error, and no good end`, async () => {
        const answer = await heard(name, client, true);
        assert.equal(answer.status, 200);
        assert.match(answer.text, /Hel/);
        assert.match(
          JSON.stringify(chunksIn(answer.text).at(-1)),
          /Overloaded|unexpected EOF|disconnected unexpectedly/,
        );
        assert.doesNotMatch(answer.text, /\[DONE\]|message_stop|response\.completed|"finishReason"/);
      });
    }
  }
});

/** The words that a provider says in an error, wherever it says them. */
function saidIn(body: Json | undefined): readonly string[] {
  if (typeof body === 'string') return [/<title>(.*)<\/title>/.exec(body)?.[1] ?? body];
  const { error, message, detail } = objectIn(body);
  const said = isObject(error) ? error['message'] : (error ?? message ?? detail);
  return typeof said === 'string'
    ? [said]
    : [...JSON.stringify(said).matchAll(/"msg":"([^"]*)"/g)].map(([, text = '']) => text);
}

function formatOf(name: string): ProviderName {
  const maker = name.slice(0, name.indexOf('-'));
  if (maker === 'google') return 'gemini';
  return maker === 'anthropic' || maker === 'ollama' || maker === 'cohere' || maker === 'bedrock'
    ? maker
    : 'openai-chat';
}
