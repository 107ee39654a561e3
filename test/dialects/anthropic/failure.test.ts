import assert from 'node:assert/strict';
import { Failure, failurePolicies } from '../../../src/chat/failure.ts';
import type { FailureKind } from '../../../src/chat/failure.ts';
import { anthropic } from '../../../src/dialects/anthropic/anthropic.ts';
import { objectIn, stringIn } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { readJson, recordings } from '../../support/fixtures.ts';

function refusal(path: string): Failure {
  const { status, headers, body } = readJson(path);
  return anthropic.readRefusal({
    status: Number(status),
    headers: objectIn(headers) as Record<string, string>,
    body: JSON.stringify(body),
  });
}

const kinds: Record<string, FailureKind> = {
  'anthropic-400-credit-balance': 'provider-account-empty',
  'anthropic-400-invalid-request-error': 'invalid-request',
  'anthropic-400-prompt-too-long': 'context-length',
  'anthropic-401-authentication': 'provider-key-refused',
  'anthropic-403-permission': 'provider-forbids',
  'anthropic-404-not-found-error': 'provider-model-missing',
  'anthropic-413-too-large': 'too-large',
  'anthropic-429-rate-limit': 'provider-rate-limited',
  'anthropic-500-api-error': 'provider-error',
  'anthropic-529-overloaded': 'provider-overloaded',
};

const errorOf = (failure: Failure): JsonObject => objectIn(anthropic.writeFailure(failure).error);

describe('anthropic refusals', () => {
  for (const [name, kind] of Object.entries(kinds)) {
    const path = `anthropic/errors/${name}.json`;
    it(`takes ${name} for ${kind}, with its status and its words`, () => {
      const { status, body } = readJson(path);
      const failure = refusal(path);
      assert.equal(failure.kind, kind);
      assert.equal(failure.status, status);
      assert.equal(failure.message, objectIn(objectIn(body).error).message);
    });
  }

  it('covers every recorded refusal', () => {
    const names = recordings('anthropic/errors').map((path) => path.replace(/^.*\/|\.json$/g, ''));
    assert.deepEqual(
      names.filter((name) => !(name in kinds)),
      ['anthropic-200-stream-overloaded'],
    );
  });

  it('keeps how long to wait', () => {
    assert.equal(refusal('anthropic/errors/anthropic-429-rate-limit.json').details.retryAfter, 12);
  });

  it('gives Anthropic’s clients the type that Anthropic itself gave', () => {
    const changed = new Set(['anthropic-400-credit-balance']); // there we say what it is
    for (const name of Object.keys(kinds).filter((known) => !changed.has(known))) {
      const path = `anthropic/errors/${name}.json`;
      assert.equal(errorOf(refusal(path)).type, objectIn(objectIn(readJson(path).body).error).type, name);
    }
    assert.equal(errorOf(refusal('anthropic/errors/anthropic-400-credit-balance.json')).type, 'billing_error');
  });

  it('serves clients of OpenAI with the same body', () => {
    const failure = new Failure('invalid-request', 'No.', { param: 'messages', code: 'nope' });
    assert.deepEqual(anthropic.writeFailure(failure), {
      type: 'error',
      error: { type: 'invalid_request_error', message: 'No.', param: 'messages', code: 'nope' },
    });
    assert.deepEqual(errorOf(new Failure('budget-exceeded', 'Spent.')), {
      type: 'budget_exceeded',
      message: 'Spent.',
      param: null,
      code: '400',
    });
  });

  it('passes on the details that came with it', () => {
    const details = { error_code: 'thread_not_found' };
    const body = JSON.stringify({ type: 'error', error: { type: 'not_found_error', message: 'Gone.', details } });
    assert.deepEqual(errorOf(anthropic.readRefusal({ status: 404, headers: {}, body })).details, details);
  });

  it('has a word for every kind of failure', () => {
    for (const kind of Object.keys(failurePolicies) as FailureKind[]) {
      assert.match(stringIn(errorOf(new Failure(kind, 'x')).type) ?? '', /^[a-z_]+$/);
    }
  });
});
