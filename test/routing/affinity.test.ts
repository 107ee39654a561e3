import assert from 'node:assert/strict';
import { affinity } from '../../src/routing/affinity.ts';
import { fakeClock } from '../support/fake-clock.ts';

describe('affinity', () => {
  it('remembers where a conversation was served, for an hour', () => {
    const clock = fakeClock();
    const known = affinity(clock);
    known.learn('a', 'one');
    clock.pass(3_599_999);
    assert.equal(known.find('a'), 'one');
    clock.pass(1);
    assert.equal(known.find('a'), undefined);
  });

  it('remembers so many and no more', () => {
    const known = affinity(fakeClock(), 2);
    for (const name of ['a', 'b', 'c']) known.learn(name, 'one');
    assert.deepEqual(['a', 'b', 'c'].map(known.find), [undefined, 'one', 'one']);
  });
});
