import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { objectIn, objectsIn, type JsonObject } from '../../src/lib/json.ts';
import { launchBrowser, type Browser, type Page, type Profile } from '../panel/browser.ts';
import { fakeProvider, json, type FakeProvider, type ReceivedRequest, type Script } from '../support/fake-provider.ts';
import { send, text } from '../support/gateway-client.ts';
import { speak } from '../support/speaking-provider.ts';
import { freePort, installEditor, installExtension, startHost, untilTrue, type Host } from './host.ts';
import { newProfile, openWindow } from './workbench.ts';

/** An editor with the VSIX in it, a provider behind it and a user before it. */
export interface Stage {
  readonly provider: FakeProvider;
  /** The user's browser, in which the editor keeps secrets. */
  readonly profile: Profile;
  /** Holds the editor's data, the user's home and the folders that are worked in. */
  readonly home: string;
  /** The extension's global storage. */
  readonly storage: string;
  /** The gateway's address. */
  readonly url: string;
  /** The address of a window on the folder of this name, which is made. */
  readonly windowOf: (folder: string) => string;
  /** Opens such a window. */
  readonly open: (folder: string) => Promise<Page>;
  /** What the gateway says to an administrator. */
  readonly ask: (path: string, body?: unknown) => Promise<JsonObject>;
  /** Ends the editor with all its windows, and starts it again where it was. */
  readonly restart: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface StageOptions {
  /** The text of `config.yaml`, given the provider's address. */
  readonly config?: (provider: string) => string;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly hostOptions?: readonly string[];
  /** Has a neighbour in the extension host that blocks it and ends threads. */
  readonly isSabotaged?: boolean;
}

const root = resolve(import.meta.dirname, '../..');
const { version } = createRequire(import.meta.url)('../../package.json') as { readonly version: string };

/** What `npm run package` makes; `PURSER_VSIX` names another. */
const vsix = resolve(root, process.env['PURSER_VSIX'] ?? `purser-${version}.vsix`);

export async function openStage(options: StageOptions = {}): Promise<Stage> {
  const { config, settings = {}, environment = {}, hostOptions = [], isSabotaged = false } = options;
  installEditor();
  const home = mkdtempSync(join(tmpdir(), 'purser-editor-'));
  const storage = join(home, 'user/User/globalStorage/purser.purser');
  installExtension(home, vsix);
  if (isSabotaged) installExtension(home, saboteurIn(home));
  const provider = await fakeProvider(sayingHello);
  if (config !== undefined) writeConfig(storage, config(provider.url));
  const [gatewayPort, port] = [await freePort(), await freePort()];
  const start = (): Promise<Host> =>
    startHost({
      ...{ home, port, options: hostOptions },
      environment: { SABOTEUR_NOTES: notesIn(home), ...environment },
      settings: { 'purser.port': gatewayPort, ...settings },
    });
  let host = await start();
  const browser: Browser = await launchBrowser();
  const profile = await newProfile(browser);
  const url = `http://127.0.0.1:${gatewayPort}`;
  const windowOf = (folder: string): string => {
    mkdirSync(join(home, folder), { recursive: true });
    return host.windowOf(join(home, folder));
  };
  return {
    ...{ provider, profile, home, storage, url },
    windowOf,
    open: (folder) => openWindow(profile, windowOf(folder)),
    async ask(path, body) {
      const {
        status,
        body: answer,
        text: said,
      } = await send(`${url}${path}`, { key: tokenIn(storage), ...(body !== undefined && { body }) });
      if (status !== 200) throw new Error(said);
      return answer;
    },
    async restart() {
      await host.stop();
      host = await start();
    },
    async close() {
      await browser.close();
      await host.stop();
      await provider.close();
      rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Answers in the format that is asked for, and has a list of models; both for a key. */
export const sayingHello: Script = (request, response) => {
  const { authorization, 'x-api-key': key } = request.headers;
  if ((authorization ?? key) === undefined)
    return json(401, { error: { message: 'No key was given.' } })(request, response);
  if (request.method === 'GET') return json(200, modelsFor(request))(request, response);
  speak(request, response, { text: 'Good morning from the model.' });
};

const modelsFor = ({ headers }: ReceivedRequest): object => ({
  ...{ object: 'list', has_more: false },
  data: (headers['anthropic-version'] === undefined
    ? ['gpt-5', 'gpt-5-mini']
    : ['claude-haiku-4-5', 'claude-sonnet-4-5']
  ).map((id) => ({ id, object: 'model' })),
});

export const writeConfig = (storage: string, text: string): void => {
  mkdirSync(storage, { recursive: true });
  writeFileSync(join(storage, 'config.yaml'), text);
};

const notesIn = (home: string): string => join(home, 'saboteur.json');

/** From when to when, in milliseconds since the epoch, the saboteur has blocked the host; waits until it has. */
export async function blockedSpells({
  home,
}: Stage): Promise<readonly { readonly start: number; readonly end: number }[]> {
  await untilTrue(() => Promise.resolve(existsSync(notesIn(home))));
  return JSON.parse(readFileSync(notesIn(home), 'utf8')) as { start: number; end: number }[];
}

function saboteurIn(home: string): string {
  const packed = join(home, 'saboteur.vsix');
  const vsce = join(root, 'node_modules/@vscode/vsce/vsce');
  const flags = ['--no-dependencies', '--allow-missing-repository', '--allow-star-activation', '--skip-license'];
  execFileSync(process.execPath, [vsce, 'package', ...flags, '-o', packed], {
    cwd: join(import.meta.dirname, 'saboteur'),
    stdio: 'pipe',
  });
  return packed;
}

/** Who holds the gateway, as it stands in its file. */
export const holderIn = (storage: string): JsonObject =>
  objectIn(JSON.parse(readFileSync(join(storage, 'gateway.json'), 'utf8')));
const tokenIn = (storage: string): string => text(holderIn(storage)['token']);

/** Waits until the gateway answers, whoever holds it. */
export const answering = ({ url }: Pick<Stage, 'url'>): Promise<void> =>
  untilTrue(() =>
    fetch(`${url}/health/readiness`).then(
      ({ ok }) => ok,
      () => false,
    ),
  );

/** The ledger's rows, newest first. */
export const rows = async (stage: Stage): Promise<readonly JsonObject[]> =>
  objectsIn((await stage.ask('/purser/rows?limit=1000'))['rows']);

/** Keeps a picture where `EDITOR_PICTURES` says, if it says so. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env['EDITOR_PICTURES'];
  if (folder === undefined) return;
  const path = join(folder, `${name}.png`);
  mkdirSync(dirname(path), { recursive: true });
  await page.screenshot({ path });
}

/** Has a picture of every window taken when a test fails, where `EDITOR_PICTURES` says. */
export function picturesOfFailures(stage: () => Stage | undefined): void {
  afterEach(async function () {
    if (this.currentTest?.state !== 'failed') return;
    for (const [index, page] of (stage()?.profile.pages() ?? []).entries())
      await picture(page, `failed-${this.currentTest.title.replaceAll(/\W+/g, '-')}-${index}`);
  });
}

/** What was measured, for people; it proves nothing. */
export const figures = (line: string): void => void process.stdout.write(`      ${line}\n`);
