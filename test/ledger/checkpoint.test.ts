import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadCheckpoint, saveCheckpoint } from '../../src/ledger/checkpoint.ts';
import { checkpoints, newestSeq, safelyCovered, saveGeneration } from '../../src/ledger/generations.ts';
import { newFolder, openRecord } from './support.ts';

/** A folder with the checkpoints 5 and 9. */
async function twoCheckpoints(): Promise<{ folder: string; newest: string }> {
  const folder = newFolder();
  await saveCheckpoint(folder, { seq: 5, state: { keys: ['ä'] }, opens: [] });
  await saveCheckpoint(folder, { seq: 9, state: { keys: ['ä', 'b'] }, opens: [openRecord('c1')] });
  return { folder, newest: join(folder, readdirSync(folder).sort().at(-1) ?? '') };
}

describe('checkpoint', () => {
  it('is nothing at the first start', () => {
    assert.deepEqual(loadCheckpoint(join(newFolder(), 'new')), { seq: 0, state: null, opens: [], report: [] });
  });

  it('comes back as it was saved, the newest of them', async () => {
    const { folder } = await twoCheckpoints();
    const expected = { seq: 9, state: { keys: ['ä', 'b'] }, opens: [openRecord('c1')], report: [] };
    assert.deepEqual(loadCheckpoint(folder), expected);
  });

  it('is kept with the one before it, and no more', async () => {
    const { folder } = await twoCheckpoints();
    await saveCheckpoint(folder, { seq: 12, state: null, opens: [] });
    const kept = readdirSync(folder).map((name) => /\d{12}/.exec(name)?.[0]);
    assert.deepEqual(kept.sort(), ['000000000009', '000000000012']);
    assert.deepEqual([newestSeq(checkpoints(folder)), safelyCovered(checkpoints(folder))], [12, 9]);
  });

  it('is replaced when it is saved again for the same record', async () => {
    const { folder } = await twoCheckpoints();
    await saveCheckpoint(folder, { seq: 9, state: 'newer', opens: [] });
    assert.equal(loadCheckpoint(folder).state, 'newer');
    assert.equal(safelyCovered(checkpoints(folder)), 5);
  });

  it('falls back to the one before it when it was cut short at any byte, and says so', async () => {
    const { newest } = await twoCheckpoints();
    const { length } = readFileSync(newest);
    for (let cut = 0; cut < length; cut += 11) {
      const { folder, newest: damaged } = await twoCheckpoints();
      truncateSync(damaged, cut);
      const { seq, state, report } = loadCheckpoint(folder);
      assert.deepEqual([seq, state], [5, { keys: ['ä'] }]);
      assert.match(report.join('\n'), /checkpoint-000000000009-\w+\.json is damaged/);
      assert.ok(existsSync(`${damaged}.damaged`), 'it is set aside');
      assert.deepEqual(loadCheckpoint(folder).report, [], 'and not reported again');
    }
  });

  it('says when there is none left that is whole', async () => {
    const { folder } = await twoCheckpoints();
    for (const name of readdirSync(folder)) writeFileSync(join(folder, name), '{}');
    const { seq, report } = loadCheckpoint(folder);
    assert.deepEqual([seq, report.length], [0, 2]);
  });

  it('does not mind one that was never finished', async () => {
    const { folder } = await twoCheckpoints();
    writeFileSync(join(folder, 'checkpoint.unfinished'), '{"version":1,"se');
    assert.deepEqual([loadCheckpoint(folder).seq, loadCheckpoint(folder).report], [9, []]);
    await saveCheckpoint(folder, { seq: 10, state: null, opens: [] });
    assert.equal(readdirSync(folder).length, 2);
  });

  it('refuses one of a newer version', async () => {
    const folder = newFolder();
    await saveGeneration(checkpoints(folder), 3, Buffer.from('{"version":2,"seq":3,"state":{},"opens":[]}'));
    assert.throws(() => loadCheckpoint(folder), { kind: 'ledger-unavailable', message: /newer version/ });
  });

  it('says why it cannot be written', async () => {
    const folder = newFolder();
    rmSync(folder, { recursive: true });
    writeFileSync(folder, '');
    await assert.rejects(saveCheckpoint(folder, { seq: 1, state: null, opens: [] }), { kind: 'ledger-unavailable' });
    rmSync(folder);
  });
});
