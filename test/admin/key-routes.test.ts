import assert from 'node:assert/strict';
import { managementRoutes } from '../../src/admin/routes.ts';
import { Failure } from '../../src/chat/failure.ts';
import { authenticate } from '../../src/gateway/authenticate.ts';
import { objectIn, type JsonObject } from '../../src/lib/json.ts';
import { chatAnswer, fakeProvider, json, type FakeProvider } from '../support/fake-provider.ts';
import { adminKey, configText, hello, openaiModel, text } from '../support/gateway-client.ts';
import { gatewayUnderTest, type GatewayUnderTest } from '../support/gateway-under-test.ts';

const hour = 3_600_000;
const day = 24 * hour;

describe('the management of keys', () => {
  let provider: FakeProvider;
  let gateway: GatewayUnderTest;
  beforeEach(async () => {
    provider = await fakeProvider(json(200, chatAnswer('Hi.')));
    gateway = await gatewayUnderTest(configText([openaiModel('gpt', `${provider.url}/v1`)]));
  });
  afterEach(async () => {
    await gateway.close();
    await provider.close();
  });

  const asked = async (
    path: string,
    body: JsonObject,
    query: Record<string, string>,
    key: string,
  ): Promise<JsonObject> => {
    const route = managementRoutes.find(({ paths }) => paths.includes(path));
    assert.ok(route, path);
    const caller = authenticate(gateway.ports, key);
    const answer = await route.run(gateway.ports, { caller, body, query, params: {} });
    return JSON.parse(JSON.stringify(answer)) as JsonObject;
  };
  const post = (path: string, body: JsonObject = {}): Promise<JsonObject> => asked(path, body, {}, adminKey);
  const info = async (key: string): Promise<JsonObject> =>
    objectIn((await asked('/key/info', {}, { key }, adminKey))['info']);
  const newKey = async (settings: JsonObject = {}): Promise<string> =>
    text((await post('/key/generate', settings))['key']);
  const kindOf = async (key: string): Promise<string | undefined> =>
    (await gateway.call(hello('gpt', { max_tokens: 5 }), { key })).failure?.kind;
  const refusal = async (promise: Promise<unknown>): Promise<Failure> => {
    const error = await promise.then(
      () => assert.fail('it was taken'),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof Failure, String(error));
    return error;
  };

  it('lets a key expire at its time, and extends it', async () => {
    const key = await newKey({ duration: '1h' });
    gateway.clock.pass(hour - 1);
    assert.equal(await kindOf(key), undefined);
    gateway.clock.pass(1);
    assert.equal(await kindOf(key), 'unauthorized');
    assert.equal((await info(key))['status'], 'expired');
    await post('/key/update', { key, duration: '1d' });
    gateway.clock.pass(day - 1);
    assert.equal(await kindOf(key), undefined);
    await post('/key/update', { key, duration: null });
    gateway.clock.pass(365 * day);
    assert.equal(await kindOf(key), undefined);
  });

  it('lets the old secret of a rotated key end with its grace', async () => {
    const old = await newKey();
    const fresh = text((await post('/key/regenerate', { key: old, grace_period: '1h' }))['key']);
    gateway.clock.pass(hour - 1);
    assert.deepEqual([await kindOf(old), await kindOf(fresh)], [undefined, undefined]);
    gateway.clock.pass(1);
    assert.deepEqual([await kindOf(old), await kindOf(fresh)], ['unauthorized', undefined]);
  });

  it('begins to count again with a new window, at midnight of the calendar, and keeps the total', async () => {
    gateway.clock.set('2026-11-22T23:30:00Z');
    const key = await newKey({ max_budget: 0.0002, budget_duration: '1d' });
    provider.plays(json(200, chatAnswer('Hi.', { prompt_tokens: 190, completion_tokens: 5, total_tokens: 195 })));
    assert.equal(await kindOf(key), undefined);
    assert.equal(await kindOf(key), 'budget-exceeded');
    assert.equal((await info(key))['budget_reset_at'], '2026-11-23T00:00:00.000Z');
    gateway.clock.set('2026-11-23T00:00:00Z');
    const renewed = await info(key);
    assert.deepEqual([renewed['spend'], renewed['total_spend']], [0, 0.0002]);
    assert.equal(await kindOf(key), undefined);
  });

  it('lets a minute pass for the rate of a key', async () => {
    const key = await newKey({ rpm_limit: 1 });
    assert.equal(await kindOf(key), undefined);
    assert.equal(await kindOf(key), 'rate-limited');
    gateway.clock.pass(60_000);
    assert.equal(await kindOf(key), undefined);
  });

  it('names the field at fault and what was expected of it', async () => {
    for (const [body, param] of [
      [{ max_budget: '5' }, 'max_budget'],
      [{ max_budget: -1 }, 'max_budget'],
      [{ rpm_limit: 1.5 }, 'rpm_limit'],
      [{ models: 'gpt' }, 'models'],
      [{ duration: 'soon' }, 'duration'],
      [{ budget_duration: 'soon' }, 'budget_duration'],
      [{ key_alias: '' }, 'key_alias'],
      [{ user_id: 'sam' }, 'user_id'],
    ] as const) {
      const failure = await refusal(post('/key/generate', body));
      assert.deepEqual([failure.kind, failure.details.param], ['invalid-request', param]);
      assert.ok(failure.message.includes(param), failure.message);
    }
    assert.deepEqual((await asked('/key/list', {}, {}, adminKey))['total_count'], 0);
  });

  it('lets two keys not share an alias, and finds a key by it', async () => {
    await newKey({ key_alias: 'alpha' });
    assert.equal((await refusal(newKey({ key_alias: 'alpha' }))).details.param, 'key_alias');
    const updated = await post('/key/update', { key_alias: 'alpha', rpm_limit: 3 });
    assert.equal(updated['rpm_limit'], 3);
  });

  it('answers for a key that is not there with 404, and changes nothing', async () => {
    for (const [path, body] of [
      ['/key/update', { key: 'sk-there-is-no-such-key', rpm_limit: 1 }],
      ['/key/block', { key: 'sk-there-is-no-such-key' }],
      ['/key/regenerate', { key: 'sk-there-is-no-such-key' }],
      ['/key/delete', { keys: ['sk-there-is-no-such-key'] }],
    ] as const) {
      assert.equal((await refusal(post(path, body))).kind, 'not-found', path);
    }
    assert.equal((await refusal(post('/key/delete'))).details.param, 'keys');
    assert.equal((await refusal(asked('/key/info', {}, {}, adminKey))).details.param, 'key');
  });

  it('takes a key by its secret, its hash or its first hash', async () => {
    const key = await newKey();
    const { key: first } = await post('/key/regenerate', { key });
    const list = await asked('/key/list', {}, { return_full_object: 'true' }, adminKey);
    const [row] = list['keys'] as readonly JsonObject[];
    await post('/key/block', { key: text(row?.['token']) });
    assert.equal(await kindOf(text(first)), 'unauthorized');
  });

  it('tells the rows of one key, whichever name it goes by', async () => {
    const key = await newKey();
    await kindOf(key);
    await kindOf(await newKey());
    const rows = await asked('/spend/logs', {}, { api_key: key }, adminKey);
    assert.equal((rows as unknown as readonly unknown[]).length, 1);
    assert.equal(
      (await refusal(asked('/spend/logs', {}, { start_date: 'yesterday' }, adminKey))).details.param,
      'start_date',
    );
  });
});
