import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { GatewayThread, type GatewayState, type Thread } from '../../src/windows/gateway-thread.ts';
import type { FromGatewayThread, GatewayThreadData, ToGatewayThread } from '../../src/windows/worker-messages.ts';

const data: GatewayThreadData = {
  port: 4144,
  host: '127.0.0.1',
  dataFolder: '/data',
  holderFile: '/gateway.json',
  trusted: [],
  configFile: '/config.yaml',
  variables: { OPENAI_API_KEY: 'sk-one' },
  network: {},
  owner: 'the tests',
  version: '1.0.0',
};

/** A thread that says what the test lets it say, and ends when it is told to unless it hangs. */
class FakeThread extends EventEmitter implements Thread {
  readonly heard: ToGatewayThread[] = [];
  alive = true;
  hangs = false;

  postMessage(message: ToGatewayThread): void {
    this.heard.push(message);
    if (message.type === 'stop' && !this.hangs) this.die();
  }
  say(message: FromGatewayThread): void {
    this.emit('message', message);
  }
  die(): void {
    this.alive = false;
    this.emit('exit');
  }
  terminate(): Promise<void> {
    this.die();
    return Promise.resolve();
  }
}

interface Timer {
  readonly ms: number;
  readonly run: () => void;
}

function underTest() {
  const threads: FakeThread[] = [];
  const states: GatewayState[] = [];
  const logged: string[] = [];
  const configured: boolean[] = [];
  const timers = new Set<Timer>();
  const faults: Error[] = [];
  const gateway = new GatewayThread({
    start() {
      const fault = faults.shift();
      if (fault !== undefined) throw fault;
      const thread = new FakeThread();
      threads.push(thread);
      return thread;
    },
    data: () => Promise.resolve(data),
    log: (level, line) => logged.push(`${level}: ${line}`),
    onState: (state) => states.push(state),
    onConfigured: (isTaken) => configured.push(isTaken),
    after(ms, run) {
      const timer = { ms, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
  });
  const newest = (): FakeThread => {
    const thread = threads.at(-1);
    assert.ok(thread);
    return thread;
  };
  /** The one timer that is set goes off; gives its milliseconds. */
  const elapse = async (): Promise<number> => {
    const [timer, ...others] = timers;
    assert.ok(timer && others.length === 0, `${timers.size} timers`);
    timers.delete(timer);
    timer.run();
    await settled();
    return timer.ms;
  };
  return { gateway, threads, states, logged, configured, timers, faults, newest, elapse };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const ready: FromGatewayThread = { type: 'ready', port: 4144, adminKey: 'sk-admin' };

describe('the gateway thread of the extension', () => {
  it('runs at the address that its thread tells', async () => {
    const { gateway, states, newest, logged } = underTest();
    await gateway.restart();
    newest().say(ready);
    assert.deepEqual(
      states.map(({ type }) => type),
      ['starting', 'running'],
    );
    assert.deepEqual(gateway.state, { type: 'running', url: 'http://127.0.0.1:4144', adminKey: 'sk-admin' });
    assert.ok(logged.every((line) => !line.includes('sk-')));
  });

  it('tells which window has the gateway, and that it looks for another when that one has gone', async () => {
    const { gateway, states, newest, logged } = underTest();
    await gateway.restart();
    newest().say({ ...ready, adopted: true });
    newest().say({ type: 'starting' });
    newest().say({ ...ready, missingKeys: ['MY_KEY'] });
    assert.deepEqual(states.slice(1), [
      { type: 'running', url: 'http://127.0.0.1:4144', adminKey: 'sk-admin', adopted: true },
      { type: 'starting' },
      { type: 'running', url: 'http://127.0.0.1:4144', adminKey: 'sk-admin', missingKeys: ['MY_KEY'] },
    ]);
    assert.match(logged[0] ?? '', /runs in another window/);
  });

  it('is started again after it died, ever later while it keeps dying', async () => {
    const { gateway, newest, elapse, threads } = underTest();
    await gateway.restart();
    const waits: number[] = [];
    for (let death = 0; death < 8; death += 1) {
      newest().die();
      assert.equal(gateway.state.type, 'failed');
      waits.push(await elapse());
    }
    assert.deepEqual(waits, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
    assert.equal(threads.length, 9);
  });

  it('is started again soon when it had lived long', async () => {
    const { gateway, newest, elapse } = underTest();
    await gateway.restart();
    newest().die();
    await elapse();
    newest().say(ready);
    await elapse(); // a minute of life
    newest().die();
    assert.equal(await elapse(), 1_000);
  });

  it('is tried again when it cannot even be started', async () => {
    const { gateway, faults, elapse, threads, logged, newest } = underTest();
    faults.push(new Error('no such file'), new Error('no such file'));
    await gateway.restart();
    assert.deepEqual([gateway.state.type, threads.length], ['failed', 0]);
    assert.deepEqual([await elapse(), await elapse()], [1_000, 2_000]);
    newest().say(ready);
    assert.equal(gateway.state.type, 'running');
    assert.ok(logged[0]?.includes('could not be started: Error: no such file'));
  });

  it('waits for the user when the port is taken', async () => {
    const { gateway, newest, timers, logged } = underTest();
    await gateway.restart();
    newest().say({ type: 'failed', why: 'port-taken', message: 'Port 4144 is taken by another program.' });
    assert.deepEqual(gateway.state, {
      type: 'failed',
      why: 'port-taken',
      message: 'Port 4144 is taken by another program.',
    });
    assert.equal(timers.size, 0);
    assert.deepEqual(logged, ['error: Port 4144 is taken by another program.']);
  });

  it('tries again while another window has the gateway, and says so once', async () => {
    const { gateway, newest, elapse, logged, threads } = underTest();
    await gateway.restart();
    for (let attempt = 0; attempt < 3; attempt += 1) {
      newest().say({ type: 'failed', why: 'folder-taken', message: 'Another window has the gateway.' });
      assert.equal(await elapse(), 5_000);
    }
    newest().say(ready);
    assert.equal(gateway.state.type, 'running');
    assert.equal(logged.filter((line) => line.includes('Another window')).length, 1);
    assert.equal(threads.filter(({ alive }) => alive).length, 1);
  });

  it('lets the calls under way end before it stops, and then nothing is left', async () => {
    const { gateway, newest, timers } = underTest();
    await gateway.restart();
    newest().say(ready);
    await gateway.stop(3_500);
    assert.deepEqual(newest().heard, [{ type: 'stop', graceMs: 2_000 }]);
    assert.deepEqual([gateway.state.type, timers.size], ['stopped', 0]);
  });

  it('ends a thread that does not end by itself', async () => {
    const { gateway, newest, elapse } = underTest();
    await gateway.restart();
    newest().hangs = true;
    const stopped = gateway.stop(3_500);
    assert.equal(await elapse(), 3_500);
    await stopped;
    assert.equal(newest().alive, false);
  });

  it('never has two threads, however often it is restarted', async () => {
    const { gateway, newest, threads } = underTest();
    await gateway.restart();
    const first = newest();
    first.hangs = true;
    const restarts = [gateway.restart(), gateway.restart(), gateway.restart()];
    await settled();
    assert.equal(threads.length, 1, 'the first has not ended');
    first.die();
    await Promise.all(restarts);
    assert.equal(threads.filter(({ alive }) => alive).length, 1);
  });

  it('does not hear a thread that was replaced', async () => {
    const { gateway, newest } = underTest();
    await gateway.restart();
    const first = newest();
    await gateway.restart();
    first.say(ready);
    assert.equal(gateway.state.type, 'starting');
  });

  it('passes on new keys and what became of them', async () => {
    const { gateway, newest, configured } = underTest();
    await gateway.restart();
    gateway.setVariables({ OPENAI_API_KEY: 'sk-two' });
    assert.deepEqual(newest().heard, [{ type: 'variables', variables: { OPENAI_API_KEY: 'sk-two' } }]);
    newest().say({ type: 'configured', isTaken: true });
    newest().say({ type: 'configured', isTaken: false });
    assert.deepEqual(configured, [true, false]);
  });
});
