import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../../src/chat/failure.ts';
import { nanoUsd } from '../../src/chat/money.ts';
import type { KeySettings } from '../../src/keys/key-record.ts';
import { journalReader } from '../../src/ledger/journal-reader.ts';
import type { OpenRecord } from '../../src/ledger/records.ts';
import { correctionFor } from '../../src/ledger/correct.ts';
import { stringIn, type JsonObject } from '../../src/lib/json.ts';
import { fakeClock, type FakeClock } from '../support/fake-clock.ts';
import { gatewayUnderTest, newFolder } from '../support/gateway-under-test.ts';
import type { GatewayUnderTest, Heard } from '../support/gateway-under-test.ts';
import { scriptedUpstream, type ScriptedUpstream, type Sent } from '../support/scripted-upstream.ts';
import { choicesIn, limitIn, pieces, refusal, serve, wireOf, type Counted } from './provider-wire.ts';
import { accountBehind, bodyOf, clients, configTextOf, limitsOfConfig, prices, variants } from './scene.ts';
import type { Known, Question } from './scene.ts';
import type { Step } from './steps.ts';

/** One request that a provider got, and what it bills for it. */
export interface Received {
  readonly sent: Sent;
  readonly call: Called;
  /** The scopes that it counts on, as far as the judge follows them. */
  readonly scopes: readonly string[];
  readonly counted: Counted;
  /** Nano-dollars; undefined where only the gateway's price list knows. */
  readonly bill: number | undefined;
  /** The most that it could have billed within the limits it was sent. */
  readonly worst: number;
  /** How it ended, as the provider knows it. */
  end: 'none' | 'served' | 'refused' | 'cut';
  pushed: number;
}

/** One call of a client's. */
export interface Called {
  readonly id: string;
  readonly place: number;
  readonly who: number;
  readonly question: Question;
  readonly shares: { readonly input: number; readonly cached: number; readonly output: number };
  readonly client: AbortController;
  readonly received: Received[];
  /** Those that were in force when it began. */
  readonly limits: readonly Known[];
  cancelled: boolean;
  heard: Heard | undefined;
  /** The gateway died under it. */
  lost: boolean;
}

interface Owner {
  max: number | null;
  readonly duration: string | null;
  readonly more: readonly { readonly max: number; readonly duration: string | null }[];
  raise: { readonly amount: number; readonly until: number } | null;
  readonly project: boolean;
}

const initialOwners = (): readonly Owner[] => [
  { max: 12_000_000, duration: '1h', more: [{ max: 40_000_000, duration: '1d' }], raise: null, project: false },
  { max: 20_000_000, duration: '1d', more: [], raise: null, project: true },
  { max: null, duration: null, more: [], raise: null, project: true },
  { max: 30_000_000, duration: '1d', more: [{ max: 70_000_000, duration: null }], raise: null, project: true },
];
/** The last of the owners is the project of the second and the third key. */
const projectPlace = 3;
export const projectId = 'harbour';

/** When windows end: midnights, a clock change and a month's end, in two zones. */
const edges = ['2026-10-24T22:00Z', '2026-10-25T01:00Z', '2026-10-26T23:00Z', '2026-10-31T23:00Z', '2026-11-01T04:00Z'];
const edgeTimes = edges.map((text) => Date.parse(text));

/** A gateway, its clients and its providers, all played by one script. */
export class World {
  readonly clock: FakeClock = fakeClock('2026-10-24T20:10:00Z');
  readonly calls: Called[] = [];
  readonly received: Received[] = [];
  readonly owners = initialOwners();
  keyNames: string[] = [];
  variant = 0;
  /** Rises with every change of limits. */
  changes = 0;
  /** What the administrator books may pass any budget. */
  corrections = 0;
  gateway!: GatewayUnderTest;
  /** Called in the tick in which a provider gets a request. */
  onReceived: (received: Received) => void = () => undefined;
  #upstream!: ScriptedUpstream;
  #secrets: string[] = [];

  static async begin(): Promise<World> {
    const world = new World();
    await world.#open(newFolder());
    await world.#makeOwners();
    return world;
  }

