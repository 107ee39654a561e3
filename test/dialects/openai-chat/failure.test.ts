import assert from 'node:assert/strict';
import { Failure, failurePolicies } from '../../../src/chat/failure.ts';
import type { FailureKind } from '../../../src/chat/failure.ts';
import { openaiChat } from '../../../src/dialects/openai-chat/openai-chat.ts';
import { objectIn, parseJson, stringIn } from '../../../src/lib/json.ts';

describe('a failure in OpenAI’s chat format', () => {
  it('is one body for OpenAI’s clients and Anthropic’s', () => {
    const failure = new Failure('budget-exceeded', 'The budget of key ann is spent.', { code: 'budget_exceeded' });
    assert.deepEqual(openaiChat.writeFailure(failure), {
      type: 'error',
      error: {
        type: 'budget_exceeded',
        message: 'The budget of key ann is spent.',
        param: null,
        code: 'budget_exceeded',
      },
    });
  });

  it('has the status for a code where the case has no word', () => {
    const { error } = openaiChat.writeFailure(new Failure('provider-overloaded', 'x', { status: 529 }));
    assert.equal(objectIn(error).code, '529');
  });

  it('names the field at fault, and what else clients may know', () => {
    const failure = new Failure('invalid-request', 'x', {
      param: 'tools',
      details: { failed_generation: 'y', message: 'z' },
    });
    const { error } = openaiChat.writeFailure(failure);
    assert.deepEqual(error, {
      failed_generation: 'y',
      type: 'invalid_request_error',
      message: 'x',
      param: 'tools',
      code: '400',
    });
  });

  it('has a type for every kind', () => {
    for (const kind of Object.keys(failurePolicies) as FailureKind[]) {
      assert.match(stringIn(objectIn(openaiChat.writeFailure(new Failure(kind, 'x')).error).type) ?? '', /^[a-z_]+$/);
    }
  });

  it('ends a stream without [DONE], and is read as a failure again', () => {
    const frames = openaiChat.writeStreamFailure(new Failure('provider-overloaded', 'busy'));
    assert.equal(frames.length, 1);
    assert.equal(objectIn(objectIn(parseJson(frames[0]?.data ?? '')).error).message, 'busy');
    assert.ok(!frames.some((frame) => openaiChat.isLast(frame)));
    const read = openaiChat.streamReader();
    assert.throws(
      () => frames.flatMap((frame) => read(frame)),
      (error) => error instanceof Failure && error.kind === 'provider-overloaded' && error.message === 'busy',
    );
  });
});

describe('an answer of OpenAI’s kind that is none', () => {
  it('is nonsense without choices', () => {
    assert.throws(
      () => openaiChat.readAnswer({ id: 'x', choices: [] }),
      (error) => error instanceof Failure && error.kind === 'provider-nonsense',
    );
  });

  it('is the error it holds, though its status was 200', () => {
    assert.throws(
      () => openaiChat.readAnswer({ error: { message: 'slow down', code: 429 } }),
      (error) => error instanceof Failure && error.kind === 'provider-rate-limited',
    );
  });
});
