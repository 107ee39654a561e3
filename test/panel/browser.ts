import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** A Chromium that comes as a package, and what drives it: 230 MB, so in no `node_modules` of ours. */
const packages = { 'playwright-core': '1.65.1', '@sparticuz/chromium': '147.0.0' };

/** Where they are kept between runs. */
const folder =
  process.env['PURSER_BROWSER'] ||
  join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'purser-browser', packages['playwright-core']);

/** Installs them if they are missing. */
export function installBrowser(): void {
  if (Object.keys(packages).every((name) => existsSync(join(folder, 'node_modules', name)))) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  const wanted = Object.entries(packages).map(([name, version]) => `${name}@${version}`);
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', ...wanted], {
    cwd: folder,
    stdio: 'inherit',
  });
}

/** As much of Playwright's locators as the tests use. */
export interface Locator {
  click(options?: Patience): Promise<void>;
  hover(): Promise<void>;
  fill(text: string, options?: Patience): Promise<void>;
  press(key: string): Promise<void>;
  focus(): Promise<void>;
  selectOption(value: string | { readonly label: string }): Promise<unknown>;
  innerText(): Promise<string>;
  allInnerTexts(): Promise<readonly string[]>;
  count(): Promise<number>;
  waitFor(options?: Patience & { readonly state?: 'visible' | 'detached' }): Promise<void>;
  getAttribute(name: string): Promise<string | null>;
  first(): Locator;
  locator(selector: string): Locator;
  filter(options: { readonly hasText: string | RegExp }): Locator;
  getByRole(role: string, options?: Named): Locator;
  getByLabel(label: string | RegExp, options?: { readonly exact: boolean }): Locator;
  getByText(text: string | RegExp, options?: { readonly exact: boolean }): Locator;
  evaluate<T>(run: (element: HTMLElementLike) => T): Promise<T>;
}

/** In milliseconds. */
interface Patience {
  readonly timeout?: number;
}

interface Named {
  readonly name?: string | RegExp;
  readonly exact?: boolean;
}

/** As much of an element as code that runs in the page needs here. */
export interface HTMLElementLike {
  scrollTop: number;
  readonly scrollHeight: number;
  readonly scrollWidth: number;
  readonly clientWidth: number;
}

/** A document: a page's own, or that of a frame in it. */
export interface Frame extends Pick<Locator, 'locator' | 'getByRole' | 'getByLabel' | 'getByText'> {
  url(): string;
  evaluate<T>(code: string): Promise<T>;
}

export interface Page extends Frame {
  readonly keyboard: { press(key: string): Promise<void>; type(text: string): Promise<void> };
  readonly mouse: { move(x: number, y: number): Promise<void> };
  frames(): readonly Frame[];
  goto(url: string): Promise<Response | null>;
  reload(): Promise<unknown>;
  close(): Promise<void>;
  exposeFunction(name: string, run: (argument: unknown) => unknown): Promise<void>;
  addInitScript(options: { readonly content: string }): Promise<void>;
  setViewportSize(size: { readonly width: number; readonly height: number }): Promise<void>;
  emulateMedia(media: { readonly colorScheme?: 'light' | 'dark'; readonly reducedMotion?: 'reduce' }): Promise<void>;
  screenshot(options: { readonly path: string }): Promise<unknown>;
  setDefaultTimeout(ms: number): void;
  waitForEvent(event: 'download'): Promise<Download>;
  on(event: 'pageerror', listener: (error: Error) => void): void;
  on(event: 'console', listener: (message: { type(): string; text(): string }) => void): void;
  on(event: 'request', listener: (request: { url(): string }) => void): void;
  context(): { cookies(): Promise<readonly unknown[]>; close(): Promise<void> };
}

interface Response {
  status(): number;
  headers(): Readonly<Record<string, string>>;
}

interface Download {
  suggestedFilename(): string;
  path(): Promise<string>;
}

/** What the pages of one user share: cookies, storage, permissions. */
export interface Profile {
  newPage(): Promise<Page>;
  pages(): readonly Page[];
  close(): Promise<void>;
}

export interface Browser {
  newContext(options?: object): Promise<Profile>;
  close(): Promise<void>;
}

interface Playwright {
  readonly chromium: { launch(options: object): Promise<Browser> };
}

/** Starts the Chromium; `PURSER_CHROMIUM` names another. */
export async function launchBrowser(): Promise<Browser> {
  installBrowser();
  const require = createRequire(join(folder, 'package.json'));
  const { chromium } = require('playwright-core') as Playwright;
  const executablePath = process.env['PURSER_CHROMIUM'] ?? (await packaged(require));
  const args = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking'];
  return chromium.launch({ executablePath, headless: true, args });
}

async function packaged(require: NodeJS.Require): Promise<string> {
  const module = (await import(require.resolve('@sparticuz/chromium'))) as {
    readonly default: { executablePath(): Promise<string> };
  };
  return module.default.executablePath();
}
