import assert from 'node:assert/strict';
import { environmentOf, withVariables } from '../../src/config/environment.ts';

describe('the environment', () => {
  const dotEnvText = '\uFEFF# keys\nA=from-file\nB="with # and space" # a remark\nexport C=c\nD=\n';

  it('wins over .env', () => {
    const environment = environmentOf({ processEnv: { A: 'real' }, dotEnvText });
    assert.deepEqual(['A', 'B', 'C'].map(environment), ['real', 'with # and space', 'c']);
  });

  it('has what .env has first in its file, even after a byte order mark', () => {
    assert.equal(environmentOf({ processEnv: {}, dotEnvText: '\uFEFFA=a' })('A'), 'a');
  });

  it('does without .env', () => assert.equal(environmentOf({ processEnv: { A: 'real' } })('A'), 'real'));

  it('has nothing for what is empty or nobody set', () => {
    const environment = environmentOf({ processEnv: { A: '', E: undefined }, dotEnvText });
    assert.equal(environment('A'), 'from-file');
    for (const name of ['D', 'E', 'F', 'constructor', 'toString', '__proto__'])
      assert.equal(environment(name), undefined);
  });

  it('keeps its own when more is added', () => {
    const environment = withVariables(environmentOf({ processEnv: { A: 'real' } }), { A: 'more', B: 'more' });
    assert.deepEqual(['A', 'B', 'C'].map(environment), ['real', 'more', undefined]);
  });
});
