import initSqlJs from 'sql.js';
import type { Statement } from 'sql.js';
import type { Database, SqlRow, SqlValue } from './database.ts';

/** SQLite in memory. */
export interface SqlJsDatabase extends Database {
  /** The whole database as a file. */
  export(): Uint8Array;
  close(): void;
}

/** Opens the database in `bytes`, or an empty one. `wasm` is the path of sql.js' `sql-wasm.wasm`. */
export async function openSqlJs(wasm: string, bytes?: Uint8Array): Promise<SqlJsDatabase> {
  const sqlJs = await initSqlJs({ locateFile: () => wasm });
  const raw = new sqlJs.Database(bytes);
  const statements = new Map<string, Statement>();

  const prepared = (sql: string): Statement => {
    const known = statements.get(sql) ?? raw.prepare(sql);
    statements.set(sql, known);
    return known;
  };
  const query = (sql: string, params: readonly SqlValue[]): readonly SqlRow[] => {
    const statement = prepared(sql);
    // Bound by name: SQLite numbers `$2` by where it first appears, not by its digit.
    statement.bind(Object.fromEntries(params.map((value, index) => [`$${index + 1}`, value])));
    const rows: SqlRow[] = [];
    while (statement.step()) rows.push(statement.getAsObject());
    statement.reset();
    return rows;
  };
  const database: SqlJsDatabase = {
    run: (sql, params = []) => new Promise((resolve) => resolve(query(sql, params))),
    async transaction(work) {
      await database.run('BEGIN');
      try {
        await work(database);
        await database.run('COMMIT');
      } catch (error) {
        await database.run('ROLLBACK');
        throw error;
      }
    },
    export() {
      statements.clear(); // sql.js frees them when it exports
      return raw.export();
    },
    close: () => raw.close(),
  };
  return database;
}
