import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { askForErasure, eraseIfAsked, isErasureAsked } from '../src/erase.ts';
import { lockFolder } from '../src/ledger/lock.ts';
import { newFolder } from './support/gateway-under-test.ts';

function filled() {
  const folder = newFolder();
  const storage = { holderFile: join(folder, 'gateway.json'), dataFolder: join(folder, 'data') };
  mkdirSync(join(storage.dataFolder, 'bodies'), { recursive: true });
  mkdirSync(join(folder, 'connections'));
  for (const name of ['gateway.json', 'config.yaml', 'config.yaml.backup', 'installation-secret'])
    writeFileSync(join(folder, name), name);
  for (const name of ['journal-1.log', 'ledger-1.sqlite', 'admin-key', 'bodies/a'])
    writeFileSync(join(storage.dataFolder, name), name);
  return { folder, storage };
}

describe('erasing all data', () => {
  it('leaves nothing but who holds the gateway', async () => {
    const { folder, storage } = filled();
    askForErasure(storage);
    assert.equal(await eraseIfAsked(storage, 0), true);
    assert.deepEqual(readdirSync(folder).sort(), ['data', 'gateway.json']);
    assert.deepEqual(readdirSync(storage.dataFolder), []);
    assert.equal(readFileSync(storage.holderFile, 'utf8'), 'gateway.json');
    assert.equal(isErasureAsked(storage), false);
  });

  it('deletes nothing unless it was asked for', async () => {
    const { folder, storage } = filled();
    assert.equal(await eraseIfAsked(storage, 0), false);
    assert.equal(readdirSync(folder).length, 6);
  });

  it('waits for whoever has the data, and deletes nothing under its feet', async () => {
    const { folder, storage } = filled();
    const lock = await lockFolder(storage.dataFolder);
    askForErasure(storage);
    await assert.rejects(eraseIfAsked(storage, 0), { kind: 'ledger-unavailable' });
    assert.ok(existsSync(join(folder, 'config.yaml')));
    assert.equal(isErasureAsked(storage), true, 'it is still to be done');
    const erased = eraseIfAsked(storage, 5_000);
    await lock.release();
    assert.equal(await erased, true);
    assert.ok(!existsSync(join(folder, 'config.yaml')));
  });

  it('is asked for where nothing is yet', () => {
    const storage = { holderFile: join(newFolder(), 'deep', 'gateway.json'), dataFolder: '' };
    askForErasure(storage);
    assert.equal(isErasureAsked(storage), true);
  });
});
