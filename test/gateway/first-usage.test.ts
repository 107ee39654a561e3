import assert from 'node:assert/strict';
import { noUsage, type ChatEvent } from '../../src/chat/chat.ts';
import { beginningWith } from '../../src/gateway/first-usage.ts';
import { objectIn, parseJson } from '../../src/lib/json.ts';
import { anthropic } from '../../src/dialects/anthropic/anthropic.ts';
import { chatStream, fakeProvider, json, type FakeProvider, chatAnswer } from '../support/fake-provider.ts';
import { configText, openaiModel } from '../support/gateway-client.ts';
import { gatewayUnderTest, type GatewayUnderTest } from '../support/gateway-under-test.ts';
import { sseParser } from '../../src/lib/sse.ts';

describe("a stream's first usage", () => {
  let provider: FakeProvider;
  let gateway: GatewayUnderTest;
  before(async () => {
    provider = await fakeProvider();
    gateway = await gatewayUnderTest(configText([openaiModel('gpt', `${provider.url}/v1`)]));
  });
  after(async () => {
    await gateway.close();
    await provider.close();
  });

  const prompt = 'Hello '.repeat(100);
  const body = { model: 'gpt', max_tokens: 64, stream: true, messages: [{ role: 'user', content: prompt }] };

  async function startUsage(): Promise<unknown> {
    const { text } = await gateway.call(body, { client: anthropic });
    const frames = sseParser().push(Buffer.from(text));
    const [start] = frames.map(({ data }) => objectIn(parseJson(data)));
    return objectIn(objectIn(objectIn(start)['message'])['usage'])['input_tokens'];
  }

  it('is a count of the prompt, where the provider tells its own only at the end', async () => {
    provider.plays(chatStream('Hi.'));
    assert.ok(Number(await startUsage()) >= prompt.length / 4);
  });

  it('is the true one where the answer came whole', async () => {
    provider.plays(json(200, chatAnswer('Hi.')));
    assert.equal(await startUsage(), 10);
  });

  it('does not change what is billed', async () => {
    provider.plays(chatStream('Hi.'));
    await startUsage();
    assert.equal(objectIn((await gateway.rows())[0]?.['usage'])['input'], 10);
  });

  it("leaves the provider's own alone", () => {
    const seen: ChatEvent[] = [];
    const write = beginningWith({ ...noUsage, input: 1 }, (event) => {
      seen.push(event);
      return [];
    });
    const own: ChatEvent = { type: 'start', id: 'x', model: 'm', usage: { ...noUsage, input: 2 } };
    write(own);
    assert.deepEqual(seen, [own]);
  });
});
