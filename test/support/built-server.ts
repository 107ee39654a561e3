import assert from 'node:assert/strict';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** What is started, and in what surroundings. */
export interface ServerOptions {
  /** The text of `config.yaml`; without one there is no file and the built-in starter serves. */
  readonly config?: string;
  /** The text of `.env` beside it. */
  readonly dotEnv?: string;
  /** Environment variables; of the test's own only those pass that a process needs to run. */
  readonly variables?: Readonly<Record<string, string>>;
  /** More options; they come last, so they win. */
  readonly arguments?: readonly string[];
  /** The folder of an earlier server, to start again where that one ended. */
  readonly folder?: string;
}

/** The built gateway in a process of its own, as `npm start` runs it. */
export interface BuiltServer {
  readonly url: string;
  /** Holds `config.yaml`, `.env` and `data`. */
  readonly folder: string;
  readonly dataFolder: string;
  readonly process: ChildProcess;
  /** All that it has printed so far. */
  output(): string;
  /** Resolves with the match when what it has printed holds `pattern`. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  /** Ends it with this signal and gives its exit code; null when the signal killed it. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

const root = join(import.meta.dirname, '../..');
export const dist = resolve(root, process.env['PURSER_DIST'] ?? 'dist');

const folders: string[] = [];
const running = new Set<ChildProcess>();
before(buildOnce);
after(() => {
  for (const child of running) child.kill('SIGKILL');
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** An empty folder that is removed when the tests are done. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'purser-e2e-'));
  folders.push(folder);
  return folder;
}

/** Starts the server on a free port and waits until it is ready. */
export async function startServer(options: ServerOptions = {}): Promise<BuiltServer> {
  const server = launch(options);
  const ended = once(server.process, 'exit').then(() => assert.fail(`the server ended:\n${server.output()}`));
  const [, url = ''] = await Promise.race([server.printed(/Purser answers on (http:\S+) /), ended]);
  ended.catch(() => undefined); // it is only of interest until here
  const ready = await fetch(`${url}/health/readiness`);
  assert.equal(ready.status, 200);
  return { ...server, url };
}

/** Runs the server until it ends by itself. */
export async function runServer(options: ServerOptions = {}): Promise<{ code: number | null; output: string }> {
  const server = launch(options);
  const [code] = (await once(server.process, 'close')) as [number | null];
  return { code, output: server.output() };
}

function launch(options: ServerOptions): Omit<BuiltServer, 'url'> {
  const { config, dotEnv, variables = {}, folder = newFolder() } = options;
  if (config !== undefined) writeFileSync(join(folder, 'config.yaml'), config);
  if (dotEnv !== undefined) writeFileSync(join(folder, '.env'), dotEnv);
  const dataFolder = join(folder, 'data');
  const child = spawn(
    process.execPath,
    [join(dist, 'server.js'), '--port', '0', '--data-dir', dataFolder, ...(options.arguments ?? [])],
    {
      cwd: folder,
      // No test leaves this machine, however long it runs.
      env: { PATH: process.env['PATH'], HOME: folder, LITELLM_LOCAL_MODEL_COST_MAP: 'True', ...variables },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  running.add(child);
  child.on('exit', () => running.delete(child));
  let output = '';
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      for (const listener of listeners) listener();
    });
  }
  return {
    folder,
    dataFolder,
    process: child,
    output: () => output,
    printed: (pattern) =>
      new Promise((found) => {
        const look = (): void => {
          const match = pattern.exec(output);
          if (match === null) return;
          listeners.delete(look);
          found(match);
        };
        listeners.add(look);
        look();
      }),
    async stop(signal = 'SIGTERM') {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      const closed = once(child, 'close');
      child.kill(signal);
      const [code] = (await closed) as [number | null];
      return code;
    },
  };
}

let isBuilt = false;

/** Builds unless what is built is newer than every source. */
function buildOnce(): void {
  if (isBuilt) return;
  isBuilt = true;
  const server = join(dist, 'server.js');
  const builtAt = existsSync(server) ? statSync(server).mtimeMs : 0;
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).map((name) =>
    join(root, 'src', name),
  );
  if (sources.some((file) => statSync(file).mtimeMs > builtAt)) {
    execFileSync(process.execPath, ['esbuild.config.mjs'], { cwd: root, env: { ...process.env, PURSER_DIST: dist } });
  }
}

/** The text of every file in the folder and below, by path. */
export function textsIn(folder: string): ReadonlyMap<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    files.map((entry) => {
      const file = join(entry.parentPath, entry.name);
      return [file, readFileSync(file, 'latin1')];
    }),
  );
}
