import assert from 'node:assert/strict';
import { managementRoutes } from '../../src/admin/routes.ts';
import { authenticate } from '../../src/gateway/authenticate.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { adminKey, configText, openaiModel } from '../support/gateway-client.ts';
import { gatewayUnderTest, type GatewayUnderTest } from '../support/gateway-under-test.ts';
import { closeRecord, usd } from '../ledger/support.ts';

describe('correcting a call', () => {
  let gateway: GatewayUnderTest;
  beforeEach(async () => {
    gateway = await gatewayUnderTest(configText([openaiModel('gpt', 'http://127.0.0.1:9/v1')]));
    gateway.ports.books.close(closeRecord('c1', { at: gateway.clock.now(), cost: usd(1_000_000_000) }));
  });
  afterEach(() => gateway.close());

  const correct = (body: JsonObject): unknown => {
    const route = managementRoutes.find(({ paths }) => paths.includes('/purser/ledger/correct'));
    assert.equal(route?.access, 'admin');
    const caller = authenticate(gateway.ports, adminKey);
    return route.run(gateway.ports, { caller, body, query: {}, params: {} });
  };
  const spent = (): number => gateway.ports.budgets.spend('gateway', '1d').window;

  it('counts the new cost in rows, sums and budgets', async () => {
    assert.deepEqual(await correct({ call: 'c1', cost: 0.25, reason: 'as on the invoice' }), {
      ...{ call: 'c1', cost_before: 1, cost: 0.25 },
    });
    const [row] = await gateway.rows();
    assert.deepEqual(
      [row?.['cost'], row?.['bookedCost'], row?.['correction']],
      [250_000_000, 1_000_000_000, 'as on the invoice'],
    );
    assert.equal(spent(), 250_000_000);
    assert.equal((await gateway.ports.ledger.sums('day', {}))[0]?.cost, 250_000_000);
  });

  it('starts from the last correction when it is corrected again', async () => {
    await correct({ call: 'c1', cost: 0.25 });
    await correct({ call: 'c1', cost: 0.75 });
    assert.equal(spent(), 750_000_000);
  });

  it('counts the last of two corrections that come at once', async () => {
    await Promise.all([correct({ call: 'c1', cost: 0.25 }), correct({ call: 'c1', cost: 0.75 })]);
    assert.equal(spent(), 750_000_000);
    assert.equal((await gateway.ports.ledger.sums('day', {}))[0]?.cost, 750_000_000);
  });

  it('says what is wrong with the request, by name', async () => {
    const refusal = (body: JsonObject, expected: object) =>
      assert.rejects(
        Promise.resolve().then(() => correct(body)),
        expected,
      );
    await refusal({ cost: 1 }, { kind: 'invalid-request', message: /call must be/ });
    await refusal({ call: 'c1', cost: -1 }, { kind: 'invalid-request', message: /cost must be/ });
    await refusal({ call: 'c1', cost: '1' }, { kind: 'invalid-request', message: /cost must be/ });
    await refusal({ call: 'c1', cost: 1, why: 'x' }, { kind: 'invalid-request', message: /why is not known/ });
    await refusal({ call: 'c9', cost: 1 }, { kind: 'not-found', message: /no call c9/ });
    assert.equal(spent(), 1_000_000_000);
  });
});
