import type { SqlValue } from './database.ts';
import type { RowFilter } from './ledger.ts';
import { tupleColumns } from './tuples.ts';

/** The values of a query, each put in where it is named. */
export interface Params {
  readonly values: readonly SqlValue[];
  /** Takes a value and gives its placeholder. */
  readonly put: (value: SqlValue) => string;
}

export function params(): Params {
  const values: SqlValue[] = [];
  return { values, put: (value) => `$${values.push(value)}` };
}

const members = [
  ...(['key', 'project', 'group', 'provider', 'account', 'deployment', 'assistant'] as const),
  ...(['branch', 'evidence', 'dialect', 'status', 'source'] as const),
] as const;

/** How calls end that count as failed. */
export const failedStatus = `status IN ('failed', 'timed-out', 'interrupted')`;

/** Tests of tuples; none where the filter asks for nothing of them. */
export function tupleTests(filter: RowFilter, { put }: Params): readonly string[] {
  const tests = members.flatMap((member) => {
    const value = filter[member];
    if (value === undefined) return [];
    return [value === null ? `${tupleColumns[member]} IS NULL` : `${tupleColumns[member]} = ${put(value)}`];
  });
  if (filter.model !== undefined) tests.push(`(model = ${put(filter.model)} OR model_group = ${put(filter.model)})`);
  if (filter.failedOnly) tests.push(failedStatus);
  return tests;
}

/** Tests of rows `e` for what sums cannot tell apart. */
export function rowTests({ session, call, search, minCost }: RowFilter, { put }: Params): readonly string[] {
  const tests: string[] = [];
  if (session === null) tests.push('e.session IS NULL');
  else if (session !== undefined) tests.push(`e.session IN (SELECT id FROM texts WHERE text = ${put(session)})`);
  if (call !== undefined) tests.push(`e.call = ${put(call)}`);
  if (minCost !== undefined) tests.push(`COALESCE(e.corrected, e.cost, 0) >= ${put(minCost)}`);
  if (search !== undefined && search !== '') tests.push(searchTest(search, put));
  return tests;
}

/** Whether only rows can tell what the filter asks for. */
export const needsRows = ({ session, call, search, minCost }: RowFilter): boolean =>
  session !== undefined || call !== undefined || minCost !== undefined || (search !== undefined && search !== '');

const searched = [
  ...(['key', 'project', 'model_group', 'model', 'provider', 'account', 'deployment'] as const),
  ...(['assistant', 'branch', 'status', 'failure', 'source'] as const),
] as const;

function searchTest(search: string, put: Params['put']): string {
  const pattern = put(`%${search.toLowerCase().replaceAll(/[\\%_]/g, (special) => `\\${special}`)}%`);
  const like = (column: string): string => `LOWER(${column}) LIKE ${pattern} ESCAPE '\\'`;
  const tests = [
    `e.tuple IN (SELECT id FROM tuples WHERE ${searched.map(like).join(' OR ')}
      OR key IN (SELECT id FROM keys WHERE ${like('alias')}))`,
    `e.session IN (SELECT id FROM texts WHERE ${like('text')})`,
  ];
  // A call's id is looked at in each row, so only where the text can stand in one.
  if (/^[\da-f-]+$/i.test(search)) tests.push(like('e.call'));
  return `(${tests.join(' OR ')})`;
}

/** Tests of a span of time on a column of milliseconds. */
export function timeTests(column: string, { since, until }: RowFilter, { put }: Params): readonly string[] {
  const tests: string[] = [];
  if (since !== undefined) tests.push(`${column} >= ${put(since)}`);
  if (until !== undefined) tests.push(`${column} < ${put(until)}`);
  return tests;
}

export const where = (tests: readonly string[]): string => (tests.length === 0 ? '' : `WHERE ${tests.join(' AND ')}`);
