import assert from 'node:assert/strict';
import { firstCallOf } from '../../src/connect/first-call.ts';

const codex = { agents: ['Codex'] };
const row = (assistant: string | null, more: object = {}) => ({
  assistant,
  model: 'm',
  cost: 5,
  status: 'done',
  ...more,
});

describe("an assistant's first call", () => {
  it('is the oldest of its key', () => {
    const rows = [row('Codex', { model: 'second' }), row('Codex', { model: 'first' })];
    assert.deepEqual(firstCallOf({ rows }, codex, false), { model: 'first', cost: 5, failure: undefined });
  });

  it("is not another one's where the key is shared", () => {
    const rows = [row('Codex', { model: 'own' }), row('Claude Code', { model: 'other' })];
    assert.equal(firstCallOf({ rows }, codex, true)?.model, 'own');
    assert.equal(firstCallOf({ rows: [row('Claude Code')] }, codex, true), undefined);
    assert.equal(firstCallOf({ rows: [row(null)] }, codex, true)?.model, 'm');
  });

  it('says why it failed', () => {
    const rows = [row('Codex', { status: 'failed', failure: 'budget-exceeded', cost: null })];
    assert.deepEqual(firstCallOf({ rows }, codex, false), { model: 'm', cost: undefined, failure: 'budget-exceeded' });
  });

  it('is none where there are no rows', () => {
    for (const answer of [undefined, {}, { rows: [] }]) assert.equal(firstCallOf(answer, codex, false), undefined);
  });
});
