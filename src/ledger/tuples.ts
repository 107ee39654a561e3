import type { Database, SqlValue } from './database.ts';
import type { CloseRecord } from './records.ts';
import { hashOf } from './texts.ts';
import type { Known } from './texts.ts';

/** What rows are told apart and summed by; many rows share one of these. */
export type TupleFacts = Pick<
  CloseRecord,
  | 'key'
  | 'project'
  | 'group'
  | 'model'
  | 'provider'
  | 'account'
  | 'deployment'
  | 'dialect'
  | 'assistant'
  | 'branch'
  | 'evidence'
  | 'status'
  | 'failure'
  | 'source'
>;

const columns = {
  key: 'key',
  project: 'project',
  group: 'model_group',
  model: 'model',
  provider: 'provider',
  account: 'account',
  deployment: 'deployment',
  dialect: 'dialect',
  assistant: 'assistant',
  branch: 'branch',
  evidence: 'evidence',
  status: 'status',
  failure: 'failure',
  source: 'source',
} as const satisfies Record<keyof TupleFacts, string>;

/** The columns of `tuples` by the names of the record's members. */
export const tupleColumns: Readonly<Record<keyof TupleFacts, string>> = columns;

const members = Object.keys(columns) as readonly (keyof TupleFacts)[];
const insert = `INSERT INTO tuples (id, ${members.map((member) => columns[member]).join(', ')})
  VALUES (${[0, ...members].map((_, place) => `$${place + 1}`).join(', ')}) ON CONFLICT DO NOTHING`;

/** The tuple's number; the database has it when this resolves. */
export async function numberOfTuple(database: Database, known: Known, facts: TupleFacts): Promise<number> {
  const values: readonly SqlValue[] = members.map((member) => facts[member] ?? null);
  const text = values.join('\n');
  const before = known.tuples.get(text);
  if (before !== undefined) return before;
  const number = hashOf(JSON.stringify(values));
  await database.run(insert, [number, ...values]);
  known.tuples.set(text, number);
  return number;
}
