import assert from 'node:assert/strict';
import type { Usage } from '../../../src/chat/chat.ts';
import { speech, transcriptions, translations } from '../../../src/dialects/relayed/sound.ts';
import type { JsonObject } from '../../../src/lib/json.ts';

const heard = (answer: JsonObject, type = 'application/json; charset=utf-8'): Usage | undefined =>
  transcriptions.usageOfBytes?.(Buffer.from(JSON.stringify(answer)), type, {});

describe('the usage of a transcription', () => {
  it('is in tokens of text and sound where it is told so', () => {
    const usage = heard({
      text: 'Ahoy',
      usage: {
        type: 'tokens',
        input_tokens: 14,
        input_token_details: { text_tokens: 4, audio_tokens: 10 },
        output_tokens: 45,
        total_tokens: 59,
      },
    });
    assert.deepEqual([usage?.input, usage?.audioInput, usage?.output, usage?.seconds], [14, 10, 45, undefined]);
  });

  it('is in seconds where these are told, by any of three names', () => {
    assert.equal(heard({ text: 'Ahoy', usage: { type: 'duration', seconds: 9 } })?.seconds, 9);
    assert.equal(heard({ text: 'Ahoy', duration: 8.47 })?.seconds, 8.47);
    assert.equal(heard({ text: 'Ahoy', duration: '8.47' })?.seconds, 8.47);
    const mistral = heard({ usage: { prompt_audio_seconds: 5, prompt_tokens: 7, completion_tokens: 3 } });
    assert.deepEqual([mistral?.seconds, mistral?.input, mistral?.output], [5, 7, 3]);
  });

  it('is not known of a text', () => {
    assert.equal(heard({ text: 'Ahoy' }), undefined);
    assert.equal(transcriptions.usageOfBytes?.(Buffer.from('Ahoy'), 'text/plain', {}), undefined);
  });
});

describe('a stream of a transcription', () => {
  const frames = (...events: readonly (JsonObject | string)[]) =>
    events.map((event) => ({ data: typeof event === 'string' ? event : JSON.stringify(event) }));
  const read = (...events: readonly (JsonObject | string)[]) =>
    frames(...events).flatMap((frame) => transcriptions.streamReader()(frame));

  it('ends with its usage at OpenAI', () => {
    const usage = { type: 'tokens', input_tokens: 14, output_tokens: 45, total_tokens: 59 };
    const [delta, finish] = read(
      { type: 'transcript.text.delta', delta: 'Ahoy' },
      { type: 'transcript.text.done', text: 'Ahoy', usage },
    );
    assert.deepEqual(delta, { type: 'part-delta', index: 0, text: 'Ahoy' });
    assert.ok(finish?.type === 'finish');
    assert.deepEqual([finish.usage?.input, finish.usage?.output], [14, 45]);
  });

  it('ends with its usage at Mistral, and like a chat at vLLM', () => {
    const usage = { prompt_audio_seconds: 5, prompt_tokens: 7, completion_tokens: 3 };
    const [text, finish] = read(
      { type: 'transcription.text.delta', text: 'Ahoy' },
      { type: 'transcription.done', text: 'Ahoy', usage },
    );
    assert.deepEqual(text, { type: 'part-delta', index: 0, text: 'Ahoy' });
    assert.ok(finish?.type === 'finish' && finish.usage?.seconds === 5);
    const choices = [{ delta: { content: 'Ahoy' } }];
    assert.deepEqual(
      read({ choices }, { choices: [{ delta: {}, finish_reason: 'stop' }] }).map(({ type }) => type),
      ['part-delta', 'finish'],
    );
  });

  it('is over with that event, whatever its text says', () => {
    const [done, said] = frames(
      { type: 'transcript.text.done', text: '' },
      { type: 'transcript.text.delta', delta: '"transcript.text.done"' },
    );
    assert.ok(done && said);
    assert.deepEqual([transcriptions.isLast(done), transcriptions.isLast(said)], [true, false]);
    assert.ok(transcriptions.signs.some((sign) => done.data.includes(sign)));
  });

  it('fails with an error in it', () => {
    assert.throws(
      () => read({ type: 'error', error: { message: 'The model is gone.', code: 'server_error' } }),
      /is gone/,
    );
  });
});

describe('the outline of sound', () => {
  it('bounds what is heard by the size of its file', () => {
    const { seconds, unbounded, indivisible, stream } = translations.outline({
      model: 'm',
      file: { filename: 'a.mp3', type: 'audio/mpeg', bytes: 5_500 },
      stream: 'true',
    });
    assert.deepEqual([seconds, indivisible, stream], [6, true, true]);
    assert.match(unbounded ?? '', /sound/);
  });

  it('has the characters that are to be spoken, which are also its usage', () => {
    const body = { model: 'm', input: 'Ahoy!', stream_format: 'sse' };
    const { characters, stream } = speech.outline(body);
    assert.deepEqual([characters, stream], [5, true]);
    assert.equal(speech.usageOfBytes?.(Buffer.alloc(0), 'audio/mpeg', body)?.characters, 5);
  });
});
