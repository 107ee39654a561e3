import assert from 'node:assert/strict';
import { lineEndOf, lineStart, nextLine, replaced } from '../../src/lib/lines.ts';

describe('lines of a text', () => {
  it('begin and end where they do', () => {
    const text = 'one\ntwo\nthree';
    assert.deepEqual(
      [0, 2, 4, 6].map((at) => lineStart(text, at)),
      [0, 0, 4, 4],
    );
    assert.deepEqual(
      [0, 2, 4, 9].map((at) => nextLine(text, at)),
      [4, 4, 8, 13],
    );
    assert.equal(replaced(text, 4, 7, '2'), 'one\n2\nthree');
  });

  it('end as the text has it', () => {
    assert.deepEqual(['a\r\nb', 'a\nb', 'a'].map(lineEndOf), ['\r\n', '\n', '\n']);
  });
});
