import assert from 'node:assert/strict';
import fc from 'fast-check';
import { csvCell, exported } from '../../src/admin/report-export.ts';
import type { RowPage } from '../../src/ledger/ledger.ts';
import type { JsonObject } from '../../src/lib/json.ts';

const rowAt = (seq: number, more: JsonObject = {}): JsonObject => ({
  ...{ seq, call: `call-${seq}`, at: Date.parse('2026-11-22T10:00Z') + seq, cost: 123_450, bookedCost: 123_450 },
  ...{ model: 'gpt', usage: { input: 7, output: 3 }, status: 'done', failure: null, ...more },
});

/** Rows as the ledger gives them, newest first, page by page; `asked` hears of each. */
const ledgerOf = (rows: readonly JsonObject[], asked: (page: RowPage) => void = () => undefined) => ({
  rows: (page: RowPage) => {
    asked(page);
    const from = page.after === undefined ? 0 : rows.findIndex(({ seq }) => seq === page.after?.seq) + 1;
    return Promise.resolve(rows.slice(from, from + (page.limit ?? 100)));
  },
});

async function textOf(pieces: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
}

const many = Array.from({ length: 2_500 }, (_, index) => rowAt(2_500 - index));

describe('an export', () => {
  it('is CSV with exact dollars, times in ISO and a line for each row', async () => {
    const [head = '', first = '', ...rest] = (await textOf(exported(ledgerOf(many), {}, 'csv').pieces)).split('\r\n');
    const cells = Object.fromEntries(head.split(',').map((name, at) => [name, first.split(',')[at]]));
    assert.equal(cells['time'], '2026-11-22T10:00:02.500Z');
    assert.equal(cells['cost_usd'], '0.000123450');
    assert.equal(cells['input_tokens'], '7');
    assert.equal(cells['failure'], '');
    assert.equal(rest.length, 2_500); // with the empty one after the last line
  });

  it('is JSON of the same columns', async () => {
    const rows = JSON.parse(await textOf(exported(ledgerOf(many), {}, 'json').pieces)) as JsonObject[];
    assert.equal(rows.length, 2_500);
    assert.equal(rows[2_499]?.['call'], 'call-1');
    assert.equal(rows[2_499]['cost_usd'], '0.000123450');
    assert.deepEqual(JSON.parse(await textOf(exported(ledgerOf([]), {}, 'json').pieces)), []);
  });

  it('asks for the next page only when the one before has been taken, and goes on after its last row', async () => {
    const asked: (number | undefined)[] = [];
    const { pieces } = exported(
      ledgerOf(many, ({ after }) => asked.push(after?.seq)),
      { project: 'harbour' },
      'csv',
    );
    const taken = pieces[Symbol.asyncIterator]();
    await taken.next();
    assert.deepEqual(asked, []);
    await taken.next();
    assert.deepEqual(asked, [undefined]);
    await taken.next();
    assert.deepEqual(asked, [undefined, 1_501]);
  });

  it('keeps to the filter on every page', async () => {
    const projects = new Set<unknown>();
    await textOf(
      exported(
        ledgerOf(many, ({ project }) => projects.add(project)),
        { project: 'harbour' },
        'csv',
      ).pieces,
    );
    assert.deepEqual([...projects], ['harbour']);
  });
});

describe('a cell of CSV', () => {
  for (const [value, cell] of [
    ['plain', 'plain'],
    ['a,b', '"a,b"'],
    ['say "so"', '"say ""so"""'],
    ['two\nlines', '"two\nlines"'],
    ['=1+1', "'=1+1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['+49', "'+49"],
    ['-cmd', "'-cmd"],
    ['\t=1', "'\t=1"],
    ['=HYPERLINK("x","y")', `"'=HYPERLINK(""x"",""y"")"`],
    ['-0.000000001', '-0.000000001'],
    [-5, '-5'],
    [true, 'true'],
    [null, ''],
    [undefined, ''],
  ] as const) {
    it(`of ${JSON.stringify(value)} is ${JSON.stringify(cell)}`, () => assert.equal(csvCell(value), cell));
  }

  it('never begins with a sign that a spreadsheet computes, and reads back as it was', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const cell = csvCell(text);
        const read = cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell;
        assert.ok(read === text || read === `'${text}`);
        if (/^[=+@\t\r]/.test(text)) assert.ok(read.startsWith("'"));
        if (/[",\r\n]/.test(read)) assert.match(cell, /^".*"$/s);
      }),
    );
  });
});
