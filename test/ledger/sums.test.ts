import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Dimension, RowFilter, Sum } from '../../src/ledger/ledger.ts';
import type { CloseRecord, JournalRecord } from '../../src/ledger/records.ts';
import { sqlLedger } from '../../src/ledger/sql-ledger.ts';
import type { SqlLedger } from '../../src/ledger/sql-ledger.ts';
import { openSqlJs } from '../../src/ledger/sqljs-database.ts';
import type { Keep } from '../../src/ledger/roll-up.ts';
import { numbered, spentIn } from './ledger-contract.ts';
import { closeRecord, correction, noon, usd, wasm } from './support.ts';

const keepAll: Keep = { rows: 1_000_000, days: 100_000 };
const ledgerWith = async (keep: Keep): Promise<SqlLedger> =>
  sqlLedger({ database: await openSqlJs(wasm), keep, now: () => noon + 365 * dayMs });

const dayMs = 86_400_000;
const quarterMs = 900_000;

/** Times around the spring's change of the clock, many of them at edges of quarters, days and hours. */
const times = fc.oneof(
  fc.integer({ min: Date.UTC(2026, 2, 20), max: Date.UTC(2026, 3, 5) }),
  fc.integer({ min: 0, max: 16 * 96 }).map((quarter) => Date.UTC(2026, 2, 20) + quarter * quarterMs),
);
const zones = fc.constantFrom(
  ...['UTC', 'Europe/Berlin', 'Europe/London', 'America/Los_Angeles', 'Asia/Kathmandu', 'Pacific/Kiritimati'],
);
const rows = fc.array(
  fc.record({
    at: times,
    key: fc.constantFrom('k1', 'k2', 'k3'),
    project: fc.constantFrom('p1', 'p2', null),
    model: fc.constantFrom('m1', 'm2'),
    branch: fc.constantFrom('main', undefined),
    session: fc.constantFrom('s1', 's2', null),
    status: fc.constantFrom<CloseRecord['status']>('done', 'failed', 'cancelled'),
    cost: fc.option(fc.integer({ min: 0, max: 1e12 })),
    corrected: fc.option(fc.integer({ min: 0, max: 1e12 })),
  }),
  { maxLength: 60 },
);
type Row = typeof rows extends fc.Arbitrary<(infer One)[]> ? One : never;

function recordsOf(made: readonly Row[]): readonly JournalRecord[] {
  const closed = made.map(({ corrected: _, branch, ...row }, place) =>
    closeRecord(`c${place}`, { ...row, cost: row.cost === null ? null : usd(row.cost), ...(branch && { branch }) }),
  );
  const mended = made.flatMap(({ corrected }, place) => {
    const row = closed[place];
    return corrected === null || !row ? [] : [correction(row, corrected)];
  });
  return [...closed, ...mended];
}

const filters = fc.record(
  {
    since: times,
    until: times,
    project: fc.constantFrom('p1', null),
    model: fc.constantFrom('m1', 'fast'),
    failedOnly: fc.constant(true),
  },
  { requiredKeys: [] },
);
const dimensions: readonly (Dimension | null)[] = ['key', 'project', 'model', 'branch', 'status', 'session', null];

/** The sums as one would make them by hand: `name time cost calls failed`, sorted. */
function expected(
  made: readonly Row[],
  question: { by: Dimension | null; time: (at: number) => string; filter: RowFilter },
) {
  const { by, time, filter } = question;
  const sums = new Map<string, { cost: number; calls: number; failed: number }>();
  for (const row of made) {
    const { since = 0, until = Infinity } = filter;
    if (row.at < since || row.at >= until) continue;
    if (filter.project !== undefined && row.project !== filter.project) continue;
    if (filter.model !== undefined && filter.model !== 'fast' && row.model !== filter.model) continue;
    if (filter.failedOnly && row.status !== 'failed') continue;
    const name =
      by === null ? null : ((row as Readonly<Record<string, string | number | null | undefined>>)[by] ?? null);
    const place = `${String(name)} ${time(row.at)}`;
    const sum = sums.get(place) ?? { cost: 0, calls: 0, failed: 0 };
    sum.cost += row.corrected ?? row.cost ?? 0;
    sum.calls += 1;
    sum.failed += row.status === 'failed' ? 1 : 0;
    sums.set(place, sum);
  }
  return [...sums].map(([place, { cost, calls, failed }]) => `${place} ${cost} ${calls} ${failed}`).sort();
}

