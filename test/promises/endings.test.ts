import assert from 'node:assert/strict';
import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../../src/chat/failure.ts';
import { nanoUsd } from '../../src/chat/money.ts';
import { objectsIn, type JsonObject } from '../../src/lib/json.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { anthropicModel, configText, geminiModel, openaiModel } from '../support/gateway-client.ts';
import { gatewayUnderTest, newFolder, type GatewayUnderTest, type Heard } from '../support/gateway-under-test.ts';
import { scriptedUpstream, type ScriptedUpstream, type Sent } from '../support/scripted-upstream.ts';
import { pieces, refusal, serve, wireOf } from './provider-wire.ts';
import { bodyOf, clientNames, clients, type ClientName } from './scene.ts';

const base = 'http://provider.test';
const config = configText(
  [openaiModel('gpt', `${base}/v1`), anthropicModel('claude', base), geminiModel('gemini', base)],
  {
    router_settings: { num_retries: 0, disable_cooldowns: true, stream_timeout: 60, idle_timeout: 30, timeout: 120 },
    general_settings: { runaway: 'off' },
  },
);
const counted = { input: 20, cacheRead: 0, cacheWrite: 0, output: 7 };
const bill = 20 * 1_000 + 7 * 2_000;

/** Who answers a client's format in that format, and who in another. */
const models = {
  relayed: { 'openai-chat': 'gpt', 'openai-responses': 'gpt', anthropic: 'claude', gemini: 'gemini' },
  translated: { 'openai-chat': 'claude', 'openai-responses': 'claude', anthropic: 'gpt', gemini: 'gpt' },
} as const;
type Way = keyof typeof models;

interface Case {
  readonly client: ClientName;
  readonly way: Way;
  readonly stream: boolean;
}
const cases: readonly Case[] = clientNames.flatMap((client) =>
  (['relayed', 'translated'] as const).flatMap((way) => [true, false].map((stream) => ({ client, way, stream }))),
);
const nameOf = ({ client, way, stream }: Case): string => `${client}, ${way}, ${stream ? 'streamed' : 'whole'}`;

/** What a row must say; `hold`: all that was set aside, as the most that it can have been. */
interface Expected {
  readonly status: string;
  readonly cost: number | 'hold' | 'what came';
  readonly source: string;
  readonly failure: string | null;
}

interface Ending extends Expected {
  readonly name: string;
  readonly streamsOnly?: true;
  /** How it comes to that, once the request is with the provider. */
  readonly play: (sent: Sent, client: AbortController) => void;
}

const clock = fakeClock();
const begin = (sent: Sent): void => {
  for (const piece of pieces(sent, counted).slice(0, 2)) sent.push(piece);
};
const unknown = { cost: 'hold', source: 'estimated' } as const;
const partly = { cost: 'what came', source: 'estimated', streamsOnly: true } as const;
const nothing = { cost: 0, source: 'computed' } as const;
const hangUp = (client: AbortController): void => client.abort(new Failure('cancelled', 'The client hung up.'));

const endings: readonly Ending[] = [
  {
    name: 'is done',
    ...{ status: 'done', cost: bill, source: 'computed', failure: null },
    play(sent) {
      serve(sent, counted);
    },
  },
  {
    name: 'is refused by the provider',
    ...nothing,
    ...{ status: 'failed', failure: 'provider-error' },
    play: (sent) => sent.answer(500, refusal(sent)),
  },
  {
    name: 'breaks after it was sent',
    ...unknown,
    ...{ status: 'failed', failure: 'provider-unreachable' },
    play: (sent) => sent.cut(),
  },
  {
    name: 'breaks in the middle of its stream',
    ...partly,
    ...{ status: 'failed', failure: 'provider-unreachable' },
    play(sent) {
      begin(sent);
      sent.cut();
    },
  },
  {
    name: 'ends without an end',
    ...partly,
    ...{ status: 'failed', failure: 'provider-unreachable' },
    play(sent) {
      begin(sent);
      sent.end();
    },
  },
  {
    name: 'is cancelled before the first token',
    ...unknown,
    ...{ status: 'cancelled', failure: 'cancelled' },
    play: (_sent, client) => hangUp(client),
  },
  {
    name: 'is cancelled in the middle of its stream',
    ...partly,
    ...{ status: 'cancelled', failure: 'cancelled' },
    play(sent, client) {
      begin(sent);
      setImmediate(hangUp, client);
    },
  },
  {
    name: 'times out before the first token',
    ...unknown,
    ...{ status: 'timed-out', failure: 'provider-timeout' },
    play: () => clock.pass(121_000),
  },
  {
    name: 'times out in silence',
    ...partly,
    ...{ status: 'timed-out', failure: 'provider-timeout' },
    play(sent) {
      begin(sent);
      setImmediate(() => clock.pass(31_000));
    },
  },
];

