import { createHash } from 'node:crypto';
import { numberIn, parseJson, stringIn } from '../lib/json.ts';
import type { Json, JsonObject } from '../lib/json.ts';
import { chargesOf } from './charges.ts';
import type { SqlRow, SqlValue } from './database.ts';
import type { CloseRecord } from './records.ts';

type Column = readonly [
  name: string,
  value: (row: CloseRecord) => string | number | boolean | object | null | undefined,
];

/** The columns of `entries` after `seq`, and where each comes from. Objects are kept as JSON. */
const columns: readonly Column[] = [
  ['call', (row) => row.call],
  ['at', (row) => row.at],
  ['scope_set', (row) => scopeSet(row.scopes)],
  ['key', (row) => row.key],
  ['project', (row) => row.project],
  ['model_group', (row) => row.group],
  ['model', (row) => row.model],
  ['provider', (row) => row.provider],
  ['account', (row) => row.account],
  ['deployment', (row) => row.deployment],
  ['dialect', (row) => row.dialect],
  ['stream', (row) => row.stream],
  ['assistant', (row) => row.assistant],
  ['session', (row) => row.session],
  ['status', (row) => row.status],
  ['failure', (row) => row.failure],
  ['input', (row) => row.usage?.input],
  ['cache_read', (row) => row.usage?.cacheRead],
  ['cache_write', (row) => row.usage?.cacheWrite],
  ['cache_write_1h', (row) => row.usage?.cacheWrite1h],
  ['output', (row) => row.usage?.output],
  ['reasoning', (row) => row.usage?.reasoning],
  ['cost', (row) => row.cost],
  ['charged', (row) => chargesOf(row)[0].cost],
  ['source', (row) => row.source],
  ['upper_bound', (row) => row.upperBound],
  ['first_token_ms', (row) => row.firstTokenMs],
  ['total_ms', (row) => row.totalMs],
  ['output_limit', (row) => row.outputLimit],
  ['scopes', (row) => row.scopes],
  ['usage', (row) => row.usage],
  ['price', (row) => row.price],
  ['attempts', (row) => row.attempts],
  ['warnings', (row) => row.warnings],
];

const places = columns.map((_, index) => `$${index + 2}`).join(', ');
/** A call has one row: the first close counts, and only for that one this answers with a row. */
export const insertEntry = `INSERT INTO entries (seq, ${columns.map(([name]) => name).join(', ')}) VALUES ($1, ${places}) ON CONFLICT (call) DO NOTHING RETURNING call`;

export const entryValues = (seq: number, row: CloseRecord): SqlValue[] => [
  seq,
  ...columns.map(([, value]) => sqlValue(value(row))),
];

function sqlValue(value: ReturnType<Column[1]>): SqlValue {
  if (value === undefined || value === null) return null;
  if (typeof value === 'boolean') return value ? 1 : 0;
  return typeof value === 'object' ? JSON.stringify(value) : value;
}

/** The number of a set of budgets: 48 bits of its hash, so that every gateway gives the same set the same number. */
export const scopeSet = (scopes: readonly string[]): number =>
  parseInt(createHash('sha256').update(JSON.stringify(scopes)).digest('hex').slice(0, 12), 16);

/** A row as reports show it: its fields by their names in the journal, `cost` as corrected, and `bookedCost` as written. */
export function readEntry(row: SqlRow): JsonObject {
  const text = (name: string): string | null => stringIn(row[name]) ?? null;
  const number = (name: string): number | null => (row[name] === null ? null : (numberIn(Number(row[name])) ?? null));
  const json = (name: string): Json => parseJson(text(name) ?? 'null') ?? null;
  return {
    seq: number('seq'),
    call: text('call'),
    at: number('at'),
    key: text('key'),
    keyAlias: text('alias'),
    project: text('project'),
    scopes: json('scopes'),
    group: text('model_group'),
    model: text('model'),
    provider: text('provider'),
    account: text('account'),
    deployment: text('deployment'),
    dialect: text('dialect'),
    stream: number('stream') === 1,
    assistant: text('assistant'),
    session: text('session'),
    status: text('status'),
    failure: text('failure'),
    usage: json('usage'),
    cost: number('corrected') ?? number('cost'),
    bookedCost: number('cost'),
    correction: text('reason'),
    source: text('source'),
    upperBound: number('upper_bound') === 1,
    price: json('price'),
    firstTokenMs: number('first_token_ms'),
    totalMs: number('total_ms'),
    outputLimit: number('output_limit'),
    attempts: json('attempts'),
    warnings: json('warnings'),
  };
}
