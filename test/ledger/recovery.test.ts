import assert from 'node:assert/strict';
import { interrupted, openCalls } from '../../src/ledger/recovery.ts';
import { closeRecord, noon, openRecord, usd } from './support.ts';

describe('recovery', () => {
  it('knows the calls that were opened and not closed, also those from before', () => {
    const calls = openCalls([openRecord('before'), openRecord('closed')]);
    for (const record of [
      openRecord('c1'),
      closeRecord('closed'),
      openRecord('c2'),
      openRecord('c1', { deployment: 'deployment-2' }),
      closeRecord('c2'),
      { type: 'key-deleted', at: noon, id: 'k' } as const,
    ]) {
      calls.see(record);
    }
    assert.deepEqual(
      calls.all().map(({ call, deployment }) => `${call} ${deployment}`),
      ['before deployment-1', 'c1 deployment-1', 'c1 deployment-2'],
    );
  });

  it('books an interrupted call at its hold, marked as an upper bound', () => {
    const { hold: cost, ...open } = openRecord('c1');
    assert.deepEqual(interrupted([openRecord('c1')], noon + 60_000), [
      {
        ...open,
        type: 'close',
        status: 'interrupted',
        failure: null,
        usage: null,
        cost,
        source: 'estimated',
        upperBound: true,
        price: null,
        firstTokenMs: null,
        totalMs: 60_000,
        outputLimit: null,
        attempts: [{ deployment: 'deployment-1', model: 'small-1', failure: 'interrupted', cost }],
        warnings: ['The gateway stopped during this call. Its cost is the most it can have been.'],
      },
    ]);
  });

  it('bills nothing for an attempt that gave its hold back before the crash', () => {
    const refused = openRecord('c1', { hold: usd(300) });
    const calls = openCalls();
    const { call, at, scopes, hold } = refused;
    for (const record of [refused, { type: 'release', call, at, scopes, hold } as const]) calls.see(record);
    calls.see(openRecord('c1', { at: at + 5, hold: usd(700) }));
    // As it is after a checkpoint, too.
    const [row] = interrupted(openCalls(calls.all()).all(), noon + 60_000);
    assert.equal(row?.cost, usd(700));
  });

  it('books one row for several attempts: their sum, each on the budgets that held it', () => {
    const first = openRecord('c1', { scopes: ['gateway', 'account:a'], hold: usd(300) });
    const second = openRecord('c1', {
      at: noon + 5,
      scopes: ['gateway', 'account:b'],
      hold: usd(700),
      deployment: 'deployment-2',
    });
    const [row, ...others] = interrupted([first, openRecord('c2'), second], noon);
    assert.deepEqual(
      others.map(({ call }) => call),
      ['c2'],
    );
    assert.ok(row);
    assert.deepEqual(
      [row.cost, row.at, row.deployment, row.scopes],
      [1_000, noon, 'deployment-2', ['gateway', 'account:b']],
    );
    assert.deepEqual(row.attempts, [
      {
        deployment: 'deployment-1',
        model: 'small-1',
        failure: 'interrupted',
        cost: 300,
        scopes: ['gateway', 'account:a'],
      },
      { deployment: 'deployment-2', model: 'small-1', failure: 'interrupted', cost: 700, at: noon + 5 },
    ]);
  });

  it('has nothing to book after a good end', () => {
    assert.deepEqual(interrupted([], noon), []);
  });
});
