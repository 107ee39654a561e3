import assert from 'node:assert/strict';
import { newestEvents, type GatewayEvent } from '../../src/gateway/events.ts';
import { fakeClock } from '../support/fake-clock.ts';

const event = (account: string): GatewayEvent => ({
  type: 'account-cooling',
  account,
  until: 1,
  failure: 'provider-rate-limited',
  message: 'It rests.',
});

describe('events', () => {
  it('are told from the one that was seen last', () => {
    const clock = fakeClock();
    const events = newestEvents(clock);
    events.raise(event('a'));
    clock.pass(1000);
    events.raise(event('b'));
    const [first, second, ...more] = events.since(0);
    assert.deepEqual(more, []);
    assert.deepEqual([first?.at, second?.at], [clock.now() - 1000, clock.now()]);
    assert.deepEqual(events.since(first?.id ?? 0), [second]);
    assert.deepEqual(events.since(second?.id ?? 0), []);
  });

  it('are kept up to a number, the newest', () => {
    const events = newestEvents(fakeClock(), 3);
    for (const account of ['a', 'b', 'c', 'd']) events.raise(event(account));
    assert.deepEqual(
      events.since(0).map((one) => one.type === 'account-cooling' && one.account),
      ['b', 'c', 'd'],
    );
  });

  it('rise in number over a restart too', () => {
    const clock = fakeClock();
    const before = newestEvents(clock);
    before.raise(event('a'));
    clock.pass(1000);
    const after = newestEvents(clock);
    after.raise(event('b'));
    assert.equal(after.since(before.since(0)[0]?.id ?? Infinity).length, 1);
  });

  it('grant a notice to one who asks, and remember the newest of what was granted', () => {
    const events = newestEvents(fakeClock(), 3);
    assert.deepEqual([events.claim('a'), events.claim('a'), events.claim('b')], [true, false, true]);
    for (const notice of ['c', 'd']) events.claim(notice);
    assert.deepEqual([events.claim('d'), events.claim('a')], [false, true]);
  });
});
