import assert from 'node:assert/strict';
import type { StartFailure } from '../../src/windows/worker-messages.ts';
import { statusText } from '../../src/vscode/status-text.ts';

const running = { type: 'running', url: 'http://127.0.0.1:4144', adminKey: 'sk-admin-secret' } as const;
const spent = (dollars: number) => ({ today: dollars * 1e9, month: 3 * dollars * 1e9, revision: 1 });

describe('the status bar', () => {
  it("shows today's spend, and the month's and the address on hover", () => {
    const { text, tooltip, label, isError } = statusText(running, spent(1.24));
    assert.equal(text, '$(pulse) $1.24');
    assert.match(tooltip, /http:\/\/127\.0\.0\.1:4144\/v1/);
    assert.match(tooltip, /Today \$1\.24, this month \$3\.72/);
    assert.equal(label, 'Purser: $1.24 spent today, $3.72 this month');
    assert.equal(isError, false);
  });

  it('tells little money from none', () => {
    assert.equal(statusText(running, spent(0)).text, '$(pulse) $0.00');
    assert.equal(statusText(running, spent(0.00002)).text, '$(pulse) <$0.01');
    assert.equal(statusText(running, spent(0.01)).text, '$(pulse) $0.01');
  });

  it('is red only when something is to be done here', () => {
    const failed = (why: StartFailure | 'crashed') => statusText({ type: 'failed', why, message: 'why' }, undefined);
    for (const why of ['port-taken', 'other-purser', 'outdated', 'configuration', 'crashed'] as const)
      assert.ok(failed(why).isError, why);
    assert.equal(failed('folder-taken').isError, false);
  });

  it('tells when another window has the gateway', () => {
    const adopted = { ...running, adopted: true } as const;
    assert.match(statusText(adopted, undefined).label, /in another window/);
    assert.match(statusText(adopted, spent(1)).tooltip, /in another window, on/);
    assert.doesNotMatch(statusText(running, spent(1)).tooltip, /another window/);
  });

  it('says something to a screen reader in every state', () => {
    for (const type of ['starting', 'stopped'] as const)
      assert.match(statusText({ type }, undefined).label, /^Purser: \w/);
    assert.match(statusText(running, undefined).label, /^Purser: \w/);
  });

  it('never holds the admin key', () => {
    assert.ok(!JSON.stringify([statusText(running, undefined), statusText(running, spent(1))]).includes('secret'));
  });
});
