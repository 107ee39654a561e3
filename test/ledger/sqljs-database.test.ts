import assert from 'node:assert/strict';
import { growingMemory } from '../../src/ledger/growing-memory.ts';
import { openSqlJs, type SqlJsDatabase } from '../../src/ledger/sqljs-database.ts';
import { wasm } from './support.ts';

async function filled(): Promise<SqlJsDatabase> {
  const database = await openSqlJs(wasm);
  await database.run('CREATE TABLE numbers (value INTEGER, text TEXT)');
  await database.transaction((within) => fill(within, 2_000));
  return database;
}

async function fill(database: Pick<SqlJsDatabase, 'run'>, rows: number): Promise<void> {
  for (let value = 0; value < rows; value += 1)
    await database.run('INSERT INTO numbers VALUES ($1, $2)', [value, 'x'.repeat(500)]);
}

const isInPlace = (database: SqlJsDatabase): boolean => database.export().buffer === database.export().buffer;

async function agrees(database: SqlJsDatabase, rows: number): Promise<void> {
  const again = await openSqlJs(wasm, database.export());
  for (const one of [database, again]) {
    assert.deepEqual(await one.run('PRAGMA integrity_check'), [{ integrity_check: 'ok' }]);
    assert.deepEqual(await one.run('SELECT COUNT(*) AS count FROM numbers'), [{ count: rows }]);
  }
  again.close();
}

describe('sql.js', () => {
  it('has its file in memory once: it grows there, and is saved from there', async () => {
    const database = await filled();
    assert.ok(isInPlace(database));
    await agrees(database, 2_000);
    await database.transaction((within) => fill(within, 2_000));
    assert.ok(isInPlace(database));
    await agrees(database, 4_000);
  });

  it('goes on in the memory that a file was read into', async () => {
    const bytes = (await filled()).export();
    const memory = growingMemory(bytes.length);
    memory.set(bytes);
    const database = await openSqlJs(wasm, memory);
    await database.transaction((within) => fill(within, 10));
    assert.equal(database.export().buffer, memory.buffer);
    await agrees(database, 2_010);
  });

  it('leaves the memory of another database alone', async () => {
    const database = await filled();
    const copy = await openSqlJs(wasm, database.export());
    await copy.run('DELETE FROM numbers');
    await agrees(database, 2_000);
  });

  it('is saved whole where its file has shrunk, and where a transaction was undone', async () => {
    const database = await filled();
    await assert.rejects(
      database.transaction(async (within) => {
        await fill(within, 20_000);
        throw new Error('undone');
      }),
      /undone/,
    );
    await agrees(database, 2_000);
    await database.run('DELETE FROM numbers WHERE value >= 100');
    await database.run('VACUUM');
    await agrees(database, 100);
    await database.transaction((within) => fill(within, 100));
    await agrees(database, 200);
  });

  it('is saved whole where it has outgrown its memory', async () => {
    const database = await openSqlJs(wasm);
    await database.run('CREATE TABLE numbers (value INTEGER, text TEXT)');
    await database.run('INSERT INTO numbers VALUES (1, ZEROBLOB(70000000))');
    const bytes = database.export();
    assert.ok(bytes.length > 70_000_000 && bytes.buffer !== database.export().buffer);
    const again = await openSqlJs(wasm, bytes);
    assert.deepEqual(await again.run('SELECT value FROM numbers'), [{ value: 1 }]);
  }).timeout(30_000);
});
