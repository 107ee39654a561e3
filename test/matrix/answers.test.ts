import assert from 'node:assert/strict';
import { collect } from '../../src/chat/collect.ts';
import { objectIn, parseJson } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { chunksIn, clientNames, clients, type ClientName } from '../support/client-reading.ts';
import { fakeProvider, type FakeProvider } from '../support/fake-provider.ts';
import { readText } from '../support/fixtures.ts';
import { configText } from '../support/gateway-client.ts';
import { gatewayUnderTest, type GatewayUnderTest, type Heard } from '../support/gateway-under-test.ts';
import {
  bytesOf,
  plays,
  providerDialects,
  providerNames,
  recordedFrames,
  recordedModels,
  type ProviderName,
} from '../support/recorded-provider.ts';
import { assertTold, comparableCalls, ownReading, recordedAnswers } from './own-readings.ts';

describe('every recorded answer', () => {
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

  /** What the client hears when the provider plays this recording. */
  const heard = async (client: ClientName, provider: ProviderName, path: string, stream: boolean): Promise<Heard> => {
    fake.plays(plays(provider, path));
    const { dialect, ask } = clients[client];
    const answer = await gateway.call(ask(provider, stream), { client: dialect });
    assert.equal(answer.failure?.message, undefined);
    assert.equal(answer.broken, false);
    return answer;
  };

  for (const provider of providerNames) {
    for (const client of clientNames) {
      const isRelay = clients[client].dialect.name === provider;
      const { told, collected } = clients[client];

      describe(`of ${provider} to a client of ${client}`, () => {
        for (const path of recordedAnswers(provider)) {
          const isWhole = path.endsWith('.json');

          it(`${path} ${isRelay ? 'passes byte by byte' : 'arrives whole'}`, async () => {
            const { text } = await heard(client, provider, path, isRelay ? !isWhole : true);
            if (isRelay) {
              assertPassed(text, isWhole ? JSON.stringify(parseJson(readText(path))) : wireText(provider, path));
              return;
            }
            const own = ownReading(provider, path);
            const streamed = told(collected(text));
            assertTold(client, streamed, own);
            const whole = told(
              isWhole
                ? objectIn(parseJson((await heard(client, provider, path, false)).text))
                : wholeOf(client, provider, path),
            );
            // Without any usage from the provider, what a client is told was counted when the answer was delivered.
            const usage = own['usage'] ? whole.usage : streamed.usage;
            assert.deepEqual(
              { ...whole, usage, calls: comparableCalls(whole, own) },
              { ...streamed, calls: comparableCalls(streamed, own) },
            );
          });
        }
      });
    }
  }
});

const wireText = (provider: ProviderName, path: string): string => Buffer.from(bytesOf(provider, path)).toString();

/** Strict clients want every chat frame to say that it is one: a frame that does not is passed with that put right. */
function assertPassed(text: string, sent: string): void {
  if (!sent.includes('"delta"') || chunksIn(sent).every(isNamed)) assert.equal(text, sent);
  else
    assert.deepEqual(
      chunksIn(text),
      chunksIn(sent).map((chunk) => ({ ...chunk, object: 'chat.completion.chunk' })),
    );
}

const isNamed = ({ object, choices }: JsonObject): boolean =>
  choices === undefined || object === 'chat.completion.chunk';

/** A recorded stream's answer in one piece, as no provider sends it. */
function wholeOf(client: ClientName, provider: ProviderName, path: string): JsonObject {
  const { dialect, ask } = clients[client];
  const read = providerDialects[provider].streamReader();
  const frames = [...recordedFrames(provider, path), { data: '[DONE]' }];
  const answer = collect(frames.flatMap((frame) => read(frame)));
  return JSON.parse(JSON.stringify(dialect.writeAnswer(answer, dialect.readRequest(ask('m', false))))) as JsonObject;
}
