import assert from 'node:assert/strict';
import { Failure, failurePolicies } from '../../../src/chat/failure.ts';
import type { FailureKind } from '../../../src/chat/failure.ts';
import { openaiChat } from '../../../src/dialects/openai-chat/openai-chat.ts';
import { openaiResponses } from '../../../src/dialects/openai-responses/openai-responses.ts';
import { objectIn, stringIn } from '../../../src/lib/json.ts';
import { readJson } from '../../support/fixtures.ts';
import { dataOf } from './support.ts';

const failed = (failure: Failure) => {
  const frames = openaiResponses.writeStreamFailure(failure);
  assert.deepEqual(
    frames.map(({ event }) => event),
    ['response.failed'],
  );
  return objectIn(dataOf(frames)[0]?.['response']);
};

describe('a failure told to a client of responses', () => {
  it('has the one body of all OpenAI’s routes', () => {
    const failure = new Failure('budget-exceeded', 'spent', { code: 'budget_exceeded' });
    assert.deepEqual(openaiResponses.writeFailure(failure), openaiChat.writeFailure(failure));
  });

  it('ends a stream as a failed response with its words', () => {
    const response = failed(new Failure('budget-exceeded', 'The budget is spent.', { code: 'budget_exceeded' }));
    assert.equal(response['status'], 'failed');
    assert.deepEqual(response['error'], { code: 'budget_exceeded', message: 'The budget is spent.' });
    assert.deepEqual(response['output'], []);
  });

  it('has a word for its code, and not a status', () => {
    for (const kind of Object.keys(failurePolicies) as FailureKind[]) {
      assert.match(stringIn(objectIn(failed(new Failure(kind, 'x'))['error'])['code']) ?? '', /^[a-z_]+$/, kind);
    }
    assert.equal(objectIn(failed(new Failure('rate-limited', 'x'))['error'])['code'], 'rate_limit_exceeded');
    assert.equal(objectIn(failed(new Failure('provider-unreachable', 'x'))['error'])['code'], 'server_error');
  });

  it('is read as a failure again', () => {
    const frames = openaiResponses.writeStreamFailure(
      new Failure('provider-overloaded', 'busy', { code: 'server_overloaded' }),
    );
    const read = openaiResponses.streamReader();
    assert.throws(
      () => frames.flatMap((frame) => read(frame)),
      (error) => error instanceof Failure && error.kind === 'provider-overloaded' && error.message === 'busy',
    );
  });
});

describe('a failure that comes in the place of a response', () => {
  const isFailure = (kind: FailureKind, message: RegExp) => (error: unknown) =>
    error instanceof Failure && error.kind === kind && message.test(error.message);

  it('is the provider’s refusal', () => {
    const body = JSON.stringify(readJson('openai-responses/errors/reasoning-model-temperature-error.json'));
    const failure = openaiResponses.readRefusal({ status: 400, headers: {}, body });
    assert.equal(failure.kind, 'invalid-request');
    assert.equal(failure.details.param, 'temperature');
  });

  it('is nonsense without output', () => {
    assert.throws(() => openaiResponses.readAnswer({ id: 'x' }), isFailure('provider-nonsense', /no answer/));
  });

  it('is the error that a failed response holds', () => {
    const error = { code: 'rate_limit_exceeded', message: 'slow down' };
    assert.throws(
      () => openaiResponses.readAnswer({ status: 'failed', error, output: [] }),
      isFailure('provider-rate-limited', /slow down/),
    );
  });

  it('may come as an event without an inner object', () => {
    const read = openaiResponses.streamReader();
    const data = JSON.stringify({ type: 'error', code: 'server_error', message: 'it broke', sequence_number: 3 });
    assert.throws(() => read({ event: 'error', data }), isFailure('provider-error', /it broke/));
  });
});
