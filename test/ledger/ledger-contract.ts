import assert from 'node:assert/strict';
import { stringIn, without } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { JournalRecord, Sequenced } from '../../src/ledger/records.ts';
import { noUsage } from '../../src/chat/chat.ts';
import type { Ledger, RowFilter } from '../../src/ledger/ledger.ts';
import { closeRecord, correction, noon, openRecord, usd } from './support.ts';

/** A ledger under test, with what puts records where it reads them. */
export interface LedgerUnderTest {
  readonly ledger: Ledger;
  readonly book: (...records: readonly JournalRecord[]) => void;
}

/** Gives records their numbers, from 1. */
export function numbered(): (records: readonly JournalRecord[]) => Sequenced[] {
  let seq = 0;
  return (records) => records.map((record) => ({ seq: ++seq, record }));
}

/** All that was spent, nano-dollars, as every report must have it. */
export async function spentIn(ledger: Ledger): Promise<number> {
  const sums = await ledger.sums('key', {});
  return sums.reduce((all, { cost }) => all + cost, 0);
}

/** What every ledger must do, whatever is behind it. */
export function ledgerContract(name: string, open: () => Promise<LedgerUnderTest>): void {
  describe(`ledger contract: ${name}`, () => {
    let ledger: Ledger;
    let book: LedgerUnderTest['book'];
    beforeEach(async () => {
      ({ ledger, book } = await open());
    });
    afterEach(() => ledger.close());

    it('is empty at first', async () => {
      assert.deepEqual(await ledger.rows({}), []);
      assert.deepEqual(await ledger.sums('key', {}), []);
      assert.deepEqual(await ledger.series(null, 'day', {}), []);
      assert.equal(await ledger.count({}), 0);
    });

    it('shows a row with all that the record holds', async () => {
      const close = closeRecord('c1', { warnings: ['logprobs was dropped'], outputLimit: 256, upperBound: true });
      book(openRecord('c1'), close);
      const expected = {
        ...{ ...close, seq: 2, keyAlias: null, bookedCost: 1_000, correction: null },
        ...{ branch: null, served: null, cached: false },
      };
      assert.deepEqual(await ledger.rows({}), [without(expected as unknown as JsonObject, 'type')]);
    });

    it('shows what is not known as null', async () => {
      book(closeRecord('c1', { cost: null, usage: null, price: null, source: 'unknown', project: null }));
      const [row] = await ledger.rows({});
      assert.deepEqual([row?.cost, row?.usage, row?.price, row?.project], [null, null, null, null]);
      assert.equal((await ledger.sums('project', {}))[0]?.name, null);
      assert.equal((await ledger.sums('project', {}))[0]?.cost, 0);
    });

    it('has one row for a call that is closed twice: the first', async () => {
      const apart = [{ deployment: 'd2', model: 'm', cost: usd(5), scopes: ['gateway'] }];
      book(closeRecord('c1'), closeRecord('c1', { cost: usd(9), attempts: apart }));
      assert.deepEqual(
        (await ledger.rows({})).map((row) => row.cost),
        [1_000],
      );
      assert.equal(await spentIn(ledger), 1_000);
    });

    it('has rows newest first, a page at a time', async () => {
      book(
        closeRecord('c2', { at: noon + 2 }),
        closeRecord('c1', { at: noon + 1 }),
        closeRecord('c3', { at: noon + 2 }),
      );
      const calls = async (limit: number, offset: number): Promise<unknown[]> =>
        (await ledger.rows({ limit, offset })).map((row) => row.call);
      assert.deepEqual(await calls(2, 0), ['c3', 'c2']);
      assert.deepEqual(await calls(2, 2), ['c1']);
    });

    it('finds rows by every member of the filter', async () => {
      book(
        closeRecord('c1', { at: noon, key: 'k1', project: 'p1', model: 'm1', group: 'g1' }),
        closeRecord('c2', { at: noon + 10, key: 'k2', project: 'p2', model: 'm2', group: 'g2' }),
      );
      const found = async (filter: Parameters<Ledger['rows']>[0]): Promise<string> =>
        (await ledger.rows(filter)).map((row) => stringIn(row.call)).join();
      assert.equal(await found({ since: noon + 10 }), 'c2');
      assert.equal(await found({ until: noon + 10 }), 'c1');
      assert.equal(await found({ key: 'k1' }), 'c1');
      assert.equal(await found({ project: 'p2' }), 'c2');
      assert.equal(await found({ model: 'm1' }), 'c1');
      assert.equal(await found({ model: 'g2' }), 'c2');
      assert.equal(await found({ call: 'c2', since: noon }), 'c2');
      assert.equal(await found({ call: 'c2', key: 'k1' }), '');
    });

    it('finds rows by what else they can be told apart by, also by having none of it', async () => {
      const facts = {
        provider: 'p',
        account: 'a',
        group: 'g',
        deployment: 'd',
        assistant: 's',
        session: 'x',
        branch: 'b',
      };
      const row = closeRecord('c1', { ...facts, dialect: 'gemini', source: 'assumed', evidence: 'path', cost: usd(7) });
      book(row, closeRecord('c2', { assistant: null, evidence: null, project: null, status: 'failed' }));
      const filters: readonly RowFilter[] = [
        ...Object.entries(facts).map(([name, value]) => ({ [name]: value })),
        ...[{ dialect: 'gemini' }, { source: 'assumed' }, { evidence: 'path' }, { status: 'done' }],
      ];
      const others: readonly RowFilter[] = [
        ...[{ assistant: null }, { session: null }, { branch: null }, { evidence: null }, { project: null }],
        ...[{ failedOnly: true }, { minCost: 8 }, { status: 'failed' }],
      ];
      for (const [call, some] of [
        ['c1', filters],
        ['c2', others],
      ] as const)
        for (const filter of some) {
          assert.deepEqual(
            (await ledger.rows(filter)).map((one) => one['call']),
            [call],
            JSON.stringify(filter),
          );
          assert.equal(await ledger.count(filter), 1);
          assert.equal((await ledger.sums('key', filter))[0]?.calls, 1, JSON.stringify(filter));
        }
    });

    it('searches names in any case, and takes no sign for a pattern', async () => {
      const key: JournalRecord = { type: 'key', at: noon, id: 'key-b', key: { alias: 'Laptop' } };
      const id = '0a1b2c3d-0000-4000-8000-000000000001';
      book(key, closeRecord(id, { key: 'key-b', session: 'Session 7', branch: 'feature/50%' }), closeRecord('c2'));
      for (const search of ['LAPTOP', 'session 7', 'feature/', '50%', '2C3D-0000'])
        assert.deepEqual(
          (await ledger.rows({ search })).map((row) => row['call']),
          [id],
          search,
        );
      assert.equal(await ledger.count({ search: '%' }), 1);
      assert.equal(await ledger.count({ search: 'small-1' }), 2);
      assert.equal(await ledger.count({ search: '' }), 2);
      assert.equal(await ledger.count({ search: 'nobody' }), 0);
    });

    it('goes on after a row, however many come before it meanwhile', async () => {
      book(...[1, 2, 3].map((place) => closeRecord(`c${place}`)), closeRecord('c4', { at: noon - 1 }));
      const [row] = await ledger.rows({ limit: 1 });
      book(closeRecord('c5', { at: noon + 1 }), closeRecord('c6'));
      const after = { at: Number(row?.['at']), seq: Number(row?.['seq']) };
      assert.deepEqual(
        (await ledger.rows({ after })).map((one) => one['call']),
        ['c2', 'c1', 'c4'],
      );
    });

    it('sums to the nano-dollar, dearest first', async () => {
      book(
        closeRecord('c1', { cost: usd(1) }),
        closeRecord('c2', { cost: usd(9_007_199_254), provider: 'anthropic' }),
        closeRecord('c3', { cost: usd(2), status: 'failed', failure: 'provider-error' }),
        closeRecord('c4', { cost: usd(4), status: 'cancelled' }),
        closeRecord('c5', { cost: usd(8), status: 'interrupted', usage: null }),
      );
      const of = (calls: number) => ({
        ...{ calls, input: 10 * calls, cacheRead: 20 * calls, cacheWrite: 70 * calls, cacheWrite1h: 40 * calls },
        ...{ output: 50 * calls, reasoning: 5 * calls, cached: 0, saved: 0 },
      });
      assert.deepEqual(await ledger.sums('provider', {}), [
        { name: 'anthropic', cost: 9_007_199_254, failed: 0, ...of(1) },
        { ...of(3), name: 'openai', cost: 15, calls: 4, failed: 2 },
      ]);
    });

    it('tells what prompt caches saved, and what the gateway answered itself', async () => {
      const price = { input: 3_000_000, cacheRead: 300_000, cacheWrite: 3_750_000, source: 'table' };
      book(
        closeRecord('c1', { price, usage: { ...noUsage, cacheRead: 1_000 } }),
        closeRecord('c2', { price, usage: { ...noUsage, cacheWrite: 1_000, cacheWrite1h: 1_000 } }),
        closeRecord('c3', { price, usage: { ...noUsage, cacheRead: 1_000 }, cached: true, cost: usd(0) }),
      );
      const [sum] = await ledger.sums('key', {});
      assert.deepEqual([sum?.saved, sum?.cached, sum?.calls], [2_700_000 - 750_000, 1, 3]);
    });

    it('sums by whatever a row can be told apart by', async () => {
      const kinds = [
        ...(['key', 'project', 'model', 'group', 'provider', 'account', 'deployment', 'assistant'] as const),
        ...(['session', 'branch', 'dialect'] as const),
      ];
      const named = (suffix: string) => Object.fromEntries(kinds.map((by) => [by, `${by} ${suffix}`]));
      book(
        closeRecord('c1', named('a')),
        closeRecord('c2', { ...named('b'), cost: usd(3) }),
        closeRecord('c3', named('b')),
      );
      for (const by of kinds) {
        const sums = (await ledger.sums(by, {})).map(({ name, calls, cost }) => ({ name, calls, cost }));
        assert.deepEqual(sums, [
          { name: `${by} b`, calls: 2, cost: 1_003 },
          { name: `${by} a`, calls: 1, cost: 1_000 },
        ]);
      }
    });

    it('sums by the days and hours of a time zone, across a change of the clock', async () => {
      const at = [
        Date.UTC(2026, 2, 29, 0, 59),
        Date.UTC(2026, 2, 29, 1, 0),
        Date.UTC(2026, 2, 28, 22, 59),
        Date.UTC(2026, 2, 28, 23, 0),
      ];
      book(...at.map((time, index) => closeRecord(`c${index}`, { at: time, cost: usd(10 ** index) })));
      const sums = async (by: 'day' | 'hour', timeZone: string): Promise<unknown> =>
        (await ledger.sums(by, {}, timeZone)).map(({ name, cost }) => [name, cost]);
      assert.deepEqual(await sums('day', 'Europe/Berlin'), [
        ['2026-03-28', 100],
        ['2026-03-29', 1_011],
      ]);
      assert.deepEqual(await sums('hour', 'Europe/Berlin'), [
        ['2026-03-28T23:00', 100],
        ['2026-03-29T00:00', 1_000],
        ['2026-03-29T01:00', 1],
        ['2026-03-29T03:00', 10],
      ]);
      assert.deepEqual(await sums('day', 'Asia/Kathmandu'), [['2026-03-29', 1_111]]);
      assert.deepEqual(await ledger.sums('day', {}), await ledger.sums('day', {}, 'UTC'));
    });

    it('refuses a time zone that there is not', async () => {
      book(closeRecord('c1'));
      await assert.rejects(ledger.sums('day', {}, 'Mars/Olympus'), {
        kind: 'invalid-request',
        message: /Mars\/Olympus/,
      });
      assert.equal((await ledger.rows({})).length, 1, 'and goes on');
    });

    it('shows a correction in sums and budgets, and leaves the row as it was booked', async () => {
      const row = closeRecord('c1');
      book(row, closeRecord('c2'), correction(row, 400), correction(row, 250, usd(400)));
      const [shown] = await ledger.rows({ call: 'c1' });
      assert.deepEqual([shown?.cost, shown?.bookedCost, shown?.correction], [250, 1_000, 'the invoice said so']);
      assert.equal((await ledger.sums('group', {}))[0]?.cost, 1_250);
      assert.equal((await ledger.sums('day', {}))[0]?.cost, 1_250);
      assert.equal((await ledger.sums('session', {}))[0]?.cost, 1_250, 'also where rows are summed');
    });

    it('names keys by their alias, also after they are gone', async () => {
      const key = (alias: string): JournalRecord => ({ type: 'key', at: noon, id: 'key-a', key: { alias } });
      book(key('old name'), closeRecord('c1'), key('laptop'), { type: 'key-deleted', at: noon, id: 'key-a' });
      assert.equal((await ledger.rows({}))[0]?.keyAlias, 'laptop');
    });

    it('answers with the last record that its snapshot covers', async () => {
      book(openRecord('c1'), closeRecord('c1'), { type: 'spend-reset', at: noon, scope: 'gateway', to: usd(0) });
      assert.equal(await ledger.snapshot(), 3);
      book(openRecord('c2'));
      assert.equal(await ledger.snapshot(), 4);
      assert.equal((await ledger.rows({})).length, 1);
    });

    it('answers many at once, in any order', async () => {
      book(...Array.from({ length: 2_500 }, (_, index) => closeRecord(`c${index}`)));
      const spent = await Promise.all(Array.from({ length: 20 }, () => spentIn(ledger)));
      assert.deepEqual([...new Set(spent)], [2_500_000]);
    });
  });
}
