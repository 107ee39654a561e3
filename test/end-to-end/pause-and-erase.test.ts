import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { askForErasure, isErasureAsked } from '../../src/erase.ts';
import { newFolder } from '../support/built-server.ts';
import { fakeProvider, type FakeProvider } from '../support/fake-provider.ts';
import { adminKey, chat, configText, hello, newKey, openaiModel, send } from '../support/gateway-client.ts';
import { freePort, openWindow, type Window } from '../support/window.ts';

describe('of several windows', function () {
  this.timeout(60_000);
  let provider: FakeProvider;
  let folder: string;
  let url: string;
  let windows: readonly [Window, Window];
  beforeEach(async () => {
    provider = await fakeProvider();
    folder = newFolder();
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    writeFileSync(join(folder, 'config.yaml'), configText([openaiModel('gpt', `${provider.url}/v1`)]));
    const first = openWindow({ folder, port });
    await first.running();
    const second = openWindow({ folder, port });
    await second.running();
    windows = [first, second];
  });
  afterEach(async () => {
    await Promise.all(windows.map((window) => window.close()));
    await provider.close();
  });

  it('the next holder keeps the pause of all spending', async () => {
    const [first, second] = windows;
    assert.equal((await send(`${url}/purser/pause`, { key: adminKey, body: { on: true } })).status, 200);
    first.process.kill('SIGKILL');
    await second.until((state) => state.type === 'running' && state.adopted === undefined);
    const refused = await chat(url, adminKey, hello('gpt'));
    assert.equal(refused.status, 400);
    assert.match(refused.text, /Budget paused/);
    const metrics = await send(`${url}/metrics`, { key: adminKey });
    assert.match(metrics.text, /^purser_spending_paused 1$/m);
  });

  it('any may have all data deleted: whoever holds the gateway next begins with nothing', async () => {
    const [, second] = windows;
    const key = await newKey(url);
    assert.equal((await chat(url, key, hello('gpt'))).status, 200);
    const storage = { holderFile: join(folder, 'gateway.json'), dataFolder: join(folder, 'data') };
    const { adminKey: token } = await second.running();
    askForErasure(storage);
    assert.equal((await send(`${url}/purser/handover`, { key: token, body: {} })).status, 200);
    for (let tries = 0; isErasureAsked(storage) && tries < 200; tries += 1) await delay(50);
    assert.equal(isErasureAsked(storage), false);
    assert.equal(existsSync(join(folder, 'config.yaml')), false);
    await Promise.race(
      windows.map((window) =>
        window.until((state) => state.type === 'running' && state.adopted === undefined && state.adminKey !== token),
      ),
    );
    assert.equal((await chat(url, key, hello('demo'))).status, 401, 'the old key is worth nothing');
    const { adminKey: fresh } = await windows[1].running();
    const rows = await send(`${url}/purser/rows`, { key: fresh });
    assert.deepEqual(rows.body['rows'], []);
  });
});
