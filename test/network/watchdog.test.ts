import assert from 'node:assert/strict';
import { watchdog } from '../../src/network/watchdog.ts';
import { fakeClock } from '../support/fake-clock.ts';

function watching(patience = { firstMs: 100, idleMs: 30, totalMs: 1000 }) {
  const clock = fakeClock();
  const cuts: string[] = [];
  const dog = watchdog({
    ...patience,
    host: 'api.test',
    now: () => clock.monotonic(),
    after: clock.after,
    cut: ({ message }) => cuts.push(message),
  });
  return { clock, cuts, dog };
}

describe('the watchdog', () => {
  it('cuts what does not begin in time', () => {
    const { clock, cuts, dog } = watching();
    clock.pass(60);
    dog.heard(); // a comment is no content
    clock.pass(39);
    assert.deepEqual(cuts, []);
    clock.pass(1);
    assert.deepEqual(cuts, ['api.test did not begin to answer within 0.1 s (stream_timeout).']);
    assert.equal(clock.pending, 0);
  });

  it('cuts what falls silent, and not what goes on speaking', () => {
    const { clock, cuts, dog } = watching();
    dog.begun();
    for (let times = 0; times < 10; times += 1) {
      clock.pass(29);
      dog.heard();
    }
    assert.deepEqual(cuts, []);
    clock.pass(30);
    clock.pass(30);
    assert.deepEqual(cuts, ['api.test fell silent for 0.03 s in the middle of its answer (idle_timeout).']);
  });

  it('takes no silence amiss that a slow reader makes', () => {
    const { clock, cuts, dog } = watching();
    dog.begun();
    dog.paused();
    clock.pass(500);
    dog.resumed();
    clock.pass(29);
    assert.deepEqual(cuts, []);
    clock.pass(1);
    assert.equal(cuts.length, 1);
  });

  it('waits for nothing once it was stopped, though what came is still read', () => {
    const { clock, cuts, dog } = watching();
    dog.paused();
    dog.stop();
    dog.resumed();
    dog.begun();
    assert.equal(clock.pending, 0);
    clock.pass(2000);
    assert.deepEqual(cuts, []);
  });

  it('cuts what speaks for too long', () => {
    const { clock, cuts, dog } = watching();
    dog.begun();
    for (let times = 0; times < 100; times += 1) {
      clock.pass(10);
      dog.heard();
    }
    assert.deepEqual(cuts, ['api.test did not end its answer within 1 s (timeout).']);
  });

  it('leaves no timer when it is over', () => {
    const { clock, dog } = watching();
    dog.begun();
    dog.stop();
    assert.equal(clock.pending, 0);
  });
});
