import assert from 'node:assert/strict';
import fc from 'fast-check';
import { nanoUsd } from '../../../src/chat/money.ts';
import type { Raised } from '../../../src/gateway/events.ts';
import { decide, type Known } from '../../../src/vscode/alerts/decide.ts';

const noon = Date.UTC(2026, 10, 23, 12);
const hour = 3_600_000;
let lastId = 0;

type Threshold = Raised & { readonly type: 'budget-threshold' };

const threshold = (percent: number, more: Partial<Threshold> = {}): Threshold => ({
  ...{ type: 'budget-threshold', percent, scope: 'project:p1', title: 'project "harbour"', duration: '1d' },
  ...{ spent: nanoUsd(percent), max: nanoUsd(100), resetsAt: noon + hour, id: (lastId += 1), at: noon, ...more },
});
const runaway = (more: Partial<Raised & { readonly type: 'runaway' }> = {}): Raised => ({
  ...{ type: 'runaway', key: 'k', title: 'key "agents"', why: 'repetition', paused: false, message: 'It ran away.' },
  ...{ id: (lastId += 1), at: noon, ...more },
});
const cooling: Raised = {
  ...{ type: 'account-cooling', account: 'a', until: noon, failure: 'x', message: 'It rests.', id: 1, at: noon },
};

const decided = (events: readonly Raised[], more: Partial<Known> = {}) =>
  decide({
    ...{ events, told: new Set(), isFocused: true, now: noon },
    wishes: { isOn: true, thresholds: [75, 90, 100] },
    ...more,
  });
const percents = (events: readonly Raised[], more: Partial<Known> = {}) =>
  decided(events, more).notices.map(({ event }) => (event.type === 'budget-threshold' ? event.percent : event.type));
const toldOf = (...events: readonly Raised[]) => new Set(decided(events).notices.map(({ name }) => name));

describe('what a window tells of budgets', () => {
  it('is each threshold once in a window', () => {
    assert.deepEqual(percents([threshold(75)]), [75]);
    assert.deepEqual(percents([threshold(75)], { told: toldOf(threshold(75)) }), []);
    assert.deepEqual(percents([threshold(90)], { told: toldOf(threshold(75)) }), [90]);
    const nextDay = threshold(75, { resetsAt: noon + 25 * hour });
    assert.deepEqual(percents([nextDay], { told: toldOf(threshold(75)) }), [75]);
  });

  it('is the highest of several, and no lower one after it', () => {
    assert.deepEqual(percents([threshold(75), threshold(90)]), [90]);
    assert.deepEqual(percents([threshold(90), threshold(75)]), [90]);
    assert.deepEqual(percents([threshold(75)], { told: toldOf(threshold(100)) }), []);
  });

  it('is told anew of a budget that was raised, and of another budget of the same project', () => {
    const told = toldOf(threshold(75));
    assert.deepEqual(percents([threshold(75, { max: nanoUsd(200) })], { told }), [75]);
    assert.deepEqual(percents([threshold(75, { duration: '1mo' })], { told }), [75]);
    assert.deepEqual(percents([threshold(75, { scope: 'key:k' })], { told }), [75]);
  });

  it('is what the user wants to hear', () => {
    const wishes = { isOn: true, thresholds: [100] };
    assert.deepEqual(percents([threshold(75), threshold(100, { scope: 'gateway' })], { wishes }), [100]);
    assert.deepEqual(percents([threshold(100), runaway()], { wishes: { isOn: false, thresholds: [100] } }), []);
    assert.deepEqual(decided([threshold(100)], { wishes: { isOn: false, thresholds: [100] } }).later, []);
  });

  it('does not hide a wanted threshold behind one that is not wanted', () => {
    const wishes = { isOn: true, thresholds: [75] };
    assert.deepEqual(percents([threshold(75), threshold(90)], { wishes }), [75]);
  });

  it('is nothing of a window that is over', () => {
    assert.deepEqual(percents([threshold(100, { resetsAt: noon - 1 })]), []);
    assert.deepEqual(percents([threshold(100, { resetsAt: null })]), [100]);
  });

  it('is that it cannot pay any more, as if all were spent, and once', () => {
    const { percent: _, ...use } = threshold(93);
    const refused: Raised = { ...use, type: 'budget-refused' };
    assert.deepEqual(percents([threshold(90), refused]), ['budget-refused']);
    assert.deepEqual(percents([threshold(100)], { told: toldOf(refused) }), []);
    assert.deepEqual(percents([refused], { told: toldOf(threshold(100)) }), []);
    assert.deepEqual(percents([refused], { wishes: { isOn: true, thresholds: [75, 90] } }), []);
  });

  it('is a soft budget once, and an agent that runs away while it is news', () => {
    const { percent: _, ...use } = threshold(100);
    const soft: Raised = { ...use, type: 'soft-budget' };
    assert.deepEqual(percents([soft, soft]), ['soft-budget']);
    assert.deepEqual(percents([soft], { told: toldOf(soft) }), []);
    assert.deepEqual(percents([runaway(), runaway()]), ['runaway', 'runaway']);
    assert.deepEqual(percents([runaway({ at: noon - 11 * 60_000 })]), []);
  });

  it('is nothing of providers that rest', () => {
    assert.deepEqual(decided([cooling], { isFocused: false }), { notices: [], later: [] });
  });
});

describe('of several windows', () => {
  it('the one that nobody looks at waits', () => {
    const event = threshold(75);
    const { notices, later } = decided([event], { isFocused: false });
    assert.deepEqual([notices, later], [[], [event]]);
    assert.deepEqual(percents([event], { isFocused: false, now: noon + 7_000 }), [75]);
  });

  it('none is left without an answer for ever, and nothing is told twice', () => {
    const percent = fc.constantFrom(75, 90, 100);
    const scope = fc.constantFrom('gateway', 'project:p1', 'key:k');
    const event = fc.record({ percent, scope, at: fc.integer({ min: noon, max: noon + 30_000 }) });
    fc.assert(
      fc.property(fc.array(event), fc.boolean(), (all, isFocused) => {
        const told = new Set<string>();
        let waiting: readonly Raised[] = all.map(({ percent: of, ...more }) => threshold(of, more));
        for (let now = noon; now <= noon + 40_000; now += 3_000) {
          const { notices, later } = decided(waiting, { told, isFocused, now });
          for (const { name } of notices) {
            assert.ok(!told.has(name), name);
            told.add(name);
          }
          waiting = later;
        }
        assert.deepEqual(waiting, []);
        for (const one of new Set(all.map((each) => each.scope)))
          assert.ok([...told].some((name) => name.includes(one)));
      }),
    );
  });
});
