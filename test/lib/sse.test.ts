import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formatSse, lineParser, sseParser } from '../../src/lib/sse.ts';
import type { FrameParser, SseFrame } from '../../src/lib/sse.ts';
import { cut, wireOf } from '../support/fixtures.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Holds for the bytes whole, in any two pieces, and one by one. */
function atEverySplit(text: string, expected: readonly SseFrame[], parser = sseParser): void {
  const bytes = bytesOf(text);
  assert.deepEqual(cut(parser(), bytes), expected);
  for (let at = 1; at < bytes.length; at++) assert.deepEqual(cut(parser(), bytes, [at]), expected, `cut at byte ${at}`);
  const everywhere = Array.from(bytes.keys()).slice(1);
  assert.deepEqual(cut(parser(), bytes, everywhere), expected, 'cut into single bytes');
}

describe('server-sent events', () => {
  it('are cut at blank lines, wherever the bytes are split', () => {
    atEverySplit('event: a\ndata: {"x":1}\n\ndata: two\n\n', [{ event: 'a', data: '{"x":1}' }, { data: 'two' }]);
  });

  it('may end their lines with CRLF, CR or both kinds in turn', () => {
    atEverySplit('event: a\r\ndata: 1\r\n\r\ndata: 2\r\n\r\n', [{ event: 'a', data: '1' }, { data: '2' }]);
    atEverySplit('event: a\rdata: 1\r\rdata: 2\r\r', [{ event: 'a', data: '1' }, { data: '2' }]);
    atEverySplit('data: 1\r\n\ndata: 2\n\r\ndata: 3\r\r\n', [{ data: '1' }, { data: '2' }, { data: '3' }]);
  });

  it('keep letters of two, three and four bytes whole', () => {
    atEverySplit('data: é€😀\r\n\r\n', [{ data: 'é€😀' }]);
  });

  it('leave out comments, ids, retries and unknown fields', () => {
    atEverySplit(': keep-alive\n\n:\nid: 7\nretry: 10\nother\ndata: x\n\n', [{ data: 'x' }]);
  });

  it('join data of several lines, and write them back as several', () => {
    atEverySplit('data: a\ndata:\ndata: b\n\n', [{ data: 'a\n\nb' }]);
    assert.equal(formatSse({ event: 'e', data: 'a\n\nb' }), 'event: e\ndata: a\ndata: \ndata: b\n\n');
  });

  it('lose at most one space after the colon, and need none', () => {
    atEverySplit('data:x\ndata:  y\n\n', [{ data: 'x\n y' }]);
  });

  it('need a line of data: an event without one is none, and names no later one', () => {
    atEverySplit('event: ping\n\ndata: x\n\n', [{ data: 'x' }]);
    atEverySplit('data\n\n', [{ data: '' }]);
  });

  it('may begin with a byte order mark', () => {
    atEverySplit('\uFEFFdata: x\n\n', [{ data: 'x' }]);
  });

  it('give what is left when the stream ends without a blank line', () => {
    for (const end of ['', '\n', '\r', '\r\n'])
      atEverySplit(`data: 1\n\ndata: 2${end}`, [{ data: '1' }, { data: '2' }]);
  });

  it('come out as soon as their last byte is there', () => {
    const parser = sseParser();
    assert.deepEqual(parser.push(bytesOf('data: 1\r\n\r')), []);
    assert.deepEqual(parser.push(bytesOf('\n')), [{ data: '1' }]);
    assert.deepEqual(parser.push(bytesOf('data: 2\n\n')), [{ data: '2' }]);
    assert.deepEqual(parser.end(), []);
  });

  it('are read as they were written', () => {
    // CR is a line end of its own, and cannot be carried.
    const text = fc.string({ unit: 'grapheme' }).map((value) => value.replaceAll('\r', ''));
    const word = fc.stringMatching(/^[a-z_.]{1,9}$/);
    const frame = fc.oneof(fc.record({ data: text }), fc.record({ event: word, data: text }));
    fc.assert(
      fc.property(fc.array(frame), fc.array(fc.nat()), (frames, places) => {
        const bytes = wireOf(frames);
        const cuts = places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b);
        assert.deepEqual(
          cut(sseParser(), bytes, cuts),
          frames.map((one) => ({ ...one })),
        );
      }),
    );
  });

  it('are not searched for CR line by line: a large piece takes time in proportion to its size', () => {
    const piece = bytesOf('data: {"delta":"x"}\n\n'.repeat(50_000));
    const started = performance.now();
    assert.equal(sseParser().push(piece).length, 50_000);
    assert.ok(performance.now() - started < 2000);
  });

  it('are searched once, also where a picture of many pieces stands in one of them', () => {
    const frames = inPieces('data: ', sseParser());
    assert.equal(frames[0]?.data.length, size);
  });
});

const size = 16 * 1024 * 1024;

/** One long line in pieces of 16 KB: seconds, where each piece has all that came before searched anew. */
function inPieces(beginning: string, parser: FrameParser): readonly SseFrame[] {
  const started = performance.now();
  const piece = new Uint8Array(16 * 1024).fill(120);
  const frames = [...parser.push(bytesOf(beginning))];
  for (let sent = 0; sent < size; sent += piece.length) frames.push(...parser.push(piece));
  frames.push(...parser.push(bytesOf('\n\n')));
  assert.equal(frames.length, 1);
  assert.ok(performance.now() - started < 2000);
  return frames;
}

describe('JSON lines', () => {
  it('are cut at line ends, wherever the bytes are split', () => {
    atEverySplit('{"a":"é"}\r\n\n{"b":2}\n', [{ data: '{"a":"é"}' }, { data: '{"b":2}' }], lineParser);
  });

  it('are searched once, however many pieces a line has', () => {
    assert.equal(inPieces('', lineParser())[0]?.data.length, size);
  });

  it('give the last line without its end', () => {
    atEverySplit('{"a":1}\n{"b":2}', [{ data: '{"a":1}' }, { data: '{"b":2}' }], lineParser);
  });
});
