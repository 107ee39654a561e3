import assert from 'node:assert/strict';
import { fromDollars } from '../../src/chat/money.ts';
import type { GatewayEvent } from '../../src/gateway/events.ts';
import type { CloseRecord } from '../../src/ledger/records.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { fakeProvider, type FakeProvider } from '../support/fake-provider.ts';
import { configText, hello, openaiModel } from '../support/gateway-client.ts';
import { gatewayUnderTest, type GatewayUnderTest } from '../support/gateway-under-test.ts';

const row: CloseRecord = {
  ...{ type: 'close', call: 'c', at: 0, key: 'admin', project: null, evidence: null, scopes: ['gateway'] },
  ...{ group: 'gpt', model: 'gpt', provider: 'openai', account: 'openai', deployment: 'd', dialect: 'openai-chat' },
  ...{ stream: false, assistant: 'Codex', session: 's1', status: 'done', failure: null, usage: null, cost: null },
  ...{ source: 'computed', upperBound: false, price: null, firstTokenMs: null, totalMs: 1, outputLimit: null },
  ...{ attempts: [], warnings: [] },
};

const question = { messages: [{ role: 'user', content: 'Again?' }] };

describe('runaway detection', () => {
  let provider: FakeProvider;
  let gateway: GatewayUnderTest | undefined;
  before(async () => {
    provider = await fakeProvider();
  });
  after(() => provider.close());
  afterEach(async () => {
    await gateway?.close();
    gateway = undefined;
  });

  async function start(general: JsonObject): Promise<GatewayUnderTest> {
    const model = openaiModel('gpt', `${provider.url}/v1`);
    gateway = await gatewayUnderTest(configText([model], { general_settings: general }));
    return gateway;
  }
  const runaways = ({ ports }: GatewayUnderTest): readonly (GatewayEvent & { readonly type: 'runaway' })[] =>
    ports.events.since(0).flatMap((event) => (event.type === 'runaway' ? [event] : []));

  it('tells of a key that suddenly spends far more than usual', async () => {
    const under = await start({ runaway_dollars_per_minute: 0.5 });
    const { ports, clock, logged } = under;
    const key = ports.keys.get(await under.newKey({ alias: 'agents' }));
    assert.ok(key);
    const spend = (dollars: number) => ports.runaway.see({ ...row, key: key.id, cost: fromDollars(dollars) }, {});
    for (let minute = 0; minute < 60; minute += 1) {
      spend(0.1);
      clock.pass(60_000);
    }
    for (let call = 0; call < 5; call += 1) spend(1);
    const [event, ...more] = runaways(under);
    assert.deepEqual(more, []);
    assert.equal(event?.key, key.id);
    assert.equal(event.why, 'spend-rate');
    assert.equal(event.paused, false);
    assert.match(
      event.message,
      /^Key "agents" \(sk-\.\.\.\S{4}\) has spent \$3\.40 in the last 5 minutes, where \$0\.\d+ is usual\.$/,
    );
    assert.ok(logged.some((line) => line.includes(event.message)));
    assert.equal(ports.keys.get(key.id)?.blocked, false);
  });

  it('tells of a project that many keys spend on, each within its own', async () => {
    const under = await start({ runaway_dollars_per_minute: 1, runaway: 'pause' });
    for (let key = 0; key < 10; key += 1) {
      under.ports.runaway.see({ ...row, key: `k${key}`, project: 'harbour', cost: fromDollars(0.9) }, {});
    }
    assert.deepEqual(
      runaways(under).map(({ title, why, paused }) => ({ title, why, paused })),
      [{ title: 'project "harbour"', why: 'spend-rate', paused: false }],
    );
  });

  it('tells of a session that asks the same again and again, failing or not', async () => {
    const under = await start({});
    for (let call = 0; call < 12; call += 1) {
      under.ports.runaway.see({ ...row, status: call % 2 === 0 ? 'failed' : 'done' }, question);
    }
    const [event, ...more] = runaways(under);
    assert.deepEqual(more, []);
    assert.equal(event?.why, 'repetition');
    assert.equal(
      event.message,
      'The admin key has asked gpt the same thing 8 times within 2 minutes (Codex, session s1).',
    );
  });

  it('says nothing when it is off, and counts no repetitions when those are', async () => {
    const off = await start({ runaway: 'off' });
    for (let call = 0; call < 20; call += 1) off.ports.runaway.see({ ...row, cost: fromDollars(100) }, question);
    assert.deepEqual(runaways(off), []);
    await off.close();
    const silent = await start({ runaway_repeats: 0 });
    for (let call = 0; call < 20; call += 1) silent.ports.runaway.see(row, question);
    assert.deepEqual(runaways(silent), []);
  });

  it('pauses the key where it is told to, with a refusal that says why, and unblocking ends it', async () => {
    const under = await start({ runaway: 'pause', runaway_repeats: 3 });
    const { ports } = under;
    const key = await under.newKey({ alias: 'looping' });
    const heard = [];
    for (let time = 0; time < 5; time += 1) {
      heard.push(await under.call(hello('gpt'), { key }));
    }
    assert.deepEqual(
      heard.map(({ status, failure }) => failure?.code ?? status),
      [200, 200, 200, 'key_paused', 'key_paused'],
    );
    assert.match(
      heard[3]?.failure?.message ?? '',
      /^This key "looping" .* was paused at 2026-11-22T13:37:42\.000Z to protect the budget: it has asked gpt the same thing 3 times .*POST \/key\/unblock\.$/,
    );
    assert.equal(heard[3]?.failure?.kind, 'budget-exceeded');
    assert.equal(runaways(under)[0]?.paused, true);

    const { id } = ports.keys.get(key) ?? { id: '' };
    await ports.books.change(ports.keys.changed(id, { blocked: false }));
    assert.equal(ports.keys.get(key)?.pause, null);
    assert.equal((await under.call(hello('gpt'), { key })).status, 200);
  });

  it('leaves a pause in force over a restart', async () => {
    const first = await start({ runaway: 'pause', runaway_repeats: 2 });
    const key = await first.newKey();
    const id = first.ports.keys.get(key)?.id ?? '';
    for (let time = 0; time < 2; time += 1) first.ports.runaway.see({ ...row, key: id }, question);
    await first.close();
    gateway = await gatewayUnderTest(configText([openaiModel('gpt', `${provider.url}/v1`)]), first.folder);
    assert.equal((await gateway.call(hello('gpt'), { key })).failure?.code, 'key_paused');
  });
});
