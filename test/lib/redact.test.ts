import assert from 'node:assert/strict';
import { redactor } from '../../src/lib/redact.ts';

describe('redact', () => {
  it('hides a planted secret wherever it stands, and leaves four characters as a hint', () => {
    const redact = redactor(['planted-secret-value-9876']);
    assert.equal(
      redact('key planted-secret-value-9876 and {"k":"planted-secret-value-9876"}'),
      'key ...9876 and {"k":"...9876"}',
    );
  });

  it('hides short secrets whole', () => {
    assert.equal(redactor(['hunter22'])('the password is hunter22.'), 'the password is ....');
  });

  it('hides what looks like a key of a known provider', () => {
    const redact = redactor([]);
    for (const key of [
      'sk-ant-api03-abcdefghijklmnopqrstuvwx',
      'AIzaSyA1234567890abcdefghijklmnopqrstu',
      'gsk_abcdefghijklmnopqrstuvwxyz',
    ]) {
      assert.ok(!redact(`Incorrect API key provided: ${key}.`).includes(key), key);
    }
  });

  it('hides the password in a connection string', () => {
    assert.equal(redactor([])('postgresql://admin:Secret!@db:5432/x'), 'postgresql://...@db:5432/x');
  });

  it('hides what other services give out, and what a file of variables sets', () => {
    const redact = redactor([]);
    for (const secret of [
      'AKIAIOSFODNN7EXAMPLE',
      'sk-my.chosen.key!',
      'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N',
      'glpat-abcdefghijklmnopqrst',
      'ghs_abcdefghijklmnopqrstuvwxyz0123456789',
      'MIIEpAIBAAKCAQEA75',
    ])
      for (const place of [`-----BEGIN RSA PRIVATE KEY-----\n${secret}\n`, `export STRIPE_SECRET="${secret}"\n`])
        assert.ok(!redact(place).includes(secret), place);
    for (const secret of ['AKIAIOSFODNN7EXAMPLE', 'sk-my.chosen.key!', 'glpat-abcdefghijklmnopqrst'])
      assert.ok(!redact(`it is ${secret} now`).includes(secret), secret);
    assert.equal(redact('DB_PASSWORD=correct-horse-battery'), 'DB_PASSWORD=...tery');
  });

  it('takes no longer for a text that is made to be slow', () => {
    const begun = performance.now();
    for (const part of ['a://b:', 'A_', 'eyJ', '-----BEGIN PRIVATE KEY', 'Bearer ', 'sk-'])
      redactor([])(part.repeat(100_000));
    assert.ok(performance.now() - begun < 3_000);
  });

  it('leaves ordinary words alone', () => {
    const text =
      'The model gpt-4o-mini-2024-07-18 has spent $1.24 of $5.00; ask-me-anything-about-keys is no secret, KEY=$HOME/x neither.';
    assert.equal(redactor(['', 'a'])(text), text);
  });
});
