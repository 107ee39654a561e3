import assert from 'node:assert/strict';
import { blockOf, ownerOf, termsPathOf, updateOf } from '../../../src/vscode/alerts/budget-owner.ts';
import { dollarsIn, raisedTerms } from '../../../src/vscode/alerts/raise-plan.ts';

const noon = Date.UTC(2026, 10, 23, 12);
const tomorrow = noon + 86_400_000;

describe('raising a budget', () => {
  it('adds money until a time', () => {
    assert.deepEqual(raisedTerms({ max_budget: 10 }, { duration: '1d' }, { amount: 5, until: tomorrow }, noon), {
      temp_budget_increase: 5,
      temp_budget_expiry: '2026-11-24T12:00:00.000Z',
    });
  });

  it('adds to a raise that still holds, and not to one that is over', () => {
    const raised = (temp_budget_expiry: string) =>
      raisedTerms(
        { max_budget: 10, temp_budget_increase: 0.2, temp_budget_expiry },
        { duration: '1d' },
        { amount: 0.1, until: tomorrow },
        noon,
      )['temp_budget_increase'];
    assert.equal(raised('2026-11-23T13:00:00.000Z'), 0.3);
    assert.equal(raised('2026-11-23T11:00:00.000Z'), 0.1);
  });

  it('raises the very budget for good', () => {
    const limits = [
      { max_budget: 10, budget_duration: '1d' },
      { max_budget: 100, budget_duration: '30d' },
    ];
    const row = { max_budget: 3, budget_duration: '1h', budget_limits: limits };
    const forGood = { amount: 2.5, until: null };
    assert.deepEqual(raisedTerms(row, { duration: '1h' }, forGood, noon), { max_budget: 5.5 });
    assert.deepEqual(raisedTerms(row, { duration: '30d' }, forGood, noon), {
      budget_limits: [limits[0], { max_budget: 102.5, budget_duration: '30d' }],
    });
    assert.deepEqual(raisedTerms({ max_budget: 3, budget_duration: null }, { duration: null }, forGood, noon), {
      max_budget: 5.5,
    });
  });

  it("raises one model's budget and leaves the others", () => {
    const budgets = { 'gpt-4o': { budget_limit: 1, time_period: '1d' }, other: { budget_limit: 7, time_period: '1d' } };
    assert.deepEqual(
      raisedTerms({ model_max_budget: budgets }, { duration: '1d', model: 'gpt-4o' }, { amount: 1, until: null }, noon),
      { model_max_budget: { ...budgets, 'gpt-4o': { budget_limit: 2, time_period: '1d' } } },
    );
  });

  it('takes amounts as people type them', () => {
    assert.deepEqual(['5', ' $10 ', '2.50', '2,5', '0', '-1', 'five', '', '1e3', '12345678'].map(dollarsIn), [
      5,
      10,
      2.5,
      2.5,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('the owner of a budget', () => {
  it('is told by its scope', () => {
    assert.deepEqual(ownerOf('gateway'), { type: 'gateway' });
    assert.deepEqual(ownerOf('project:p1'), { type: 'project', id: 'p1' });
    assert.deepEqual(ownerOf('key:abc/group:gpt-4o'), { type: 'key', id: 'abc', model: 'gpt-4o' });
    assert.deepEqual(ownerOf('project:team/one'), { type: 'project', id: 'team/one' });
    for (const scope of ['account:X', 'provider:openai', 'deployment:d', 'group:gpt-4o'])
      assert.deepEqual(ownerOf(scope), { type: 'configured' }, scope);
  });

  it('is changed and stopped where LiteLLM has it', () => {
    const [key, project] = [
      { type: 'key', id: 'k' },
      { type: 'project', id: 'a b' },
    ] as const;
    assert.deepEqual(updateOf(key, { max_budget: 1 }), { path: '/key/update', body: { key: 'k', max_budget: 1 } });
    assert.deepEqual(updateOf(project, {}), { path: '/team/update', body: { team_id: 'a b' } });
    assert.deepEqual(blockOf(key, true), { path: '/key/block', body: { key: 'k' } });
    assert.deepEqual(blockOf(project, false), { path: '/team/unblock', body: { team_id: 'a b' } });
    assert.equal(termsPathOf(project), '/team/info?team_id=a%20b');
  });
});
