import assert from 'node:assert/strict';
import { objectIn } from '../../src/lib/json.ts';
import { startServer, type BuiltServer } from '../support/built-server.ts';
import { configText, hello, manage, newKey, openaiModel, rowsOfKey } from '../support/gateway-client.ts';
import { billingProvider, wish, type BillingProvider } from './billing-provider.ts';
import { connections, post, type Heard } from './raw-client.ts';
import { count, secondsSince, sized, tell } from './scale.ts';

/** A call that a client saw the end of. */
interface Finished {
  readonly call: string;
  readonly place: number;
}

describe('a gateway that is killed under load', () => {
  const times = sized(3, 50);
  let provider: BillingProvider;
  let server: BuiltServer;
  let place = 0;
  before(async () => {
    provider = await billingProvider((turn) => turn % 7);
    server = await start();
  });
  after(async () => {
    await server.stop('SIGKILL');
    await provider.close();
  });
  const start = (folder?: string): Promise<BuiltServer> =>
    startServer({
      config: configText([openaiModel('gpt', `${provider.url}/v1`)]),
      ...(folder !== undefined && { folder }),
    });

  /** Sixteen clients, calling until the gateway dies; half of the calls stream. */
  async function load(key: string, runMs: number): Promise<{ finished: readonly Finished[]; asked: number }> {
    const agent = connections();
    const finished: Finished[] = [];
    let asked = 0;
    let alive = true;
    const lane = async (): Promise<void> => {
      while (alive) {
        const own = (place += 1);
        asked += 1;
        const more = { user: wish(own, 'good'), max_tokens: 150, ...(own % 2 === 0 && { stream: true }) };
        const heard = await post({ agent, url: server.url, key, body: hello('gpt', more) });
        if (sawTheEnd(heard)) finished.push({ call: heard.call, place: own });
        else assert.ok(heard.status === 0 || !heard.whole, JSON.stringify(heard));
      }
    };
    const lanes = Promise.all(Array.from({ length: 16 }, lane));
    await new Promise((go) => setTimeout(go, runMs));
    alive = false;
    await server.stop('SIGKILL');
    await lanes;
    agent.destroy();
    return { finished, asked };
  }

  it(`${times} times loses no row that a client saw the end of, and books what was open`, async () => {
    const totals = { finished: 0, rows: 0, interrupted: 0 };
    const begun = performance.now();
    for (let round = 0; round < times; round += 1) {
      const key = await newKey(server.url, { max_budget: 100 });
      const receivedBefore = provider.received;
      const { finished, asked } = await load(key, 250 + ((round * 137) % 500));
      const received = provider.received - receivedBefore;
      server = await start(server.folder);

      const rows = await rowsOfKey(server.url, key);
      const byCall = new Map(rows.map((row) => [row['call'], row]));
      assert.equal(byCall.size, rows.length, 'a call has two rows');
      assert.ok(rows.length >= received && rows.length <= asked, `${received} <= ${rows.length} <= ${asked}`);
      for (const { call, place: own } of finished) {
        const row = byCall.get(call);
        assert.deepEqual([row?.['status'], row?.['cost']], ['done', provider.bill.get(own)], `call ${own} of ${round}`);
      }
      for (const row of rows)
        assert.ok(row['status'] === 'done' || row['status'] === 'interrupted', JSON.stringify(row));

      const { spend, held } = objectIn((await manage(server.url, `/key/info?key=${key}`))['info']);
      const sum = rows.reduce((total, row) => total + Number(row['cost']), 0);
      assert.equal(Math.round(Number(spend) * 1e9), sum);
      assert.equal(held, 0);
      const billed = finished.reduce((total, { place: own }) => total + (provider.bill.get(own) ?? 0), 0);
      assert.ok(sum >= billed, `${sum} of ${billed}`);

      const interrupted = rows.filter(({ status }) => status === 'interrupted').length;
      const told = /(\d+) calls were interrupted/.exec(server.output())?.[1] ?? '0';
      assert.equal(told, String(interrupted));
      totals.finished += finished.length;
      totals.rows += rows.length;
      totals.interrupted += interrupted;
    }
    tell(
      'kill -9',
      `${times} times in ${secondsSince(begun)}`,
      `${count(totals.finished)} finished calls, ${count(totals.rows)} rows, ${count(totals.interrupted)} interrupted`,
    );
  });
});

const sawTheEnd = ({ status, whole, text, call }: Heard): boolean =>
  status === 200 && call !== '' && (text.startsWith('data:') ? text.includes('data: [DONE]') : whole);
