import assert from 'node:assert/strict';
import { roomyEnough, tagged } from '../../src/routing/eligible.ts';

const free = { name: 'free', tags: ['free', 'eu'] };
const paid = { name: 'paid', tags: ['paid'] };
const usual = { name: 'usual', tags: ['default'] };
const plain = { name: 'plain', tags: undefined };

describe('deployments for a tag', () => {
  it('are those that have one of the tags', () => {
    assert.deepEqual(tagged([free, paid, usual, plain], ['eu', 'us'], true), [free]);
  });

  it('are those that have all of them, where that is asked', () => {
    assert.deepEqual(tagged([free, paid], ['free', 'eu'], false), [free]);
    assert.deepEqual(tagged([free, paid], ['free', 'paid'], false), []);
  });

  it('are the default ones where none has the tag, and for requests without tags', () => {
    assert.deepEqual(tagged([free, usual], ['us'], true), [usual]);
    assert.deepEqual(tagged([free, usual, plain], [], true), [usual]);
    assert.deepEqual(tagged([free, plain], [], true), [free, plain]);
  });
});

describe('deployments for a size', () => {
  it('are those that it fits, and those of which it is not known', () => {
    const all = [{ most: 10 }, { most: 20 }, {}] as { most?: number }[];
    assert.deepEqual(
      roomyEnough(all, 15, ({ most }) => most),
      [{ most: 20 }, {}],
    );
  });
});
