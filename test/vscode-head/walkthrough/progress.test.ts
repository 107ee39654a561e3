import assert from 'node:assert/strict';
import type { Status } from '../../../src/admin/status-routes.ts';
import { progressOf, shouldOpen } from '../../../src/vscode/walkthrough/progress.ts';

const status = (more: Partial<Status> = {}): Status => ({
  ...{ project: null, today: 0, month: 0, monthSince: 0, budgets: [], running: 0, paused: null, providers: 0 },
  ...{ unserved: ['claude-*', 'gpt-*', 'gemini-*'], hasDefaultBudget: false, calls: 0, revision: 0, ...more },
});
const nothing = { status: status(), connections: 0 };

describe('the walkthrough', () => {
  it('has nothing ticked at first', () => {
    assert.ok(Object.values(progressOf(nothing)).every((done) => !done));
  });

  it('ticks what the gateway and the files tell', () => {
    const served = status({ providers: 1, unserved: [], hasDefaultBudget: true, calls: 1 });
    const progress = progressOf({ status: served, connections: 1 });
    assert.ok(Object.values(progress).every((done) => done));
    assert.equal(progressOf({ ...nothing, status: status({ providers: 1 }) }).familiesServed, false);
    assert.equal(progressOf({ ...nothing, status: status({ unserved: [] }) }).familiesServed, false);
  });

  it('opens once, and for nobody who has a key or made a call', () => {
    assert.equal(shouldOpen(false, progressOf(nothing)), true);
    assert.equal(shouldOpen(true, progressOf(nothing)), false);
    assert.equal(shouldOpen(false, progressOf({ ...nothing, status: status({ providers: 1 }) })), false);
    assert.equal(shouldOpen(false, progressOf({ ...nothing, status: status({ calls: 1 }) })), false);
  });
});