  /** All limits that are in force now. */
  limits(): readonly Known[] {
    const now = this.clock.now();
    const ofOwners = this.owners.flatMap(({ max, duration, more, raise }, place) => {
      const scope = this.scopeOf(place);
      const extra = raise !== null && now < raise.until ? raise.amount : 0;
      const own = max === null ? [] : [{ scope, max: max + extra, duration }];
      return [...own, ...more.map((one) => ({ scope, max: one.max + extra, duration: one.duration }))];
    });
    return [...limitsOfConfig(this.#variant()), ...ofOwners];
  }

  scopeOf(place: number): string {
    return place === projectPlace ? `project:${projectId}` : `key:${this.keyNames[place] ?? ''}`;
  }

  get timeZone(): string {
    return this.#variant().timeZone;
  }

  running(): readonly Called[] {
    return this.calls.filter(({ heard, lost }) => heard === undefined && !lost);
  }

  /** Requests that a provider has not done with. */
  pending(): readonly Received[] {
    return this.received.filter(({ sent, end, call }) => end === 'none' && sent.state !== 'over' && !call.lost);
  }

  /** What the journal has of the attempts of calls, in order. */
  opens(): ReadonlyMap<string, readonly OpenRecord[]> {
    const opens = new Map<string, OpenRecord[]>();
    for (const { record } of journalReader(this.gateway.folder, 0).read(Infinity))
      if (record.type === 'open') opens.set(record.call, [...(opens.get(record.call) ?? []), record]);
    return opens;
  }

  async play(step: Step): Promise<void> {
    switch (step.type) {
      case 'call':
        this.#call(step);
        break;
      case 'provider':
        this.#answer(step.which, step.does);
        break;
      case 'unreachable':
        this.#upstream.refuses(1);
        break;
      case 'cancel':
        this.#cancel(step.which);
        break;
      case 'pass':
        this.clock.pass(step.ms);
        break;
      case 'edge':
        this.#toEdge(step.before);
        break;
      case 'terms':
        await this.#terms(step);
        break;
      case 'reload':
        this.variant = step.variant;
        this.changes += 1;
        this.gateway.configure(configTextOf(this.#variant()));
        break;
      case 'correct':
        await this.#correct(step.which, step.cost);
        break;
      case 'crash':
        await this.#crash();
        break;
      case 'restart':
        await this.#restart();
        break;
    }
    await rest();
  }

  /** Lets the providers finish all that is under way, and whoever waits give up. */
  async finish(): Promise<void> {
    for (let round = 0; this.running().length > 0; round += 1) {
      if (round > 200)
        throw new Error(`calls that never end: ${JSON.stringify(this.running().map(({ question }) => question))}`);
      for (const one of this.pending()) this.#serve(one);
      await rest();
      if (this.pending().length === 0) this.clock.pass(1_000);
      await rest();
    }
  }

  async restart(): Promise<void> {
    await this.#restart();
    await rest();
  }

  async end(): Promise<void> {
    for (const { client } of this.running()) client.abort();
    await rest();
    await this.gateway.close();
  }

  #variant() {
    return variants[this.variant] ?? variants[0];
  }

  async #open(folder: string): Promise<void> {
    this.#upstream = scriptedUpstream(this.clock, (sent) => this.#arrived(sent));
    const surroundings = { clock: this.clock, upstream: this.#upstream };
    this.gateway = await gatewayUnderTest(configTextOf(this.#variant()), folder, surroundings);
    await this.gateway.ports.prices.warm();
  }

  async #makeOwners(): Promise<void> {
    const { ports } = this.gateway;
    for (const [place, owner] of this.owners.entries()) {
      const settings = settingsOf(owner);
      if (place === projectPlace) await ports.books.change(ports.projects.created(settings, projectId));
      else this.#secrets.push(await this.gateway.newKey({ ...settings, project: owner.project ? projectId : null }));
    }
    this.keyNames = this.#secrets.map((secret) => ports.keys.find(secret)?.id ?? '');
  }

  #call({ who, question, shares }: Extract<Step, { type: 'call' }>): void {
    const place = this.calls.length;
    const call: Called = {
      ...{ id: `call-${place}`, place, who, question, shares, client: new AbortController(), received: [] },
      ...{ limits: this.limits(), cancelled: false, heard: undefined, lost: false },
    };
    this.calls.push(call);
    const { signal } = call.client;
    const onEnd = (): void => {
      if (question.leaves === true) throw new Error('the connection broke');
    };
    const options = { key: this.#secrets[who] ?? '', client: clients[question.client], signal, id: call.id, onEnd };
    this.gateway.call(bodyOf(question), options).then(
      (heard) => {
        if (!call.lost) call.heard = heard;
      },
      () => undefined,
    );
  }

  #arrived(sent: Sent): void {
    const call = this.calls.find(({ client }) => client.signal === sent.signal);
    if (call === undefined || call.lost) return;
    const { input, cached, output } = call.shares;
    const { prompt } = call.question;
    const isMarked = wireOf(sent) === 'anthropic' && JSON.stringify(sent.body).includes('cache_control');
    const all = Math.max(1, Math.floor((prompt.length / 4) * input));
    const part = Math.floor(all * cached);
    const most = (limitIn(sent) ?? 16_384) * choicesIn(sent);
    const counted: Counted = {
      input: all,
      cacheRead: isMarked ? 0 : part,
      cacheWrite: isMarked ? part : 0,
      output: Math.floor(most * output),
    };
    const one: Received = {
      ...{ sent, call, counted, end: 'none', pushed: 0 },
      scopes: this.#scopesOf(call, sent),
      ...billsOf(sent, counted, most),
    };
    call.received.push(one);
    this.received.push(one);
    this.onReceived(one);
  }

  #scopesOf({ who }: Called, sent: Sent): readonly string[] {
    const account = accountBehind(sent.headers['authorization']);
    return [
      'gateway',
      this.scopeOf(who),
      ...(this.owners[who]?.project === true ? [this.scopeOf(projectPlace)] : []),
      ...(account === undefined || account !== limitsOfConfig(this.#variant())[2]?.scope.slice('account:'.length)
        ? []
        : [`account:${account}`]),
      ...(wireOf(sent) === 'anthropic' ? ['group:claude'] : []),
    ];
  }

  #answer(which: number, does: Extract<Step, { type: 'provider' }>['does']): void {
    const all = this.pending();
    const one = all[which % Math.max(1, all.length)];
    if (one === undefined) return;
    if (does === 'finish') this.#serve(one);
    else if (does === 'more') this.#push(one);
    else if (does === 'cut') {
      one.end = 'cut';
      one.sent.cut();
    } else if (one.sent.state === 'waiting') {
      one.end = 'refused';
      one.sent.answer({ 'refuse-400': 400, 'refuse-429': 429, 'refuse-500': 500 }[does], refusal(one.sent));
    }
  }

  #push(one: Received): void {
    if (!one.sent.isStream || one.pushed >= 2) return;
    one.sent.push(pieces(one.sent, one.counted)[one.pushed] ?? '');
    one.pushed += 1;
  }

  #serve(one: Received): void {
    one.end = 'served';
    serve(one.sent, one.counted, one.pushed);
  }

