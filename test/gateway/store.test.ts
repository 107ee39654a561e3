import assert from 'node:assert/strict';
import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { nanoUsd } from '../../src/chat/money.ts';
import { chatAnswer, fakeProvider, json, type FakeProvider } from '../support/fake-provider.ts';
import { configText, hello, openaiModel } from '../support/gateway-client.ts';
import { gatewayUnderTest, newFolder, type GatewayUnderTest } from '../support/gateway-under-test.ts';

describe('the store', () => {
  let provider: FakeProvider;
  let text: string;
  const open: GatewayUnderTest[] = [];
  before(async () => {
    provider = await fakeProvider(json(200, chatAnswer('Hi.')));
    text = configText([openaiModel('gpt', `${provider.url}/v1`)]);
  });
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });
  after(() => provider.close());

  const start = async (folder?: string): Promise<GatewayUnderTest> => {
    const gateway = await gatewayUnderTest(text, folder);
    open.push(gateway);
    return gateway;
  };
  const stop = async (gateway: GatewayUnderTest): Promise<void> => {
    open.splice(open.indexOf(gateway), 1);
    await gateway.close();
  };
  /** What is in the folder at this moment, as a crash would leave it. */
  const crashed = (gateway: GatewayUnderTest): string => {
    const copy = newFolder();
    for (const name of readdirSync(gateway.folder).filter((name) => !name.endsWith('.sock'))) {
      cpSync(join(gateway.folder, name), join(copy, name));
    }
    return copy;
  };
  const totals = (gateway: GatewayUnderTest, key: string) => ({
    gateway: gateway.ports.budgets.spend('gateway', null).total,
    key: gateway.ports.budgets.spend(`key:${gateway.ports.keys.find(key)?.id}`, '30d'),
  });

  it('gives back keys, spend and rows after a stop, after a crash, and after a save and a crash', async () => {
    const first = await start();
    const key = await first.newKey({ alias: 'kept', maxBudget: nanoUsd(1e9), budgetDuration: '30d' });
    await first.call(hello('gpt'), { key });
    await first.store.save();
    await first.call(hello('gpt'), { key });
    const expected = totals(first, key);
    const rows = await first.rows();
    assert.equal(expected.key.total, 40_000);

    const afterCrash = await start(crashed(first));
    assert.deepEqual(totals(afterCrash, key), expected);
    assert.deepEqual(await afterCrash.rows(), rows);
    await stop(first);
    const afterStop = await start(first.folder);
    assert.deepEqual(totals(afterStop, key), expected);
    assert.deepEqual(await afterStop.rows(), rows);
    assert.equal(afterStop.ports.keys.find(key)?.alias, 'kept');
  });

  it('gives back projects with what they spent, after a save and after a crash', async () => {
    const first = await start();
    const { projects, books } = first.ports;
    await books.change(projects.created({ alias: 'saved', folders: ['/home/dev/saved'] }, 'saved'));
    await first.call(hello('gpt'), { key: await first.newKey({ project: 'saved' }) });
    await first.store.save();
    await books.change(projects.created({ alias: 'journalled' }, 'journalled'));
    await books.change(projects.changed('saved', { maxBudget: nanoUsd(5) }));
    const second = await start(crashed(first));
    assert.deepEqual(second.ports.projects.list(), projects.list());
    assert.equal(second.ports.projects.at({ folder: '/home/dev/saved/src' })?.maxBudget, 5);
    assert.equal(second.ports.budgets.spend('project:saved', null).total, 20_000);
  });

  it('books a call under way at its hold after a crash, once, also where a save came between', async () => {
    for (const saves of [false, true]) {
      const first = await start();
      const key = await first.newKey();
      let folder = '';
      provider.plays(async (request, response) => {
        if (saves) await first.store.save();
        folder = crashed(first);
        await json(200, chatAnswer('Too late.'))(request, response);
      });
      await first.call(hello('gpt', { max_tokens: 1000 }), { key });
      provider.plays(json(200, chatAnswer('Hi.')));

      const second = await start(folder);
      const [row, ...others] = await second.rows();
      assert.deepEqual([row?.['status'], row?.['upperBound'], others], ['interrupted', true, []]);
      assert.ok(Number(row?.['cost']) >= 2_000_000);
      assert.equal(totals(second, key).key.total, row?.['cost']);
      assert.deepEqual(second.ports.budgets.abandonHolds(), []);
      assert.match(second.logged.join('\n'), /1 calls were interrupted/);

      const third = await start(crashed(second));
      assert.equal(totals(third, key).key.total, row?.['cost']);
      assert.equal((await third.rows()).length, 1);
    }
  });

  it('belongs to one gateway at a time', async () => {
    const first = await start();
    await assert.rejects(start(first.folder), /in use by another Purser/);
    await stop(first);
    await start(first.folder);
  });
});
