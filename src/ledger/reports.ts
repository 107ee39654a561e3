import type { JsonObject } from '../lib/json.ts';
import { params, rowTests, timeTests, tupleTests, where } from './condition.ts';
import type { Params } from './condition.ts';
import type { Database } from './database.ts';
import { readEntry } from './entry.ts';
import type { RowFilter, RowPage } from './ledger.ts';

/** Rows that are kept, newest first. */
export async function readRows(database: Database, page: RowPage): Promise<readonly JsonObject[]> {
  const given = params();
  const tests = [...testsOf(page, given)];
  if (page.after) {
    const { at, seq } = page.after;
    tests.push(`e.at <= ${given.put(at)} AND (e.at < ${given.put(at)} OR e.seq < ${given.put(seq)})`);
  }
  // The rows of the page first, and only then what belongs to them.
  const sql = `SELECT e.*, t.*, e.call AS call, price.text AS price_text, shape.text AS shape_text,
      session.text AS session_text, k.alias AS alias,
      (SELECT c.reason FROM corrections c WHERE c.call = e.call ORDER BY c.seq DESC LIMIT 1) AS reason
    FROM (SELECT e.* FROM entries e ${where(tests)} ORDER BY e.at DESC, e.seq DESC
      LIMIT ${given.put(page.limit ?? 100)} OFFSET ${given.put(page.offset ?? 0)}) e
      JOIN tuples t ON t.id = e.tuple JOIN texts price ON price.id = e.price JOIN texts shape ON shape.id = e.shape
      LEFT JOIN texts session ON session.id = e.session LEFT JOIN keys k ON k.id = t.key
    ORDER BY e.at DESC, e.seq DESC`;
  return (await database.run(sql, given.values)).map(readEntry);
}

export async function countRows(database: Database, filter: RowFilter): Promise<number> {
  const given = params();
  const tests = testsOf(filter, given);
  const [row] = await database.run(`SELECT COUNT(*) AS calls FROM entries e ${where(tests)}`, given.values);
  return Number(row?.calls);
}

function testsOf(filter: RowFilter, given: Params): readonly string[] {
  const ofTuple = tupleTests(filter, given);
  return [
    ...timeTests('e.at', filter, given),
    ...(ofTuple.length === 0 ? [] : [`e.tuple IN (SELECT id FROM tuples ${where(ofTuple)})`]),
    ...rowTests(filter, given),
  ];
}
