import assert from 'node:assert/strict';
import type { Status } from '../../../src/admin/status-routes.ts';
import { spendOf } from '../../../src/vscode/api/spend-of.ts';

const budget = {
  ...{ scope: 'project:p1', title: 'project "harbour"', max: 50e9, spent: 20.5e9, held: 1e9, duration: '1mo' },
  ...{ since: 0, until: 1_700_000_000_000 },
};
const status = {
  ...{ project: { id: 'p1', title: 'harbour', blocked: false }, today: 1_240_000_000, month: 20_500_000_000 },
  ...{ monthSince: 0, running: 0, paused: null, providers: 1, revision: 1 },
  budgets: [budget, { ...budget, scope: 'gateway', title: 'the whole gateway', until: null }],
} as unknown as Status;

describe('what other extensions are told of spend', () => {
  it('is in dollars, with the moment of each reset where there is one', () => {
    assert.deepEqual(spendOf(status), {
      project: 'harbour',
      today: 1.24,
      month: 20.5,
      budgets: [
        { title: 'project "harbour"', max: 50, spent: 20.5, held: 1, resetsAt: new Date(1_700_000_000_000) },
        { title: 'the whole gateway', max: 50, spent: 20.5, held: 1, resetsAt: undefined },
      ],
    });
  });

  it('names no project where everything is meant', () => {
    assert.equal(spendOf({ ...status, project: null }).project, undefined);
  });
});
