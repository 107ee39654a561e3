import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** VS Code 1.139 as a server, and the Node that it runs on: 800 MB, so in no `node_modules` of ours. */
const nodePackage = `node-${process.platform}-${process.arch}`;
const packages = { 'code-server': '4.139.1', [nodePackage]: '24.21.0' };

/** Where they are kept between runs. */
const cache =
  process.env['PURSER_EDITOR'] ||
  join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'purser-editor', '4.139.1');
const nodeCommand = join(cache, 'node_modules', nodePackage, 'bin/node');
const server = join(cache, 'node_modules/code-server');
const entry = join(server, 'out/node/entry.js');
const whole = join(cache, 'whole');

/** Installs them if they are missing. No script runs and nothing is compiled; the price is that output channels stay empty. */
export function installEditor(): void {
  if (existsSync(whole)) return;
  mkdirSync(cache, { recursive: true });
  writeFileSync(join(cache, 'package.json'), '{ "private": true }');
  install(cache, ...Object.entries(packages).map(([name, version]) => `${name}@${version}`));
  // What its own script would install: the server's modules, then those of its built-in extensions.
  for (const folder of ['lib/vscode', 'lib/vscode/extensions']) install(join(server, folder), '--omit=dev');
  writeFileSync(whole, '');
}

function install(folder: string, ...what: readonly string[]): void {
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  execFileSync('npm', ['install', ...flags, ...what], { cwd: folder, stdio: 'inherit' });
}

export interface HostOptions {
  /** An empty folder, or one of an earlier host: settings, extensions and what they store. */
  readonly home: string;
  /** Pages keep secrets and state for the address, so a restart that shall find them needs the same port. */
  readonly port?: number;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Environment of the extension host and the terminals. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly options?: readonly string[];
}

/** A running VS Code server. */
export interface Host {
  readonly url: string;
  readonly port: number;
  /** What a window that shows this folder is opened with. */
  readonly windowOf: (folder: string) => string;
  /** Ends it and all that it started, as the editor does: extensions have five seconds. */
  readonly stop: () => Promise<void>;
}

export function installExtension(home: string, vsix: string): void {
  const { status, stdout, stderr } = spawnSync(
    nodeCommand,
    [entry, ...foldersOf(home), '--install-extension', vsix, '--force'],
    { env: environmentOf(home, {}), encoding: 'utf8' },
  );
  if (status !== 0 || !stdout.includes('successfully installed')) throw new Error(stdout + stderr);
}

export async function startHost({
  home,
  settings,
  environment = {},
  options = [],
  ...rest
}: HostOptions): Promise<Host> {
  const port = rest.port ?? (await freePort());
  writeSettings(home, settings ?? {});
  const log = openSync(join(home, 'server.log'), 'a');
  const child = spawn(
    nodeCommand,
    [entry, ...foldersOf(home), ...always, '--bind-addr', `127.0.0.1:${port}`, ...options],
    {
      env: environmentOf(home, environment),
      stdio: ['ignore', log, log],
      detached: true, // a group of its own, so that nothing of it outlives `stop`
    },
  );
  const kill = (): void => void signalGroup(child, 'SIGKILL');
  process.once('exit', kill);
  const url = `http://127.0.0.1:${port}`;
  await untilTrue(async () => {
    if (child.exitCode !== null)
      throw new Error(`The editor ended with ${child.exitCode}: ${join(home, 'server.log')}`);
    return fetch(`${url}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    );
  });
  return {
    url,
    port,
    windowOf: (folder) => `${url}/?folder=${encodeURI(folder)}`,
    async stop() {
      child.kill('SIGTERM');
      await untilTrue(() => Promise.resolve(!signalGroup(child, 0)), 7_000).catch(kill);
      process.removeListener('exit', kill);
    },
  };
}

/** Switches that every host gets: nobody logs in, nothing is asked of the network, an abandoned window is gone in seconds. */
const always = [
  ...['--auth', 'none', '--disable-telemetry', '--disable-update-check', '--disable-workspace-trust'],
  ...['--disable-getting-started-override', '--ignore-last-opened', '--reconnection-grace-time', '5'],
];

const foldersOf = (home: string): readonly string[] => [
  ...['--user-data-dir', join(home, 'user'), '--extensions-dir', join(home, 'extensions')],
  ...['--config', join(home, 'config.yaml')],
];

/** User settings, and the machine's: those alone may hold a setting of the scope `machine`. */
function writeSettings(home: string, settings: Readonly<Record<string, unknown>>): void {
  const text = JSON.stringify({ ...quiet, ...settings }, null, 2);
  for (const kind of ['User', 'Machine']) {
    mkdirSync(join(home, 'user', kind), { recursive: true });
    writeFileSync(join(home, 'user', kind, 'settings.json'), text);
  }
}

const quiet = {
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'telemetry.telemetryLevel': 'off',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'remote.autoForwardPorts': false,
  'chat.disableAIFeatures': true,
  'chat.agentHost.enabled': false,
};

/** A clean environment with a home of its own: what a surrounding editor or shell has set would reach the extension. */
function environmentOf(home: string, extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const { PATH, LANG, TMPDIR } = process.env;
  const user = join(home, 'home');
  mkdirSync(user, { recursive: true });
  return { PATH, LANG, TMPDIR, HOME: user, SHELL: '/bin/bash', EXTENSIONS_GALLERY: '{"serviceUrl":""}', ...extra };
}

/** Whether anything of the group was there to get it. */
function signalGroup(child: ChildProcess, signal: 'SIGKILL' | 0): boolean {
  try {
    return child.pid !== undefined && process.kill(-child.pid, signal);
  } catch {
    return false;
  }
}

export async function freePort(): Promise<number> {
  const held = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => held.once('listening', resolve));
  const { port } = held.address() as AddressInfo;
  await new Promise((resolve) => held.close(resolve));
  return port;
}

export async function untilTrue(isSo: () => Promise<boolean>, milliseconds = 60_000): Promise<void> {
  const end = Date.now() + milliseconds;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`Not within ${milliseconds} ms`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
