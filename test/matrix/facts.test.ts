import assert from 'node:assert/strict';
import { objectIn, parseJson } from '../../src/lib/json.ts';
import { clientNames, clients, type ClientName } from '../support/client-reading.ts';
import { fakeProvider, json, type FakeProvider } from '../support/fake-provider.ts';
import { configText } from '../support/gateway-client.ts';
import { gatewayUnderTest, type GatewayUnderTest } from '../support/gateway-under-test.ts';
import { recordedModels, type ProviderName } from '../support/recorded-provider.ts';
import { markedAnswers } from './whole-answers.ts';

const everyone = clientNames;
const noOneElse: readonly ClientName[] = [];

/** Which clients of another format hear of it; those of the provider's own hear of everything. */
const hearOf: Readonly<Record<string, readonly ClientName[]>> = {
  'the id of the answer': everyone,
  "the model's exact name": everyone,
  'thoughts in words': everyone,
  'the id of a tool call': everyone,
  'the words of a refusal': everyone,
  'the address of a source': everyone,
  'the words that a source is cited with': ['chat', 'messages', 'gemini'], // Responses has no word for them
  'a picture': ['chat', 'responses', 'gemini'], // Anthropic's models make none
  'the stop sequence that ended it': ['messages'], // no other format tells it
  "what the provider's own tools did": noOneElse,
  'log probabilities': noOneElse,
};

describe('what a provider tells besides', () => {
  let fake: FakeProvider;
  let gateway: GatewayUnderTest;
  before(async () => {
    fake = await fakeProvider();
    gateway = await gatewayUnderTest(configText(recordedModels(fake.url)));
  });
  after(async () => {
    await gateway.close();
    await fake.close();
  });

  const heard = async (client: ClientName, provider: ProviderName, stream: boolean): Promise<string> => {
    const { dialect, ask, collected } = clients[client];
    const { text, failure } = await gateway.call(ask(provider, stream), { client: dialect });
    assert.equal(failure?.message, undefined);
    return JSON.stringify(stream ? collected(text) : objectIn(parseJson(text)));
  };

  for (const { fact, mark, answers } of markedAnswers) {
    for (const [name, body] of Object.entries(answers)) {
      const provider = name as ProviderName;
      for (const client of clientNames) {
        const isOwn = clients[client].dialect.name === provider;
        const hears = isOwn || hearOf[fact]?.includes(client) === true;

        it(`${fact}: ${provider} to ${client} ${hears ? 'arrives' : 'is lost'}`, async () => {
          fake.plays(json(200, body));
          assert.equal((await heard(client, provider, false)).includes(mark), hears);
          // In the provider's own format a stream passes byte by byte, and this would be none of its own.
          if (!isOwn) assert.equal((await heard(client, provider, true)).includes(mark), hears, 'streamed');
        });
      }
    }
  }
});