const wallClock = (timeZone: string) => {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  return {
    day: (at: number) => format.format(at).slice(0, 10),
    hour: (at: number) => `${format.format(at).slice(0, 10)}T${format.format(at).slice(11, 13)}:00`,
  };
};

describe('sums', () => {
  it('are those of the rows, whatever the span, the filter, the zone and the corrections', () =>
    fc.assert(
      fc.asyncProperty(rows, filters, zones, async (made, filter, timeZone) => {
        const ledger = await ledgerWith(keepAll);
        ledger.apply(numbered()(recordsOf(made)));
        const clock = wallClock(timeZone);
        for (const by of dimensions)
          for (const step of ['day', 'hour'] as const) {
            const series = await ledger.series(by, step, filter, timeZone);
            assert.deepEqual(
              series
                .map(({ name, time, cost, calls, failed }) => `${String(name)} ${time} ${cost} ${calls} ${failed}`)
                .sort(),
              expected(made, { by, time: clock[step], filter }),
              `${String(by)} by ${step}`,
            );
          }
        for (const by of dimensions) {
          if (by === null) continue;
          const sums = await ledger.sums(by, filter);
          assert.deepEqual(
            sums.map(({ name, cost, calls, failed }) => `${String(name)}  ${cost} ${calls} ${failed}`).sort(),
            expected(made, { by, time: () => '', filter }),
          );
          assert.deepEqual(
            sums,
            [...sums].sort((a, b) => b.cost - a.cost),
            'dearest first',
          );
        }
        await ledger.close();
      }),
      { numRuns: 15 },
    ));

  it('are the same to the nano-dollar when rows are rolled up, and corrections still count', () =>
    fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 1, max: 30 }), zones, async (made, kept, timeZone) => {
        const records = recordsOf(made);
        const whole = await ledgerWith(keepAll);
        const small = await ledgerWith({ rows: kept, days: 100_000 });
        const number = numbered();
        for (const [place, record] of records.entries()) {
          const one = number([record]);
          whole.apply(one);
          small.apply(one);
          if (place % 7 === 0) await small.rollUp();
        }
        await small.rollUp();
        const days = await small.series(null, 'day', {}, timeZone);
        assert.deepEqual(days, await whole.series(null, 'day', {}, timeZone));
        assert.deepEqual(
          await small.series(null, 'hour', {}, timeZone),
          await whole.series(null, 'hour', {}, timeZone),
        );
        assert.equal(await spentIn(small), await spentIn(whole));
        // Sessions are told by rows alone: by those that are kept.
        const [sessions, ofRows] = await Promise.all([
          small.sums('session', {}),
          small.sums('session', { minCost: Number.MIN_SAFE_INTEGER }),
        ]);
        assert.deepEqual(byName(sessions), byName(ofRows));
        await whole.close();
        await small.close();
      }),
      { numRuns: 12 },
    ));
});

const byName = (sums: readonly Sum[]): readonly Sum[] =>
  sums.toSorted((a, b) => ((a.name ?? '') < (b.name ?? '') ? -1 : 1));

describe('a long journal', () => {
  it('comes to the same when what would be rolled up at its end is booked in sums at once', () =>
    fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 1, max: 30 }), zones, async (made, kept, timeZone) => {
        const records = numbered()(recordsOf(made));
        const keep = { rows: kept, days: 100_000 };
        const [slow, quick] = [await ledgerWith(keep), await ledgerWith(keep)];
        await slow.book(records);
        const newestFirst = made.map(({ at }) => at).sort((a, b) => b - a);
        const corrected = new Set(records.flatMap(({ record }) => (record.type === 'correction' ? [record.call] : [])));
        await quick.book(records, { rowsFrom: newestFirst[kept - 1] ?? 0, corrected });
        for (const ledger of [slow, quick]) await ledger.rollUp();
        assert.deepEqual(await quick.rows({}), await slow.rows({}));
        for (const by of dimensions)
          for (const step of ['day', 'hour'] as const)
            assert.deepEqual(
              (await quick.series(by, step, {}, timeZone)).map((sum) => JSON.stringify(sum)).sort(),
              (await slow.series(by, step, {}, timeZone)).map((sum) => JSON.stringify(sum)).sort(),
            );
        assert.deepEqual(byName(await quick.sums('session', {})), byName(await slow.sums('session', {})));
        await slow.close();
        await quick.close();
      }),
      { numRuns: 12 },
    ));
});

