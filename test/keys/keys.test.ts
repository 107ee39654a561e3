import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fromDollars, nanoUsd } from '../../src/chat/money.ts';
import type { KeySettings } from '../../src/keys/key-record.ts';
import { Keys } from '../../src/keys/keys.ts';
import type { Issued } from '../../src/keys/keys.ts';
import { allowancesOf } from '../../src/keys/terms.ts';
import { hashKey } from '../../src/keys/virtual-key.ts';
import type { VirtualKey } from '../../src/keys/virtual-key.ts';
import type { JournalRecord } from '../../src/ledger/records.ts';
import type { Json } from '../../src/lib/json.ts';
import { fakeClock } from '../support/fake-clock.ts';

const throughJson = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

function keysNow() {
  const clock = fakeClock();
  const keys = new Keys(clock);
  const apply = (record: JournalRecord): void => keys.apply(throughJson(record));
  const issue = (issued: Issued): { secret: string; key: VirtualKey } => {
    apply(issued.record);
    return { secret: issued.secret, key: keys.get(issued.record.id) ?? assert.fail('the key is not there') };
  };
  return {
    clock,
    keys,
    apply,
    create: (settings: KeySettings, secret?: string) => issue(keys.created(settings, secret)),
    issue,
  };
}
const refuses = (run: () => unknown, kind: string, param: string): void =>
  assert.throws(
    run,
    (error: { kind?: string; details?: { param?: string } }) => error.kind === kind && error.details?.param === param,
  );

