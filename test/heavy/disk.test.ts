import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { objectIn } from '../../src/lib/json.ts';
import { newFolder, runServer, startServer, type BuiltServer } from '../support/built-server.ts';
import { chatAnswer, chatChunk, fakeProvider, json, usageChunk } from '../support/fake-provider.ts';
import type { FakeProvider, Script } from '../support/fake-provider.ts';
import { chat, configText, hello, manage, newKey, openaiModel, rowsOf } from '../support/gateway-client.ts';
import { connections, post, type Heard } from './raw-client.ts';
import { skipUnless, tell } from './scale.ts';

const refusal = /Purser cannot write its ledger in \S+data: .*Paid calls are refused/;
const mounts: string[] = [];

/** A small file system of its own at `path`; whether the system let us make one. */
function mounted(path: string, ...options: readonly string[]): boolean {
  mkdirSync(path, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', ['size=2m', ...options].join(','), 'tmpfs', path], { stdio: 'ignore' });
  } catch {
    return false;
  }
  mounts.push(path);
  return true;
}

/** Takes all the space that is left. */
function fill(folder: string): void {
  const file = openSync(join(folder, 'filler'), 'w');
  try {
    for (let size = 65_536; size >= 1;) {
      try {
        writeSync(file, Buffer.alloc(size));
      } catch {
        size = Math.floor(size / 2);
      }
    }
  } finally {
    closeSync(file);
  }
}
const makeRoom = (folder: string): void => rmSync(join(folder, 'filler'));

/** A stream that goes on to its end when told to. */
function heldStream(): { script: Script; begun: Promise<void>; goOn: () => void } {
  let [tellBegun, goOn] = [(): void => undefined, (): void => undefined];
  const begun = new Promise<void>((resolve) => (tellBegun = resolve));
  const told = new Promise<void>((resolve) => (goOn = resolve));
  const script: Script = async (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(`data: ${JSON.stringify(chatChunk({ role: 'assistant', content: 'First ' }))}\n\n`);
    tellBegun();
    await told;
    for (const data of [chatChunk({}, 'stop'), usageChunk()]) response.write(`data: ${JSON.stringify(data)}\n\n`);
    response.end('data: [DONE]\n\n');
  };
  return { script, begun, goOn: () => goOn() };
}

