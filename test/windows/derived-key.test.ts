import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { derivedKey, installationSecret } from '../../src/windows/derived-key.ts';
import { checkSecret } from '../../src/keys/virtual-key.ts';

describe('a derived key', () => {
  const secret = randomBytes(32);

  it('is the same for whoever has the secret', () => {
    assert.equal(derivedKey(secret, 'project:a', 1), derivedKey(Buffer.from(secret), 'project:a', 1));
  });

  it('is another for another project, generation or installation', () => {
    const keys = [
      derivedKey(secret, 'project:a', 1),
      derivedKey(secret, 'project:b', 1),
      derivedKey(secret, 'project:a', 2),
      derivedKey(secret, 'project:a\n1', 1),
      derivedKey(randomBytes(32), 'project:a', 1),
    ];
    assert.equal(new Set(keys).size, keys.length);
  });

  it('is one that the gateway takes, with 256 bits', () => {
    const key = derivedKey(secret, 'project:a', 1);
    checkSecret(key);
    assert.match(key, /^sk-[\w-]{43}$/);
  });
});

describe("an installation's secret", () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'purser-secret-'));
    file = join(folder, 'sub', 'installation-secret');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is made once and found again', () => {
    const first = installationSecret(file);
    assert.equal(first.length, 32);
    assert.deepEqual(installationSecret(file), first);
    assert.deepEqual(readdirSync(join(folder, 'sub')), ['installation-secret']);
  });

  it('may be read by its owner alone', function () {
    if (process.platform === 'win32') this.skip();
    installationSecret(file);
    assert.equal(statSync(file).mode & 0o777, 0o600);
  });

  it('is never made anew in the place of a damaged one', () => {
    installationSecret(file);
    writeFileSync(file, 'half');
    assert.throws(() => installationSecret(file), /installation-secret is damaged/);
    assert.equal(readFileSync(file, 'utf8'), 'half');
  });
});
