import assert from 'node:assert/strict';
import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStore, type Store } from '../../src/gateway/store.ts';
import { formatLine } from '../../src/ledger/journal-line.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import type { JournalRecord } from '../../src/ledger/records.ts';
import { systemClock } from '../../src/lib/time.ts';
import { ledgerInProcess } from '../ledger/in-process.ts';
import { closeRecord, newFolder, openRecord, usd } from '../ledger/support.ts';
import { loaded } from '../support/config.ts';
import { count, secondsSince, sized, tell } from './scale.ts';

const settings = loaded('{}', {});

/** The reports over the folder, in this thread. */
function ledgerOf(folder: string): Ledger & { snapshots: number } {
  const ledger = ledgerInProcess(folder);
  return {
    ...ledger,
    snapshots: 0,
    async snapshot() {
      this.snapshots += 1;
      return ledger.snapshot();
    },
  };
}

interface Opened {
  readonly store: Store;
  readonly said: readonly string[];
}

async function opened(folder: string, ledger = ledgerOf(folder)): Promise<Opened> {
  const said: string[] = [];
  const say = (line: string, cause?: unknown): void =>
    void said.push(`${line} ${cause instanceof Error ? cause.message : ''}`);
  const log = { info: say, warn: say, error: say };
  return { store: await openStore({ folder, clock: systemClock, log, settings, ledger }), said };
}

const spentIn = ({ budgets }: Store): number => {
  const { total, held } = budgets.spend('gateway', null);
  assert.equal(held, 0);
  return total;
};

/** Seven calls whose costs and holds tell them apart; the last two are under way. */
const records: readonly JournalRecord[] = [1, 2, 3, 4, 5, 6, 7].flatMap((place) => {
  const call = `call-${place}`;
  const facts = { at: Date.now(), scopes: ['gateway'] };
  const open = openRecord(call, { ...facts, hold: usd(1_000_000 * 10 ** place) });
  return place > 5 ? [open] : [open, closeRecord(call, { ...facts, cost: usd(3 ** place) })];
});
const lines = records.map((record, place) => formatLine({ seq: place + 1, record }));
const journal = Buffer.concat(lines);

/** What is to be booked where only these records could be read: costs of what was closed, holds of what was not. */
function expected(read: readonly JournalRecord[]): { spent: number; calls: number; interrupted: number } {
  const costs = new Map<string, number>();
  const closed = new Set<string>();
  for (const record of read) {
    if (record.type === 'open' && !closed.has(record.call)) costs.set(record.call, record.hold);
    if (record.type !== 'close') continue;
    costs.set(record.call, record.cost ?? 0);
    closed.add(record.call);
  }
  const spent = [...costs.values()].reduce((sum, cost) => sum + cost, 0);
  return { spent, calls: costs.size, interrupted: costs.size - closed.size };
}

/** Starts on this journal, and again on what that left; rows are asked for where it is said. */
async function startsOn(bytes: Buffer, read: readonly JournalRecord[], asksRows: boolean): Promise<readonly string[]> {
  const folder = newFolder();
  writeFileSync(join(folder, 'journal-000000000001.log'), bytes);
  const { spent, calls, interrupted } = expected(read);
  const first = await opened(folder);
  assert.equal(spentIn(first.store), spent);
  assert.equal(
    first.said.some((line) => line.startsWith(`${interrupted} calls were interrupted`)),
    interrupted > 0,
  );
  if (asksRows) {
    const rows = await first.store.ledger.rows({ limit: 100 });
    assert.equal(rows.length, calls);
    assert.equal(
      rows.reduce((sum, { cost }) => sum + Number(cost), 0),
      spent,
    );
    assert.equal(rows.filter(({ status }) => status === 'interrupted').length, interrupted);
  }
  await first.store.close();
  const second = await opened(folder);
  assert.equal(spentIn(second.store), spent);
  assert.deepEqual(second.said, []);
  await second.store.close();
  return first.said;
}

/** The offsets from `from` on, so many apart, and those around each end of a line. */
function offsets(from: number, step: number): readonly number[] {
  const chosen = new Set<number>();
  for (let at = from; at < journal.length; at += step) chosen.add(at);
  let end = 0;
  for (const line of lines) {
    end += line.length;
    for (const at of [end - 1, end, end + 1]) if (at >= from && at <= journal.length) chosen.add(at);
  }
  return [...chosen];
}

