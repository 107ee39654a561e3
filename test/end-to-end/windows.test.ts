import assert from 'node:assert/strict';
import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { GatewayState } from '../../src/windows/gateway-thread.ts';
import { objectIn, stringIn } from '../../src/lib/json.ts';
import { newFolder, runServer, textsIn } from '../support/built-server.ts';
import { chatAnswer, chatChunk, fakeProvider, json, type FakeProvider, type Script } from '../support/fake-provider.ts';
import { adminKey, chat, configText, hello, openaiModel, rowsOf, send } from '../support/gateway-client.ts';
import { freePort, openWindow, type Window, type WindowOptions } from '../support/window.ts';

describe('the windows of an editor', function () {
  this.timeout(60_000);
  let provider: FakeProvider;
  let folder: string;
  let port: number;
  let url: string;
  const opened: Window[] = [];
  const open = (options: Partial<WindowOptions> = {}): Window => {
    const window = openWindow({ folder, port, ...options });
    opened.push(window);
    return window;
  };
  const config = (): string => configText([openaiModel('gpt', `${provider.url}/v1`)]);
  beforeEach(async () => {
    provider = await fakeProvider();
    folder = newFolder();
    port = await freePort();
    url = `http://127.0.0.1:${port}`;
    writeFileSync(join(folder, 'config.yaml'), config());
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((window) => window.close()));
    await provider.close();
  });
  /** The first holds the gateway, the others use it. */
  const openAll = async (count: number): Promise<Window[]> => {
    const first = open();
    await first.running();
    const others = Array.from({ length: count - 1 }, () => open());
    for (const window of others) assert.equal((await window.running()).adopted, true);
    return [first, ...others];
  };
  const statuses = async () => (await rowsOf(url)).map(({ status }) => status).sort();
  /** Resolves when one of them has the gateway and the others use it. */
  const oneHolds = async (windows: readonly Window[]): Promise<void> => {
    const holds = (state: GatewayState): boolean => state.type === 'running' && state.adopted === undefined;
    await Promise.race(windows.map((window) => window.until(holds)));
    const token = holderIn()['token'];
    for (const window of windows) await window.until((state) => state.type === 'running' && state.adminKey === token);
  };
  const holderIn = (place = folder) => objectIn(JSON.parse(readFileSync(join(place, 'gateway.json'), 'utf8')));

  it('share one gateway: the second uses that of the first, with a key that only this user can read', async () => {
    const [first, second] = await openAll(2);
    assert.ok(first && second);
    const [mine, other] = [await first.running(), await second.running()];
    assert.deepEqual([mine.url, mine.adopted, other.url, other.adopted], [url, undefined, url, true]);
    assert.equal(other.adminKey, holderIn()['token']);
    assert.equal(statSync(join(folder, 'gateway.json')).mode & 0o777, 0o600);
    assert.equal((await send(`${url}/purser/spend`, { key: other.adminKey })).status, 200);
  });

  it('lose no call when the one that holds the gateway is closed: another has it within a second', async () => {
    const [first, second, third] = await openAll(3);
    assert.ok(first && second && third);
    provider.plays(endless);
    const stream = chat(url, adminKey, hello('gpt', { stream: true }));
    while (provider.requests.length === 0) await delay(10);
    provider.plays(json(200, chatAnswer('Hi.')));
    const calls = keepCalling(url);
    const closed = performance.now();
    const closing = first.close();
    const { status, text } = await stream;
    const streamed = performance.now() - closed;
    assert.equal(status, 200);
    assert.match(text, /Purser was stopped before this answer was complete/);
    assert.ok(streamed > 2_900 && streamed < 4_000, `${Math.round(streamed)} ms`);
    await closing;
    const left = performance.now() - closed;
    assert.ok(left < 5_000, `VS Code would have ended it: ${Math.round(left)} ms`);
    const { done, longestRefusal } = await calls.end();
    assert.ok(longestRefusal < 1_000, `refused for ${longestRefusal} ms`);
    await oneHolds([second, third]);
    assert.deepEqual(await statuses(), [...Array.from({ length: done }, () => 'done'), 'failed']);
  });

  it('go on after the one that holds the gateway was killed, with every row', async () => {
    const [first, second, third] = await openAll(3);
    assert.ok(first && second && third);
    for (let call = 0; call < 5; call += 1) await chat(url, adminKey, hello('gpt'));
    provider.plays(endless);
    const stream = chat(url, adminKey, hello('gpt', { stream: true })).catch(() => undefined);
    while (provider.requests.length < 6) await delay(10);
    provider.plays(json(200, chatAnswer('Hi.')));
    first.process.kill('SIGKILL');
    await once(first.process, 'exit');
    const calls = keepCalling(url);
    await stream;
    await calls.first;
    const { done, longestRefusal } = await calls.end();
    assert.ok(longestRefusal < 1_000, `refused for ${longestRefusal} ms`);
    await oneHolds([second, third]);
    assert.deepEqual(await statuses(), [...Array.from({ length: 5 + done }, () => 'done'), 'interrupted']);
  });

  it('go on after the thread of the one that holds the gateway died, and that one comes back', async () => {
    const [first, second] = await openAll(2);
    assert.ok(first && second);
    first.tell({ type: 'crash' });
    await first.until((state) => state.type === 'failed' && state.why === 'crashed');
    await second.until((state) => state.type === 'running' && state.adopted === undefined);
    await first.until((state) => state.type === 'running' && state.adopted === true);
    assert.ok(first.logged.some((line) => line.includes('stopped unexpectedly')));
    assert.equal((await chat(url, adminKey, hello('gpt'))).status, 200);
  });

  it('restart a thread that died when there is no other window', async () => {
    const window = open();
    await window.running();
    await chat(url, adminKey, hello('gpt'));
    window.tell({ type: 'crash' });
    await window.until((state) => state.type === 'failed' && state.why === 'crashed');
    await window.until((state) => state.type === 'running');
    assert.equal((await rowsOf(url)).length, 1);
  });

  it('hand over to a newer Purser, which the older then uses', async () => {
    const older = open({ version: '1.0.9' });
    await older.running();
    const sibling = open({ version: '1.0.9' });
    await sibling.running();
    const calls = keepCalling(url);
    const newer = open({ version: '1.0.10' });
    assert.equal((await newer.running()).adopted, undefined);
    await older.until((state) => state.type === 'running' && state.adopted === true);
    await sibling.until((state) => state.type === 'running' && state.adminKey === holderIn()['token']);
    assert.equal(holderIn()['version'], '1.0.10');
    const { longestRefusal, done } = await calls.end();
    assert.ok(longestRefusal < 1_000, `refused for ${longestRefusal} ms`);
    assert.equal((await rowsOf(url)).length, done);
  });

  it('name a stranger on the port, and leave it alone', async () => {
    const stranger = await listening(port, (request, response) => {
      assert.equal(request.headers.authorization, undefined);
      response.writeHead(404, { server: 'uvicorn <b>' }).end('{"detail":"Not Found"}');
    });
    const state = await open().until(({ type }) => type === 'failed');
    assert.ok(state.type === 'failed' && state.why === 'port-taken', JSON.stringify(state));
    assert.match(state.message, new RegExp(`Port ${port} is taken by another program \\(it calls itself uvicorn b\\)`));
    stranger.close();
  });

  it('adopt nobody who forges a proof, or passes on that of the real one', async () => {
    const real = open({ port: await freePort() });
    const { url: realUrl } = await real.running();
    const keys: (string | undefined)[] = [];
    const relay = await listening(port, (request, response) => {
      keys.push(request.headers.authorization);
      void fetch(`${realUrl}${String(request.url)}`)
        .then((answer) => answer.text())
        .then((text) => response.end(text));
    });
    const state = await open().until(({ type }) => type === 'failed');
    assert.ok(state.type === 'failed' && state.why === 'port-taken', JSON.stringify(state));
    assert.match(state.message, /cannot prove it/);
    assert.ok(keys.length > 3 && keys.every((key) => key === undefined), 'it showed its key');
    relay.closeAllConnections();
    relay.close();
  });

  for (const [how, spoil] of [
    ['cut short', (file: string) => truncateSync(file, 40)],
    [
      'of a run long ago',
      (file: string) => writeFileSync(file, JSON.stringify({ ...holderIn(), token: 'sk-old', instance: 'old' })),
    ],
    ['empty', (file: string) => writeFileSync(file, '')],
  ] as const) {
    it(`find one another also when gateway.json is ${how}`, async () => {
      const first = open();
      await first.running();
      spoil(join(folder, 'gateway.json'));
      assert.equal((await open().running()).adopted, true);
    });
  }

  it('start where a gateway.json of a dead run lies', async () => {
    const file = {
      contract: 1,
      host: '127.0.0.1',
      port,
      pid: 1,
      instance: 'x',
      version: '9.9.9',
      owner: 'x',
      token: 'x',
    };
    writeFileSync(join(folder, 'gateway.json'), JSON.stringify({ ...file, keys: [] }));
    assert.equal((await open().running()).adopted, undefined);
  });

  it('pass a key that is entered in one on to the one that holds the gateway, at once and unseen', async () => {
    const [first, second] = await openAll(2);
    assert.ok(first && second);
    writeFileSync(
      join(folder, 'config.yaml'),
      configText([openaiModel('gpt', `${provider.url}/v1`, { api_key: 'os.environ/MY_KEY' })]),
    );
    await first.hears(({ type }) => type === 'configured');
    second.tell({ type: 'variables', variables: { MY_KEY: secret } });
    await first.hears((message) => message.type === 'configured' && message.isTaken);
    while (!JSON.stringify(holderIn()['keys']).includes('MY_KEY')) await delay(5);
    assert.equal((await chat(url, adminKey, hello('gpt'))).status, 200);
    assert.equal(provider.requests.at(-1)?.headers.authorization, `Bearer ${secret}`);

    for (const path of ['variables', 'overview', 'accounts', 'providers', 'proof?nonce=0123456789abcdef'])
      assert.ok(!(await send(`${url}/purser/${path}`, { key: adminKey })).text.includes(secret), path);
    assert.ok(!JSON.stringify([first.heard, second.heard, first.logged]).includes(secret));
    for (const [file, text] of textsIn(folder)) assert.ok(!text.includes(secret), file);
  });

  it('say which key a successor lacks, and give it to the next that has it', async () => {
    const [first, second] = await openAll(2);
    assert.ok(first && second);
    first.tell({ type: 'variables', variables: { MY_KEY: secret } });
    while (!JSON.stringify(holderIn()['keys']).includes('MY_KEY')) await delay(5);
    await first.close();
    const state = await second.until((now) => now.type === 'running' && now.adopted === undefined);
    assert.deepEqual(state.type === 'running' && state.missingKeys, ['MY_KEY']);
    // A window that is reloaded knows it.
    const reloaded = open({ variables: { MY_KEY: secret } });
    await reloaded.running();
    await second.close();
    const next = await reloaded.until((now) => now.type === 'running' && now.adopted === undefined);
    assert.equal(next.type === 'running' && next.missingKeys, undefined);
  });

  it("name another editor's Purser, and use it when the user wants to", async () => {
    const theirs = newFolder();
    writeFileSync(join(theirs, 'config.yaml'), config());
    const other = open({ folder: theirs, owner: 'Other Editor', version: '0.5.0' });
    const { adminKey: token } = await other.running();
    const state = await open().until(({ type }) => type === 'failed');
    assert.ok(state.type === 'failed' && state.why === 'other-purser' && state.file, JSON.stringify(state));
    assert.match(state.message, new RegExp(`Port ${port} has another Purser: 0\\.5\\.0 of Other Editor, process`));
    assert.equal(state.file, join(theirs, 'gateway.json'));
    const trusting = await open({ trusted: [state.file] }).running();
    assert.deepEqual([trusting.adopted, trusting.adminKey], [true, token]);
  });

  it('are named by a headless server that wants their port', async () => {
    await open().running();
    const { code, output } = await runServer({ arguments: ['--port', String(port)] });
    assert.equal(code, 1);
    assert.match(
      output,
      new RegExp(`Port ${port} on 127.0.0.1 has another Purser: 1\\.0\\.0 of Test Editor, process \\d+`),
    );
  });
});

