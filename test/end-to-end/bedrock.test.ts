import assert from 'node:assert/strict';
import { awsMessage, awsWireOf } from '../support/aws-event-stream.ts';
import { startServer, type BuiltServer } from '../support/built-server.ts';
import { fakeProvider, json, type FakeProvider, type Script } from '../support/fake-provider.ts';
import { chat, configText, hello, newKey, openai, rowsOf } from '../support/gateway-client.ts';

const secret = 'planted.aws.secret/0123456789';
const model = 'us.anthropic.claude-haiku-4-5-20251001-v1:0';
const usage = { inputTokens: 10, outputTokens: 5, totalTokens: 15 };

const frame = (event: string, payload: object) => ({ event, data: JSON.stringify(payload) });
const delta = (text: string) => frame('contentBlockDelta', { contentBlockIndex: 0, delta: { text } });

/** Streams these messages, cut in the middle of each. */
const streams =
  (...messages: readonly Uint8Array[]): Script =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' });
    for (const message of messages) {
      response.write(message.subarray(0, 20));
      response.write(message.subarray(20));
    }
    response.end();
  };

const whole = streams(
  awsWireOf([frame('messageStart', { role: 'assistant' }), delta('Good ')]),
  awsWireOf([delta('evening.'), frame('contentBlockStop', { contentBlockIndex: 0 })]),
  awsWireOf([frame('messageStop', { stopReason: 'end_turn' }), frame('metadata', { usage })]),
);

describe('Amazon Bedrock behind the gateway', () => {
  let provider: FakeProvider;
  let server: BuiltServer;
  let key: string;
  before(async () => {
    provider = await fakeProvider();
    const litellm_params = {
      model: `bedrock/converse/${model}`,
      aws_access_key_id: 'AKIDEXAMPLE',
      aws_secret_access_key: 'os.environ/PLANTED',
      aws_region_name: 'us-east-1',
      aws_bedrock_runtime_endpoint: `${provider.url}/runtime`,
      input_cost_per_token: 0.000001,
      output_cost_per_token: 0.000002,
    };
    const config = configText([
      { model_name: 'claude', litellm_params },
      { model_name: 'broken', litellm_params: { ...litellm_params, aws_session_token: 'two\nlines' } },
    ]);
    server = await startServer({ config, variables: { PLANTED: secret } });
    key = await newKey(server.url);
  });
  after(async () => {
    await server.stop();
    await provider.close();
  });
  beforeEach(() => provider.requests.splice(0));

  it('is asked with a signature, and its answer is booked', async () => {
    const message = { role: 'assistant', content: [{ text: 'Good morning.' }] };
    provider.plays(json(200, { output: { message }, stopReason: 'end_turn', usage }));
    const answer = await chat(server.url, key, hello('claude'));
    assert.equal(answer.status, 200, answer.text);
    assert.match(answer.text, /Good morning\./);
    const [request] = provider.requests;
    assert.equal(request?.path, `/runtime/model/${encodeURIComponent(model)}/converse`);
    assert.match(
      request.headers.authorization ?? '',
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/us-east-1\/bedrock\/aws4_request, /,
    );
    assert.deepEqual(request.body['messages'], [{ role: 'user', content: [{ text: 'Hello' }] }]);
    const [row] = await rowsOf(server.url, answer.headers.get('x-litellm-call-id') ?? '');
    assert.deepEqual([row?.['status'], row?.['cost']], ['done', 20_000]);
  });

  it('streams, at the same cost', async () => {
    provider.plays(whole);
    const { data, response } = await openai(server.url, key)
      .chat.completions.create({ model: 'claude', messages: [{ role: 'user', content: 'Hello' }], stream: true })
      .withResponse();
    let said = '';
    for await (const chunk of data) said += chunk.choices[0]?.delta.content ?? '';
    assert.equal(said, 'Good evening.');
    assert.match(provider.requests[0]?.path ?? '', /\/converse-stream$/);
    const [row] = await rowsOf(server.url, response.headers.get('x-litellm-call-id') ?? '');
    assert.deepEqual([row?.['status'], row?.['cost']], ['done', 20_000]);
  });

  it('ends a stream with its exception, and never as if it were whole', async () => {
    const exception = { ':message-type': 'exception', ':exception-type': 'throttlingException' };
    provider.plays(streams(awsWireOf([delta('Half')]), awsMessage(exception, '{"message":"Too many tokens."}')));
    const answer = await chat(server.url, key, hello('claude', { stream: true }));
    assert.match(answer.text, /Half[^]*Too many tokens\./);
    assert.ok(!answer.text.includes('"finish_reason":"stop"'));
  });

  it('costs nothing where the request could not be signed', async () => {
    const answer = await chat(server.url, key, hello('broken'));
    assert.equal(answer.status, 502, answer.text);
    assert.match(answer.text, /could not be signed/);
    assert.deepEqual(provider.requests, []);
    const [row] = await rowsOf(server.url);
    assert.deepEqual([row?.['group'], row?.['cost']], ['broken', 0]);
  });

  it('never shows the key that signs', async () => {
    provider.plays(json(403, { message: `Not with ${secret}.` }, { 'x-amzn-errortype': 'InvalidSignatureException' }));
    const answer = await chat(server.url, key, hello('claude'));
    assert.equal(answer.status, 401, answer.text);
    assert.ok(!answer.text.includes(secret));
    assert.ok(!server.output().includes(secret));
  });
});
