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
  [
    // Who called what and how it ended: few of these serve many rows, and every sum is by one of their members.
    `CREATE TABLE tuples (
      id BIGINT PRIMARY KEY, key TEXT NOT NULL, project TEXT, model_group TEXT NOT NULL, model TEXT NOT NULL,
      provider TEXT NOT NULL, account TEXT NOT NULL, deployment TEXT NOT NULL, dialect TEXT NOT NULL, assistant TEXT,
      branch TEXT, evidence TEXT, status TEXT NOT NULL, failure TEXT, source TEXT NOT NULL
    )`,
    `ALTER TABLE entries RENAME TO entries_2`,
    `INSERT INTO tuples (id, key, project, model_group, model, provider, account, deployment, dialect, assistant,
        branch, evidence, status, failure, source)
      SELECT MIN(seq), key, project, model_group, model, provider, account, d.text, dialect, assistant,
        NULL, evidence, status, failure, source
      FROM entries_2 JOIN texts d ON d.id = deployment
      GROUP BY key, project, model_group, model, provider, account, d.text, dialect, assistant, evidence, status,
        failure, source`,
    `UPDATE tuples SET deployment = SUBSTR(deployment, 2, LENGTH(deployment) - 2)`, // it was kept as JSON
    // What no query asks for is packed: the shape is a text that many rows share, the numbers what stands in its gaps.
    `CREATE TABLE entries (
      call TEXT PRIMARY KEY, seq BIGINT NOT NULL, at BIGINT NOT NULL, tuple BIGINT NOT NULL, session BIGINT,
      cost BIGINT, corrected BIGINT, saved BIGINT NOT NULL, cached INTEGER NOT NULL,
      input BIGINT, cache_read BIGINT, cache_write BIGINT, cache_write_1h BIGINT, output BIGINT, reasoning BIGINT,
      first_token_ms DOUBLE PRECISION, total_ms DOUBLE PRECISION NOT NULL,
      price BIGINT NOT NULL, shape BIGINT NOT NULL, numbers TEXT NOT NULL
    )`,
    `INSERT INTO texts (id, text) SELECT -seq, '{"scopes":' || scopes.text
        || ',"stream":' || CASE stream WHEN 1 THEN 'true' ELSE 'false' END
        || ',"upperBound":' || CASE upper_bound WHEN 1 THEN 'true' ELSE 'false' END
        || ',"outputLimit":' || COALESCE(CAST(output_limit AS TEXT), 'null')
        || ',"usage":' || COALESCE(usage, 'null')
        || ',"attempts":' || attempts.text || ',"warnings":' || warnings.text || '}'
      FROM entries_2 e JOIN texts scopes ON scopes.id = e.scopes
        JOIN texts attempts ON attempts.id = e.attempts JOIN texts warnings ON warnings.id = e.warnings`,
    `INSERT INTO texts (id, text) SELECT -1000000000000 - MIN(seq), session FROM entries_2
      WHERE session IS NOT NULL GROUP BY session`,
    `INSERT INTO entries (call, seq, at, tuple, session, cost, corrected, saved, cached, input, cache_read, cache_write,
        cache_write_1h, output, reasoning, first_token_ms, total_ms, price, shape, numbers)
      SELECT e.call, e.seq, e.at, t.id, s.id, e.cost,
        (SELECT c.cost FROM corrections c WHERE c.call = e.call ORDER BY c.seq DESC LIMIT 1), 0, 0, e.input,
        e.cache_read, e.cache_write, e.cache_write_1h, e.output, e.reasoning, e.first_token_ms, e.total_ms, e.price,
        -e.seq, ''
      FROM entries_2 e JOIN texts d ON d.id = e.deployment
        JOIN tuples t ON t.key = e.key AND t.model_group = e.model_group AND t.model = e.model
          AND t.provider = e.provider AND t.account = e.account AND t.dialect = e.dialect AND t.status = e.status
          AND t.source = e.source AND t.deployment = SUBSTR(d.text, 2, LENGTH(d.text) - 2)
          AND COALESCE(t.project, '') = COALESCE(e.project, '') AND (t.project IS NULL) = (e.project IS NULL)
          AND COALESCE(t.assistant, '') = COALESCE(e.assistant, '') AND (t.assistant IS NULL) = (e.assistant IS NULL)
          AND COALESCE(t.evidence, '') = COALESCE(e.evidence, '') AND COALESCE(t.failure, '') = COALESCE(e.failure, '')
        LEFT JOIN texts s ON s.text = e.session AND s.id < -1000000000000`,
    `DROP TABLE entries_2`,
    `DROP TABLE charges`,
    `DROP TABLE scope_sets`,
    // Wide enough that looking for rows, and counting them, reads nothing else.
    `CREATE INDEX entries_at ON entries (at, seq, tuple, session)`,
    // What was booked in each quarter of an hour and each day (both of UTC): reports read these, and they outlive the rows.
    // By the time of day first, since a zone's days differ from UTC's by the same quarters of every day.
    `CREATE TABLE quarters (
      quarter INTEGER NOT NULL, day INTEGER NOT NULL, tuple BIGINT NOT NULL, cost BIGINT NOT NULL, calls BIGINT NOT NULL,
      cached BIGINT NOT NULL, input BIGINT NOT NULL, cache_read BIGINT NOT NULL, cache_write BIGINT NOT NULL,
      cache_write_1h BIGINT NOT NULL, output BIGINT NOT NULL, reasoning BIGINT NOT NULL, saved BIGINT NOT NULL,
      PRIMARY KEY (quarter, day, tuple)
    ) WITHOUT ROWID`,
    `CREATE TABLE days (
      day INTEGER NOT NULL, tuple BIGINT NOT NULL, cost BIGINT NOT NULL, calls BIGINT NOT NULL,
      cached BIGINT NOT NULL, input BIGINT NOT NULL, cache_read BIGINT NOT NULL, cache_write BIGINT NOT NULL,
      cache_write_1h BIGINT NOT NULL, output BIGINT NOT NULL, reasoning BIGINT NOT NULL, saved BIGINT NOT NULL,
      PRIMARY KEY (day, tuple)
    ) WITHOUT ROWID`,
    `INSERT INTO quarters (quarter, day, tuple, cost, calls, cached, input, cache_read, cache_write, cache_write_1h,
        output, reasoning, saved)
      SELECT at / 900000 % 96, at / 86400000, tuple, COALESCE(SUM(COALESCE(corrected, cost)), 0), COUNT(*), 0,
        COALESCE(SUM(input), 0), COALESCE(SUM(cache_read), 0), COALESCE(SUM(cache_write), 0),
        COALESCE(SUM(cache_write_1h), 0), COALESCE(SUM(output), 0), COALESCE(SUM(reasoning), 0), 0
      FROM entries GROUP BY 1, 2, 3`,
    `INSERT INTO days (day, tuple, cost, calls, cached, input, cache_read, cache_write, cache_write_1h, output,
        reasoning, saved)
      SELECT day, tuple, SUM(cost), SUM(calls), 0, SUM(input), SUM(cache_read), SUM(cache_write), SUM(cache_write_1h),
        SUM(output), SUM(reasoning), 0
      FROM quarters GROUP BY 1, 2`,
    `DELETE FROM texts WHERE id > 0 AND id NOT IN (SELECT price FROM entries)`,
  ],
  [
    // In the order of their numbers and of their times, without a second tree that leads there.
    ...inOrderOfKey('texts', 'id BIGINT PRIMARY KEY, text TEXT NOT NULL'),
    ...inOrderOfKey(
      'tuples',
      `id BIGINT PRIMARY KEY, key TEXT NOT NULL, project TEXT, model_group TEXT NOT NULL, model TEXT NOT NULL,
      provider TEXT NOT NULL, account TEXT NOT NULL, deployment TEXT NOT NULL, dialect TEXT NOT NULL, assistant TEXT,
      branch TEXT, evidence TEXT, status TEXT NOT NULL, failure TEXT, source TEXT NOT NULL`,
    ),
    `DROP INDEX entries_at`,
    ...inOrderOfKey(
      'entries',
      `call TEXT NOT NULL, seq BIGINT NOT NULL, at BIGINT NOT NULL, tuple BIGINT NOT NULL, session BIGINT,
      cost BIGINT, corrected BIGINT, saved BIGINT NOT NULL, cached INTEGER NOT NULL,
      input BIGINT, cache_read BIGINT, cache_write BIGINT, cache_write_1h BIGINT, output BIGINT, reasoning BIGINT,
      first_token_ms DOUBLE PRECISION, total_ms DOUBLE PRECISION NOT NULL,
      price BIGINT NOT NULL, shape BIGINT NOT NULL, numbers TEXT NOT NULL, PRIMARY KEY (at, seq)`,
    ),
    `CREATE UNIQUE INDEX entries_call ON entries (call)`,
    // A day's quarters of an hour in one text (quarters.ts): a chart of three months reads some hundred thousand of them.
    `ALTER TABLE days ADD COLUMN quarters TEXT NOT NULL DEFAULT ''`,
    `CREATE INDEX quarters_of_day ON quarters (day, tuple, quarter)`,
    `UPDATE days SET quarters = COALESCE((
      SELECT GROUP_CONCAT(quarter || ',' || cost || ',' || calls || ',' || cached || ',' || input || ',' || cache_read
        || ',' || cache_write || ',' || cache_write_1h || ',' || output || ',' || reasoning || ',' || saved || ';', '')
      FROM (SELECT * FROM quarters q WHERE q.day = days.day AND q.tuple = days.tuple ORDER BY quarter) q), '')`,
    `DROP TABLE quarters`,
    // What sessions took of each day of UTC that all rows are kept of, 0 standing for those of no session.
    `CREATE TABLE sessions (
      day INTEGER NOT NULL, session BIGINT NOT NULL, tuple BIGINT NOT NULL, cost BIGINT NOT NULL, calls BIGINT NOT NULL,
      cached BIGINT NOT NULL, input BIGINT NOT NULL, cache_read BIGINT NOT NULL, cache_write BIGINT NOT NULL,
      cache_write_1h BIGINT NOT NULL, output BIGINT NOT NULL, reasoning BIGINT NOT NULL, saved BIGINT NOT NULL,
      PRIMARY KEY (day, session, tuple)
    ) WITHOUT ROWID`,
    `INSERT INTO meta (name, value) SELECT 'sessions_from', CAST(CAST(value AS BIGINT) / 86400000 + 1 AS TEXT)
      FROM meta WHERE name = 'rows_from' AND CAST(value AS BIGINT) > 0`,
    `INSERT INTO sessions (day, session, tuple, cost, calls, cached, input, cache_read, cache_write, cache_write_1h,
        output, reasoning, saved)
      SELECT at / 86400000, COALESCE(session, 0), tuple, COALESCE(SUM(COALESCE(corrected, cost)), 0), COUNT(*),
        SUM(cached), COALESCE(SUM(input), 0), COALESCE(SUM(cache_read), 0), COALESCE(SUM(cache_write), 0),
        COALESCE(SUM(cache_write_1h), 0), COALESCE(SUM(output), 0), COALESCE(SUM(reasoning), 0), SUM(saved)
      FROM entries
      WHERE at / 86400000 >= COALESCE((SELECT CAST(value AS BIGINT) FROM meta WHERE name = 'sessions_from'), 0)
      GROUP BY 1, 2, 3`,
  ],
];

/** Makes a table anew with its rows in the order of its key. */
function inOrderOfKey(table: string, columns: string): readonly string[] {
  return [
    `ALTER TABLE ${table} RENAME TO ${table}_before`,
    `CREATE TABLE ${table} (${columns}) WITHOUT ROWID`,
    `INSERT INTO ${table} SELECT * FROM ${table}_before ORDER BY ${table === 'entries' ? 'at, seq' : 'id'}`,
    `DROP TABLE ${table}_before`,
  ];
}

/** Brings the schema up to date: to its newest step, or to an older one to test what comes after. */
export async function migrate(database: Database, newest = migrations.length): Promise<void> {
  await database.run('CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)');
  const version = await readMeta(database, 'schema_version');
  if (version > migrations.length) throw writtenByNewer();
  for (const [step, statements] of migrations.entries()) {
    if (step < version || step >= newest) continue;
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
