export type SqlValue = string | number | null;
export type SqlRow = Readonly<Record<string, unknown>>;

/** The little that a database must do. `$1` placeholders are positions; integers may come back as text. */
export interface Database {
  run(sql: string, params?: readonly SqlValue[]): Promise<readonly SqlRow[]>;
  /** Everything `work` runs takes effect, or nothing of it. */
  transaction(work: (database: Database) => Promise<void>): Promise<void>;
}
