import assert from 'node:assert/strict';
import { Failure } from '../../../src/chat/failure.ts';
import type { FailureKind } from '../../../src/chat/failure.ts';
import { gemini } from '../../../src/dialects/gemini/gemini.ts';
import { numberIn, objectIn, parseJson } from '../../../src/lib/json.ts';
import { readJson } from '../../support/fixtures.ts';

const refusals: readonly (readonly [string, FailureKind, number])[] = [
  ['google-400-context-length', 'context-length', 400],
  ['google-400-invalid-key', 'provider-key-refused', 401],
  ['google-404-not-found', 'provider-model-missing', 404],
  ['google-404-not-found-2', 'provider-model-missing', 404],
  ['google-429-retry-info', 'provider-rate-limited', 429],
  ['google-500-internal', 'provider-error', 500],
  ['google-503-overloaded', 'provider-overloaded', 503],
];

describe('gemini failure', () => {
  for (const [name, kind, status] of refusals) {
    it(`reads ${name}`, () => {
      const recorded = readJson(`gemini/errors/${name}.json`);
      const failure = gemini.readRefusal({
        status: numberIn(recorded['status']) ?? 0,
        headers: {},
        body: JSON.stringify(recorded['body']),
      });
      assert.equal(failure.kind, kind);
      assert.equal(failure.status, status);
      assert.equal(failure.message, objectIn(objectIn(recorded['body'])['error'])['message']);
    });
  }

  it('reads how long to wait from the details', () => {
    const recorded = readJson('gemini/errors/google-429-retry-info.json');
    const failure = gemini.readRefusal({ status: 429, headers: {}, body: JSON.stringify(recorded['body']) });
    assert.equal(failure.details.retryAfter, 34.4);
    assert.deepEqual(gemini.writeFailure(failure), recorded['body']);
  });

  it('is written as Google writes it', () => {
    assert.deepEqual(gemini.writeFailure(new Failure('budget-exceeded', 'The budget of this key is spent.')), {
      error: { code: 400, message: 'The budget of this key is spent.', status: 'FAILED_PRECONDITION' },
    });
    assert.deepEqual(gemini.writeFailure(new Failure('rate-limited', 'Too fast.', { retryAfter: 5 })), {
      error: {
        code: 429,
        message: 'Too fast.',
        status: 'RESOURCE_EXHAUSTED',
        details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '5s' }],
      },
    });
  });

  it('ends a stream with a frame that reads as the same failure', () => {
    const [frame, ...more] = gemini.writeStreamFailure(new Failure('provider-overloaded', 'Overloaded.'));
    assert.deepEqual(more, []);
    assert.ok(frame && parseJson(frame.data));
    assert.throws(
      () => gemini.streamReader()(frame),
      (thrown) =>
        thrown instanceof Failure && thrown.kind === 'provider-overloaded' && thrown.message === 'Overloaded.',
    );
  });
});
