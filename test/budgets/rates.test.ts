import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Rates } from '../../src/budgets/rates.ts';
import type { RateLimits } from '../../src/budgets/rates.ts';
import { Failure } from '../../src/chat/failure.ts';
import { fakeClock } from '../support/fake-clock.ts';

const alpha = { id: 'key:a', kind: 'key', title: 'key "alpha" (sk-...abcd)' } as const;
const none: RateLimits = { rpm: null, tpm: null, maxParallel: null };

function refused(run: () => unknown): Failure {
  try {
    run();
  } catch (error) {
    if (error instanceof Failure) return error;
  }
  return assert.fail('nothing was refused');
}

describe('rates', () => {
  it('count requests in a minute that begins with the first of them', () => {
    const clock = fakeClock();
    const rates = new Rates(clock);
    const limits = { ...none, rpm: 2 };
    rates.admit([{ ...alpha, ...limits }], 0);
    clock.pass(45_500);
    rates.admit([{ ...alpha, ...limits }], 0);
    const failure = refused(() => rates.admit([{ ...alpha, ...limits }], 0));
    assert.equal(failure.kind, 'rate-limited');
    assert.equal(failure.details.retryAfter, 15);
    assert.deepEqual(failure.details.headers, { rate_limit_type: 'requests' });
    assert.equal(
      failure.message,
      'Rate limit reached: key "alpha" (sk-...abcd) has made 2 of 2 requests this minute (rpm_limit). Try again in 15 s.',
    );
    clock.pass(14_499);
    assert.equal(refused(() => rates.admit([{ ...alpha, ...limits }], 0)).details.retryAfter, 1);
    clock.pass(1);
    rates.admit([{ ...alpha, ...limits }], 0);
  });

  it('count tokens by their estimate until the real number is known', () => {
    const rates = new Rates(fakeClock());
    const limits = { ...none, tpm: 1000 };
    const first = rates.admit([{ ...alpha, ...limits }], 900);
    const failure = refused(() => rates.admit([{ ...alpha, ...limits }], 200));
    assert.match(
      failure.message,
      /has used 900 of 1000 tokens this minute \(tpm_limit\), and this request may take 200\./,
    );
    assert.deepEqual(failure.details.headers, { rate_limit_type: 'tokens' });
    first.correct(700);
    first.correct(800);
    rates.admit([{ ...alpha, ...limits }], 200);
    refused(() => rates.admit([{ ...alpha, ...limits }], 1));
  });

  it('let a request through that is larger than the limit itself, but only as the first of its minute', () => {
    const clock = fakeClock();
    const rates = new Rates(clock);
    const limits = { ...none, tpm: 1000 };
    rates.admit([{ ...alpha, ...limits }], 32_000);
    refused(() => rates.admit([{ ...alpha, ...limits }], 1));
    clock.pass(60_000);
    rates.admit([{ ...alpha, ...limits }], 1);
    refused(() => rates.admit([{ ...alpha, ...limits }], 32_000));
    refused(() => rates.admit([{ ...alpha, ...none, id: 'other', tpm: 0 }], 1));
  });

  it('do not charge a later minute for a correction of an earlier one', () => {
    const clock = fakeClock();
    const rates = new Rates(clock);
    const limits = { ...none, tpm: 1000 };
    const early = rates.admit([{ ...alpha, ...limits }], 10);
    clock.pass(60_000);
    rates.admit([{ ...alpha, ...limits }], 10);
    early.correct(5000);
    rates.admit([{ ...alpha, ...limits }], 990);
  });

  it('count requests under way, and each gives its place back once', () => {
    const rates = new Rates(fakeClock());
    const limits = { ...none, maxParallel: 2 };
    const first = rates.admit([{ ...alpha, ...limits }], 0);
    rates.admit([{ ...alpha, ...limits }], 0);
    const failure = refused(() => rates.admit([{ ...alpha, ...limits }], 0));
    assert.match(failure.message, /has 2 of 2 requests under way \(max_parallel_requests\)/);
    assert.ok((failure.details.retryAfter ?? 0) >= 1);
    first.release();
    first.release();
    rates.admit([{ ...alpha, ...limits }], 0);
    assert.equal(refused(() => rates.admit([{ ...alpha, ...limits }], 0)).kind, 'rate-limited');
  });

  it('count nothing of what they refuse', () => {
    const rates = new Rates(fakeClock());
    rates.admit([{ ...alpha, rpm: 10, tpm: 100, maxParallel: 10 }], 60);
    refused(() => rates.admit([{ ...alpha, rpm: 10, tpm: 100, maxParallel: 10 }], 60));
    assert.deepEqual(rates.admit([{ ...alpha, rpm: 10, tpm: 100, maxParallel: 10 }], 40).headers, {
      'x-ratelimit-api_key-limit-requests': '10',
      'x-ratelimit-api_key-remaining-requests': '8',
      'x-ratelimit-api_key-limit-tokens': '100',
      'x-ratelimit-api_key-remaining-tokens': '0',
    });
  });

  it('keep each key to itself, and say nothing of limits that are not set', () => {
    const rates = new Rates(fakeClock());
    rates.admit([{ ...alpha, ...none, rpm: 1 }], 0);
    assert.deepEqual(rates.admit([{ ...alpha, ...none, id: 'key:b', rpm: 1 }], 0).headers, {
      'x-ratelimit-api_key-limit-requests': '1',
      'x-ratelimit-api_key-remaining-requests': '0',
    });
    assert.deepEqual(rates.admit([{ ...alpha, ...none }], 0).headers, {});
  });

  it('count a request on several at once, or on none of them', () => {
    const rates = new Rates(fakeClock());
    const key = { ...alpha, ...none, rpm: 10, tpm: 100 };
    const project = { ...none, id: 'project:p', kind: 'project', title: 'project "harbour"', rpm: 1 } as const;
    const { headers, ...admission } = rates.admit([key, project], 60);
    assert.equal(headers['x-ratelimit-api_key-remaining-requests'], '9');
    assert.equal(headers['x-ratelimit-team-remaining-requests'], '0');
    const failure = refused(() => rates.admit([key, project], 10));
    assert.deepEqual([failure.details.scope, failure.retry], ['project:p', 'never']);
    assert.match(failure.message, /project "harbour" has made 1 of 1 requests/);
    admission.correct(90);
    assert.equal(rates.admit([key], 10).headers['x-ratelimit-api_key-remaining-tokens'], '0');
  });

  it('tell whether there is room without taking it, and send a call elsewhere when a deployment is full', () => {
    const rates = new Rates(fakeClock());
    const deployment = { ...none, id: 'deployment:d', kind: 'deployment', title: 'the deployment', rpm: 1 } as const;
    assert.ok(rates.hasRoom(deployment) && rates.hasRoom(deployment));
    assert.deepEqual(rates.admit([deployment], 5).headers, {});
    assert.ok(!rates.hasRoom(deployment));
    const failure = refused(() => rates.admit([deployment], 5));
    assert.deepEqual([failure.kind, failure.retry], ['rate-limited', 'elsewhere']);
    assert.match(failure.message, /\(rpm\)/);
  });

  it('begin a new minute when the clock is set back', () => {
    const clock = fakeClock();
    const rates = new Rates(clock);
    rates.admit([{ ...alpha, ...none, rpm: 1 }], 0);
    clock.pass(-3_600_000);
    rates.admit([{ ...alpha, ...none, rpm: 1 }], 0);
  });

  it('never let more than the limits through, in any order of things', () => {
    const step = fc.record({
      pass: fc.integer({ min: 0, max: 30_000 }),
      tokens: fc.integer({ min: 1, max: 60 }),
      end: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const clock = fakeClock();
        const rates = new Rates(clock);
        const limits = { rpm: 5, tpm: 100, maxParallel: 3 };
        const open: { release(): void }[] = [];
        let minute = { start: -Infinity, requests: 0, tokens: 0 };
        for (const { pass, tokens, end } of steps) {
          clock.pass(pass);
          if (end) open.shift()?.release();
          if (clock.now() >= minute.start + 60_000) minute = { start: -Infinity, requests: 0, tokens: 0 };
          const fits = open.length < 3 && minute.requests < 5 && minute.tokens + tokens <= 100;
          try {
            open.push(rates.admit([{ ...alpha, ...limits }], tokens));
          } catch {
            assert.ok(!fits, 'refused what fits');
            continue;
          }
          assert.ok(fits, 'let through what does not fit');
          const start = minute.requests === 0 ? clock.now() : minute.start;
          minute = { start, requests: minute.requests + 1, tokens: minute.tokens + tokens };
        }
      }),
    );
  });
});
