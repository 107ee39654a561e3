import assert from 'node:assert/strict';
import { adminKey } from '../support/gateway-client.ts';
import type { Browser, Frame, Locator, Page } from './browser.ts';

/** A page of the panel, with everything that went wrong in it. */
export interface Opened {
  readonly page: Page;
  /** Errors of scripts, and what the content security policy refused. */
  readonly faults: string[];
  /** The addresses that it asked. */
  readonly asked: readonly string[];
}

export async function openPage(browser: Browser, options: object = {}): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(6_000);
  const faults: string[] = [];
  const asked: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    // A refusal is an answer; the page shows it.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      faults.push(message.text());
  });
  page.on('request', (request) => asked.push(request.url()));
  return { page, faults, asked };
}

/** The panel of this gateway, logged in. */
export async function openPanel(browser: Browser, url: string, options: object = {}): Promise<Opened> {
  const opened = await openPage(browser, options);
  await logIn(opened.page, url);
  return opened;
}

export async function logIn(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/ui`);
  await page.getByLabel('Admin key').fill(adminKey);
  await page.keyboard.press('Enter');
  await page.getByRole('navigation', { name: 'Views' }).waitFor();
}

export async function goTo(page: Frame, view: string): Promise<Locator> {
  await page
    .getByRole('navigation', { name: 'Views' })
    .getByRole('button', { name: new RegExp(`^${view}`) })
    .click();
  const main = page.getByRole('main', { name: view });
  await main.waitFor();
  return main;
}

/** Waits until what is read satisfies, and gives it. */
export async function eventually<T>(read: () => Promise<T>, isRight: (value: T) => boolean, ms = 10_000): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const value = await read();
    if (isRight(value)) return value;
    if (Date.now() > end) assert.fail(`still ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Waits until the text stands in the place. */
export const showing = (place: Locator, text: string | RegExp): Promise<string> =>
  eventually(
    () => place.innerText(),
    (shown) => (typeof text === 'string' ? shown.includes(text) : text.test(shown)),
  );
