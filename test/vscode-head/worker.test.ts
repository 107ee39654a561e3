import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { buildSync } from 'esbuild';
import type { Spending } from '../../src/admin/contract.ts';
import { askGateway } from '../../src/admin/gateway-client.ts';
import type { KeyedProvider } from '../../src/admin/provider-key-routes.ts';
import { GatewayThread, type GatewayState } from '../../src/windows/gateway-thread.ts';
import type { Variables } from '../../src/windows/worker-messages.ts';
import { openaiModel } from '../support/gateway-client.ts';

const folders: string[] = [];
const stops: (() => Promise<void>)[] = [];
after(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'purser-worker-'));
  folders.push(folder);
  return folder;
}

let built: string | undefined;

/** The real threads, bundled as for release: Node 20 cannot run a thread from TypeScript. */
function builtFolder(): string {
  if (built !== undefined) return built;
  built = newFolder();
  const require = createRequire(import.meta.url);
  buildSync({
    entryPoints: ['worker', 'ledger-thread', 'token-thread'].map((name) =>
      join(import.meta.dirname, `../../src/${name}.ts`),
    ),
    outdir: built,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    define: { 'import.meta.dirname': '__dirname' },
  });
  cpSync(require.resolve('sql.js/dist/sql-wasm.wasm'), join(built, 'sql-wasm.wasm'));
  return built;
}

/** A gateway as the extension starts it, on a port of the system's choice. */
function underTest({
  port = 0,
  folder = newFolder(),
  variables = {},
}: { port?: number; folder?: string; variables?: Variables } = {}) {
  const logged: string[] = [];
  const listeners = new Set<() => void>();
  let configured = 0;
  const heard = (): void => {
    for (const listener of listeners) listener();
  };
  const gateway = new GatewayThread({
    start: (workerData) =>
      new Worker(join(builtFolder(), 'worker.js'), { workerData, execArgv: [], env: { PATH: '' } }),
    data: () =>
      Promise.resolve({
        host: '127.0.0.1',
        port,
        dataFolder: join(folder, 'data'),
        holderFile: join(folder, 'gateway.json'),
        trusted: [],
        configFile: join(folder, 'config.yaml'),
        variables,
        network: {},
        owner: 'the tests',
        version: '1.0.0',
      }),
    log: (level, line) => logged.push(`${level}: ${line}`),
    onState: heard,
    onConfigured() {
      configured += 1;
      heard();
    },
  });
  const until = (holds: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (!holds()) return;
        listeners.delete(look);
        resolve();
      };
      listeners.add(look);
      look();
    });
  stops.push(() => gateway.stop(3_500));
  return {
    ...{ gateway, folder, logged },
    until,
    start: async (): Promise<GatewayState> => {
      await gateway.restart();
      await until(() => gateway.state.type !== 'starting');
      return gateway.state;
    },
    nextConfiguration: (): Promise<void> => {
      const before = configured;
      return until(() => configured > before);
    },
  };
}

function access(state: GatewayState) {
  assert.ok(state.type === 'running', JSON.stringify(state));
  return state;
}

const spendingOf = async ({ state }: GatewayThread): Promise<Spending> =>
  (await askGateway(access(state), '/purser/overview')) as Spending;

describe('the worker', function () {
  this.timeout(30_000);

  it('serves the demo model at once, counts its call, and keeps it over a restart', async () => {
    const { gateway, start } = underTest();
    const running = access(await start());
    await askGateway(running, '/v1/chat/completions', { model: 'demo', messages: [{ role: 'user', content: 'Hi' }] });
    const overview = await spendingOf(gateway);
    assert.deepEqual([overview.today.calls, overview.month.calls, overview.today.cost], [1, 1, 0]);
    assert.deepEqual(overview.models, [{ model: 'demo', cost: 0, calls: 1 }]);
    assert.deepEqual([overview.providers, overview.keys], [[], 0]);

    await gateway.stop(3_500);
    access(await start());
    assert.equal((await spendingOf(gateway)).month.calls, 1);
  });

  it('has the models of a key that was added while it runs, and never tells the key', async () => {
    const { gateway, start, nextConfiguration, logged } = underTest();
    const running = access(await start());
    const taken = nextConfiguration();
    gateway.setVariables({ ANTHROPIC_API_KEY: 'sk-ant-secret-of-this-test' });
    await taken;
    const spending = (await askGateway(running, '/purser/overview')) as Spending;
    assert.deepEqual(spending.providers, ['Anthropic']);
    assert.ok(!JSON.stringify([spending, logged]).includes('secret-of-this-test'));
  });

  it('keeps its configuration when an edit has a mistake, and says where', async () => {
    const { start, folder, logged, nextConfiguration } = underTest();
    const file = join(folder, 'config.yaml');
    writeFileSync(file, JSON.stringify({ model_list: [openaiModel('own', 'http://127.0.0.1:9')] }));
    const running = access(await start());
    const read = nextConfiguration();
    writeFileSync(file, 'model_list: nonsense\n');
    await read;
    assert.ok(
      logged.some((line) => line.startsWith(`error: ${file}:1:`)),
      logged.join('\n'),
    );
    assert.deepEqual(((await askGateway(running, '/purser/overview')) as Spending).providers, ['OpenAI']);
  });

  it('waits for a wrong configuration to be mended', async () => {
    const { gateway, start, folder, until } = underTest();
    writeFileSync(join(folder, 'config.yaml'), 'model_list: nonsense\n');
    const state = await start();
    assert.deepEqual([state.type, state.type === 'failed' && state.why], ['failed', 'configuration']);
    writeFileSync(join(folder, 'config.yaml'), '# nothing yet\n');
    await until(() => gateway.state.type === 'running');
  });

  it('tells a taken port from data that another process has', async () => {
    const stranger = createServer().listen(0, '127.0.0.1');
    await once(stranger, 'listening');
    const { port } = stranger.address() as AddressInfo;
    const blocked = await underTest({ port }).start();
    stranger.close();
    assert.deepEqual(blocked, {
      type: 'failed',
      why: 'port-taken',
      message: `Port ${port} is taken by another program. Choose another port, or end that program and try again.`,
    });

    const first = underTest();
    access(await first.start());
    const second = await underTest({ folder: first.folder }).start();
    assert.equal(second.type === 'failed' && second.why, 'folder-taken');
  });

  it('offers the providers that a key is all one needs for, the best known first', async () => {
    const running = access(await underTest().start());
    const providers = (await askGateway(running, '/purser/providers')) as readonly KeyedProvider[];
    assert.deepEqual(providers[0], {
      ...{ name: 'openai', title: 'OpenAI', variable: 'OPENAI_API_KEY', models: [] },
      page: 'https://platform.openai.com/api-keys',
    });
    const variables = providers.map(({ variable }) => variable);
    assert.equal(new Set(variables).size, variables.length);
    for (const needsMore of ['AZURE_API_KEY', 'AWS_BEARER_TOKEN_BEDROCK', 'OLLAMA_API_KEY'])
      assert.ok(!variables.includes(needsMore));
  });

  it('tells its figures to nobody without the admin key', async () => {
    const { url } = access(await underTest().start());
    for (const path of ['/purser/overview', '/purser/spend', '/purser/providers'])
      await assert.rejects(askGateway({ url, adminKey: 'sk-not-the-admin-key' }, path), /Authentication Error/);
  });
});
