import assert from 'node:assert/strict';
import { Failure } from '../../src/chat/failure.ts';
import type { Deployment } from '../../src/gateway/catalog.ts';
import { providerFailure } from '../../src/gateway/provider-failure.ts';
import { redactor } from '../../src/lib/redact.ts';

const secret = 'planted.provider.key/0123456789';
const deployment = { account: 'openai/OPENAI_API_KEY_ALPHA' } as Deployment;
const shown = (failure: Failure): Failure => providerFailure(failure, deployment, redactor([secret]));

describe("a provider's failure", () => {
  it('names the account where that is what failed', () => {
    for (const kind of ['provider-key-refused', 'provider-account-empty'] as const) {
      assert.equal(shown(new Failure(kind, 'No.')).message, "No. (the gateway's account openai/OPENAI_API_KEY_ALPHA)");
    }
    assert.equal(shown(new Failure('provider-error', 'No.')).message, 'No.');
  });

  it('holds no secret in its message, its field or its further members', () => {
    const details = { param: secret, details: { hint: [`use ${secret}`, 1, null] } };
    const failure = shown(new Failure('invalid-request', `Wrong: ${secret}`, details));
    assert.ok(!JSON.stringify([failure.message, failure.details]).includes(secret));
    assert.deepEqual(failure.details.details, { hint: ['use ...6789', 1, null] });
  });

  it('keeps its kind, status, code, wait and cause', () => {
    const cause = new Error('why');
    const details = { status: 418, code: 'teapot', retryAfter: 3, headers: { a: 'b' }, cause };
    const failure = shown(new Failure('provider-error', 'No.', details));
    assert.deepEqual([failure.kind, failure.details, failure.cause], ['provider-error', details, cause]);
  });
});
