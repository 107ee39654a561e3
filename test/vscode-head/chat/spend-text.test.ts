import assert from 'node:assert/strict';
import type { Report } from '../../../src/admin/report-routes.ts';
import type { Status } from '../../../src/admin/status-routes.ts';
import { firstDayOf, spendQuestionOf, spendText } from '../../../src/vscode/chat/spend-text.ts';

const status = {
  project: { id: 'p1', title: 'harbour', blocked: false },
  today: 1_240_000_000,
  month: 20_500_000_000,
  monthSince: 0,
  budgets: [
    {
      ...{ scope: 'project:p1', title: 'project "harbour"', max: 50e9, spent: 20.5e9, held: 1e9, duration: '1mo' },
      ...{ since: 0, until: Date.UTC(2026, 11, 1) },
    },
  ],
  running: 1,
  paused: null,
  providers: 1,
  revision: 1,
} as unknown as Status;
const line = (name: string | null, cost: number, calls: number) => ({ name, cost, calls });
const report = (...lines: readonly object[]): Report =>
  ({ total: { cost: 20.5e9, calls: 12 }, lines }) as unknown as Report;

describe('what the #spend tool says', () => {
  it('is what was spent, by what, what is left and when that is reset', () => {
    const text = spendText(status, report(line('claude', 20e9, 11), line(null, 0.5e9, 1)), {
      range: 'month',
      by: 'model',
    });
    assert.deepEqual(text.split('\n'), [
      'Spend of the project "harbour": $1.24 today, $20.50 this month.',
      'Budget of project "harbour": $20.50 of $50.00 spent (41 %), $1.00 set aside for calls under way; $28.50 left. It is reset at 2026-12-01T00:00:00.000Z.',
      'This month by model, $20.50 in 12 calls:',
      '- claude: $20.00, 11 calls',
      '- not known: $0.50, 1 call',
    ]);
  });

  it('is about everything where no folder is open, and says what is paused and that nothing was spent', () => {
    const text = spendText({ ...status, project: null, budgets: [], paused: 5 }, report(), {
      range: 'today',
      by: 'day',
    });
    assert.match(text, /^Spend of all projects together: /);
    assert.match(text, /\nAll spending is paused\.\nThere is no budget\.\nToday by day, .*:\n- nothing$/);
  });

  it('is short, however many lines there are', () => {
    const lines = Array.from({ length: 40 }, (_, index) => line(`model ${index}`, 1e9, 1));
    const text = spendText(status, report(...lines), { range: 'week', by: 'model' });
    assert.match(text, /\n- model 14: .*\n- and 25 more$/);
  });

  it('is asked by words that are known, and else is the usual', () => {
    assert.deepEqual(spendQuestionOf({ range: 'today', by: 'branch' }), { range: 'today', by: 'branch' });
    assert.deepEqual(spendQuestionOf({ range: 'ever', by: 5 }), { range: 'month', by: 'model' });
  });

  it('begins with today, the first of the month, or the day six days ago', () => {
    const now = new Date(2026, 2, 3, 23, 59);
    assert.equal(firstDayOf('today', now), '2026-03-03');
    assert.equal(firstDayOf('month', now), '2026-03-01');
    assert.equal(firstDayOf('week', now), '2026-02-25');
  });
});