describe('a call that', () => {
  let upstream: ScriptedUpstream;
  let gateway: GatewayUnderTest;
  const open = async (folder = newFolder()): Promise<void> => {
    upstream = scriptedUpstream(clock);
    gateway = await gatewayUnderTest(config, folder, { clock, upstream });
  };
  before(async () => {
    await open();
    // What is loaded when it is first needed takes longer than the tests wait.
    await gateway.ports.prices.warm();
  });
  after(() => gateway.close());

  const ask = (one: Case, client: AbortController, more: { readonly key?: string } = {}): Promise<Heard> => {
    const model = models[one.way][one.client];
    const body = bodyOf({ ...one, model, prompt: 'Hello there.', limit: 300 });
    return gateway.call(body, { client: clients[one.client], signal: client.signal, id: nextId(one), ...more });
  };
  let calls = 0;
  const nextId = (one: Case): string => `${nameOf(one)} ${(calls += 1)}`;
  const sentBy = async (client: AbortController): Promise<Sent> => {
    for (let turn = 0; turn < 100; turn += 1) {
      const found = upstream.sent.find(({ signal }) => signal === client.signal);
      if (found !== undefined) return found;
      await new Promise(setImmediate);
    }
    throw new Error('nothing was sent');
  };
  const rowsOf = (id: string): Promise<readonly JsonObject[]> => gateway.ports.ledger.rows({ call: id });
  const held = (): number => gateway.ports.budgets.spend('gateway', null).held;

  function check(row: JsonObject, one: Case, { status, cost, source, failure }: Expected, hold: number): void {
    assert.deepEqual(
      [row['status'], row['failure'], row['source'], row['upperBound']],
      [status, failure, source, cost === 'hold'],
      JSON.stringify(row),
    );
    if (cost === 'hold') assert.equal(row['cost'], hold);
    else if (cost !== 'what came') assert.equal(row['cost'], cost);
    // Eleven characters were forwarded, and the prompt counts whole.
    else assert.ok(Number(row['cost']) >= 3 * 2_000 + 3 * 1_000 && Number(row['cost']) < hold, JSON.stringify(row));
    assert.deepEqual([row['dialect'], row['stream']], [one.client, one.stream]);
    const attempts = objectsIn(row['attempts']);
    assert.equal(attempts.length, 1);
    assert.equal(attempts[0]?.['failure'] === undefined, status === 'done', JSON.stringify(attempts));
    assert.equal(attempts[0]?.['cost'] ?? 0, row['cost']);
  }

  for (const ending of endings) {
    for (const one of cases.filter(({ stream }) => stream || ending.streamsOnly === undefined)) {
      it(`${ending.name} has one row that says so: ${nameOf(one)}`, async () => {
        const client = new AbortController();
        const heard = ask(one, client);
        const sent = await sentBy(client);
        assert.equal(wireOf(sent) === one.client, one.way === 'relayed');
        const hold = held();
        assert.ok(hold > bill);
        ending.play(sent, client);
        const [row, ...more] = await rowsOf((await heard).id);
        assert.deepEqual(more, []);
        assert.ok(row);
        check(row, one, ending, hold);
        assert.equal(held(), 0);
      });
    }
  }

  for (const one of cases) {
    it(`never leaves has a row of nothing: ${nameOf(one)}`, async () => {
      upstream.refuses(1);
      const { id } = await ask(one, new AbortController());
      const [row, ...more] = await rowsOf(id);
      assert.deepEqual(more, []);
      assert.ok(row);
      check(row, one, { ...nothing, status: 'failed', failure: 'provider-unreachable' }, 0);
      assert.equal(held(), 0);
    });

    it(`no budget can pay for has no row: ${nameOf(one)}`, async () => {
      const key = await gateway.newKey({ maxBudget: nanoUsd(1) });
      const { id, failure } = await ask(one, new AbortController(), { key });
      assert.equal(failure?.kind, 'budget-exceeded');
      assert.deepEqual(await rowsOf(id), []);
      assert.equal(held(), 0);
    });
  }

  it('a crash interrupts has its row at the next start, whatever its formats and however far it was', async () => {
    const clientsOf = cases.map(() => new AbortController());
    const holds: number[] = [];
    const before = calls;
    const asked: Promise<Heard>[] = [];
    for (const [place, one] of cases.entries()) {
      const client = clientsOf[place] ?? new AbortController();
      const already = held();
      asked.push(ask(one, client));
      const sent = await sentBy(client);
      if (one.stream && place % 4 < 2) begin(sent);
      holds.push(held() - already);
    }
    const old = gateway;
    const folder = newFolder();
    for (const name of readdirSync(old.folder))
      if (!name.endsWith('.sock')) cpSync(join(old.folder, name), join(folder, name), { recursive: true });
    await open(folder);
    for (const client of clientsOf) hangUp(client);
    await Promise.all(asked);
    await old.close();

    for (const [place, one] of cases.entries()) {
      const [row, ...more] = await rowsOf(`${nameOf(one)} ${before + place + 1}`);
      assert.deepEqual(more, []);
      assert.ok(row);
      check(row, one, { ...unknown, status: 'interrupted', failure: null }, holds[place] ?? 0);
    }
    assert.equal(held(), 0);
  });
});
