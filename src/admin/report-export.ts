import { exactDollars, type NanoUsd } from '../chat/money.ts';
import type { Ledger, RowFilter } from '../ledger/ledger.ts';
import { numberIn, objectIn, type Json, type JsonObject } from '../lib/json.ts';
import type { TextAnswer } from './routes.ts';

type Rows = Pick<Ledger, 'rows'>;

const types = { csv: 'text/csv; charset=utf-8', json: 'application/json' };

/** The rows as a file, newest first. Only one page of them is in memory at a time. */
export const exported = (ledger: Rows, filter: RowFilter, format: 'csv' | 'json'): TextAnswer => ({
  type: types[format],
  fileName: `purser-calls.${format}`,
  pieces: format === 'csv' ? csvOf(pages(ledger, filter)) : jsonOf(pages(ledger, filter)),
});

const pageSize = 1_000;

async function* pages(ledger: Rows, filter: RowFilter): AsyncGenerator<readonly JsonObject[]> {
  let after: { readonly at: number; readonly seq: number } | undefined;
  for (;;) {
    const page = await ledger.rows({ ...filter, limit: pageSize, ...(after && { after }) });
    if (page.length > 0) yield page;
    const last = page.at(-1);
    if (last === undefined || page.length < pageSize) return;
    after = { at: numberIn(last['at']) ?? 0, seq: numberIn(last['seq']) ?? 0 };
  }
}

async function* csvOf(all: AsyncIterable<readonly JsonObject[]>): AsyncGenerator<string> {
  yield `${columns.map(([name]) => name).join(',')}\r\n`;
  for await (const page of all) {
    yield page.map((row) => `${columns.map(([, value]) => csvCell(value(row))).join(',')}\r\n`).join('');
  }
}

async function* jsonOf(all: AsyncIterable<readonly JsonObject[]>): AsyncGenerator<string> {
  let before = '[\n';
  for await (const page of all) {
    const texts = page.map((row) =>
      JSON.stringify(Object.fromEntries(columns.map(([name, value]) => [name, value(row)]))),
    );
    yield before + texts.join(',\n');
    before = ',\n';
  }
  yield before === '[\n' ? '[]\n' : '\n]\n';
}

type Cell = Json | undefined;

/** Numbers, times and exact amounts are none of an attacker's; a text that a spreadsheet would compute gets an apostrophe before it. */
export function csvCell(value: Cell): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') return JSON.stringify(value);
  const text = /^[=+\-@\t\r]/.test(value) && !/^-?\d+(\.\d+)?$/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const field =
  (name: string) =>
  (row: JsonObject): Cell =>
    row[name];

const tokens =
  (kind: string) =>
  (row: JsonObject): Cell =>
    objectIn(row['usage'])[kind];

/** Dollars to the ninth place, as text: a float would round them. */
function dollars(name: string): (row: JsonObject) => Cell {
  return (row) => {
    const amount = numberIn(row[name]);
    return amount === undefined ? null : exactDollars(amount as NanoUsd);
  };
}

const columns: readonly (readonly [name: string, value: (row: JsonObject) => Cell])[] = [
  ['time', (row) => new Date(numberIn(row['at']) ?? 0).toISOString()],
  ['call', field('call')],
  ['status', field('status')],
  ['failure', field('failure')],
  ['key', field('key')],
  ['key_alias', field('keyAlias')],
  ['project', field('project')],
  ['project_evidence', field('evidence')],
  ['branch', field('branch')],
  ['assistant', field('assistant')],
  ['session', field('session')],
  ['model_group', field('group')],
  ['served_by', field('served')],
  ['provider', field('provider')],
  ['model', field('model')],
  ['account', field('account')],
  ['deployment', field('deployment')],
  ['dialect', field('dialect')],
  ['stream', field('stream')],
  ['input_tokens', tokens('input')],
  ['cache_read_tokens', tokens('cacheRead')],
  ['cache_write_tokens', tokens('cacheWrite')],
  ['cache_write_1h_tokens', tokens('cacheWrite1h')],
  ['output_tokens', tokens('output')],
  ['reasoning_tokens', tokens('reasoning')],
  ['cost_usd', dollars('cost')],
  ['booked_cost_usd', dollars('bookedCost')],
  ['cost_source', field('source')],
  ['upper_bound', field('upperBound')],
  ['correction', field('correction')],
  ['from_cache', field('cached')],
  ['first_token_ms', field('firstTokenMs')],
  ['total_ms', field('totalMs')],
  ['output_limit', field('outputLimit')],
];