const secret = 'sk-secret-of-the-windows-test';

/** Begins to answer and never ends. */
const endless: Script = (_request, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(`data: ${JSON.stringify(chatChunk({ content: 'Half' }))}\n\n`);
};

interface Calls {
  /** Resolves with the first answer. */
  readonly first: Promise<unknown>;
  /** No more calls; gives what became of them. Milliseconds. */
  end(): Promise<{ done: number; longestRefusal: number }>;
}

/** A client that asks again and again, and at once again where nobody listens; nothing else may ever go wrong. */
function keepCalling(url: string): Calls {
  let goesOn = true;
  let tellFirst = (): void => undefined;
  const answered = new Promise<void>((resolve) => (tellFirst = resolve));
  const result = { done: 0, longestRefusal: 0 };
  const run = (async () => {
    while (goesOn) {
      const began = performance.now();
      await untilTaken(url, () => {
        result.longestRefusal = Math.max(result.longestRefusal, performance.now() - began);
      });
      result.done += 1;
      tellFirst();
      await delay(5);
    }
    return result;
  })();
  const first = Promise.race([answered, run]);
  first.catch(() => undefined);
  return {
    first,
    end() {
      goesOn = false;
      return run;
    },
  };
}

async function untilTaken(url: string, refused: () => void): Promise<void> {
  for (;;) {
    try {
      const { status, text } = await chat(url, adminKey, hello('gpt'));
      assert.equal(status, 200, text);
      return;
    } catch (error) {
      const cause = objectIn((error as { cause?: unknown }).cause);
      // A connection that a dead process left behind is found broken at its next use.
      if (!['ECONNREFUSED', 'ECONNRESET', 'UND_ERR_SOCKET'].includes(stringIn(cause['code']) ?? '')) throw error;
      refused();
      await delay(2);
    }
  }
}

async function listening(port: number, listener: RequestListener) {
  const server = createServer(listener).listen(port, '127.0.0.1');
  await once(server, 'listening');
  assert.equal((server.address() as AddressInfo).port, port);
  return server;
}
