import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { PassThrough, Readable } from 'node:stream';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { Failure } from '../../src/chat/failure.ts';
import { readJsonBody } from '../../src/http/read-body.ts';

const json = { 'content-type': 'application/json' };
const request = (stream: Readable, headers: Readonly<Record<string, string>> = json): IncomingMessage =>
  Object.assign(stream, { headers }) as unknown as IncomingMessage;
const read = (body: string | Buffer, headers: Readonly<Record<string, string>> = {}, limit = 1000) =>
  readJsonBody(request(Readable.from([Buffer.from(body)]), { ...json, ...headers }), limit);

const failureOf = async (promise: Promise<unknown>): Promise<Failure> => {
  const error = await promise.then(
    () => assert.fail('it was read'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof Failure, String(error));
  return error;
};

describe('a body', () => {
  const text = '{"text":"grüße"}';

  it('is read from its pieces, wherever they were cut', async () => {
    const bytes = Buffer.from(text);
    const pieces = [...bytes].map((byte) => Buffer.from([byte]));
    const { raw, body } = await readJsonBody(request(Readable.from(pieces)), 1000);
    assert.deepEqual(body, { text: 'grüße' });
    assert.equal(raw.toString(), text);
  });

  for (const [encoding, packed] of [
    ['gzip', gzipSync(text)],
    ['x-gzip', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['br', brotliCompressSync(text)],
    ['identity', Buffer.from(text)],
  ] as const) {
    it(`is unpacked from ${encoding}`, async () => {
      const { raw } = await read(packed, { 'content-encoding': encoding });
      assert.equal(raw.toString(), text);
    });
  }

  it('may be of any JSON type', async () => {
    for (const type of ['application/json; charset=utf-8', 'APPLICATION/JSON', 'application/vnd.api+json']) {
      assert.deepEqual((await read(text, { 'content-type': type })).body, { text: 'grüße' });
    }
  });

  it('may not be of another type', async () => {
    for (const type of ['', 'text/plain', 'application/jsonp', 'text/json', 'application/x-www-form-urlencoded']) {
      assert.equal((await failureOf(read(text, { 'content-type': type }))).kind, 'unsupported-media', type);
    }
  });

  it('may not be larger than the limit, by its own word, by its size or unpacked', async () => {
    const large = JSON.stringify({ x: 'x'.repeat(2000) });
    assert.equal((await failureOf(read('{}', { 'content-length': '5000' }))).kind, 'too-large');
    assert.equal((await failureOf(read(large))).kind, 'too-large');
    const packed = gzipSync(large);
    assert.ok(packed.length < 1000);
    assert.equal((await failureOf(read(packed, { 'content-encoding': 'gzip' }))).kind, 'too-large');
    assert.ok((await read(JSON.stringify({ x: 'x'.repeat(992) }))).raw.length === 1000);
  });

  it('says where its JSON breaks, and never what stands there', async () => {
    const broken = await failureOf(read('{"secret": sk-12345678}'));
    assert.match(broken.message, /Invalid JSON payload: (it breaks at position 11|a character is out of place)\./);
    assert.ok(!broken.message.includes('12345678'));
    assert.match((await failureOf(read(''))).message, /the body is empty/);
    assert.match((await failureOf(read('{"a":'))).message, /it ends too early\./);
    assert.match((await failureOf(read('"text"'))).message, /must be a JSON object/);
  });

  it('that breaks off fails', async () => {
    const stream = new PassThrough();
    const reading = failureOf(readJsonBody(request(stream), 1000));
    stream.write('{"a":');
    stream.destroy();
    assert.equal((await reading).kind, 'cancelled');
  });

  it('that breaks off while it is unpacked fails too', async () => {
    const stream = new PassThrough();
    const reading = failureOf(readJsonBody(request(stream, { ...json, 'content-encoding': 'gzip' }), 1000));
    stream.write(gzipSync(text).subarray(0, 10));
    stream.destroy(new Error('aborted')); // as Node ends a request whose connection was cut
    assert.match((await reading).message, /could not be read: aborted/);
  });

  it('that was not packed as it says fails', async () => {
    assert.match((await failureOf(read('plain', { 'content-encoding': 'gzip' }))).message, /could not be read/);
    assert.equal((await failureOf(read(text, { 'content-encoding': 'snappy' }))).kind, 'unsupported-media');
  });
});
