import assert from 'node:assert/strict';
import type OpenAI from 'openai';
import { objectsIn } from '../../src/lib/json.ts';
import { message, textBlock } from '../support/anthropic-wire.ts';
import { startServer, type BuiltServer } from '../support/built-server.ts';
import { fakeProvider, json, type FakeProvider } from '../support/fake-provider.ts';
import { anthropicModel, configText, newKey, openai, openaiModel } from '../support/gateway-client.ts';

describe('a conversation in responses', () => {
  let provider: FakeProvider;
  let server: BuiltServer;
  let client: OpenAI;
  before(async () => {
    provider = await fakeProvider(json(200, message(textBlock('Two'))));
    server = await startServer({
      config: configText([anthropicModel('claude', provider.url), openaiModel('gpt', `${provider.url}/v1`)]),
    });
    client = openai(server.url, await newKey(server.url));
  });
  after(async () => {
    await server.stop();
    await provider.close();
  });

  it('goes on by the id of the response before, at a provider that keeps none, and from there at OpenAI', async () => {
    const first = await client.responses.create({ model: 'claude', input: 'One' });
    await client.responses.create({ model: 'claude', input: 'Three', previous_response_id: first.id });
    const turns = objectsIn(provider.requests.at(-1)?.body['messages']);
    assert.deepEqual(
      turns.map(({ role }) => role),
      ['user', 'assistant', 'user'],
    );
    assert.match(JSON.stringify(turns), /One.*Two.*Three/);

    await client.responses
      .create({ model: 'gpt', input: 'Three', previous_response_id: first.id })
      .catch(() => undefined);
    const sent = provider.requests.at(-1);
    assert.equal(sent?.path, '/v1/responses');
    assert.equal(sent.body['previous_response_id'], undefined);
    assert.match(JSON.stringify(sent.body['input']), /One.*Two.*Three/);
  });

  it('is refused by name where nobody knows the id, in the words at which clients send everything', async () => {
    const asked = client.responses.create({ model: 'claude', input: 'Three', previous_response_id: 'resp_unknown' });
    await assert.rejects(asked, (error) => {
      const { status, code, param } = error as InstanceType<typeof OpenAI.APIError>;
      assert.deepEqual([status, code, param], [400, 'previous_response_not_found', 'previous_response_id']);
      return true;
    });
  });

  it("passes OpenAI's own ids on to it", async () => {
    const asked = { model: 'gpt', input: 'Three', previous_response_id: 'resp_of_openai' };
    await client.responses.create(asked).catch(() => undefined);
    assert.equal(provider.requests.at(-1)?.body['previous_response_id'], 'resp_of_openai');
  });
});
