import assert from 'node:assert/strict';
import type { ChatEvent, Part } from '../../src/chat/chat.ts';
import { answerCollector } from '../../src/chat/collect.ts';
import { anthropic } from '../../src/dialects/anthropic/anthropic.ts';
import type { Dialect } from '../../src/dialects/dialect.ts';
import { gemini } from '../../src/dialects/gemini/gemini.ts';
import { openaiChat } from '../../src/dialects/openai-chat/openai-chat.ts';
import { openaiResponses } from '../../src/dialects/openai-responses/openai-responses.ts';
import { speech, transcriptions } from '../../src/dialects/relayed/sound.ts';
import { readableAnswer } from '../../src/gateway/readable-body.ts';
import { readKept } from '../../src/gateway/kept-body.ts';
import { saidIn } from '../../src/gateway/said.ts';
import { isObject, parseJson } from '../../src/lib/json.ts';
import { framesOf, recordings, wireOf } from '../support/fixtures.ts';

const asked = { model: 'a-model', messages: [], input: 'Hello', contents: [], max_tokens: 10 };
const events = { type: 'text/event-stream; charset=utf-8', isCut: false };

/** What a stream's reader makes of it, as far as it goes. */
function partsOf(client: Dialect, path: string): readonly Part[] {
  const read = client.streamReader();
  const collector = answerCollector();
  try {
    for (const frame of framesOf(path)) read(frame).forEach((event: ChatEvent) => collector.add(event));
  } catch {
    // an error within the stream
  }
  return collector.answer().parts;
}

const wordsIn = (parts: readonly { readonly type: string; readonly text?: string; readonly input?: string }[]) => ({
  text: parts.flatMap(({ type, text }) => (type === 'text' ? [text] : [])).join(''),
  calls: parts.flatMap(({ type, input, text }) => (type === 'tool-call' ? [input ?? text] : [])).map(asJson),
});
const asJson = (text = ''): unknown => (text === '' ? {} : (parseJson(text) ?? text));

/** A call of a tool breaks off in it, of which Anthropic's format can say only that it cannot be read. */
const halved = 'anthropic/spliced-message-start.chunks.txt';

describe('what a client was told', () => {
  for (const client of [anthropic, gemini, openaiChat, openaiResponses])
    for (const path of recordings(client.name, '.chunks.txt', '.sse').filter((name) => name !== halved)) {
      it(`is put together from ${path}`, async () => {
        const said = await saidIn(client, { ...events, bytes: Buffer.from(wireOf(framesOf(path))) }, asked);
        const parts = partsOf(client, path);
        if (parts.length === 0) assert.ok(Array.isArray(said));
        else
          assert.deepEqual(wordsIn(readableAnswer(readKept({ dialect: client.name, answer: said }))), wordsIn(parts));
      });
    }

  it('is as much as came where the stream breaks off within a word', async () => {
    const [path = ''] = recordings('openai-chat', '.chunks.txt');
    const whole = wireOf(framesOf(path));
    for (let end = 0; end < whole.length; end += Math.ceil(whole.length / 50)) {
      const said = await saidIn(
        openaiChat,
        { ...events, bytes: Buffer.from(whole.subarray(0, end)), isCut: true },
        asked,
      );
      assert.ok(said === null || typeof said === 'object');
    }
  });

  it('of sound is only its size, and of what has no format the text', async () => {
    const bytes = Buffer.from([1, 2, 3]);
    assert.deepEqual(await saidIn(speech, { bytes, type: 'audio/mpeg', isCut: false }, {}), {
      type: 'audio/mpeg',
      bytes: 3,
    });
    const subtitles = { bytes: Buffer.from('1\n00:00 --> 00:01\nHi'), type: 'text/vtt', isCut: false };
    assert.equal(await saidIn(transcriptions, subtitles, {}), '1\n00:00 --> 00:01\nHi');
    const cut = { bytes: Buffer.from('{"text":"Hi'), type: 'application/json', isCut: true };
    assert.equal(await saidIn(transcriptions, cut, {}), '{"text":"Hi');
    assert.equal(await saidIn(transcriptions, { bytes: Buffer.alloc(0), type: '', isCut: false }, {}), null);
  });

  it('of a streamed transcript is all of its events', async () => {
    const bytes = Buffer.from('data: {"type":"transcript.text.delta","delta":"Hi"}\n\n');
    const said = await saidIn(transcriptions, { ...events, bytes }, {});
    assert.ok(Array.isArray(said) && isObject(said[0]) && said[0]['delta'] === 'Hi');
  });
});
