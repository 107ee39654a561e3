import assert from 'node:assert/strict';
import { plainSecrets } from '../../src/config/plain-secrets.ts';

const key = 'sk-proj-AAAA1111bbbb2222cccc3333'; // made up
const found = (text: string) => plainSecrets(text).map(({ path, from, to }) => [path.at(-1), text.slice(from, to)]);

describe('secrets in plain text', () => {
  it('are found under the names of secrets, and by their looks anywhere', () => {
    assert.deepEqual(found(`model_list: [{ litellm_params: { api_key: '${key}' } }]`), [['api_key', `'${key}'`]]);
    assert.deepEqual(found('litellm_params:\n  aws_secret_access_key: wJalrXUtnFEMI4K7\n'), [
      ['aws_secret_access_key', 'wJalrXUtnFEMI4K7'],
    ]);
    assert.deepEqual(found('headers: { Authorization: "Bearer abcdef0123456789" }')[0]?.[0], 'Authorization');
    assert.deepEqual(found(`environment_variables:\n  ANYTHING: ${key}\n`), [['ANYTHING', key]]);
  });

  it('are not what only stands in for one', () => {
    for (const value of ['os.environ/OPENAI_API_KEY', 'not-needed', 'EMPTY', 'sk-1234', 'lm-studio'])
      assert.deepEqual(found(`api_key: ${value}`), [], value);
    assert.deepEqual(found('input_cost_per_token: 0.000001\nmax_tokens: 123456789012\nmodel: gpt-4o-2024-08-06'), []);
  });

  it('are found in a text that is broken elsewhere', () => {
    assert.equal(found(`master_key: ${key}\nother: "no end\n`).length, 1);
  });
});
