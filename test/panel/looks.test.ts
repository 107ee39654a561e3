import assert from 'node:assert/strict';
import { themes } from '../../webview-ui/theme.ts';
import { axeViolations } from './axe.ts';
import { launchBrowser, type Browser, type Page } from './browser.ts';
import { eventually, goTo, openPage, openPanel, showing } from './opened.ts';
import { failedCall, longCall, makeCalls, openScene, type Scene } from './scene.ts';

/** Each view with a text that it shows once it is whole. */
const views = [
  ['Overview', 'How costs are known'],
  ['Live', 'at most'],
  ['Requests', 'requests'],
  ['Keys and projects', 'claude-code'],
  ['Models and routing', 'claude-sonnet-4-5'],
  ['Providers', 'key set'],
] as const;

/** Where pictures of the views are kept, if anywhere. */
const pictures = process.env['PANEL_PICTURES'];

describe('the looks of the panel', () => {
  let scene: Scene;
  let browser: Browser;
  let page: Page;
  before(async function () {
    this.timeout(120_000);
    scene = await openScene();
    await makeCalls(scene);
    await failedCall(scene);
    void longCall(scene);
    browser = await launchBrowser();
    ({ page } = await openPanel(browser, scene.server.url));
  });
  after(async () => {
    scene.release();
    await browser.close();
    await scene.close();
  });

  const picture = async (name: string): Promise<void> => {
    if (pictures !== undefined) await page.screenshot({ path: `${pictures}/${name}.png` });
  };
  const shown = async (view: string, text: string): Promise<void> => {
    await showing(await goTo(page, view), view === 'Requests' ? /\d requests/ : text);
    if (view === 'Requests') await page.locator('.grid-body .grid-row').first().click();
  };

  for (const [theme, title] of themes.filter(([name]) => name !== 'system')) {
    describe(`in ${title.toLowerCase()}`, () => {
      before(() => page.getByLabel('Theme').selectOption(theme));

      for (const [view, text] of views) {
        it(`has no fault of accessibility: ${view}`, async () => {
          await shown(view, text);
          await picture(`${theme}-${view.split(' ')[0]?.toLowerCase() ?? ''}`);
          assert.deepEqual(await axeViolations(page), []);
        });
      }

      it('has no fault of accessibility: a dialog', async () => {
        await shown('Keys and projects', 'claude-code');
        await page.getByRole('button', { name: 'New Key' }).click();
        await picture(`${theme}-dialog`);
        assert.deepEqual(await axeViolations(page), []);
        await page.keyboard.press('Escape');
      });
    });
  }

  it('has no fault of accessibility: the door', async () => {
    const { page: door } = await openPage(browser);
    await door.goto(`${scene.server.url}/ui`);
    await door.getByLabel('Admin key').waitFor();
    assert.deepEqual(await axeViolations(door), []);
    await door.context().close();
  });

  it('fits a narrow tab: nothing but tables scrolls sideways', async () => {
    await page.setViewportSize({ width: 460, height: 800 });
    for (const [view, text] of views) {
      await shown(view, text);
      await picture(`narrow-${view.split(' ')[0]?.toLowerCase() ?? ''}`);
      const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
      assert.equal(await page.evaluate(overflow), 0, view);
      assert.equal(
        await page.evaluate('(([one]) => one.scrollWidth - one.clientWidth)(document.querySelectorAll("main"))'),
        0,
        view,
      );
    }
    await page.setViewportSize({ width: 1280, height: 860 });
  });

  it('keeps still for those who ask for that', async () => {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await goTo(page, 'Overview');
    await page.locator('.bar .fill').first().waitFor();
    assert.match(
      await page.evaluate('getComputedStyle(document.querySelector(".bar .fill")).transition'),
      /^(all|none)( 0s)?( ease)?( 0s)?$/,
    );
  });

  it('follows the system where nothing else was chosen', async () => {
    const { page: other } = await openPage(browser, { colorScheme: 'dark' });
    await other.goto(`${scene.server.url}/ui`);
    assert.equal(await other.evaluate('document.body.className'), 'vscode-dark');
    await other.emulateMedia({ colorScheme: 'light' });
    await eventually(
      () => other.evaluate<string>('document.body.className'),
      (name) => name === 'vscode-light',
    );
    await other.context().close();
  });
});
