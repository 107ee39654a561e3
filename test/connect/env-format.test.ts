import assert from 'node:assert/strict';
import { envFormat } from '../../src/connect/env-format.ts';

const get = (text: string): unknown => envFormat.get(text, ['KEY']);
const set = (text: string, value = 'x'): string => envFormat.set(text, ['KEY'], value);

describe('a file of variables', () => {
  it('is read as dotenv reads it', () => {
    for (const line of ['KEY=a b', 'export KEY="a b"', "KEY = 'a b' # note", 'KEY=a b # note', '\uFEFFKEY=a b'])
      assert.equal(get(`A=1\n${line}\nB=2`), 'a b', line);
    assert.equal(get('KEY="a\\nb"'), 'a\nb');
    assert.equal(get('MY_KEY=1\nKEYS=2\n# KEY=3\nTEXT="\nKEY=4\n"\n'), undefined);
  });

  it('has a changed value where the old one was', () => {
    assert.equal(set('A=1\nexport KEY="old" # note\nB=2\n'), 'A=1\nexport KEY=x # note\nB=2\n');
    assert.equal(set('KEY=\n', 'two words'), 'KEY="two words"\n');
  });

  it('gets a new line at its end', () => {
    assert.equal(set('A=1'), 'A=1\nKEY=x\n');
    assert.equal(set('A=1\r\n'), 'A=1\r\nKEY=x\r\n');
  });

  it('loses a line whole', () =>
    assert.equal(envFormat.remove('A=1\nKEY="x\ny" # note\nB=2\n', ['KEY']), 'A=1\nB=2\n'));

  it('is not edited where it says two things', () => {
    assert.throws(() => set('KEY=1\nKEY=2\n'), /sets KEY twice\. Leave one of the lines/);
  });
});
