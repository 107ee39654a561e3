import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Budget } from '../../../src/admin/contract.ts';
import type { Status } from '../../../src/admin/status-routes.ts';
import type { StartFailure } from '../../../src/windows/worker-messages.ts';
import type { GatewayState } from '../../../src/windows/gateway-thread.ts';
import { statusText, type Display, type Seen } from '../../../src/vscode/status/status-text.ts';
import { plain } from '../../../src/vscode/status/status-tooltip.ts';
import { english } from '../../support/words.ts';

const running: GatewayState = { type: 'running', url: 'http://127.0.0.1:4144', adminKey: 'sk-admin-secret' };
const usd = (dollars: number): number => Math.round(dollars * 1e9);
const noon = Date.UTC(2026, 10, 23, 12);

const status = (more: Partial<Status> = {}): Status => ({
  ...{ project: { id: 'p1', title: 'harbour', blocked: false }, today: usd(1.24), month: usd(3.72), monthSince: 0 },
  ...{
    budgets: [],
    running: 0,
    paused: null,
    providers: 1,
    revision: 1,
    unserved: [],
    hasDefaultBudget: false,
    calls: 0,
    ...more,
  },
});
const budget = (spent: number, max: number, more: Partial<Budget> = {}): Budget => ({
  ...{ scope: 'project:p1', title: 'project "harbour"', max: usd(max), spent: usd(spent), held: 0, duration: '1d' },
  ...{ since: 0, until: noon + 3 * 3_600_000, ...more },
});
const ofGateway = { scope: 'gateway', title: 'the whole gateway', duration: '1mo' };
const display: Display = { show: 'budget', digits: 2 };
const said = (of: Status | undefined, more: Partial<Seen> = {}) =>
  statusText({ ...{ state: running, status: of, models: [], display, isTrusted: true, now: noon }, ...more }, english);

