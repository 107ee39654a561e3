import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, request, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { objectIn, objectsIn, parseJson, type JsonObject } from '../../src/lib/json.ts';
import { sseParser } from '../../src/lib/sse.ts';
import { clientNames, clients, type ClientName } from '../support/client-reading.ts';
import {
  faultNames,
  faults,
  faultyProvider,
  type Fault,
  type FaultName,
  type FaultyProvider,
} from '../support/faulty-provider.ts';
import { configText, openaiModel, text } from '../support/gateway-client.ts';
import type { GatewayUnderTest } from '../support/gateway-under-test.ts';
import { spoken } from '../support/provider-words.ts';
import { providerNames, type ProviderName } from '../support/recorded-provider.ts';
import { count, manyAtOnce, secondsSince, sized, tell } from './scale.ts';

/** One call that meets a fault. */
interface Meeting {
  readonly fault: FaultName;
  readonly provider: ProviderName;
  readonly client: ClientName;
  readonly streams: boolean;
}

/** All of them, or so many that each fault meets every client's format, streamed and whole, and every provider's. */
const meetings: readonly Meeting[] = faultNames.flatMap((fault, place) =>
  sized(covering(fault, place), everyMeeting(fault)),
);

function everyMeeting(fault: FaultName): readonly Meeting[] {
  return providerNames.flatMap((provider) =>
    clientNames.flatMap((client) => [true, false].map((streams) => ({ fault, provider, client, streams }))),
  );
}

function covering(fault: FaultName, place: number): readonly Meeting[] {
  return [true, false].flatMap((streams) =>
    clientNames.map((client, index) => {
      const provider = providerNames[(place + index + (streams ? 4 : 0)) % providerNames.length] ?? 'openai-chat';
      return { fault, provider, client, streams };
    }),
  );
}

const models: Readonly<Record<ProviderName, string>> = {
  'openai-chat': 'hosted_vllm/a-model',
  'openai-responses': 'openai/responses/gpt-4o',
  anthropic: 'anthropic/claude-sonnet-4-5',
  gemini: 'gemini/gemini-2.5-flash',
  ollama: 'ollama_chat/llama3.1',
  cohere: 'cohere/command-a-03-2025',
  bedrock: 'bedrock/anthropic.claude-sonnet-4-5-20250929-v1:0',
};
const apiKey = 'sk-provider-key-of-the-tests';
/** Of 10 tokens in and 5 out, nano-dollars. */
const price = 20_000;

/** Alone it has to bear the fault; with another behind it, that one serves. */
type Company = 'alone' | 'saved';
const nameOf = (company: Company, { fault, provider }: Pick<Meeting, 'fault' | 'provider'>): string =>
  `${company}-${faultNames.indexOf(fault)}-${provider}`;

function configFor(provider: FaultyProvider): string {
  const deployment = (name: string, fault: FaultName | 'good', dialect: ProviderName, more: JsonObject = {}) =>
    openaiModel(name, provider.base(fault, dialect), { model: models[dialect], api_key: apiKey, ...more });
  /** Short for those that send nothing; the others must be heard first, however busy the machine is. */
  const patience = (fault: FaultName): JsonObject => {
    if (fault === 'never ends') return { timeout: 2 };
    return fault !== 'stalls in the middle' && 'isSlow' in faults[fault] ? { timeout: 0.6, stream_timeout: 0.3 } : {};
  };
  const all = faultNames.flatMap((fault) =>
    providerNames.flatMap((dialect) => {
      const saved = nameOf('saved', { fault, provider: dialect });
      return [
        deployment(nameOf('alone', { fault, provider: dialect }), fault, dialect, patience(fault)),
        deployment(saved, fault, dialect, { order: 1, ...patience(fault) }),
        deployment(saved, 'good', dialect, { order: 2 }),
      ];
    }),
  );
  return configText(all, {
    router_settings: { num_retries: 0, disable_cooldowns: true, sticky_sessions: false, idle_timeout: 2 },
  });
}

/** What a client came to hear of an answer. */
interface Heard {
  readonly call: string;
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
  /** Whether the answer came to its end. */
  readonly whole: boolean;
}

