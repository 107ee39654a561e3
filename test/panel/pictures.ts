import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import assert from 'node:assert/strict';
import { launchBrowser, type Page } from './browser.ts';
import { goTo, openPanel, showing } from './opened.ts';
import { longCall, makeCalls, openScene } from './scene.ts';

/** `npm run pictures`: the pictures of README, of calls that really went through the gateway to the fake provider. */
const media = resolve(import.meta.dirname, '../../media');
const mostBytes = 100_000;

describe('the pictures of README', () => {
  it('are taken anew', async function () {
    this.timeout(180_000);
    const scene = await openScene();
    const browser = await launchBrowser();
    try {
      await makeCalls(scene);
      void longCall(scene);
      const viewport = { width: 1180, height: 760 };
      const { page } = await openPanel(browser, scene.server.url, { viewport });
      const keep = async (name: string): Promise<void> => keepPicture(page, name);
      await page.getByLabel('Theme').selectOption('vscode-dark');
      await showing(await goTo(page, 'Overview'), 'How costs are known');
      await keep('panel-overview');
      await showing(await goTo(page, 'Models and routing'), 'claude-sonnet-4-5');
      await page.getByRole('button', { name: 'Try a Request' }).click();
      await page.getByRole('dialog').getByLabel('Key').selectOption({ label: 'claude-code' });
      await page.getByRole('button', { name: 'Try', exact: true }).click();
      await showing(page.locator('.story'), 'would be held');
      await page.setViewportSize({ width: 720, height: 740 });
      await keep('panel-dry-run');
      await page.setViewportSize(viewport);
      await page.keyboard.press('Escape');
      await page.getByLabel('Theme').selectOption('vscode-light');
      await page.setViewportSize({ width: 1000, height: 560 });
      await showing(await goTo(page, 'Requests'), /\d requests/);
      await page.locator('.grid-body .grid-row').filter({ hasText: 'claude-sonnet' }).first().click();
      await showing(page.getByRole('main'), 'Tokens and time');
      await keep('panel-requests');
    } finally {
      scene.release();
      await browser.close();
      await scene.close();
    }
  });
});

async function keepPicture(page: Page, name: string): Promise<void> {
  const path = join(media, `${name}.png`);
  await page.screenshot({ path });
  assert.ok(statSync(path).size < mostBytes, `${name}.png has ${statSync(path).size} bytes`);
}
