import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../../src/chat/failure.ts';
import { folderInUse, lockFolder } from '../../src/ledger/lock.ts';
import type { Lock } from '../../src/ledger/lock.ts';
import { newFolder } from './support.ts';

const lockModule = new URL('../../src/ledger/lock.ts', import.meta.url).href;

/** Another process that takes the folder and keeps it; resolves when it has it. */
async function holderOf(folder: string): Promise<ChildProcess> {
  const main = join(newFolder(), 'holder.mts');
  writeFileSync(
    main,
    `import { lockFolder } from '${lockModule}';
     await lockFolder(${JSON.stringify(folder)});
     process.send('held');
     setInterval(() => undefined, 60_000);`,
  );
  const holder = spawn(process.execPath, ['--import', 'tsx', main], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  await once(holder, 'message');
  return holder;
}

async function killed(holder: ChildProcess): Promise<void> {
  holder.kill('SIGKILL');
  await once(holder, 'exit');
}

describe('lock on the data folder', () => {
  it('refuses a second process, naming the folder and the holder, until the holder dies', async () => {
    const folder = newFolder();
    const holder = await holderOf(folder);
    await assert.rejects(lockFolder(folder), (error: Error) => {
      assert.ok(error instanceof Failure && error.code === folderInUse, error.message);
      assert.ok(error.message.includes(folder), error.message);
      assert.ok(error.message.includes(`process ${String(holder.pid)}`), error.message);
      return true;
    });
    await killed(holder);
    const lock = await lockFolder(folder);
    await lock.release();
    if (process.platform !== 'win32') assert.deepEqual(readdirSync(folder), [], 'the dead one left nothing behind');
  });

  it('names a holder that does not answer, too', async () => {
    if (process.platform === 'win32') return;
    const folder = newFolder();
    const holder = await holderOf(folder);
    holder.kill('SIGSTOP');
    await assert.rejects(lockFolder(folder), { kind: 'ledger-unavailable', message: /does not answer/ });
    await killed(holder);
  });

  it('is free again once it is released', async () => {
    const folder = newFolder();
    const lock = await lockFolder(folder);
    await assert.rejects(lockFolder(folder), { message: new RegExp(`process ${process.pid}`) });
    await lock.release();
    await (await lockFolder(folder)).release();
  });

  it('goes to one at most of many that come at the same moment, and to one of them in the end', async () => {
    const folder = newFolder();
    let winner: Lock | undefined;
    for (let round = 0; winner === undefined && round < 20; round += 1) {
      const tries = await Promise.allSettled(Array.from({ length: 6 }, () => lockFolder(folder)));
      const held = tries.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      assert.ok(held.length <= 1, `${held.length} hold it`);
      winner = held[0];
    }
    assert.ok(winner);
    await winner.release();
  });

  it('works in a folder whose path is too long for a socket', async () => {
    const folder = join(newFolder(), 'a-long-name'.repeat(12), 'Application Support');
    mkdirSync(folder, { recursive: true });
    const holder = await holderOf(folder);
    await assert.rejects(lockFolder(folder), { message: new RegExp(`process ${String(holder.pid)}`) });
    await killed(holder);
    const lock = await lockFolder(folder);
    await assert.rejects(lockFolder(folder), { kind: 'ledger-unavailable' });
    await lock.release();
    assert.deepEqual(readdirSync(folder), []);
  });

  it('says why a folder cannot be taken at all', async () => {
    const file = join(newFolder(), 'file');
    writeFileSync(file, '');
    await assert.rejects(lockFolder(join(file, 'below')), {
      kind: 'ledger-unavailable',
      message: /cannot write its ledger/,
    });
  });
});
