import { readFileSync } from 'node:fs';
import initSqlJs from 'sql.js';
import type { Database as RawDatabase, SqlJsStatic, Statement } from 'sql.js';
import type { Database, SqlRow, SqlValue } from './database.ts';
import { growTo, inGrowingMemory } from './growing-memory.ts';

/** SQLite in memory. */
export interface SqlJsDatabase extends Database {
  /** The whole database as a file: its own memory, so good until the next change. */
  export(): Uint8Array;
  close(): void;
}

/** sql.js, which is compiled meanwhile. `wasm` is the path of its `sql-wasm.wasm`. */
export function loadSqlJs(wasm: string): Promise<SqlJsStatic> {
  const { buffer, byteOffset, byteLength } = readFileSync(wasm);
  const loading = initSqlJs({ wasmBinary: buffer.slice(byteOffset, byteOffset + byteLength) });
  loading.catch(() => undefined); // whoever awaits it hears
  return loading;
}

/** Opens the database in `bytes`, which it then has for its own, or an empty one. */
export async function openSqlJs(wasm: string | Promise<SqlJsStatic>, bytes?: Uint8Array): Promise<SqlJsDatabase> {
  const sqlJs = await (typeof wasm === 'string' ? loadSqlJs(wasm) : wasm);
  const file = inGrowingMemory(bytes ?? empty(new sqlJs.Database()));
  const raw = new sqlJs.Database(keptInPlace(file));
  growTo(file, file.length + roomBytes);
  const statements = new Map<string, Prepared>();
  tune(raw);

  const query = (sql: string, params: readonly SqlValue[]): readonly SqlRow[] => {
    let prepared = statements.get(sql);
    if (prepared === undefined) statements.set(sql, (prepared = prepare(raw, sql)));
    const { statement, order } = prepared;
    statement.bind(order.map((place) => params[place - 1] ?? null));
    const rows: SqlRow[] = [];
    if (statement.step()) {
      const names = statement.getColumnNames();
      do rows.push(named(names, statement.get()));
      while (statement.step());
    }
    statement.reset();
    return rows;
  };
  const number = (sql: string): number => Number(Object.values(query(sql, [])[0] ?? {})[0]);
  const size = (): number => number('PRAGMA page_count') * number('PRAGMA page_size');
  const database: SqlJsDatabase = {
    run: (sql, params = []) => new Promise((resolve) => resolve(query(sql, params))),
    async transaction(work) {
      growTo(file, size() + roomBytes);
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
      const mark = (number('PRAGMA user_version') + 1) % 2 ** 31;
      raw.run(`PRAGMA user_version = ${mark}`);
      // sql.js takes other memory where a file shrinks, or outgrows what it has.
      const isInPlace = new DataView(file.buffer).getInt32(placeOfUserVersion) === mark;
      return isInPlace ? new Uint8Array(file.buffer, 0, size()) : raw.export();
    },
    close: () => raw.close(),
  };
  return database;
}

/** More than one transaction writes. */
const roomBytes = 2 ** 26;

/** In SQLite's file format. */
const placeOfUserVersion = 60;

/** sql.js makes no file of nothing. */
function empty(raw: RawDatabase): Uint8Array {
  raw.run('PRAGMA user_version = 1');
  const bytes = raw.export();
  raw.close();
  return bytes;
}

/** These bytes, for sql.js to make a file of: it keeps what `slice` gives it, which is the same memory and grows with it. */
const keptInPlace = (file: Uint8Array<ArrayBuffer>): Uint8Array =>
  Object.assign(new Uint8Array(file.buffer), { slice: () => new Uint8Array(file.buffer) });

interface Prepared {
  readonly statement: Statement;
  /** The placeholders' digits in the order in which they first appear: SQLite counts them so, and binding by name is slow. */
  readonly order: readonly number[];
}

const prepare = (raw: RawDatabase, sql: string): Prepared => ({
  statement: raw.prepare(sql),
  order: [...new Set([...sql.matchAll(/\$(\d+)/g)].map((match) => Number(match[1])))],
});

function named(names: readonly string[], values: readonly unknown[]): SqlRow {
  const row: Record<string, unknown> = {};
  for (let place = 0; place < names.length; place += 1) row[names[place] ?? ''] = values[place];
  return row;
}

/** The file is memory, which no crash leaves half written: what SQLite does against that only costs. */
function tune(raw: RawDatabase): void {
  raw.run('PRAGMA journal_mode = MEMORY');
  raw.run('PRAGMA synchronous = OFF');
}
