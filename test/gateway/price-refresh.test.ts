import assert from 'node:assert/strict';
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerResponse } from 'node:http';
import { waitForUpdate } from '@pydantic/genai-prices';
import { priceRefresh, type PriceRefreshOptions } from '../../src/gateway/price-refresh.ts';
import { upstream } from '../../src/network/upstream.ts';
import { readFeed, writeFeed } from '../../src/pricing/price-feeds.ts';
import { priceTable } from '../../src/pricing/prices.ts';
import { disagreement } from '../../src/pricing/agreement.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { fakeProvider, type FakeProvider, type ReceivedRequest } from '../support/fake-provider.ts';
import { readText } from '../support/fixtures.ts';
import { newFolder } from '../support/gateway-under-test.ts';

const map = readText('pricing/litellm-map.json');
const hourMs = 3_600_000;

describe('price refresh', () => {
  let server: FakeProvider;
  const outgoing = upstream({ environment: {} });
  before(async () => (server = await fakeProvider()));
  beforeEach(() => void server.requests.splice(0));
  after(async () => {
    await outgoing.close();
    await server.close();
  });

  const serve =
    (text: string, etag = '"one"') =>
    ({ headers }: ReceivedRequest, response: ServerResponse): void => {
      const isKnown = headers['if-none-match'] === etag;
      response.writeHead(isKnown ? 304 : 200, { 'content-type': 'text/plain', etag }).end(isKnown ? undefined : text);
    };
  const started = (more: Partial<PriceRefreshOptions> = {}) => {
    const folder = newFolder();
    const clock = fakeClock('2026-11-23T08:00:00Z');
    const said: string[] = [];
    const say = (line: string): void => void said.push(line);
    const seen: boolean[] = [];
    let looked = (): void => undefined;
    const refresh = priceRefresh({
      folder,
      clock,
      upstream: outgoing,
      log: { info: say, warn: say, error: say },
      addresses: { litellm: `${server.url}/map.json` },
      isOn: () => true,
      random: () => 0.5,
      after: clock.after,
      afterwards(isNew) {
        seen.push(isNew);
        looked();
        return Promise.resolve();
      },
      ...more,
    });
    const nextLook = (): Promise<void> => new Promise((resolve) => (looked = resolve));
    return { folder, clock, said, seen, refresh, nextLook };
  };

  it('fetches nothing at the start, then some minutes later, then once a day', async () => {
    server.plays(serve(map));
    const { clock, refresh, seen, nextLook } = started();
    refresh.start();
    clock.pass(2 * 60_000);
    assert.equal(server.requests.length, 0);
    for (const [wait, requests] of [
      [10 * 60_000, 1],
      [23 * hourMs, 1],
      [2 * hourMs, 2],
    ] as const) {
      const look = requests > server.requests.length ? nextLook() : Promise.resolve();
      clock.pass(wait);
      await look;
      await new Promise((resolve) => setImmediate(resolve));
      assert.equal(server.requests.length, requests);
    }
    assert.deepEqual(seen, [true, false]);
    refresh.stop();
    assert.equal(clock.pending, 0);
  });

  it('keeps what it fetched, with its day, and asks next time only for what is newer', async () => {
    server.plays(serve(map));
    const { folder, clock, refresh, said } = started();
    assert.equal(await refresh.refresh(), true);
    const first = readFeed(folder, 'litellm');
    assert.equal(first?.head.fetched, clock.now());
    assert.match(said[0] ?? '', /prices of \d+ models came from 127\.0\.0\.1/);
    assert.equal(statSync(join(folder, 'prices-litellm.jsonl')).mode & 0o077, 0);

    assert.equal(await refresh.refresh(), false);
    assert.equal(server.requests.length, 1, 'what is fresh is not asked for');
    clock.pass(24 * hourMs);
    assert.equal(await refresh.refresh(), false);
    assert.equal(server.requests[1]?.headers['if-none-match'], '"one"');
    assert.deepEqual(readFeed(folder, 'litellm'), {
      head: { ...first.head, fetched: clock.now() },
      lines: first.lines,
    });
  });

  it('is of use at once: a model that was unknown has a price, and where sources differ it is said', async () => {
    server.plays(serve(map));
    const { folder, clock, refresh } = started();
    const prices = priceTable({ clock, folder });
    await prices.warm();
    const flash = { provider: 'deepseek', prefix: 'deepseek', model: 'deepseek-flash' };
    const fast = { provider: 'x-ai', prefix: 'xai', model: 'grok-code-fast-1' };
    assert.equal(prices.find(flash), undefined);
    assert.equal(disagreement(prices.quotes(fast)), undefined);

    await refresh.refresh();
    await prices.renew();
    const found = prices.find(flash);
    assert.deepEqual([found?.output, found?.source, found?.asOf], [600_000 * 2, 'litellm', '2026-11-23']);
    assert.equal(prices.find(fast)?.source, 'genai-prices');
    assert.match(
      disagreement(prices.quotes(fast)) ?? '',
      /^genai-prices and litellm \(2026-11-23\) do not agree: input \$/,
    );
  });

  it('takes a newer table of genai-prices, until Purser comes with a newer one', async () => {
    const providers = (await waitForUpdate()) ?? [];
    const table = JSON.stringify(providers, (key, value: unknown) => (key === 'type' ? undefined : value));
    const raised = table.replaceAll('"input_mtok":2.5,', '"input_mtok":2.75,');
    server.plays(serve(raised));
    const { folder, clock, refresh } = started({ addresses: { 'genai-prices': `${server.url}/data.json` } });
    assert.equal(await refresh.refresh(), true);
    const gpt4o = async () => {
      const prices = priceTable({ clock, folder });
      await prices.warm();
      return prices.find({ provider: 'openai', model: 'gpt-4o' });
    };
    assert.deepEqual([(await gpt4o())?.input, (await gpt4o())?.asOf], [2_750_000, '2026-11-23']);

    const file = readFeed(folder, 'genai-prices');
    assert.ok(file);
    await writeFeed(folder, 'genai-prices', { ...file, head: { ...file.head, bundled: 'those of an older Purser' } });
    assert.equal((await gpt4o())?.input, 2_500_000);
  });

  it('refuses what is cut short or absurd, says so, and leaves what is in use', async () => {
    const { folder, clock, refresh, said } = started();
    server.plays(serve(map));
    await refresh.refresh();
    const good = readFeed(folder, 'litellm');
    clock.pass(24 * hourMs);
    for (const text of [map.slice(0, 5000), map.replaceAll('e-0', 'e-2'), '<html>']) {
      server.plays(serve(text, '"two"'));
      assert.equal(await refresh.refresh(), false);
      assert.deepEqual(readFeed(folder, 'litellm'), good);
      assert.match(
        said.at(-1) ?? '',
        /could not be taken from http.*those of 2026-11-23 stay in use.*price_refresh: false/,
      );
    }
    assert.deepEqual(readdirSync(folder), ['prices-litellm.jsonl']);
  });

  it('goes on with what it has when the server fails, redirects or is away', async () => {
    const { refresh, said, folder } = started();
    server.plays((_request, response) => void response.writeHead(500).end('oh'));
    assert.equal(await refresh.refresh(), false);
    server.plays((_request, response) => void response.writeHead(302, { location: 'http://example.org' }).end());
    assert.equal(await refresh.refresh(), false);
    server.plays((_request, response) => void response.destroy());
    assert.equal(await refresh.refresh(), false);
    assert.deepEqual(
      said.map((line) => /answered 500|redirect|those that Purser came with/.test(line)),
      [true, true, true],
    );
    assert.equal(existsSync(join(folder, 'prices-litellm.jsonl')), false);
  });

  it('asks nobody where it is switched off', async () => {
    const { clock, refresh, seen, nextLook } = started({ isOn: () => false });
    const look = nextLook();
    refresh.start();
    clock.pass(hourMs);
    await look;
    assert.deepEqual([seen, server.requests.length], [[false], 0]);
  });

  it('takes a damaged file of before for none', async () => {
    server.plays(serve(map));
    const { folder, refresh } = started();
    writeFileSync(join(folder, 'prices-litellm.jsonl'), '{"fetched":1,"url":"x"}\n["gpt-4o",{"inp');
    assert.equal(await refresh.refresh(), true);
    assert.ok(readFeed(folder, 'litellm')?.lines.includes('gpt-4o'));
  });
});