describe('keys', () => {
  it('are there once their record is applied, and not before', () => {
    const { keys, apply } = keysNow();
    const { secret, record } = keys.created({ alias: 'alpha', maxBudget: fromDollars(1) });
    assert.equal(keys.find(secret), undefined);
    apply(record);
    assert.equal(keys.find(secret)?.alias, 'alpha');
    assert.equal(keys.find(`${secret}x`), undefined);
    assert.ok(!JSON.stringify(record).includes(secret));
  });

  it('come back from the journal with all their budgets', () => {
    const { clock, keys, create } = keysNow();
    const settings: KeySettings = {
      budgetLimits: [{ max: fromDollars(10), duration: '1d' }],
      softBudget: fromDollars(5),
      raise: { amount: fromDollars(1), until: clock.now() + 1000 },
      modelBudgets: { 'gpt-4o': { max: fromDollars(1), duration: null } },
      budgetFallbacks: { '*': ['cheap'] },
    };
    const { key } = create(settings);
    const restored = new Keys(clock);
    restored.restore(throughJson(keys.snapshot()));
    const again = restored.get(key.id) ?? assert.fail('the key is not there');
    assert.deepEqual(again, key);
    assert.deepEqual(allowancesOf(again, clock.now()), [{ max: 11e9, duration: '1d' }]);
    assert.deepEqual(allowancesOf(again, clock.now() + 1000), [{ max: 10e9, duration: '1d' }]);
  });

  it('refuse budgets that cannot be meant, by the field', () => {
    const { keys } = keysNow();
    const one = { max: fromDollars(1), duration: '1d' };
    refuses(() => keys.created({ budgetLimits: [one, one] }), 'invalid-request', 'budget_limits');
    refuses(() => keys.created({ budgetLimits: [{ ...one, duration: 'soon' }] }), 'invalid-request', 'budget_limits');
    refuses(() => keys.created({ softBudget: fromDollars(-1) }), 'invalid-request', 'soft_budget');
    refuses(
      () => keys.created({ modelBudgets: { m: { max: nanoUsd(NaN), duration: null } } }),
      'invalid-request',
      'model_max_budget',
    );
    refuses(
      () => keys.created({ raise: { amount: fromDollars(1), until: NaN } }),
      'invalid-request',
      'temp_budget_expiry',
    );
  });

  it('are found by secret, hash, id and alias', () => {
    const { keys, create } = keysNow();
    const { secret, key } = create({ alias: 'alpha' });
    for (const found of [
      keys.find(secret),
      keys.get(secret),
      keys.get(hashKey(secret)),
      keys.get(key.id),
      keys.byAlias('alpha'),
    ]) {
      assert.equal(found, key);
    }
    assert.equal(keys.find(key.id), undefined); // the hash opens nothing
    assert.equal(keys.get('constructor'), undefined);
    assert.equal(keys.byAlias('beta'), undefined);
  });

  it('have a chosen secret where one is given, once', () => {
    const { keys, create } = keysNow();
    create({}, 'sk-0123456789abcdef');
    assert.equal(keys.find('sk-0123456789abcdef')?.hint, 'sk-...cdef');
    refuses(() => keys.created({}, 'sk-0123456789abcdef'), 'invalid-request', 'key');
    refuses(() => keys.created({}, 'sk-1234'), 'invalid-request', 'key');
  });

  it('change in what is named, and null clears a limit', () => {
    const { keys, create, apply, clock } = keysNow();
    const { key } = create({ alias: 'alpha', maxBudget: fromDollars(1), budgetDuration: '1d', models: ['gpt-4o'] });
    clock.pass(1000);
    apply(keys.changed(key.id, { maxBudget: null, rpm: 5 }));
    const expected = { ...key, maxBudget: null, rpm: 5, updatedAt: clock.now() };
    assert.deepEqual(keys.get(key.id), expected);
    assert.equal(keys.byAlias('alpha')?.rpm, 5);
    assert.equal(keys.list().length, 1);
  });

  it('have aliases that no other has', () => {
    const { keys, create, apply } = keysNow();
    const alpha = create({ alias: 'alpha' }).key;
    const beta = create({ alias: 'beta' }).key;
    refuses(() => keys.created({ alias: 'alpha' }), 'invalid-request', 'key_alias');
    refuses(() => keys.changed(beta.id, { alias: 'alpha' }), 'invalid-request', 'key_alias');
    apply(keys.changed(alpha.id, { alias: 'alpha' }));
    apply(keys.changed(alpha.id, { alias: 'gamma' }));
    apply(keys.changed(beta.id, { alias: 'alpha' }));
    assert.equal(keys.byAlias('alpha')?.id, beta.id);
    assert.equal(keys.byAlias('gamma')?.id, alpha.id);
    assert.equal(keys.byAlias('beta'), undefined);
  });

  it('are gone when deleted, and their alias is free', () => {
    const { keys, create, apply } = keysNow();
    const { secret, key } = create({ alias: 'alpha' });
    apply(keys.deleted(key.id));
    assert.equal(keys.find(secret), undefined);
    assert.deepEqual(keys.list(), []);
    create({ alias: 'alpha' });
    refuses(() => keys.deleted(key.id), 'not-found', 'key');
    refuses(() => keys.changed(key.id, {}), 'not-found', 'key');
  });

  it('keep their id when their secret is rotated, and the old secret is dead at once', () => {
    const { keys, create, issue } = keysNow();
    const old = create({ alias: 'alpha' });
    const fresh = issue(keys.rotated(old.key.id, {}));
    assert.notEqual(fresh.secret, old.secret);
    assert.equal(fresh.key.id, old.key.id);
    assert.equal(fresh.key.hash, hashKey(fresh.secret));
    assert.equal(keys.find(fresh.secret)?.alias, 'alpha');
    assert.equal(keys.find(old.secret), undefined);
    assert.equal(keys.get(fresh.key.hash), fresh.key);
    refuses(() => keys.created({}, old.secret), 'invalid-request', 'key');
  });

  it('take an old secret as long as its grace lasts', () => {
    const { keys, create, issue, clock } = keysNow();
    const old = create({});
    const fresh = issue(keys.rotated(old.key.id, { graceMs: 60_000 }, { rpm: 3 }));
    clock.pass(59_999);
    assert.equal(keys.find(old.secret), fresh.key);
    assert.equal(fresh.key.rpm, 3);
    clock.pass(1);
    assert.equal(keys.find(old.secret), undefined);
    assert.equal(keys.find(fresh.secret), fresh.key);
  });

  const mistakes: [settings: KeySettings, field: string][] = [
    [{ alias: ' ' }, 'key_alias'],
    [{ maxBudget: nanoUsd(-1) }, 'max_budget'],
    [{ maxBudget: NaN as never }, 'max_budget'],
    [{ budgetDuration: '3mo' }, 'budget_duration'],
    [{ budgetDuration: '1y' }, 'budget_duration'],
    [{ rpm: -1 }, 'rpm_limit'],
    [{ tpm: 1.5 }, 'tpm_limit'],
    [{ maxParallel: Infinity }, 'max_parallel_requests'],
    [{ expires: NaN }, 'duration'],
  ];
  for (const [settings, field] of mistakes) {
    it(`refuse ${field} ${JSON.stringify(settings)}`, () =>
      refuses(() => keysNow().keys.created(settings), 'invalid-request', field));
  }

  it('are the same after a restart from a checkpoint and the records behind it, wherever it was made', () => {
    const step = fc.record({
      what: fc.constantFrom('create', 'change', 'delete', 'rotate'),
      which: fc.nat(),
      alias: fc.constantFrom('a', 'b', null),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), fc.nat(), (steps, cut) => {
        const { keys, apply, clock } = keysNow();
        const restarted = new Keys(clock);
        const secrets: string[] = [];
        steps.forEach(({ what, which, alias }, index) => {
          if (index === cut % steps.length) restarted.restore(throughJson(keys.snapshot()));
          const key = keys.list()[which % Math.max(1, keys.list().length)];
          let record: JournalRecord;
          try {
            if (what === 'create' || key === undefined) {
              const issued = keys.created({ alias, metadata: { team: alias } });
              secrets.push(issued.secret);
              record = issued.record;
            } else if (what === 'rotate') {
              const issued = keys.rotated(key.id, { graceMs: 1000 });
              secrets.push(issued.secret);
              record = issued.record;
            } else record = what === 'change' ? keys.changed(key.id, { alias, models: ['m'] }) : keys.deleted(key.id);
          } catch {
            return; // the alias is taken
          }
          apply(record);
          if (index >= cut % steps.length) restarted.apply(throughJson(record));
        });
        assert.deepEqual(restarted.list(), keys.list());
        for (const secret of secrets) assert.deepEqual(restarted.find(secret), keys.find(secret));
        for (const alias of ['a', 'b']) assert.deepEqual(restarted.byAlias(alias), keys.byAlias(alias));
        assert.equal(new Set(keys.list().map(({ alias }) => alias ?? Symbol())).size, keys.list().length);
      }),
    );
  });

  it('are not read from what is damaged, lest a limit become no limit', () => {
    const { keys, create } = keysNow();
    const { key } = create({ maxBudget: fromDollars(1) });
    const good = throughJson(key) as unknown as Record<string, Json>;
    const damaged: Json[] = [
      null,
      {},
      [1],
      [{ ...good, id: 'x' }],
      [{ ...good, maxBudget: '1' }],
      [{ ...good, models: 'gpt-4o' }],
    ];
    damaged.push(
      [{ ...good, budgetDuration: '1y' }],
      [{ ...good, rpm: -1 }],
      [{ ...good, expires: 'soon' }],
      [{ ...good, alias: 5 }],
    );
    for (const json of damaged) assert.throws(() => keys.restore(json), TypeError);
    assert.deepEqual(keys.list(), [key]);
  });

  it('take records of other things for none of theirs', () => {
    const { keys, apply } = keysNow();
    apply({ type: 'spend-reset', at: 0, scope: 'key:a', to: nanoUsd(0) });
    assert.deepEqual(keys.list(), []);
  });
});
