import assert from 'node:assert/strict';
import { Failure } from '../../src/chat/failure.ts';
import { awsEventStreamParser } from '../../src/gateway/aws-event-stream.ts';
import { awsMessage, awsWireOf } from '../support/aws-event-stream.ts';
import { cut } from '../support/fixtures.ts';

const frames = [
  { event: 'messageStart', data: '{"role":"assistant"}' },
  { event: 'contentBlockDelta', data: '{"delta":{"text":"Grüße 🙂"}}' },
  { event: 'messageStop', data: '{}' },
];
const wire = awsWireOf(frames);
const read = (bytes: Uint8Array, cuts?: readonly number[]) => cut(awsEventStreamParser(), bytes, cuts);

const isNonsense = (thrown: unknown): boolean => thrown instanceof Failure && thrown.kind === 'provider-nonsense';

describe('AWS event stream', () => {
  it('is cut into frames at every split', () => {
    for (let at = 1; at < wire.length; at++) assert.deepEqual(read(wire, [at]), frames, String(at));
  });

  it('is cut into frames byte by byte', () => {
    assert.deepEqual(
      read(
        wire,
        Array.from({ length: wire.length - 1 }, (_, index) => index + 1),
      ),
      frames,
    );
  });

  it('gives exceptions by their names, and errors of the transport as exceptions', () => {
    const exception = { ':message-type': 'exception', ':exception-type': 'throttlingException' };
    assert.deepEqual(read(awsMessage(exception, '{"message":"Slow down."}')), [
      { event: 'throttlingException', data: '{"message":"Slow down."}' },
    ]);
    const error = { ':message-type': 'error', ':error-code': 'InternalError', ':error-message': 'Oops.' };
    assert.deepEqual(read(awsMessage(error, '')), [{ event: 'exception', data: '{"message":"InternalError: Oops."}' }]);
  });

  it('has a message of many pieces put together once', () => {
    const long = awsWireOf([{ event: 'contentBlockDelta', data: 'x'.repeat(16 * 1024 * 1024) }]);
    const cuts = Array.from({ length: 1023 }, (_, index) => (index + 1) * 16 * 1024);
    const started = performance.now();
    assert.equal(read(long, cuts)[0]?.data.length, 16 * 1024 * 1024);
    assert.ok(performance.now() - started < 5000);
  });

  it('does not take half a message for one', () => {
    assert.deepEqual(read(wire.subarray(0, -1)), frames.slice(0, 2));
  });

  it('is nonsense when a byte was changed, or when it never was one', () => {
    for (const at of [5, 20, wire.length - 1]) {
      const broken = Uint8Array.from(wire);
      broken[at] = (broken[at] ?? 0) ^ 1;
      assert.throws(() => read(broken), isNonsense, String(at));
    }
    assert.throws(() => read(Buffer.from('data: {"a":1}\n\n')), isNonsense);
    assert.throws(() => read(Buffer.from([0, 0, 0, 3, 0, 0, 0, 0])), isNonsense);
  });
});
