import assert from 'node:assert/strict';
import { saving } from '../../src/gateway/saving.ts';
import { Budgets } from '../../src/budgets/budgets.ts';
import { SpendingPause } from '../../src/budgets/pause.ts';
import { Keys } from '../../src/keys/keys.ts';
import { Projects } from '../../src/keys/projects.ts';
import type { Journal } from '../../src/ledger/journal.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { openCalls } from '../../src/ledger/recovery.ts';
import { loadCheckpoint } from '../../src/ledger/checkpoint.ts';
import { systemClock } from '../../src/lib/time.ts';
import { newFolder } from '../ledger/support.ts';

/** A journal and a ledger that only note what is asked of them. */
function parts() {
  const asked: string[] = [];
  const at = { last: 0 };
  const folder = newFolder();
  const journal = {
    last: () => at.last,
    sync: () => Promise.resolve(),
    rotate: (covered: number) => Promise.resolve(void asked.push(`rotate ${covered}`)),
  } as Partial<Journal> as Journal;
  const ledger = {
    snapshot: () => Promise.resolve((asked.push('snapshot'), at.last)),
  } as Partial<Ledger> as Ledger;
  const settings = { holdWaitMs: 1, budgetExceededStatus: 400, timeZone: 'UTC', resetTime: '00:00' };
  const said: string[] = [];
  const log = { info: () => undefined, warn: () => undefined, error: (message: string) => void said.push(message) };
  const saved = saving({
    ...{ folder, log, ledger, journal, checkpointed: 0 },
    keys: new Keys(systemClock),
    projects: new Projects(systemClock),
    budgets: new Budgets(systemClock, settings),
    pause: new SpendingPause(systemClock),
    opens: openCalls(),
  });
  return { asked, at, folder, saved, said };
}

describe('saving', () => {
  it('writes checkpoints while calls come, and leaves the snapshot for a rest', async () => {
    const { asked, at, folder, saved } = parts();
    for (at.last = 1; at.last < 45_000; at.last++) {
      saved.sawRecord(at.last);
      if (at.last % 1000 === 0) await new Promise((go) => setImmediate(go));
    }
    await saved.save();
    saved.end();
    assert.equal(asked.filter((one) => one === 'snapshot').length, 1, 'only the save at the end');
    assert.ok(asked.indexOf('rotate 0') >= 0 && asked.indexOf('rotate 0') < asked.indexOf('snapshot'));
    assert.equal(loadCheckpoint(folder).seq, 45_000);
  });

  it('takes a snapshot all the same when very many records have come', async () => {
    const { asked, at, saved } = parts();
    at.last = 200_000;
    saved.sawRecord(at.last);
    await saved.save();
    saved.end();
    assert.deepEqual(asked, ['rotate 0', 'snapshot', 'rotate 200000']);
  });

  it('saves nothing twice', async () => {
    const { asked, at, saved } = parts();
    at.last = 5;
    await saved.save();
    await saved.save();
    assert.equal(asked.filter((one) => one === 'snapshot').length, 1);
  });
});
