import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ChatRequest } from '../../src/chat/chat.ts';
import { Failure } from '../../src/chat/failure.ts';
import { anthropic } from '../../src/dialects/anthropic/anthropic.ts';
import { gemini } from '../../src/dialects/gemini/gemini.ts';
import { openaiChat } from '../../src/dialects/openai-chat/openai-chat.ts';
import { meter } from '../../src/gateway/meter.ts';
import type { Piece } from '../../src/gateway/sink.ts';
import { sourceOf } from '../../src/gateway/source.ts';
import { Relay, translation, type Through } from '../../src/gateway/through.ts';
import { chatChunk, usageChunk } from '../support/fake-provider.ts';
import { framesOf, recordings, wireOf } from '../support/fixtures.ts';
import { chunk } from '../support/gemini-wire.ts';

const frame = (data: unknown): string => `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (pieces: readonly Piece[]): string =>
  pieces.map((piece) => (typeof piece === 'string' ? piece : Buffer.from(piece).toString('utf8'))).join('');

const start = frame(chatChunk({ role: 'assistant', content: '' }));
const word = frame(chatChunk({ content: 'One ' }));
const words = [word, ...['two ', 'three.'].map((content) => frame(chatChunk({ content })))];
const stop = frame(chatChunk({}, 'stop'));
const usage = frame(usageChunk());
const done = frame('[DONE]');
const whole = [start, ...words, stop, usage, done].join('');

const relayed = (keepUsage = true) => {
  const seen = meter();
  return { seen, relay: new Relay(openaiChat, seen, keepUsage) };
};

/** All that goes out, what waits for the booking last. */
function passed(through: Through, pieces: readonly Uint8Array[]): { sent: string; closing: string } {
  const out: Piece[] = [];
  for (const piece of pieces) if (!through.ended) through.push(piece, out);
  if (!through.ended) through.end(out);
  return { sent: text(out), closing: text(through.closing) };
}

describe('a relay', () => {
  it('passes every byte as it came, the last frame only in closing', () => {
    const { seen, relay } = relayed();
    const { sent, closing } = passed(relay, [bytes(whole)]);
    assert.equal(sent + closing, whole);
    assert.equal(closing, done);
    assert.equal(seen.usage?.output, 5);
  });

  it('passes the same bytes wherever they were cut', () => {
    const all = Buffer.from(whole);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: all.length }), { maxLength: 12 }), (cuts) => {
        const bounds = [0, ...cuts.sort((a, b) => a - b), all.length];
        const pieces = bounds.slice(1).map((end, index) => all.subarray(bounds[index], end));
        const { seen, relay } = relayed();
        const { sent, closing } = passed(relay, pieces);
        assert.equal(sent + closing, whole);
        assert.ok(seen.finished && seen.usage?.input === 10);
      }),
    );
  });

  it('leaves out the usage frame that the client did not ask for, and counts it all the same', () => {
    const { seen, relay } = relayed(false);
    const { sent, closing } = passed(relay, [bytes(whole)]);
    assert.equal(sent + closing, whole.replace(usage, ''));
    assert.equal(seen.usage?.output, 5);
  });

  it('lets a frame out as soon as it is whole', () => {
    const { relay } = relayed();
    const out: Piece[] = [];
    relay.push(bytes(start + word.slice(0, 20)), out);
    assert.equal(text(out), start);
    relay.push(bytes(word.slice(20)), out);
    assert.equal(text(out), start + word);
  });

  it('passes many frames that come at once in one piece, once there is content, up to the one that has to be read', () => {
    const { relay } = relayed();
    const out: Piece[] = [];
    relay.push(bytes(start + words.join('') + stop), out);
    const [first = '', ...others] = words;
    assert.deepEqual(out.map(String), [start, first, others.join('')]);
  });

  it('passes comments and carriage returns as they are', () => {
    const { relay } = relayed();
    const odd = `: keep-alive\r\n\r\n${whole.replaceAll('\n', '\r\n')}`;
    const { sent, closing } = passed(relay, [bytes(odd)]);
    assert.equal(sent + closing, odd);
  });

  it('takes an answer for whole that stops after its finish without [DONE]', () => {
    const { seen, relay } = relayed();
    const { sent, closing } = passed(relay, [bytes(start + words.join('') + stop)]);
    assert.equal(sent + closing, start + words.join('') + stop);
    assert.ok(seen.finished);
  });

  it('takes an answer for cut short that stops before its finish, and has read its text when asked', () => {
    const { seen, relay } = relayed();
    const out: Piece[] = [];
    relay.push(bytes(start + words.join('')), out);
    assert.throws(
      () => relay.end(out),
      (error) => error instanceof Failure && error.code === 'server_error',
    );
    assert.equal(text(out), start + words.join(''));
    relay.recount();
    assert.equal(seen.text, 'One two three.');
  });

  it('throws an error frame instead of passing it, after all that came before', () => {
    const { relay } = relayed();
    const out: Piece[] = [];
    const error = frame({ error: { message: 'Out of order.' } });
    assert.throws(() => relay.push(bytes(start + word + error), out), /Out of order\./);
    assert.equal(text(out), start + word);
  });

  it('reads the text of a long stream in good time, and once', () => {
    const { seen, relay } = relayed();
    const out: Piece[] = [];
    const long = 'x'.repeat(1000);
    for (let count = 0; count < 300; count += 1) relay.push(bytes(frame(chatChunk({ content: long }))), out);
    relay.recount();
    assert.equal(seen.text.length, 300_000);
  });

  it('puts a picture of many pieces together once', () => {
    const { relay } = relayed();
    const out: Piece[] = [];
    const piece = new Uint8Array(4 * 1024).fill(120);
    const started = performance.now();
    relay.push(bytes(`${start}data: {"x":"`), out);
    for (let count = 0; count < 2000; count += 1) relay.push(piece, out);
    relay.push(bytes('"}\n\n'), out);
    assert.ok(performance.now() - started < 2000);
    assert.equal(text(out).length, start.length + 'data: {"x":""}\n\n'.length + 2000 * piece.length);
  });

  it('gives a frame the name that its server left out', () => {
    const { relay } = relayed();
    const nameless = frame({ ...chatChunk({ content: 'Hi' }), object: '' });
    const { sent } = passed(relay, [bytes(start + nameless + stop + done)]);
    assert.equal(sent.match(/"object":"chat\.completion\.chunk"/g)?.length, 3);
  });
});