describe('a full disk', () => {
  const agent = connections();
  let provider: FakeProvider;
  let server: BuiltServer;
  let keyOfOthers: string;
  const start = (folder: string): Promise<BuiltServer> =>
    startServer({
      folder,
      config: configText([openaiModel('gpt', `${provider.url}/v1`)], { general_settings: { hold_wait_seconds: 15 } }),
    });
  beforeEach(async function () {
    const folder = newFolder();
    const isMounted = process.platform === 'linux' && mounted(join(folder, 'data'));
    skipUnless(isMounted, this, 'a file system can be mounted only by root on Linux');
    provider = await fakeProvider(json(200, chatAnswer('Hi.')));
    server = await start(folder);
    keyOfOthers = await newKey(server.url);
  });
  afterEach(async () => {
    if (mounts.length === 0) return;
    await server.stop('SIGKILL');
    await provider.close();
    for (const path of mounts.splice(0)) execFileSync('umount', [path]);
  });
  after(() => agent.destroy());

  const held = async (key: string): Promise<unknown> =>
    objectIn((await manage(server.url, `/key/info?key=${key}`))['info'])['held'];
  /** Calls until one is refused: what is left of the journal's last page takes a few lines more. */
  async function callUntilRefused(key: string): Promise<{ served: number; text: string }> {
    for (let served = 0; served < 100; served += 1) {
      const { status, text } = await chat(server.url, key, hello('gpt', { max_tokens: 300 }));
      if (status !== 200) {
        assert.equal(status, 503, text);
        return { served, text };
      }
    }
    return assert.fail('the full disk was not noticed');
  }
  /** A stream of `key`'s that ends while the disk is full. */
  async function endOnFullDisk(key: string): Promise<{ heard: Heard; served: number }> {
    const stream = heldStream();
    const served = provider.requests.length;
    provider.plays(stream.script);
    const body = hello('gpt', { stream: true, max_tokens: 800 });
    const hearing = post({ agent, url: server.url, key, body });
    await stream.begun;
    provider.plays(json(200, chatAnswer('Hi.')));
    fill(server.dataFolder);
    const refused = await callUntilRefused(keyOfOthers);
    assert.match(refused.text, refusal);
    assert.equal(provider.requests.length, served + 1 + refused.served, 'a refused call reached the provider');
    stream.goOn();
    return { heard: await hearing, served: refused.served };
  }

  it('refuses calls with a clear 503, and serves again when there is room, with nothing lost', async () => {
    const key = await newKey(server.url, { max_budget: 0.002 });
    const { heard, served } = await endOnFullDisk(key);
    assert.ok(heard.whole && heard.text.endsWith('data: [DONE]\n\n'), heard.text);
    assert.notEqual(await held(key), 0, 'a row that is not written keeps its hold');

    makeRoom(server.dataFolder);
    // Its budget is nearly all held for the row that waits: nobody else calls, so the gateway itself must write it.
    const answer = await chat(server.url, key, hello('gpt', { max_tokens: 800 }));
    assert.equal(answer.status, 200, answer.text);
    assert.equal(await held(key), 0);
    const rows = await rowsOf(server.url);
    assert.deepEqual(
      rows.map(({ status }) => status),
      Array.from({ length: served + 2 }, () => 'done'),
    );
    await server.stop('SIGKILL');
    server = await start(server.folder);
    assert.deepEqual(await rowsOf(server.url), rows);
    tell('full disk', `${served} calls fitted in, then 503; all ${rows.length} rows are there`);
  });

  it('does not cost the row that waits when the gateway is stopped as soon as there is room', async () => {
    const key = await newKey(server.url);
    const { heard } = await endOnFullDisk(key);
    makeRoom(server.dataFolder);
    assert.equal(await server.stop(), 0);
    server = await start(server.folder);
    const [row] = await rowsOf(server.url, heard.call);
    assert.deepEqual([row?.['status'], row?.['cost']], ['done', 20_000]);
  });

  it('costs at most the hold when the gateway is killed while a row waits', async () => {
    const key = await newKey(server.url);
    const { heard } = await endOnFullDisk(key);
    await server.stop('SIGKILL');
    makeRoom(server.dataFolder);
    server = await start(server.folder);
    const [row] = await rowsOf(server.url, heard.call);
    assert.equal(row?.['status'], 'interrupted');
    assert.ok(Number(row['cost']) >= 20_000);
  });

  it('does not keep the gateway from starting, and calls are served when there is room', async () => {
    const key = await newKey(server.url);
    assert.equal(await server.stop(), 0);
    fill(server.dataFolder);
    server = await start(server.folder);
    assert.match((await callUntilRefused(key)).text, refusal);
    makeRoom(server.dataFolder);
    assert.equal((await chat(server.url, key, hello('gpt'))).status, 200);
  });
});

describe('a data folder', () => {
  it('that is read-only keeps the gateway from starting, which says where and why', async function () {
    const folder = newFolder();
    const data = join(folder, 'data');
    const isRoot = process.getuid?.() === 0;
    if (isRoot) skipUnless(mounted(data, 'ro'), this, 'a file system can be mounted only by root on Linux');
    else {
      skipUnless(process.platform !== 'win32', this, 'folders have no mode on Windows');
      mkdirSync(data);
      chmodSync(data, 0o500);
    }
    const { code, output } = await runServer({
      folder,
      config: configText([openaiModel('gpt', 'http://127.0.0.1:9/v1')]),
    });
    for (const path of mounts.splice(0)) execFileSync('umount', [path]);
    assert.equal(code, 1, output);
    assert.ok(output.includes(data), output);
    assert.match(output, /read-only|may not write/);
  });

  it('of a running gateway is refused to a second one, which names it and the first’s process', async () => {
    const first = await startServer({ config: configText([openaiModel('gpt', 'http://127.0.0.1:9/v1')]) });
    const { code, output } = await runServer({ folder: first.folder });
    assert.equal(code, 1, output);
    assert.ok(output.includes(first.dataFolder), output);
    assert.ok(output.includes(`process ${first.process.pid ?? ''}`), output);
    await first.stop();
  });
});