describe('the status bar', () => {
  it("shows what was spent of the workspace's budget, and how much of it that is", () => {
    const { text, look, label, tooltip } = said(status({ budgets: [budget(1.24, 3)] }));
    assert.equal(text, '$(pulse) $1.24 · 41%');
    assert.equal(look, 'plain');
    assert.match(label, /^Purser: gateway running, 41 percent of the budget of project "harbour" spent/);
    assert.match(tooltip, /\$1\.24 of \$3\.00 \| 41% \| in 3 h/);
  });

  it("shows today's sum alone without a budget, of everything without a project", () => {
    assert.equal(said(status()).text, '$(pulse) $1.24');
    const everything = said(status({ project: null, today: usd(5) }));
    assert.equal(everything.text, '$(pulse) $5.00');
    assert.match(everything.label, /\$5\.00 spent today on everything/);
  });

  it('has three looks and four icons on the way to the end of a budget', () => {
    const at = (spent: number) => {
      const { text, look } = said(status({ budgets: [budget(spent, 100)] }));
      return [text.split(' ')[0], look];
    };
    assert.deepEqual(at(74.99), ['$(pulse)', 'plain']);
    assert.deepEqual(at(75), ['$(pulse)', 'warning']);
    assert.deepEqual(at(90), ['$(warning)', 'warning']);
    assert.deepEqual(at(99.99), ['$(warning)', 'warning']);
    assert.deepEqual(at(100), ['$(error)', 'error']);
    assert.equal(said(status({ budgets: [budget(99.99, 100)] })).text, '$(warning) $99.99 · 99%');
  });

  it('shows the nearest of several budgets', () => {
    const { text } = said(status({ budgets: [budget(1, 10), budget(40, 50, { duration: '1mo' })] }));
    assert.equal(text, '$(pulse) $40.00 · 80%');
  });

  it("warns of the whole gateway's budget when that is nearer, and keeps the workspace's figures", () => {
    const { text, look, label, tooltip } = said(status({ budgets: [budget(1, 10), budget(49, 50, ofGateway)] }));
    assert.equal(text, '$(warning) $1.00 · 10%');
    assert.equal(look, 'warning');
    assert.match(label, /98 percent of the budget of the whole gateway/);
    assert.match(tooltip, /the whole gateway \| \$49\.00 of \$50\.00/);
    assert.equal(said(status({ budgets: [budget(1, 10), budget(35, 50, ofGateway)] })).look, 'plain');
  });

  it('counts a budget of nothing as spent', () => {
    assert.equal(said(status({ budgets: [budget(0, 0)] })).look, 'error');
  });

  it('tells little money from none, in as many digits as are wanted', () => {
    const of = (today: number, digits: number) =>
      said(status({ today: usd(today) }), { display: { show: 'today', digits } }).text;
    assert.equal(of(0, 2), '$(pulse) $0.00');
    assert.equal(of(0.00002, 2), '$(pulse) <$0.01');
    assert.equal(of(0.01, 2), '$(pulse) $0.01');
    assert.equal(of(0.00123, 4), '$(pulse) $0.0012');
    assert.equal(of(12.6, 0), '$(pulse) $13');
  });

  it('shows only the icon to whom that is enough', () => {
    const { text, look } = said(status({ budgets: [budget(80, 100)] }), { display: { show: 'icon', digits: 2 } });
    assert.equal(text, '$(pulse)');
    assert.equal(look, 'warning');
  });

  it('tells that all is paused, or this project', () => {
    const all = said(status({ paused: noon }));
    assert.deepEqual([all.text, all.look], ['$(debug-pause) $1.24', 'warning']);
    assert.match(all.label, /all spending is paused/);
    assert.match(all.tooltip, /command:purser\.resumeSpending/);
    const one = said(status({ project: { id: 'p1', title: 'harbour', blocked: true } }));
    assert.equal(one.text, '$(debug-pause) $1.24');
    assert.match(one.label, /this project is paused/);
  });

  it('asks for a key until there is one or something was spent', () => {
    const none = said(status({ providers: 0, today: 0, month: 0 }));
    assert.equal(none.text, '$(key) Purser: no key yet');
    assert.match(none.tooltip, /command:purser\.addProviderKey/);
    assert.match(said(status({ providers: 0 })).text, /\$1\.24/);
  });

  it('is red only when something is to be done here', () => {
    const failed = (why: StartFailure | 'crashed') =>
      said(undefined, { state: { type: 'failed', why, message: 'why' } });
    for (const why of ['port-taken', 'other-purser', 'outdated', 'configuration', 'crashed'] as const)
      assert.equal(failed(why).look, 'error', why);
    assert.equal(failed('folder-taken').look, 'plain');
  });

  it('tells when another window has the gateway', () => {
    const state: GatewayState = { ...running, adopted: true };
    assert.match(said(status(), { state }).label, /in another window/);
    assert.match(said(status(), { state }).tooltip, /runs in another window/);
    assert.doesNotMatch(said(status()).tooltip, /another window/);
  });

  it('says something to a screen reader in every state', () => {
    for (const state of [{ type: 'starting' }, { type: 'stopped' }, running] as const)
      assert.match(said(undefined, { state }).label, /^Purser: \w/);
  });

  it('shows calls in flight and the dearest models', () => {
    const models = ['a', 'b', 'c', 'd'].map((name, at) => ({ name, cost: usd(4 - at) }));
    const { tooltip } = said(status({ running: 2 }), { models });
    assert.match(tooltip, /Calls in flight: 2/);
    assert.match(tooltip, /Models this month: a \$4\.00, b \$3\.00, c \$2\.00$/m);
  });

  it('says what is not done in Restricted Mode', () => {
    assert.match(said(status(), { isTrusted: false }).tooltip, /Restricted Mode: no variables in terminals/);
    assert.doesNotMatch(said(status()).tooltip, /Restricted Mode/);
  });

  it('says where the gateway runs, in a remote window too', () => {
    assert.match(said(status()).tooltip, /runs in this window$/m);
    assert.match(said(status(), { remote: 'ssh-remote' }).tooltip, /runs in this window \(ssh\\-remote\)$/m);
  });

  it('never holds the admin key', () => {
    const all = [said(undefined), said(status({ budgets: [budget(1, 2)] }))];
    assert.ok(!JSON.stringify(all).includes('secret'));
  });

  it('takes names from outside as text alone', () => {
    const evil = '[x](command:evil) | $(zap) <img> **b** `c`\n# h';
    const { tooltip } = said(status({ project: { id: 'p1', title: evil, blocked: false } }));
    assert.ok(!tooltip.includes('](command:evil)'));
    assert.ok(!tooltip.includes('$(zap)'));
    fc.assert(
      fc.property(fc.string(), (text) => {
        const escaped = plain(text);
        assert.doesNotMatch(escaped, /\n/);
        assert.doesNotMatch(escaped.replace(/\\./gs, ''), /[\\`*_{}[\]()#!|<>~&]/);
      }),
    );
  });
});
