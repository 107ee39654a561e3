import type { Database } from './database.ts';
import { writtenByNewer } from './unavailable.ts';

/** How the schema came to be, in steps. A released step is never edited; the next one is added below. */
const migrations: readonly (readonly string[])[] = [
  [
    // What many rows share (lists of budgets, prices, ids of deployments) stands here once, so rows stay small.
    `CREATE TABLE texts (id BIGINT PRIMARY KEY, text TEXT NOT NULL)`,
    // Which lists of budgets a budget is in.
    `CREATE TABLE scope_sets (scope TEXT NOT NULL, scopes BIGINT NOT NULL, PRIMARY KEY (scope, scopes))`,
    `CREATE TABLE entries (
      call TEXT PRIMARY KEY, seq BIGINT NOT NULL, at BIGINT NOT NULL, scopes BIGINT NOT NULL,
      key TEXT NOT NULL, project TEXT, model_group TEXT NOT NULL, model TEXT NOT NULL, provider TEXT NOT NULL,
      account TEXT NOT NULL, deployment BIGINT NOT NULL, dialect TEXT NOT NULL, stream INTEGER NOT NULL,
      assistant TEXT, session TEXT, status TEXT NOT NULL, failure TEXT,
      input BIGINT, cache_read BIGINT, cache_write BIGINT, cache_write_1h BIGINT, output BIGINT, reasoning BIGINT,
      cost BIGINT, charged BIGINT NOT NULL, source TEXT NOT NULL, upper_bound INTEGER NOT NULL,
      first_token_ms DOUBLE PRECISION, total_ms DOUBLE PRECISION NOT NULL, output_limit BIGINT,
      usage TEXT, price BIGINT NOT NULL, attempts BIGINT NOT NULL, warnings BIGINT NOT NULL
    )`,
    `CREATE INDEX entries_at ON entries (at)`,
    `CREATE INDEX entries_spent ON entries (scopes, at, charged)`,
    // What counts on budgets besides a row's `charged`: attempts at other accounts, and corrections.
    `CREATE TABLE charges (seq BIGINT NOT NULL, scopes BIGINT NOT NULL, at BIGINT NOT NULL, cost BIGINT NOT NULL)`,
    `CREATE INDEX charges_spent ON charges (scopes, at, cost)`,
    `CREATE TABLE corrections (
      seq BIGINT PRIMARY KEY, call TEXT NOT NULL, at BIGINT NOT NULL, cost BIGINT NOT NULL, reason TEXT NOT NULL
    )`,
    `CREATE INDEX corrections_call ON corrections (call, seq)`,
    `CREATE TABLE keys (id TEXT PRIMARY KEY, alias TEXT, key TEXT NOT NULL, deleted_at BIGINT)`,
  ],
  ['ALTER TABLE entries ADD COLUMN evidence TEXT'],
];

/** Brings the schema up to date. */
export async function migrate(database: Database): Promise<void> {
  await database.run('CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)');
  const version = await readMeta(database, 'schema_version');
  if (version > migrations.length) throw writtenByNewer();
  for (const [step, statements] of migrations.entries()) {
    if (step < version) continue;
    await database.transaction(async (within) => {
      for (const sql of statements) await within.run(sql);
      await writeMeta(within, 'schema_version', step + 1);
    });
  }
}

/** A number kept beside the tables; 0 when it was never written. */
export async function readMeta(database: Database, name: string): Promise<number> {
  const [row] = await database.run('SELECT value FROM meta WHERE name = $1', [name]);
  return Number(row?.value ?? 0);
}

export async function writeMeta(database: Database, name: string, value: number): Promise<void> {
  const sql = 'INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value';
  await database.run(sql, [name, String(value)]);
}
