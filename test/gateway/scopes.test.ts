import assert from 'node:assert/strict';
import { nanoUsd } from '../../src/chat/money.ts';
import { authenticate } from '../../src/gateway/authenticate.ts';
import { scopesOf } from '../../src/gateway/scopes.ts';
import type { Call } from '../../src/gateway/call.ts';
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

  const scopesFor = (key: string) => scopesOf(gateway.ports, { caller: authenticate(gateway.ports, key) } as Call);

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
