import assert from 'node:assert/strict';
import { stringIn, without } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { JournalRecord, Sequenced } from '../../src/ledger/records.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
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
      assert.equal(await ledger.spentSince('gateway', 0), 0);
    });

    it('shows a row with all that the record holds', async () => {
      const close = closeRecord('c1', { warnings: ['logprobs was dropped'], outputLimit: 256, upperBound: true });
      book(openRecord('c1'), close);
      const expected = { ...close, seq: 2, keyAlias: null, bookedCost: 1_000, correction: null };
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
      assert.equal(await ledger.spentSince('gateway', 0), 1_000);
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

    it('sums to the nano-dollar, dearest first', async () => {
      book(
        closeRecord('c1', { cost: usd(1) }),
        closeRecord('c2', { cost: usd(9_007_199_254), provider: 'anthropic' }),
        closeRecord('c3', { cost: usd(2), status: 'failed', failure: 'provider-error' }),
        closeRecord('c4', { cost: usd(4), status: 'cancelled' }),
        closeRecord('c5', { cost: usd(8), status: 'interrupted', usage: null }),
      );
      assert.deepEqual(await ledger.sums('provider', {}), [
        {
          name: 'anthropic',
          cost: 9_007_199_254,
          calls: 1,
          failed: 0,
          input: 10,
          cacheRead: 20,
          cacheWrite: 70,
          output: 50,
        },
        { name: 'openai', cost: 15, calls: 4, failed: 2, input: 30, cacheRead: 60, cacheWrite: 210, output: 150 },
      ]);
    });

    it('sums by whatever a row can be told apart by', async () => {
      const kinds = ['key', 'project', 'model', 'group', 'provider', 'account', 'assistant', 'session'] as const;
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

    it('knows what a budget spent since an instant, which itself counts', async () => {
      const scopes = ['gateway', 'project:p'];
      book(
        closeRecord('c1', { at: noon - 1, scopes }),
        closeRecord('c2', { scopes }),
        closeRecord('c3', { at: noon + 1 }),
      );
      assert.equal(await ledger.spentSince('project:p', noon), 1_000);
      assert.equal(await ledger.spentSince('project:p', noon - 1), 2_000);
      assert.equal(await ledger.spentSince('gateway', noon), 2_000);
      assert.equal(await ledger.spentSince('project:other', 0), 0);
    });

    it('counts an attempt at another account there, and the rest on the row', async () => {
      const attempts = [
        { deployment: 'd1', model: 'm', failure: 'provider-error', cost: usd(300), scopes: ['gateway', 'account:a'] },
        { deployment: 'd2', model: 'm', cost: usd(700) },
      ];
      book(closeRecord('c1', { scopes: ['gateway', 'account:b'], attempts }));
      assert.equal(await ledger.spentSince('account:a', 0), 300);
      assert.equal(await ledger.spentSince('account:b', 0), 700);
      assert.equal(await ledger.spentSince('gateway', 0), 1_000);
    });

    it('shows a correction in sums and budgets, and leaves the row as it was booked', async () => {
      const row = closeRecord('c1');
      book(row, closeRecord('c2'), correction(row, 400), correction(row, 250, usd(400)));
      const [shown] = await ledger.rows({ call: 'c1' });
      assert.deepEqual([shown?.cost, shown?.bookedCost, shown?.correction], [250, 1_000, 'the invoice said so']);
      assert.equal((await ledger.sums('group', {}))[0]?.cost, 1_250);
      assert.equal(await ledger.spentSince('gateway', row.at), 1_250);
      assert.equal(await ledger.spentSince('gateway', row.at + 1), 0);
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
      const spent = await Promise.all(Array.from({ length: 20 }, () => ledger.spentSince('gateway', 0)));
      assert.deepEqual([...new Set(spent)], [2_500_000]);
    });
  });
}
