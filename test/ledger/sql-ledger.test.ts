import assert from 'node:assert/strict';
import type { Database } from '../../src/ledger/database.ts';
import { migrate } from '../../src/ledger/migrate.ts';
import { sqlLedger } from '../../src/ledger/sql-ledger.ts';
import { openSqlJs } from '../../src/ledger/sqljs-database.ts';
import { ledgerContract, numbered, spentIn } from './ledger-contract.ts';
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
    assert.equal(await spentIn(ledger), 1_400);
    assert.equal(await ledger.count({}), 2);
  });

  it('goes on where its database ends', async () => {
    const database = await openSqlJs(wasm);
    const ledger = await sqlLedger({ database });
    ledger.apply(records);
    await ledger.flush();
    const again = await sqlLedger({ database: await openSqlJs(wasm, database.export()) });
    assert.equal(again.applied(), 3);
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
    assert.equal(await spentIn(ledger), 1_400);
  });

  it('brings a database of an older version up to date, with all that it holds', async () => {
    const database = await openSqlJs(wasm);
    await migrate(database, 2);
    const texts = ['["gateway","key:key-a"]', '"deployment-1"', '{"input":100,"source":"table"}', '[]'];
    for (const [id, text] of texts.entries())
      await database.run('INSERT INTO texts (id, text) VALUES ($1, $2)', [id + 1, text]);
    const { usage } = row;
    for (const [seq, project] of [
      [1, 'project-a'],
      [2, null],
    ] as const)
      await database.run(
        `INSERT INTO entries (call, seq, at, scopes, key, project, model_group, model, provider, account, deployment,
          dialect, stream, assistant, session, status, failure, input, cache_read, cache_write, cache_write_1h, output,
          reasoning, cost, charged, source, upper_bound, first_token_ms, total_ms, output_limit, usage, price, attempts,
          warnings, evidence)
        VALUES ('c' || $1, $1, $2, 1, 'key-a', $3, 'fast', 'small-1', 'openai', 'OPENAI_API_KEY', 2, 'openai-chat', 1,
          'tester', 's1', 'done', NULL, 10, 20, 30, 40, 50, 5, 1000, 1000, 'computed', 0, 12.5, 100, 256, $4, 3, 4, 4, 'key')`,
        [seq, noon, project, JSON.stringify(usage)],
      );
    await database.run(`INSERT INTO corrections VALUES (3, 'c1', $1, 400, 'the invoice said so')`, [noon]);
    const ledger = await sqlLedger({ database });
    const { type: _, ...expected } = closeRecord('c1', { session: 's1', outputLimit: 256, attempts: [] });
    const [second, first] = await ledger.rows({});
    assert.deepEqual(first, {
      ...{ ...expected, seq: 1, keyAlias: null, cost: 400, bookedCost: 1_000, correction: 'the invoice said so' },
      ...{ branch: null, served: null, cached: false },
    });
    assert.deepEqual([second?.['call'], second?.['project'], second?.['cost']], ['c2', null, 1_000]);
    assert.deepEqual(
      (await ledger.sums('project', {})).map(({ name, cost, calls }) => [name, cost, calls]),
      [
        [null, 1_000, 1],
        ['project-a', 400, 1],
      ],
    );
    assert.equal((await ledger.sums('session', {}))[0]?.cost, 1_400);
    ledger.apply([
      { seq: 4, record: row },
      { seq: 5, record: closeRecord('c9', { session: 's1' }) },
    ]);
    assert.deepEqual(
      (await ledger.sums('session', {})).map(({ name, calls }) => [name, calls]),
      [['s1', 3]],
    );
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
    assert.equal(await spentIn(ledger), 0);
  });
});
