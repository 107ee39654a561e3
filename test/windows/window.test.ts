import assert from 'node:assert/strict';
import type { Verdict } from '../../src/windows/election.ts';
import { contract, type HolderFile } from '../../src/windows/holder-file.ts';
import { live, type HoldEnd } from '../../src/windows/window.ts';
import type { StartTrouble } from '../../src/windows/worker-messages.ts';

const holder = (more: Partial<HolderFile> = {}): HolderFile => ({
  ...{ contract, host: '127.0.0.1', port: 4144, pid: 1, instance: 'one', version: '1.0.0' },
  ...{ owner: 'The Editor', token: 'sk-token', keys: [] },
  ...more,
});
const sibling = (more: Partial<HolderFile> = {}): Verdict => ({ type: 'sibling', holder: holder(more), isOwn: true });

/** Lives through these turns at the port and these verdicts, one after another; gives what the window did. */
async function lived(ends: readonly HoldEnd[], verdicts: readonly Verdict[] = []) {
  const did: string[] = [];
  const pauses: number[] = [];
  const troubles: StartTrouble[] = [];
  const [turns, judged] = [[...ends], [...verdicts]];
  const noted = (what: string) => (one: HolderFile) => {
    did.push(`${what} ${one.instance}`);
    return Promise.resolve();
  };
  await live(
    {
      ...{ version: '1.0.0', port: 4144, random: () => 0.5 },
      hold() {
        did.push('bid');
        return Promise.resolve(turns.shift() ?? 'over');
      },
      judge: () => Promise.resolve(judged.shift() ?? { type: 'free' }),
      adopt: noted('adopt'),
      outlive: noted('outlive'),
      askToLeave: noted('ask'),
      fail(trouble) {
        did.push(trouble.why);
        troubles.push(trouble);
      },
      pause(ms) {
        pauses.push(ms);
        return Promise.resolve();
      },
    },
    new AbortController().signal,
  );
  return { did, pauses, troubles };
}

describe('a window', () => {
  it('holds the gateway when nobody else does', async () => {
    assert.deepEqual((await lived(['over'])).did, ['bid']);
  });

  it('uses the gateway of another, and bids when that one has gone, after a short while of chance', async () => {
    const { did, pauses } = await lived(['taken', 'over'], [sibling()]);
    assert.deepEqual(did, ['bid', 'adopt one', 'bid']);
    assert.ok(pauses.every((ms) => ms > 0 && ms <= 200));
  });

  it('uses the one that was faster than itself', async () => {
    const { did } = await lived(['taken', 'taken', 'over'], [sibling(), sibling({ instance: 'two' })]);
    assert.deepEqual(did, ['bid', 'adopt one', 'bid', 'adopt two', 'bid']);
  });

  it('bids again at once when whoever had the port has gone meanwhile', async () => {
    const { did, pauses } = await lived(['taken', 'over'], [{ type: 'free' }]);
    assert.deepEqual([did, pauses], [['bid', 'bid'], []]);
  });

  it('asks an older Purser to leave, and bids sooner than the siblings of that one', async () => {
    const { did, pauses } = await lived(['taken', 'over'], [sibling({ version: '0.9.12' })]);
    assert.deepEqual([did, pauses], [['bid', 'ask one', 'bid'], [20]]);
  });

  it("leaves another editor's Purser where it is, however old", async () => {
    const trusted: Verdict = { type: 'sibling', holder: holder({ version: '0.1.0' }), isOwn: false };
    assert.deepEqual((await lived(['taken', 'over'], [trusted])).did, ['bid', 'adopt one', 'bid']);
  });

  it('uses an older one that cannot leave', async () => {
    const many = Array.from({ length: 101 }, () => 'taken' as const);
    const { did } = await lived(
      [...many, 'over'],
      many.map(() => sibling({ version: '0.9.0' })),
    );
    assert.equal(did.filter((what) => what === 'ask one').length, 100);
    assert.deepEqual(did.slice(-2), ['adopt one', 'bid']);
  });

  it('leaves the port to a newer one for a second when it hands over', async () => {
    const { did, pauses } = await lived(['handed-over', 'taken', 'over'], [sibling({ version: '1.0.1' })]);
    assert.deepEqual([did, pauses[0]], [['bid', 'bid', 'adopt one', 'bid'], 1_000]);
  });

  it('asks to be reloaded when the holder speaks another contract', async () => {
    const { did, troubles } = await lived(['taken', 'over'], [sibling({ version: '2.0.0', contract: contract + 1 })]);
    assert.deepEqual(did, ['bid', 'outdated', 'outlive one', 'bid']);
    assert.match(troubles[0]?.message ?? '', /2\.0\.0.*1\.0\.0.*Reload this window/);
  });

  it('tries again once a configuration with mistakes was changed', async () => {
    assert.deepEqual((await lived(['changed', 'over'])).did, ['bid', 'bid']);
  });

  it('leaves a stranger alone', async () => {
    const { did, troubles } = await lived(['taken'], [{ type: 'stranger', software: undefined }]);
    assert.deepEqual(did, ['bid', 'port-taken']);
    assert.equal(
      troubles[0]?.message,
      'Port 4144 is taken by another program. Choose another port, or end that program and try again.',
    );
  });

  it('names the Purser of another editor, with the file that tells how to use it', async () => {
    const said = { purser: '1.2.3', contract, owner: 'Other Editor', pid: 7, file: '/theirs/gateway.json', proof: '' };
    const { troubles } = await lived(['taken'], [{ type: 'other', said }]);
    assert.deepEqual([troubles[0]?.why, troubles[0]?.file], ['other-purser', '/theirs/gateway.json']);
    assert.match(troubles[0]?.message ?? '', /1\.2\.3 of Other Editor, process 7/);
  });
});