describe('roll-up', () => {
  const calls = async (ledger: SqlLedger): Promise<unknown[]> => (await ledger.rows({})).map((row) => row['call']);

  it('keeps the newest rows, as many as it is told', async () => {
    const ledger = await ledgerWith({ rows: 2, days: 100_000 });
    ledger.apply(
      numbered()([3, 1, 2, 0].map((minutes) => closeRecord(`c${minutes}`, { at: noon + minutes * 60_000 }))),
    );
    assert.equal(await ledger.rollUp(), 2);
    assert.deepEqual(await calls(ledger), ['c3', 'c2']);
    assert.equal((await ledger.sums('key', {}))[0]?.calls, 4);
    assert.equal(await ledger.rollUp(), 0);
  });

  it('keeps rows as many days as it is told, counted from the newest', async () => {
    const ledger = await ledgerWith({ rows: 1_000, days: 2 });
    ledger.apply(numbered()([0, 1, 2, 3].map((day) => closeRecord(`c${day}`, { at: noon + day * dayMs }))));
    await ledger.snapshot();
    assert.deepEqual(await calls(ledger), ['c3', 'c2', 'c1']);
  });

  it('happens by itself while records are booked', async () => {
    const ledger = await ledgerWith({ rows: 1_000, days: 100_000 });
    const number = numbered();
    for (let batch = 0; batch < 23; batch += 1) {
      ledger.apply(
        number(Array.from({ length: 1_000 }, (_, place) => closeRecord(`${batch} ${place}`, { at: noon + batch }))),
      );
      await ledger.flush();
    }
    assert.equal(await ledger.count({}), 2_000);
    assert.equal(await spentIn(ledger), 23_000_000);
  });

  it('leaves the span of a sum exact to the quarter of an hour', async () => {
    const ledger = await ledgerWith({ rows: 1, days: 100_000 });
    const at = [0, 5, 20, 40].map((minutes) => noon + minutes * 60_000);
    ledger.apply(numbered()(at.map((time, place) => closeRecord(`c${place}`, { at: time }))));
    await ledger.rollUp();
    const spent = async (filter: RowFilter): Promise<number> => (await ledger.sums('key', filter))[0]?.calls ?? 0;
    assert.equal(await spent({ since: noon + quarterMs }), 2);
    assert.equal(await spent({ until: noon + quarterMs }), 2);
    assert.equal(await spent({ since: noon + 60_000 }), 4, 'a quarter that it begins in counts whole');
    assert.equal(await spent({ since: noon + 60_000, until: noon + 2 * 60_000 }), 2);
    assert.equal(await spent({ since: noon + 41 * 60_000 }), 0, 'where rows are kept the minute counts');
  });

  it('drops the texts that only those rows had, and books what has the same again', async () => {
    const database = await openSqlJs(wasm);
    const ledger = await sqlLedger({ database, keep: { rows: 1, days: 100_000 } });
    const number = numbered();
    const old = closeRecord('c1', { warnings: ['once'], session: 's1' });
    ledger.apply(number([old, correction(old, 5), closeRecord('c2', { at: noon + dayMs })]));
    const texts = async (): Promise<number> => (await database.run('SELECT id FROM texts')).length;
    await ledger.flush();
    assert.equal(await texts(), 4);
    await ledger.rollUp();
    assert.equal(await texts(), 2);
    assert.deepEqual(await database.run('SELECT * FROM corrections'), []);
    ledger.apply(number([closeRecord('c3', { at: noon + dayMs, warnings: ['once'], session: 's1' })]));
    assert.deepEqual(
      (await ledger.rows({ session: 's1' })).map((row) => row['warnings']),
      [['once']],
    );
  });

  it('counts a correction of a row that is gone on the budgets that it names', async () => {
    const ledger = await ledgerWith({ rows: 1, days: 100_000 });
    const old = closeRecord('c1', { key: 'k1', project: 'p1', scopes: ['gateway', 'key:k1', 'project:p1'] });
    const number = numbered();
    ledger.apply(number([old, closeRecord('c2', { at: noon + dayMs, key: 'k2', project: null, cost: usd(1) })]));
    await ledger.rollUp();
    ledger.apply(number([correction(old, 400)]));
    const named = async (by: Dimension) =>
      (await ledger.sums(by, {})).map(({ name, cost, calls }) => [name, cost, calls]);
    assert.deepEqual(await named('key'), [
      ['k1', 400, 1],
      ['k2', 1, 1],
    ]);
    assert.deepEqual(await named('project'), [
      ['p1', 400, 1],
      [null, 1, 1],
    ]);
    assert.equal((await ledger.sums('day', {}))[0]?.cost, 400);
  });
});
