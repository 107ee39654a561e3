import assert from 'node:assert/strict';
import { Failure, type FailureKind } from '../../src/chat/failure.ts';
import { longestRetryAfterMs, type CooldownRules } from '../../src/routing/cooldown.ts';
import { healthOf, type Cooling, type Watched } from '../../src/routing/health.ts';
import { fakeClock } from '../support/fake-clock.ts';

const rules: CooldownRules = { disabled: false, ms: 5000, allowedFailsByKind: {} };
const one: Watched = { healthId: 'one', keyedAccount: 'openai/KEY' };
const sibling: Watched = { healthId: 'sibling', keyedAccount: 'openai/KEY' };
const other: Watched = { healthId: 'other', keyedAccount: 'openai/OTHER' };

const full = new Failure('provider-rate-limited', 'Slow down.');
const broken = new Failure('provider-error', 'Broken.', { status: 500 });
const empty = new Failure('provider-account-empty', 'No money.');

function watched() {
  const clock = fakeClock();
  const told: Cooling[] = [];
  const health = healthOf(clock, (_one, cooling) => told.push(cooling));
  const fail = (who: Watched, failure: Failure, isAlone = false, by = rules): void => {
    const run = health.begin(who);
    run.failed(failure, by, isAlone);
    run.end(0);
  };
  const serve = (who: Watched): void => {
    const run = health.begin(who);
    run.answered(10, true);
    run.end(100);
  };
  return { clock, health, told, fail, serve, state: (who: Watched) => health.of(who).state };
}

describe('health', () => {
  it('leaves a full deployment alone at once where there is another, and a lone one never', () => {
    const { fail, state } = watched();
    fail(one, full);
    fail(other, full, true);
    assert.deepEqual([state(one), state(other)], ['cooling', 'healthy']);
  });

  it('leaves one alone that failed more than half of five calls', () => {
    const { fail, serve, state } = watched();
    serve(one);
    serve(one);
    fail(one, broken);
    fail(one, broken);
    assert.equal(state(one), 'healthy');
    fail(one, broken);
    assert.equal(state(one), 'cooling');
  });

  it('counts no failure of an earlier minute', () => {
    const { clock, fail, state } = watched();
    for (let times = 0; times < 4; times += 1) fail(one, broken);
    clock.pass(60_000);
    fail(one, broken);
    assert.equal(state(one), 'healthy');
  });

  it('heeds allowed_fails instead, by kind where that is said', () => {
    const { fail, state } = watched();
    const patient = { ...rules, allowedFails: 1, allowedFailsByKind: { 'provider-error': 3 } as const };
    for (let times = 0; times < 3; times += 1) fail(one, broken, false, patient);
    assert.equal(state(one), 'healthy');
    fail(one, broken, false, patient);
    assert.equal(state(one), 'cooling');
  });

  it('never blames a provider for what is wrong with the request', () => {
    const { fail, state } = watched();
    const kinds: FailureKind[] = [
      'invalid-request',
      'context-length',
      'content-policy',
      'not-found',
      'provider-forbids',
      'cancelled',
    ];
    for (let times = 0; times < 5; times += 1) for (const kind of kinds) fail(one, new Failure(kind, 'No.'));
    fail(one, new Failure('provider-model-missing', 'We know that it has no such route.', { status: 400 }));
    fail(one, broken); // the only failure of all these calls
    assert.equal(state(one), 'healthy');
  });

  it("heeds a provider's retry-after, up to a bound", () => {
    const { clock, health, fail } = watched();
    const until = (who: Watched): number => {
      const condition = health.of(who);
      return condition.state === 'healthy' ? 0 : condition.cooling.until - clock.now();
    };
    fail(one, new Failure('provider-rate-limited', 'Wait.', { retryAfter: 20 }));
    fail(other, new Failure('provider-rate-limited', 'Come back tomorrow.', { retryAfter: 86_400 }));
    assert.deepEqual([until(one), until(other)], [20_000, longestRetryAfterMs]);
  });

  it('lets one call try whether it is well again, and goes by what that finds', () => {
    const { clock, health, fail, state } = watched();
    fail(one, full);
    clock.pass(5000);
    assert.equal(state(one), 'due');
    const probe = health.begin(one);
    assert.equal(state(one), 'probing');
    probe.failed(broken, rules, false);
    probe.end(0);
    assert.equal(state(one), 'cooling');
    clock.pass(5000);
    const second = health.begin(one);
    second.answered();
    assert.equal(state(one), 'healthy');
    second.end(0);
  });

  it('lets the next call try when the probe ended without a word', () => {
    const { clock, health, fail, state } = watched();
    fail(one, full);
    clock.pass(5000);
    health.begin(one).end(0);
    assert.equal(state(one), 'due');
  });

  it('leaves a whole account alone when its key is refused or its money gone, each time for longer', () => {
    const { clock, health, fail, state, told } = watched();
    fail(one, empty);
    assert.deepEqual([state(one), state(sibling), state(other)], ['cooling', 'cooling', 'healthy']);
    assert.equal(told[0]?.account, 'openai/KEY');
    const lasted = (): number => {
      const condition = health.of(sibling);
      return condition.state === 'healthy' ? 0 : condition.cooling.until - condition.cooling.since;
    };
    const lengths = [lasted()];
    for (let times = 0; times < 5; times += 1) {
      clock.pass(lasted());
      fail(sibling, empty);
      lengths.push(lasted());
    }
    assert.deepEqual(lengths, [60_000, 120_000, 240_000, 480_000, 900_000, 900_000]);
  });

  it('tries now what it is told to, with its account', () => {
    const { health, fail, state } = watched();
    fail(one, empty);
    fail(one, full);
    health.tryNow(one);
    assert.deepEqual([state(one), state(sibling)], ['healthy', 'healthy']);
  });

  it('leaves nothing alone where cooldowns are off', () => {
    const { fail, state } = watched();
    for (const failure of [full, empty, broken]) fail(one, failure, false, { ...rules, disabled: true });
    assert.equal(state(one), 'healthy');
  });

  it('counts calls under way, tokens of the minute and latency', () => {
    const { clock, health, serve } = watched();
    serve(one);
    const run = health.begin(one);
    const stats = health.stats(one);
    assert.deepEqual([stats.inFlight, stats.minute.tokens, stats.latency.stream.since(0)], [1, 100, 10]);
    run.end(5);
    run.end(5);
    assert.deepEqual([stats.inFlight, stats.minute.tokens], [0, 105]);
    assert.equal(stats.latency.stream.since(clock.now() + 1), undefined);
  });
});