describe('a relay of a format that marks no end', () => {
  const piece = frame(chunk([{ text: 'Good ' }]));
  const last = frame(chunk([{ text: 'evening.' }], 'STOP'));
  const geminiRelay = () => {
    const seen = meter();
    return { seen, relay: new Relay(gemini, seen, true) };
  };

  it('holds back what may be the last frame until the stream is over', () => {
    const { seen, relay } = geminiRelay();
    const out: Piece[] = [];
    relay.push(bytes(piece), out);
    assert.equal(text(out), piece);
    relay.push(bytes(last), out);
    assert.equal(text(out), piece);
    relay.end(out);
    assert.equal(text(out), piece);
    assert.equal(text(relay.closing), last);
    assert.equal(seen.usage?.output, 5);
  });

  it('lets it go as soon as more comes, where every frame looks like the last', () => {
    const { relay } = geminiRelay();
    const out: Piece[] = [];
    relay.push(bytes(last), out);
    relay.push(bytes(last), out);
    assert.equal(text(out), last);
    relay.push(bytes(frame({ modelVersion: 'x' })), out);
    assert.equal(text(out), last + last + frame({ modelVersion: 'x' }));
  });

  it('does not pass it off as the end of an answer that breaks', () => {
    const { relay } = geminiRelay();
    const out: Piece[] = [];
    relay.push(bytes(piece), out);
    assert.throws(() => relay.end(out), Failure);
    assert.equal(text(out), piece);
  });
});

const holdsOneAnswer = (name: string): boolean => framesOf(name).filter((one) => anthropic.isLast(one)).length === 1;

const request: ChatRequest = {
  model: 'm',
  turns: [],
  tools: [],
  settings: {},
  stream: true,
  wantsUsage: true,
  unknown: [],
};

describe('a translation', () => {
  for (const name of recordings('anthropic', '.sse', '.chunks.txt').filter(holdsOneAnswer)) {
    it(`gives the same frames for ${name} wherever it was cut`, async () => {
      const wire = wireOf(framesOf(name));
      const through = async (size: number) => {
        const seen = meter();
        const pieces = Array.from({ length: Math.ceil(wire.length / size) }, (_, index) =>
          wire.subarray(index * size, (index + 1) * size),
        );
        const { sent, closing } = passed(translation(await sourceOf(anthropic), openaiChat, request, seen), pieces);
        return { frames: comparable(sent), closing: comparable(closing), usage: seen.usage };
      };
      const inOne = await through(wire.length);
      assert.deepEqual(await through(7), inOne);
      assert.match(inOne.closing, /\[DONE\]\n\n$/);
      assert.ok(!inOne.frames.includes('[DONE]'));
    });
  }

  it('throws where the provider stops early, after what came before', async () => {
    const [begin, ...rest] = framesOf('anthropic/anthropic-json-tool.1.chunks.txt');
    assert.ok(begin && rest.length > 3);
    const seen = meter();
    const through = translation(await sourceOf(anthropic), openaiChat, request, seen);
    const out: Piece[] = [];
    through.push(wireOf([begin, ...rest.slice(0, 4)]), out);
    assert.match(text(out), /tool_calls/);
    assert.throws(
      () => through.end(out),
      (error) => error instanceof Failure && error.code === 'server_error',
    );
    assert.equal(seen.usage?.input, 849);
  });
});

/** Frames without the times at which they were written. */
const comparable = (sent: string): string => sent.replace(/"created":\d+/g, '"created":0');