describe('a damaged data folder', () => {
  it('is read up to a cut at any byte of the journal’s last lines', async () => {
    const start = performance.now();
    const cuts = offsets(journal.length - 2_500, sized(37, 1));
    for (const [turn, cut] of cuts.entries()) {
      let end = 0;
      const whole = records.filter((_, place) => (end += lines[place]?.length ?? 0) <= cut);
      const said = await startsOn(journal.subarray(0, cut), whole, turn % 10 === 0);
      const isTorn = !new Set([0, ...ends()]).has(cut);
      assert.equal(
        said.some((line) => line.includes('was torn and is cut off')),
        isTorn,
        `${cut}: ${said.join()}`,
      );
    }
    tell('cuts', `${count(cuts.length)} cuts, two starts each, in ${secondsSince(start)}`);
  });

  it('loses one line at most to a byte that was changed, and says which', async () => {
    const start = performance.now();
    const places = offsets(0, sized(151, 7)).filter((at) => at < journal.length);
    for (const [turn, at] of places.entries()) {
      const bytes = Buffer.from(journal);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (turn % 8));
      const hit = ends().findIndex((end) => at < end);
      // A line break stands between two lines that are whole; after the last one there must be one.
      const isLost = at !== (ends()[hit] ?? 0) - 1 || hit === lines.length - 1;
      const read = isLost ? records.filter((_, place) => place !== hit) : records;
      const said = await startsOn(bytes, read, turn % 10 === 0);
      assert.ok(
        said.some((line) => line.includes('journal-000000000001.log')),
        `${at}: ${said.join()}`,
      );
    }
    tell('changed bytes', `${count(places.length)} places, two starts each, in ${secondsSince(start)}`);
  });

  for (const [name, damaged] of [
    ['the checkpoint', ['checkpoint-']],
    ['the snapshot', ['ledger-']],
    ['both', ['checkpoint-', 'ledger-']],
  ] as const) {
    it(`is made whole from what came before when ${name} was cut short`, async () => {
      const folder = newFolder();
      writeFileSync(join(folder, 'journal-000000000001.log'), journal);
      const { spent, calls } = expected(records);
      for (let turn = 0; turn < 3; turn += 1) {
        const { store } = await opened(folder);
        bookOne(store, turn);
        await store.close();
      }
      for (const beginning of damaged) {
        const newest =
          readdirSync(folder)
            .filter((file) => file.startsWith(beginning))
            .sort()
            .at(-1) ?? '';
        truncateSync(join(folder, newest), Math.floor(readFileSync(join(folder, newest)).length / 2));
      }
      const { store, said } = await opened(folder);
      assert.equal(spentIn(store), spent + 3);
      assert.equal((await store.ledger.rows({ limit: 100 })).length, calls + 3);
      if (damaged.some((beginning) => beginning === 'checkpoint-'))
        assert.ok(
          said.some((line) => /checkpoint-\S+ is damaged and was set aside/.test(line)),
          said.join(),
        );
      await store.close();
    });
  }

  it('is folded once at a time, however many records come meanwhile', async () => {
    const folder = newFolder();
    const ledger = ledgerOf(folder);
    const { store, said } = await opened(folder, ledger);
    const calls = sized(15_000, 100_000);
    const start = performance.now();
    for (let call = 0; call < calls; call += 1) {
      bookOne(store, call);
      if (call % 50 === 0) await new Promise((go) => setImmediate(go));
    }
    const { snapshots } = ledger;
    await store.close();
    assert.deepEqual(said, []);
    // Two records a call, and 20,000 of them between two folds.
    assert.ok(snapshots <= (2 * calls) / 20_000, `${snapshots} snapshots for ${calls} calls`);
    tell('folding', `${count(calls)} calls in ${secondsSince(start)}`, `${ledger.snapshots} snapshots`);
  });
});

const ends = (): readonly number[] => {
  let end = 0;
  return lines.map((line) => (end += line.length));
};

/** A call that costs one nano-dollar. */
function bookOne({ books }: Store, place: number): void {
  const facts = { at: Date.now(), scopes: ['gateway'] };
  books.open(openRecord(`more-${place}`, facts));
  books.close(closeRecord(`more-${place}`, { ...facts, cost: usd(1) }));
}
