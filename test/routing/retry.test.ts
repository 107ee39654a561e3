import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Failure, failurePolicies, type FailureKind } from '../../src/chat/failure.ts';
import { longestWaitMs, retriesAfter, waitBefore, type RetryRules } from '../../src/routing/retry.ts';

const rules: RetryRules = { count: 2, waitMs: 0, policy: {}, groups: {} };
const kinds = Object.keys(failurePolicies) as FailureKind[];
const failure = (kind: FailureKind, more: object = {}): Failure => new Failure(kind, 'No.', more);

describe('how often a call is tried again', () => {
  it('is twice for what may pass, and never for what another try cannot mend', () => {
    const again = kinds.filter((kind) => retriesAfter(failure(kind), rules, { group: 'm' }) === 2);
    assert.deepEqual(again, [
      'provider-rate-limited',
      'provider-overloaded',
      'provider-error',
      'provider-unreachable',
      'provider-timeout',
    ]);
  });

  it('is never where the provider says that it is of no use', () => {
    const said = (word: string) => failure('provider-overloaded', { headers: { 'x-should-retry': word } });
    assert.equal(retriesAfter(said('false'), rules, { group: 'm', asked: 5 }), 0);
    assert.equal(retriesAfter(said('true'), rules, { group: 'm' }), 2);
  });

  it("is never for the client's own mistakes, whatever is asked", () => {
    for (const kind of kinds.filter((one) => failurePolicies[one].retry === 'never')) {
      assert.equal(retriesAfter(failure(kind), { ...rules, policy: { [kind]: 5 } }, { group: 'm', asked: 5 }), 0, kind);
    }
  });

  it('is what the request says, else the policy of the group, else that of all, else the deployment', () => {
    const policies = {
      ...rules,
      policy: { 'provider-error': 4, otherwise: 1 },
      groups: { g: { 'provider-error': 0 } },
    };
    assert.equal(retriesAfter(failure('provider-error'), policies, { group: 'g', asked: 9 }), 9);
    assert.equal(retriesAfter(failure('provider-error'), policies, { group: 'g' }), 0);
    assert.equal(retriesAfter(failure('provider-error'), policies, { group: 'm' }), 4);
    assert.equal(retriesAfter(failure('provider-timeout'), policies, { group: 'm' }), 1);
    assert.equal(retriesAfter(failure('provider-timeout'), rules, { group: 'm', deployment: 7 }), 7);
  });

  it('counts a deployment without room as one that may have some in a moment', () => {
    assert.equal(retriesAfter(failure('rate-limited', { elsewhere: true }), rules, { group: 'm' }), 2);
    assert.equal(retriesAfter(failure('rate-limited'), rules, { group: 'm' }), 0);
  });
});

describe('the wait before a try', () => {
  it('grows with jitter up to eight seconds, and is never shorter than what the provider or the configuration says', () => {
    fc.assert(
      fc.property(
        fc.nat(12),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        fc.nat(40),
        fc.nat(3000),
        (retry, drawn, seconds, least) => {
          const wait = waitBefore(retry, failure('provider-rate-limited', { retryAfter: seconds }), least, () => drawn);
          if (seconds * 1000 > longestWaitMs) return wait === undefined;
          const whole = Math.min(500 * 2 ** retry, 8000);
          return (
            wait !== undefined &&
            wait >= Math.max(seconds * 1000, least, whole / 2) &&
            wait <= Math.max(seconds * 1000, least, whole)
          );
        },
      ),
    );
  });
});
