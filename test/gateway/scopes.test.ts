import assert from 'node:assert/strict';
import { nanoUsd } from '../../src/chat/money.ts';
import { authenticate } from '../../src/gateway/authenticate.ts';
import { scopesOf } from '../../src/gateway/scopes.ts';
import type { Call } from '../../src/gateway/call.ts';
import { unassigned, type Attribution } from '../../src/gateway/project-evidence.ts';
import { adminKey, configText, openaiModel } from '../support/gateway-client.ts';
import { gatewayUnderTest, type GatewayUnderTest } from '../support/gateway-under-test.ts';

describe('the budgets of a call', () => {
  let gateway: GatewayUnderTest;
  before(async () => {
    const models = [openaiModel('gpt', 'http://127.0.0.1:9')];
    gateway = await gatewayUnderTest(
      configText(models, { litellm_settings: { max_budget: 100, budget_duration: '30d' } }),
    );
  });
  after(() => gateway.close());

  const scopesFor = (key: string, attribution: Attribution = unassigned) =>
    scopesOf(gateway.ports, { caller: authenticate(gateway.ports, key), attribution } as Call);

  it("are the gateway's for everyone", () => {
    const { limits, names } = scopesFor(adminKey);
    assert.ok(names.includes('gateway'));
    assert.deepEqual(
      limits.map(({ scope, max, duration }) => [scope, max, duration]),
      [['gateway', 100e9, '30d']],
    );
  });

  it("are the key's too where it has one", async () => {
    const key = await gateway.newKey({ alias: 'alpha', maxBudget: nanoUsd(5e9), budgetDuration: '1d' });
    const id = gateway.ports.keys.find(key)?.id;
    const { limits, names } = scopesFor(key);
    assert.ok(names.includes('gateway') && names.includes(`key:${id}`));
    const own = limits.find(({ scope }) => scope === `key:${id}`);
    assert.deepEqual([own?.max, own?.duration], [5e9, '1d']);
    assert.match(own?.title ?? '', /^key "alpha"/);
  });

  it("are a known project's too, whichever evidence found it, each window with the setting that raises it", async () => {
    const { projects, books } = gateway.ports;
    const settings = {
      alias: 'harbour',
      maxBudget: nanoUsd(5e9),
      budgetLimits: [{ max: nanoUsd(1e9), duration: '1d' }],
    };
    await books.change(projects.created(settings, 'p'));
    const key = await gateway.newKey();
    const { limits, names } = scopesFor(key, { project: 'p', evidence: 'prompt' });
    assert.ok(names.includes('project:p'));
    assert.deepEqual(
      limits.filter(({ scope }) => scope === 'project:p').map(({ max, duration, raise }) => [max, duration, raise]),
      [
        [5e9, null, 'raise its max_budget with POST /team/update'],
        [1e9, '1d', 'raise its budget_limits with POST /team/update'],
      ],
    );
    assert.ok(!scopesFor(key, { project: 'unknown', evidence: 'prompt' }).names.includes('project:unknown'));
  });

  it('count on a key without a limit all the same', async () => {
    const key = await gateway.newKey();
    const { limits, names } = scopesFor(key);
    assert.deepEqual(
      limits.map(({ scope }) => scope),
      ['gateway'],
    );
    assert.ok(names.includes(`key:${gateway.ports.keys.find(key)?.id}`));
  });
});
