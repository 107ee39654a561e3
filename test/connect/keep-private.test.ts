import assert from 'node:assert/strict';
import type { FileEdit } from '../../src/connect/connection.ts';
import { keptPrivate } from '../../src/connect/keep-private.ts';

const place = { folder: '/code/a', root: '/code/a', gitFolder: '/code/a/.git' };
const secret: FileEdit = { path: '/code/a/.gemini/.env', format: 'env', settings: [], isSecret: true };
const open: FileEdit = { path: '/code/a/.gemini/settings.json', format: 'json', settings: [] };

describe('keys in a repository', () => {
  it('are kept out of it by its own list, and nothing else is', () => {
    const added = keptPrivate([secret, open], place, undefined).at(-1);
    assert.equal(added?.path.replaceAll('\\', '/'), '/code/a/.git/info/exclude');
    assert.deepEqual(added.settings, [{ path: ['/.gemini/.env'], value: true }]);
  });

  it('need nothing without git', () => {
    assert.deepEqual(keptPrivate([secret], { folder: '/code/a', root: '/code/a' }, undefined), [secret]);
    assert.deepEqual(keptPrivate([open], place, undefined), [open]);
  });

  it('are not written into what is committed', () => {
    assert.throws(
      () => keptPrivate([secret], place, Buffer.from('....gemini/.env\0'.replace('....', '...'))),
      /\.env is committed, so a key written into it would be shared\. Take it out of git .* or connect for all/,
    );
  });
});
