import { numberIn, parseJson, stringIn } from '../lib/json.ts';
import type { Json, JsonObject } from '../lib/json.ts';
import { chargesOf } from './charges.ts';
import type { Database, SqlRow, SqlValue } from './database.ts';
import type { CloseRecord } from './records.ts';
import { numberOfText } from './texts.ts';
import type { KnownTexts } from './texts.ts';

type Column = readonly [
  name: string,
  value: (row: CloseRecord) => string | number | boolean | object | null | undefined,
];

/** The columns of `entries` after `seq`, and where each comes from. Objects are kept as JSON. */
const columns: readonly Column[] = [
  ['call', (row) => row.call],
  ['at', (row) => row.at],
  ['key', (row) => row.key],
  ['project', (row) => row.project],
  ['evidence', (row) => row.evidence],
  ['model_group', (row) => row.group],
  ['model', (row) => row.model],
  ['provider', (row) => row.provider],
  ['account', (row) => row.account],
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
  ['usage', (row) => row.usage],
];

/** Members that many rows share. They are kept as JSON in `texts`, and the column holds the number there. */
const shared = ['scopes', 'deployment', 'price', 'attempts', 'warnings'] as const;

const names = ['seq', ...columns.map(([name]) => name), ...shared];
const insert = `INSERT INTO entries (${names.join(', ')}) VALUES (${names.map((_, place) => `$${place + 1}`).join(', ')})
  ON CONFLICT (call) DO NOTHING RETURNING call`;

/** Writes a call's row. There is one for each call, the first: answers whether this was it. */
export async function insertEntry(
  database: Database,
  known: KnownTexts,
  seq: number,
  row: CloseRecord,
): Promise<boolean> {
  const values = [seq, ...columns.map(([, value]) => sqlValue(value(row)))];
  for (const member of shared) values.push(await numberOfText(database, known, JSON.stringify(row[member])));
  return (await database.run(insert, values)).length > 0;
}

function sqlValue(value: ReturnType<Column[1]>): SqlValue {
  if (value === undefined || value === null) return null;
  if (typeof value === 'boolean') return value ? 1 : 0;
  return typeof value === 'object' ? JSON.stringify(value) : value;
}

/** For a query of entries `e`: what they share, and the joins that fetch it. */
export const sharedColumns = shared.map((member) => `${member}_text.text AS ${member}_text`).join(', ');
export const sharedJoins = shared
  .map((member) => `JOIN texts ${member}_text ON ${member}_text.id = e.${member}`)
  .join(' ');

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
    evidence: text('evidence'),
    scopes: json('scopes_text'),
    group: text('model_group'),
    model: text('model'),
    provider: text('provider'),
    account: text('account'),
    deployment: json('deployment_text'),
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
    price: json('price_text'),
    firstTokenMs: number('first_token_ms'),
    totalMs: number('total_ms'),
    outputLimit: number('output_limit'),
    attempts: json('attempts_text'),
    warnings: json('warnings_text'),
  };
}
