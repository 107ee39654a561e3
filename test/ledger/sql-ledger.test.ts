import assert from 'node:assert/strict';
import type { Database } from '../../src/ledger/database.ts';
import { sqlLedger } from '../../src/ledger/sql-ledger.ts';
import { openSqlJs } from '../../src/ledger/sqljs-database.ts';
import { ledgerContract, numbered } from './ledger-contract.ts';
import { closeRecord, correction, noon, wasm } from './support.ts';

ledgerContract('sql.js in this thread', async () => {
  const ledger = await sqlLedger({ database: await openSqlJs(wasm) });
  const number = numbered();
  return { ledger, book: (...records) => ledger.apply(number(records)) };
});

describe('sql ledger', () => {
  const row = closeRecord('c1');
  const records = numbered()([row, correction(row, 400), closeRecord('c2', { scopes: ['other'] })]);

  it('ignores records that it has', async () => {
    const ledger = await sqlLedger({ database: await openSqlJs(wasm) });
    ledger.apply(records);
    ledger.apply(records.slice(1));
    await ledger.flush();
    ledger.apply(records);
    assert.equal(await ledger.spentSince('gateway', 0), 400);
    assert.equal((await ledger.rows({})).length, 2);
  });

  it('goes on where its database ends', async () => {
    const database = await openSqlJs(wasm);
    const ledger = await sqlLedger({ database });
    ledger.apply(records);
    await ledger.flush();
    const again = await sqlLedger({ database: await openSqlJs(wasm, database.export()) });
    assert.equal(again.applied, 3);
    again.apply(records);
    assert.deepEqual(await again.rows({}), await ledger.rows({}), 'also the database that was exported goes on');
  });

  it('keeps what waits when the database fails, and applies it once', async () => {
    let broken = true;
    const sqlJs = await openSqlJs(wasm);
    const failing = (database: Database): Database => ({
      run: (sql, params) =>
        broken && params?.includes('c2') ? Promise.reject(new Error('out of memory')) : database.run(sql, params),
      transaction: (work) => database.transaction((within) => work(failing(within))),
    });
    const ledger = await sqlLedger({ database: failing(sqlJs) });
    ledger.apply(records);
    await assert.rejects(ledger.rows({}), /out of memory/);
    assert.deepEqual(await sqlJs.run('SELECT call FROM entries'), [], 'nothing of the batch took effect');
    broken = false;
    assert.equal((await ledger.rows({})).length, 2);
    assert.equal(await ledger.spentSince('other', 0), 1_000);
  });

  it('brings a database of the first version up to date', async () => {
    const database = await openSqlJs(wasm);
    await sqlLedger({ database });
    await database.run('ALTER TABLE entries DROP COLUMN evidence');
    await database.run(`UPDATE meta SET value = '1' WHERE name = 'schema_version'`);
    const ledger = await sqlLedger({ database });
    ledger.apply(records);
    assert.equal((await ledger.rows({}))[0]?.evidence, 'key');
  });

  it('refuses a database of a newer version', async () => {
    const database = await openSqlJs(wasm);
    await sqlLedger({ database });
    await database.run(`UPDATE meta SET value = '99' WHERE name = 'schema_version'`);
    await assert.rejects(sqlLedger({ database }), { kind: 'ledger-unavailable', message: /newer version/ });
  });

  it('passes over records of a kind that it does not keep', async () => {
    const ledger = await sqlLedger({ database: await openSqlJs(wasm) });
    ledger.apply([{ seq: 1, record: { type: 'spend-reset', at: noon, scope: 'gateway', to: 5 as never } }]);
    assert.equal(await ledger.snapshot(), 1);
    assert.equal(await ledger.spentSince('gateway', 0), 0);
  });
});
