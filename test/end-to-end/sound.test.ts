import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { toFile, type OpenAI } from 'openai';
import { fieldsOf, readForm } from '../../src/lib/form.ts';
import { objectIn, type JsonObject } from '../../src/lib/json.ts';
import { startServer, type BuiltServer } from '../support/built-server.ts';
import { events, fakeProvider, json, type FakeProvider, type Script } from '../support/fake-provider.ts';
import {
  adminKey,
  anthropicModel,
  configText,
  newKey,
  openai,
  openaiModel,
  rowsOf,
  send,
} from '../support/gateway-client.ts';

const wave = Uint8Array.from({ length: 4_000 }, (_, index) => index % 256);
const plays =
  (type: string, ...pieces: readonly (string | Uint8Array)[]): Script =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': type });
    pieces.forEach((piece) => response.write(piece));
    response.end();
  };

const byThePiece = { input_cost_per_token: null, output_cost_per_token: null };

describe('the routes of sound', () => {
  let provider: FakeProvider;
  let server: BuiltServer;
  let client: OpenAI;
  before(async () => {
    provider = await fakeProvider();
    const base = `${provider.url}/v1`;
    server = await startServer({
      config: configText([
        openaiModel('hear', base, { model: 'openai/gpt-4o-transcribe' }),
        openaiModel('speak', base, { model: 'openai/gpt-4o-mini-tts' }),
        openaiModel('whisper', base, { model: 'openai/whisper-1', ...byThePiece, input_cost_per_second: 0.0001 }),
        openaiModel('tts', base, { model: 'openai/tts-1', ...byThePiece, input_cost_per_character: 0.000015 }),
        openaiModel('mistral', base, { model: 'mistral/voxtral-mini-latest' }),
        anthropicModel('claude', provider.url),
      ]),
    });
    client = openai(server.url, await newKey(server.url, { key_alias: 'dictation' }));
  });
  after(async () => {
    await server.stop();
    await provider.close();
  });
  beforeEach(() => provider.requests.splice(0));

  const newestRow = async (): Promise<JsonObject> => objectIn((await rowsOf(server.url))[0]);
  const file = (): Promise<File> => toFile(wave, 'ship.wav', { type: 'audio/wav' });

  /** The fields of the form that the provider got; of a file what is known of it without its bytes. */
  function fieldsSent(): JsonObject {
    const [request] = provider.requests;
    const form = request && readForm(request.raw, String(request.headers['content-type']));
    assert.ok(form);
    return fieldsOf(form);
  }

  it('writes down what is said, with the model in the form replaced and the file as it came', async () => {
    const usage = { type: 'tokens', input_tokens: 10, output_tokens: 5, total_tokens: 15 };
    provider.plays(json(200, { text: 'Ahoy', usage }));
    const answer = await client.audio.transcriptions.create({ model: 'hear', file: await file(), language: 'en' });
    assert.equal(answer.text, 'Ahoy');
    assert.equal(provider.requests[0]?.path, '/v1/audio/transcriptions');
    assert.equal(provider.requests[0].headers.authorization, 'Bearer sk-provider-key-of-the-tests');
    assert.deepEqual(fieldsSent(), {
      file: { filename: 'ship.wav', type: 'audio/wav', bytes: wave.length },
      model: 'gpt-4o-transcribe',
      language: 'en',
    });
    assert.ok(provider.requests[0].raw.includes(Buffer.from(wave)));
    const row = await newestRow();
    assert.deepEqual([row['cost'], row['source'], row['dialect']], [20_000, 'computed', 'openai-transcriptions']);
  });

  it('streams it', async () => {
    const usage = { type: 'tokens', input_tokens: 10, output_tokens: 5, total_tokens: 15 };
    provider.plays(
      events({ type: 'transcript.text.delta', delta: 'Ahoy' }, { type: 'transcript.text.done', text: 'Ahoy', usage }),
    );
    const stream = await client.audio.transcriptions.create({ model: 'hear', file: await file(), stream: true });
    const types: string[] = [];
    for await (const event of stream) types.push(event.type);
    assert.deepEqual(types, ['transcript.text.delta', 'transcript.text.done']);
    const row = await newestRow();
    assert.deepEqual([row['cost'], row['stream'], row['status']], [20_000, true, 'done']);
  });

  it('gives subtitles as they came, and books at most the hold where nothing tells the length', async () => {
    provider.plays(plays('text/plain; charset=utf-8', '1\n00:00:00,000 --> 00:00:01,000\nAhoy\n'));
    const text = await client.audio.transcriptions.create({
      model: 'hear',
      file: await file(),
      response_format: 'srt',
    });
    assert.match(text, /Ahoy/);
    const row = await newestRow();
    assert.deepEqual([row['source'], row['upperBound']], ['estimated', true]);
    assert.ok(Number(row['cost']) > 0);
  });

  it('translates, and hears at Mistral', async () => {
    provider.plays(json(200, { text: 'Ahoy', usage: { prompt_tokens: 10, completion_tokens: 5 } }));
    assert.equal((await client.audio.translations.create({ model: 'hear', file: await file() })).text, 'Ahoy');
    await client.audio.transcriptions.create({ model: 'mistral', file: await file() });
    assert.deepEqual(
      provider.requests.map(({ path }) => path),
      ['/v1/audio/translations', '/v1/audio/transcriptions'],
    );
  });

  it('speaks: the bytes come as they were made, whatever their type', async () => {
    provider.plays(plays('audio/mpeg', wave.subarray(0, 1_000), wave.subarray(1_000)));
    const response = await client.audio.speech.create({ model: 'speak', input: 'Ahoy', voice: 'alloy' });
    assert.equal(response.headers.get('content-type'), 'audio/mpeg');
    assert.deepEqual([...new Uint8Array(await response.arrayBuffer())], [...wave]);
    assert.deepEqual(provider.requests[0]?.body, { model: 'gpt-4o-mini-tts', input: 'Ahoy', voice: 'alloy' });
    const row = await newestRow();
    assert.deepEqual([row['status'], row['source'], row['upperBound']], ['done', 'estimated', true]);
  });

  it('speaks in events, which tell the usage', async () => {
    const usage = { input_tokens: 10, output_tokens: 5, total_tokens: 15 };
    provider.plays(events({ type: 'speech.audio.delta', audio: 'QQ==' }, { type: 'speech.audio.done', usage }));
    const body = { model: 'speak', input: 'Ahoy', voice: 'alloy', stream_format: 'sse' };
    const answer = await send(`${server.url}/v1/audio/speech`, { key: adminKey, body });
    assert.match(answer.text, /speech\.audio\.done/);
    assert.equal((await newestRow())['cost'], 20_000);
  });

  it('books seconds heard and characters spoken where these have a price', async () => {
    provider.plays(json(200, { text: 'Ahoy', usage: { type: 'duration', seconds: 9 } }));
    await client.audio.transcriptions.create({ model: 'whisper', file: await file() });
    const heard = await newestRow();
    assert.deepEqual([heard['cost'], heard['source'], heard['upperBound']], [900_000, 'computed', false]);
    provider.plays(plays('audio/mpeg', wave));
    await (await client.audio.speech.create({ model: 'tts', input: 'Ahoy', voice: 'alloy' })).arrayBuffer();
    const spoken = await newestRow();
    assert.deepEqual([spoken['cost'], spoken['source'], spoken['upperBound']], [60_000, 'computed', false]);
  });

  it('breaks the connection where the sound breaks off', async () => {
    provider.plays((_request, response: ServerResponse) => {
      response.writeHead(200, { 'content-type': 'audio/mpeg', 'content-length': '8000' });
      response.write(wave, () => setTimeout(() => response.destroy(), 20));
    });
    await assert.rejects(async () => {
      const response = await client.audio.speech.create({ model: 'speak', input: 'Ahoy', voice: 'alloy' });
      await response.arrayBuffer();
    });
    assert.equal((await newestRow())['status'], 'failed');
  });

  it("passes on the provider's refusal", async () => {
    provider.plays(json(400, { error: { message: 'Invalid file format.', type: 'invalid_request_error' } }));
    const asked = client.audio.transcriptions.create({ model: 'hear', file: await file() });
    await assert.rejects(asked, /400 Invalid file format/);
  });

  it('wants a form there, and nowhere else', async () => {
    const asJson = await send(`${server.url}/v1/audio/transcriptions`, { key: adminKey, body: { model: 'hear' } });
    assert.equal(asJson.status, 415);
    assert.match(asJson.text, /multipart\/form-data/);
    const headers = { authorization: `Bearer ${adminKey}` };
    const form = new FormData();
    form.append('model', 'hear');
    const asForm = await fetch(`${server.url}/v1/chat/completions`, { method: 'POST', headers, body: form });
    assert.equal(asForm.status, 415);
    assert.equal(provider.requests.length, 0);
  });

  it('names the provider that has no such route', async () => {
    const asked = client.audio.transcriptions.create({ model: 'claude', file: await file() });
    await assert.rejects(asked, /400 Anthropic has no \/v1\/audio\/transcriptions/);
  });
});
