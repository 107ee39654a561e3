import { isObject, numberIn, objectIn, parseJson, stringIn } from '../lib/json.ts';
import type { Json, JsonObject } from '../lib/json.ts';
import type { Database, SqlRow, SqlValue } from './database.ts';
import { pack, unpack } from './packed.ts';
import type { Amounts } from './amounts.ts';
import type { CloseRecord } from './records.ts';
import { numberOfText } from './texts.ts';
import type { Known } from './texts.ts';

const columns = [
  ...(['call', 'seq', 'at', 'tuple', 'session', 'cost', 'saved', 'cached'] as const),
  ...(['input', 'cache_read', 'cache_write', 'cache_write_1h', 'output', 'reasoning'] as const),
  ...(['first_token_ms', 'total_ms', 'price', 'shape', 'numbers'] as const),
] as const;

const insert = `INSERT INTO entries (${columns.join(', ')})
  VALUES (${columns.map((_, place) => `$${place + 1}`).join(', ')}) ON CONFLICT (call) DO NOTHING RETURNING call`;

export interface Entry {
  readonly seq: number;
  readonly tuple: number;
  readonly session: number | null;
  readonly row: CloseRecord;
}

/** Writes a call's row. There is one for each call, the first: answers with what it adds to sums, if this was it. */
export async function insertEntry(
  database: Database,
  known: Known,
  { seq, tuple, session, row }: Entry,
): Promise<Amounts | undefined> {
  const { shape, numbers } = pack(detailOf(row));
  const sums = amountsOf(row);
  const tokens = [sums.input, sums.cache_read, sums.cache_write, sums.cache_write_1h, sums.output, sums.reasoning];
  const values: readonly SqlValue[] = [
    ...[row.call, seq, row.at, tuple, session],
    ...[row.cost, sums.saved, sums.cached],
    ...(row.usage === null ? tokens.map(() => null) : tokens),
    ...[row.firstTokenMs, row.totalMs, await numberOfText(database, known, JSON.stringify(row.price))],
    ...[await numberOfText(database, known, shape), numbers],
  ];
  return (await database.run(insert, values)).length > 0 ? sums : undefined;
}

/** What no query asks for. Usage that its columns tell whole is `true`. */
const detailOf = (row: CloseRecord): Json => ({
  scopes: row.scopes,
  stream: row.stream,
  upperBound: row.upperBound,
  outputLimit: row.outputLimit,
  usage: row.usage !== null && Object.keys(row.usage).length === tokenKinds.length ? true : (row.usage as Json),
  served: row.served ?? null,
  attempts: row.attempts as unknown as Json,
  warnings: row.warnings,
});

/** The members that every usage has, with their columns. */
const tokenKinds = [
  ['input', 'input'],
  ['cacheRead', 'cache_read'],
  ['cacheWrite', 'cache_write'],
  ['cacheWrite1h', 'cache_write_1h'],
  ['output', 'output'],
  ['reasoning', 'reasoning'],
] as const;

export const amountsOf = (row: CloseRecord): Amounts => ({
  cost: row.cost ?? 0,
  calls: 1,
  cached: row.cached ? 1 : 0,
  input: row.usage?.input ?? 0,
  cache_read: row.usage?.cacheRead ?? 0,
  cache_write: row.usage?.cacheWrite ?? 0,
  cache_write_1h: row.usage?.cacheWrite1h ?? 0,
  output: row.usage?.output ?? 0,
  reasoning: row.usage?.reasoning ?? 0,
  saved: savedBy(row),
});

/** What the provider's prompt cache saved, nano-dollars; prices are pico-dollars per token. Negative where it cost more. */
function savedBy({ usage, price, cached }: CloseRecord): number {
  if (!usage || !isObject(price) || cached) return 0;
  const plain = numberIn(price['input']) ?? 0;
  const less = (kind: 'cacheRead' | 'cacheWrite' | 'cacheWrite1h'): number =>
    usage[kind] * (plain - (numberIn(price[kind]) ?? plain));
  return Math.round((less('cacheRead') + less('cacheWrite') + less('cacheWrite1h')) / 1000);
}

/** A row as reports show it: its fields by their names in the journal, `cost` as corrected, and `bookedCost` as written. */
export function readEntry(row: SqlRow): JsonObject {
  const text = (name: string): string | null => stringIn(row[name]) ?? null;
  const number = (name: string): number | null => (row[name] === null ? null : (numberIn(Number(row[name])) ?? null));
  const json = (value: string | null): Json => parseJson(value ?? 'null') ?? null;
  const detail = objectIn(json(unpack({ shape: text('shape_text') ?? '', numbers: text('numbers') ?? '' })));
  const kept = (name: string): Json => detail[name] ?? null;
  return {
    seq: number('seq'),
    call: text('call'),
    at: number('at'),
    key: text('key'),
    keyAlias: text('alias'),
    project: text('project'),
    evidence: text('evidence'),
    scopes: kept('scopes'),
    group: text('model_group'),
    served: kept('served'),
    model: text('model'),
    provider: text('provider'),
    account: text('account'),
    deployment: text('deployment'),
    dialect: text('dialect'),
    stream: kept('stream'),
    assistant: text('assistant'),
    session: text('session_text'),
    branch: text('branch'),
    status: text('status'),
    failure: text('failure'),
    cached: number('cached') === 1,
    usage: kept('usage') === true ? usageIn(number) : kept('usage'),
    cost: number('corrected') ?? number('cost'),
    bookedCost: number('cost'),
    correction: text('reason'),
    source: text('source'),
    upperBound: kept('upperBound'),
    price: json(text('price_text')),
    firstTokenMs: number('first_token_ms'),
    totalMs: number('total_ms'),
    outputLimit: kept('outputLimit'),
    attempts: kept('attempts'),
    warnings: kept('warnings'),
  };
}

const usageIn = (number: (name: string) => number | null): JsonObject =>
  Object.fromEntries(tokenKinds.map(([kind, column]) => [kind, number(column)]));
