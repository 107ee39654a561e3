import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Budgets } from '../../src/budgets/budgets.ts';
import { openIn, readBriefly, readForReports } from '../../src/ledger/brief-lines.ts';
import { formatLine, readLine } from '../../src/ledger/journal-line.ts';
import { openJournal } from '../../src/ledger/journal.ts';
import { openCalls } from '../../src/ledger/recovery.ts';
import type { CloseRecord, JournalRecord } from '../../src/ledger/records.ts';
import { loaded } from '../support/config.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { closeRecord, newFolder, noon, openRecord, usd } from './support.ts';

const lineOf = (record: JournalRecord): Buffer => formatLine({ seq: 7, record }).subarray(0, -1);

/** Texts that look like a record's members. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(',"cost":5,', '"cost":5', '],"attempts":[', '","scopes":["', '\\', '\\",\\"at\\":1,', '…€'),
);
const calls = fc.oneof(fc.uuid(), text);
const scopes = fc.array(fc.oneof(fc.constantFrom('gateway', 'key:key-a', 'project:a]b', 'group:"x"'), text), {
  maxLength: 4,
});
const attempts = fc.array(
  fc.record(
    {
      deployment: text,
      model: text,
      failure: text,
      cost: fc.nat().map(usd),
      scopes,
      at: fc.nat({ max: 2e12 }),
    },
    { requiredKeys: ['deployment', 'model'] },
  ),
  { maxLength: 3 },
);
const closes = fc
  .record({
    call: calls,
    at: fc.nat({ max: 2e12 }),
    project: fc.option(text),
    session: fc.option(text),
    model: text,
    scopes,
    cost: fc.option(fc.nat({ max: 1e15 }).map(usd)),
    price: fc.option(fc.dictionary(fc.constantFrom('cost', 'scopes', 'attempts', 'input'), fc.nat())),
    attempts,
    warnings: fc.array(text, { maxLength: 2 }),
  })
  .map((changes) => closeRecord(changes.call, changes as Partial<CloseRecord>));
const shuffled = closes.chain((record) =>
  fc
    .shuffledSubarray(Object.keys(record), { minLength: Object.keys(record).length })
    .map((names) => Object.fromEntries(['type', ...names].map((name) => [name, record[name as keyof CloseRecord]])))
    .map((entries) => entries as unknown as CloseRecord),
);

/** All that counts of a row. */
const counted = ({ call, at, scopes: names, cost, attempts: tried }: CloseRecord) => ({
  ...{ call, at, cost, scopes: names },
  attempts: tried.filter((attempt) => attempt.cost !== undefined),
});

describe('lines that are read briefly', () => {
  it('give what counts of a row, whatever stands in it and in whatever order', () =>
    fc.assert(
      fc.property(fc.oneof(closes, shuffled), (record) => {
        const found = readBriefly(lineOf(record));
        assert.ok(typeof found !== 'string' && found.record.type === 'close');
        assert.equal(found.seq, 7);
        assert.deepEqual(
          counted(found.record as CloseRecord),
          counted(JSON.parse(JSON.stringify(record)) as CloseRecord),
        );
      }),
      { numRuns: 500 },
    ));

  it('give a row as the gateway writes it without reading it whole', () => {
    const found = readBriefly(
      lineOf(closeRecord('0b6cbbd0-7d0f-4d0e-8f5e-3d3c1f1f9a01', { session: 'a "session" €' })),
    );
    assert.ok(typeof found !== 'string');
    assert.deepEqual(found.record, {
      type: 'close',
      call: '0b6cbbd0-7d0f-4d0e-8f5e-3d3c1f1f9a01',
      at: noon,
      scopes: ['gateway', 'key:key-a'],
      cost: 1_000,
      attempts: [],
    });
  });

  it('give an open call back whole when it is asked for', () =>
    fc.assert(
      fc.property(calls, text, scopes, (call, session, names) => {
        const record = openRecord(call, { session, scopes: names });
        const found = readBriefly(lineOf(record));
        assert.ok(typeof found !== 'string');
        const whole = found.record.type === 'opened' ? openIn(found.record) : found.record;
        assert.deepEqual(whole, JSON.parse(JSON.stringify(record)));
      }),
    ));

  it('are told as damaged when any byte of them changes', () => {
    const line = lineOf(closeRecord('c1'));
    for (let at = 0; at < line.length; at += 1)
      for (const bit of [0, 3, 6]) {
        const damaged = Buffer.from(line);
        damaged[at] = (damaged[at] ?? 0) ^ (1 << bit);
        for (const read of [readLine, readBriefly, readForReports])
          assert.equal(typeof read(damaged), 'string', `byte ${at}`);
      }
  });

  it('rebuild the same counters and the same open calls as whole ones', async () => {
    const steps = fc.array(fc.tuple(fc.constantFrom('open', 'close', 'release', 'reset'), fc.nat({ max: 5 })), {
      maxLength: 60,
    });
    await fc.assert(
      fc.asyncProperty(steps, async (made) => {
        const folder = newFolder();
        const { journal } = openJournal({ folder, after: 0 });
        const scoped = (call: number): readonly string[] => ['gateway', `key:k${call % 2}`];
        for (const [type, call] of made) {
          const facts = { at: noon + call, scopes: scoped(call), hold: usd(1_000 + call) };
          const name = `c${call}`;
          if (type === 'open') journal.append(openRecord(name, facts));
          else if (type === 'close')
            journal.append(closeRecord(name, { at: facts.at, scopes: facts.scopes, cost: usd(call) }));
          else if (type === 'release') journal.append({ type: 'release', call: name, ...facts });
          else journal.append({ type: 'spend-reset', at: noon, scope: `key:k${call % 2}`, to: usd(call) });
        }
        await journal.close();
        const rebuilt = (brief: boolean): unknown => {
          const budgets = new Budgets(fakeClock('2026-03-01T12:00:00Z'), loaded('{}', {}));
          const opens = openCalls();
          const see = ({ record }: { readonly record: JournalRecord }): void => {
            opens.see(record);
            budgets.apply(record);
          };
          openJournal({ folder, after: 0, ...(brief ? { follow: see as never } : { recover: see }) });
          const spends = ['gateway', 'key:k0', 'key:k1'].map((scope) => budgets.spend(scope, '1d'));
          return [spends, opens.all().toSorted((a, b) => (a.call < b.call ? -1 : a.call > b.call ? 1 : 0))];
        };
        assert.deepEqual(rebuilt(true), rebuilt(false));
      }),
      { numRuns: 60 },
    );
  });
});