  #cancel(which: number): void {
    const running = this.running();
    const call = running[which % Math.max(1, running.length)];
    if (call === undefined) return;
    call.cancelled = true;
    call.client.abort(new Failure('cancelled', 'The client hung up.'));
  }

  #toEdge(before: number): void {
    const next = edgeTimes.find((edge) => edge - before > this.clock.now());
    if (next !== undefined) this.clock.set(next - before);
  }

  async #terms({ owner: place, set }: Extract<Step, { type: 'terms' }>): Promise<void> {
    const owner = this.owners[place];
    if (owner === undefined) return;
    const { ports } = this.gateway;
    this.changes += 1;
    if ('max' in set) owner.max = set.max;
    if ('raise' in set) owner.raise = { amount: set.raise, until: this.clock.now() + set.ms };
    const settings: KeySettings = 'blocked' in set ? { blocked: set.blocked } : settingsOf(owner);
    const { budgetDuration: _, budgetLimits: __, ...changed } = settings;
    const record =
      place === projectPlace
        ? ports.projects.changed(projectId, changed)
        : ports.keys.changed(this.keyNames[place] ?? '', changed);
    await ports.books.change(record);
  }

  async #correct(which: number, cost: number): Promise<void> {
    const rows = await this.gateway.rows();
    const row: JsonObject | undefined = rows[which % Math.max(1, rows.length)];
    if (row === undefined) return;
    this.corrections += 1;
    const { ledger, books } = this.gateway.ports;
    const asked = {
      call: stringIn(row['call']) ?? '',
      cost: nanoUsd(cost),
      reason: 'as on the invoice',
      at: this.clock.now(),
    };
    await books.change(await correctionFor(ledger, asked));
  }

  /** What is on the disk in this instant is all that the next gateway has. */
  async #crash(): Promise<void> {
    const old = this.gateway;
    const folder = newFolder();
    for (const name of readdirSync(old.folder))
      if (!name.endsWith('.sock')) cpSync(join(old.folder, name), join(folder, name), { recursive: true });
    const lost = this.running();
    for (const call of lost) call.lost = true;
    await this.#open(folder);
    for (const { client } of lost) client.abort();
    await rest();
    await old.close();
    rmSync(old.folder, { recursive: true, force: true });
  }

  async #restart(): Promise<void> {
    for (const call of this.running()) {
      call.cancelled = true;
      call.client.abort(new Failure('stopping', 'Purser was stopped before this answer was complete.'));
    }
    await rest();
    const { folder } = this.gateway;
    await this.gateway.close();
    await this.#open(folder);
  }
}

/** Until all that can go on without the network has. */
async function rest(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) await new Promise(setImmediate);
}

const settingsOf = ({ max, duration, more, raise }: Owner): KeySettings => ({
  maxBudget: max === null ? null : nanoUsd(max),
  budgetDuration: duration,
  budgetLimits: more.map((one) => ({ max: nanoUsd(one.max), duration: one.duration })),
  raise: raise === null ? null : { amount: nanoUsd(raise.amount), until: raise.until },
});

/** What the provider bills, reckoned here and by nothing of the gateway's. */
function billsOf(sent: Sent, counted: Counted, mostOutput: number): Pick<Received, 'bill' | 'worst'> {
  const model = JSON.stringify(sent.body['model'] ?? '');
  if (model.includes('free')) return { bill: 0, worst: 0 };
  if (model.includes('unheard')) return { bill: undefined, worst: 0 };
  const { input, cacheRead, cacheWrite, output } = counted;
  const dearest = cacheWrite > 0 ? prices.cacheWrite : prices.input;
  return {
    bill:
      (input - cacheRead - cacheWrite) * prices.input +
      cacheRead * prices.cacheRead +
      cacheWrite * prices.cacheWrite +
      output * prices.output,
    worst: input * dearest + mostOutput * prices.output,
  };
}