const paths: Readonly<Record<ClientName, (model: string, streams: boolean) => string>> = {
  chat: () => '/v1/chat/completions',
  messages: () => '/v1/messages',
  responses: () => '/v1/responses',
  gemini: (model, streams) =>
    `/v1beta/models/${model}:${streams ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
};

describe('a faulty provider', function () {
  this.timeout(sized(120_000, 1_800_000));
  const counts = new Map<string, number>();
  const tally = (what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1);
  let provider: FaultyProvider;
  let gateway: GatewayUnderTest;
  let server: Server;
  let agent: Agent;
  let key: string;
  let atStart: Readonly<Record<string, number>>;
  before(async () => {
    // All at run time: a module that the gateway loads when it is first needed must share the others' classes.
    const { createGatewayServer } = await import('../../src/http/app.ts');
    const { gatewayUnderTest } = await import('../support/gateway-under-test.ts');
    atStart = resources();
    provider = await faultyProvider(sized(66, 100) * 1024 * 1024);
    gateway = await gatewayUnderTest(configFor(provider));
    server = createGatewayServer(gateway.ports, []);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    agent = new Agent({ keepAlive: true, maxSockets: Infinity });
    key = await gateway.newKey();
  });

  function ask(company: Company, meeting: Meeting): Promise<Heard> {
    const { client, streams } = meeting;
    const model = nameOf(company, meeting);
    const text = JSON.stringify(clients[client].ask(model, streams));
    return new Promise((resolve) => {
      const sent = request({
        agent,
        host: '127.0.0.1',
        port: (server.address() as AddressInfo).port,
        path: paths[client](model, streams),
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      });
      sent.setTimeout(60_000, () => sent.destroy());
      sent.on('error', () => resolve({ call: '', status: 0, headers: {}, text: '', whole: false }));
      sent.on('response', (response) => {
        let heard = '';
        response.setEncoding('utf8').on('data', (piece: string) => (heard += piece));
        response.on('error', () => undefined); // the close that follows tells it
        response.on('close', () => {
          const { statusCode: status = 0, headers, complete: whole } = response;
          resolve({ call: String(headers['x-litellm-call-id']), status, headers, text: heard, whole });
        });
      });
      sent.end(text);
    });
  }

  const wrong: string[] = [];
  /** Runs what must hold of one call, and remembers what does not: one report tells of all. */
  async function check(company: Company, meeting: Meeting): Promise<void> {
    const heard = await ask(company, meeting);
    try {
      assert.notEqual(heard.call, '', 'the client got a head');
      const [row, ...others] = await gateway.ports.ledger.rows({ limit: 2, call: heard.call });
      assert.ok(row && others.length === 0, 'there is one row');
      const outcome = company === 'alone' ? bearsIt(meeting, heard, row) : isSaved(meeting, heard, row);
      tally(outcome);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      wrong.push(
        `${company}: ${meeting.fault}, ${meeting.client} on ${meeting.provider}, ${meeting.streams ? 'streamed' : 'whole'}: ${why}\n        ${heard.status} ${heard.text.slice(0, 400)}`,
      );
    }
  }

  async function checkAll(company: Company): Promise<void> {
    const start = performance.now();
    counts.clear();
    wrong.length = 0;
    const isHeavy = ({ fault }: Meeting): boolean => /^drips|far too much/.test(fault);
    const [heavy, light] = [meetings.filter(isHeavy), meetings.filter((one) => !isHeavy(one))];
    await manyAtOnce(light.length, 16, (turn) => checkAt(light, turn, company));
    await manyAtOnce(heavy.length, 2, (turn) => checkAt(heavy, turn, company));
    tell(
      `faults, ${company}`,
      `${count(meetings.length)} calls`,
      ...[...counts].sort().map(([what, times]) => `${count(times)} ${what}`),
      `${wrong.length} wrong`,
      secondsSince(start),
    );
    assert.equal(wrong.length, 0, `${wrong.length} of ${meetings.length}:\n      ${wrong.join('\n      ')}`);
  }
  const checkAt = async (list: readonly Meeting[], turn: number, company: Company): Promise<void> => {
    const meeting = list[turn];
    if (meeting !== undefined) await check(company, meeting);
  };

  it("is the client's to hear of, in its own format, and booked once", () => checkAll('alone'));

  it('is made good for by another deployment, before the first content', () => checkAll('saved'));

  it('leaves no hold, no call, no connection and no timer behind, and no key goes astray', async () => {
    assert.deepEqual(gateway.ports.budgets.abandonHolds(), []);
    assert.equal(gateway.ports.running.size, 0);
    const busy = gateway.ports.catalog().deployments.filter((one) => gateway.ports.health.stats(one).inFlight !== 0);
    assert.deepEqual(busy, []);
    assert.equal(provider.ruined(), 0, 'connections that are of no use any more');
    assert.equal(provider.astray(), 0, 'requests that followed a redirect');
    assert.deepEqual(
      gateway.logged.filter((line) => line.includes(apiKey)),
      [],
    );
    const rows = await gateway.rows();
    assert.ok(rows.length > 0);
    agent.destroy();
    server.close();
    server.closeIdleConnections();
    await once(server, 'close');
    await gateway.close();
    assert.equal(await closed(() => provider.open()), 0, 'connections to the provider');
    await provider.close();
    assert.deepEqual(await settled(atStart), atStart);
    assert.deepEqual(
      gateway.logged.filter((line) => line.startsWith('error')),
      [],
    );
  });

  function bearsIt({ fault, client, streams, provider: dialect }: Meeting, heard: Heard, row: JsonObject): string {
    const { whole, stream, says, free }: Fault = faults[fault];
    const outcome = streams ? stream : whole;
    if (outcome === 'answer') {
      isAnswer(client, streams, heard);
      if (!(dialect === 'bedrock' && fault === 'answers in broken UTF-8')) assert.equal(row['cost'], price);
      assert.equal(row['status'], 'done');
      return 'answered';
    }
    assert.match(text(row['status']), /^(failed|timed-out)$/);
    if (free) assert.equal(row['cost'], 0, 'what is not billed costs nothing');
    const message = outcome === 'cut' ? cutShort(client, heard) : refusedWith(outcome.status, client, heard);
    assert.match(message, says);
    isFit(message);
    if (fault === 'is full for a while') assert.equal(heard.headers['retry-after'], '7');
    return outcome === 'cut' ? 'cut short in their own format' : `refused with ${outcome.status}`;
  }

  function isSaved(meeting: Meeting, heard: Heard, row: JsonObject): string {
    const { fault, client, streams } = meeting;
    const { whole, stream, final }: Fault = faults[fault];
    const outcome = streams ? stream : whole;
    // On a busy machine a fault may come before the gateway has read what was sent before it.
    const isTooLate = outcome === 'cut' && row['status'] !== 'done';
    if (outcome === 'answer' || isTooLate || final) return bearsIt(meeting, heard, row);
    isAnswer(client, streams, heard);
    const [first, second, ...more] = objectsIn(row['attempts']);
    assert.ok(first && second && more.length === 0, 'two were asked');
    assert.equal(second['reason'], 'next');
    const { free }: Fault = faults[fault];
    const wasted = Number(first['cost'] ?? 0);
    if (free) assert.equal(wasted, 0);
    assert.equal(row['cost'], wasted + price);
    assert.equal(row['status'], 'done');
    return 'saved';
  }
});

function isAnswer(client: ClientName, streams: boolean, { status, text, whole }: Heard): void {
  assert.deepEqual([status, whole], [200, true]);
  const { collected, told } = clients[client];
  const { text: said, finish } = told(streams ? collected(text) : objectIn(parseJson(text)));
  assert.equal(said.replace(/\ufffd$/, '.'), spoken);
  assert.equal(finish, 'stop');
}

/** The error that stands instead of an answer; gives its message. */
function refusedWith(expected: number, client: ClientName, { status, headers, text, whole }: Heard): string {
  assert.deepEqual([status, whole], [expected, true]);
  assert.match(headers['content-type'] ?? '', /json/);
  return messageOf(client, objectIn(parseJson(text)));
}

const closings: Readonly<Record<ClientName, RegExp>> = {
  chat: /\[DONE\]|"finish_reason":"/,
  messages: /message_stop/,
  responses: /response\.completed/,
  gemini: /"finishReason":"STOP"/,
};

/** A stream that ends before its time, and says so; gives its message. */
function cutShort(client: ClientName, { status, text: stream, whole }: Heard): string {
  assert.deepEqual([status, whole], [200, true]);
  assert.doesNotMatch(stream, closings[client]);
  const last = sseParser().push(Buffer.from(stream)).at(-1);
  const said = objectIn(parseJson(last?.data ?? ''));
  if (client !== 'responses') return messageOf(client, said);
  assert.equal(last?.event, 'response.failed');
  const { error, status: state } = objectIn(said['response']);
  assert.equal(state, 'failed');
  assert.match(text(objectIn(error)['code']), /^[a-z_]+$/);
  return text(objectIn(error)['message']);
}

function messageOf(client: ClientName, body: JsonObject): string {
  const { message, type, code, status } = objectIn(body['error']);
  if (client === 'gemini') {
    assert.equal(typeof code, 'number');
    assert.match(text(status), /^[A-Z_]+$/);
  } else {
    assert.equal(body['type'], 'error');
    assert.match(text(type), /^[a-z_]+$/);
    assert.equal(typeof code, 'string');
  }
  return text(message);
}

/** A sentence for a person, with nothing in it that is nobody's business. */
function isFit(message: string): void {
  assert.ok(message.length > 5 && message.length < 1000, message);
  assert.ok(!message.includes(apiKey), 'no key');
  assert.doesNotMatch(message, /undefined|\[object|inside Purser|UND_ERR|HPE_|<html|\bat .*:\d+:\d+/);
}

/** What keeps this process alive, by kind. */
function resources(): Readonly<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) {
    if (/TCP|Timeout|Immediate/.test(kind)) found[kind] = (found[kind] ?? 0) + 1;
  }
  return found;
}

/** Turns the loop over until nothing is open any more, or for long enough. */
async function closed(open: () => number): Promise<number> {
  for (let turn = 0; turn < 1000 && open() > 0; turn += 1) await new Promise(setImmediate);
  return open();
}

async function settled(expected: Readonly<Record<string, number>>): Promise<Readonly<Record<string, number>>> {
  for (let turn = 0; turn < 1000 && JSON.stringify(resources()) !== JSON.stringify(expected); turn += 1)
    await new Promise(setImmediate);
  return resources();
}
