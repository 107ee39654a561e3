import initSqlJs from 'sql.js';
import type { Database as RawDatabase, Statement } from 'sql.js';
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
  const statements = new Map<string, Prepared>();
  tune(raw);

  const query = (sql: string, params: readonly SqlValue[]): readonly SqlRow[] => {
    const { statement, order } = statements.get(sql) ?? prepare(raw, sql);
    statements.set(sql, { statement, order });
    statement.bind(order.map((place) => params[place - 1] ?? null));
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
    export: () => raw.export(),
    close: () => raw.close(),
  };
  return database;
}

interface Prepared {
  readonly statement: Statement;
  /** The placeholders' digits in the order in which they first appear: SQLite counts them so, and binding by name is slow. */
  readonly order: readonly number[];
}

const prepare = (raw: RawDatabase, sql: string): Prepared => ({
  statement: raw.prepare(sql),
  order: [...new Set([...sql.matchAll(/\$(\d+)/g)].map((match) => Number(match[1])))],
});

/** The file is memory, which no crash leaves half written: what SQLite does against that only costs. */
function tune(raw: RawDatabase): void {
  raw.run('PRAGMA journal_mode = MEMORY');
  raw.run('PRAGMA synchronous = OFF');
}
