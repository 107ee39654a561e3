import assert from 'node:assert/strict';
import { adminKey, chat, hello } from '../support/gateway-client.ts';
import { axeViolations } from './axe.ts';
import { launchBrowser, type Browser } from './browser.ts';
import { openEditorPage, type EditorPage } from './editor-page.ts';
import { eventually, goTo, showing } from './opened.ts';
import { longCall, makeCalls, openScene, type Scene } from './scene.ts';

describe('the panel in the editor', () => {
  let scene: Scene;
  let browser: Browser;
  let opened: EditorPage;
  before(async function () {
    this.timeout(120_000);
    scene = await openScene(400);
    await makeCalls(scene);
    browser = await launchBrowser();
    opened = await openEditorPage(browser, { kind: 'sidebar', access: { url: scene.server.url, adminKey } });
  });
  after(async () => {
    await opened.close();
    await browser.close();
    await scene.close();
  });
  const sidebar = () => opened.page.getByRole('main', { name: 'Purser' });

  it("shows this workspace's spend against its budget, today, the month and the models", async () => {
    const shown = await showing(sidebar(), 'Models this month');
    assert.match(shown, /harbour\s+\$0\.1\d of \$60\.00\s+<1% spent, resets in \d+ (days?|h|min)/);
    assert.match(shown, /Today\s+\$\d+\.\d\d\s+\d+ requests/);
    assert.match(shown, /This month\s+\$\d+\.\d\d/);
    assert.match(shown, /claude-sonnet\s+\$\d/);
    await sidebar()
      .getByRole('img', { name: /^The last 14 days, \$[\d.]+ on the dearest/ })
      .waitFor();
  });

  it('has nothing that scrolls sideways, and no fault of accessibility, down to 170 px', async () => {
    for (const width of [300, 170]) {
      await opened.page.setViewportSize({ width, height: 720 });
      const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
      assert.equal(await opened.page.evaluate(overflow), 0);
    }
    await opened.page.setViewportSize({ width: 300, height: 720 });
    const pictures = process.env['PANEL_PICTURES'];
    if (pictures !== undefined) await opened.page.screenshot({ path: `${pictures}/sidebar.png` });
    assert.deepEqual(await axeViolations(opened.page), []);
  });

  it('has the editor do what needs doing', async () => {
    await sidebar().getByRole('button', { name: 'Create Key' }).click();
    await sidebar().getByRole('button', { name: 'Open Panel' }).click();
    await eventually(
      () => Promise.resolve(opened.acted.join()),
      (acted) => acted === 'createKey,openPanel',
    );
    await sidebar().getByRole('button', { name: 'Copy base URL' }).click();
    await showing(sidebar(), 'Copied');
  });

  it('shows a call in flight, and stops it', async () => {
    const call = longCall(scene);
    await showing(sidebar(), 'In flight');
    await sidebar().getByRole('button', { name: 'Stop gpt-5-mini' }).click();
    assert.match((await call).text, /stopped by the owner/);
    await eventually(
      () => sidebar().innerText(),
      (text) => !text.includes('In flight'),
    );
  });

  it('asks again when it is told that something changed, and leaves the focus', async () => {
    const button = sidebar().getByRole('button', { name: 'Create Key' });
    await button.focus();
    const before = await sidebar().innerText();
    await chat(scene.server.url, scene.keys['codex'] ?? '', hello('gpt-5-mini', { max_tokens: 10 }));
    await opened.page.evaluate('window.postMessage({ type: "changed" })');
    await eventually(
      () => sidebar().innerText(),
      (now) => now !== before,
    );
    assert.equal(await opened.page.evaluate('document.activeElement.innerText'), 'Create Key');
  });

  it('takes no notice of messages that no host of ours sends', async () => {
    for (const message of ['null', '"changed"', '{ type: "reply", id: 99, result: {} }', '{ type: "refusal" }', '[]'])
      await opened.page.evaluate(`window.postMessage(${message})`);
    await showing(sidebar(), 'Models this month');
    assert.deepEqual(opened.faults, []);
  });

  it('says why there is nothing to show, with the way out', async () => {
    const nowhere = await openEditorPage(browser, { kind: 'sidebar', access: { url: 'http://127.0.0.1:9', adminKey } });
    const shown = await showing(nowhere.page.getByRole('alert'), 'cannot be reached');
    assert.match(shown, /Try Again/);
    await nowhere.close();
  });

  it('is the same panel in a tab, over the same messages', async () => {
    const tab = await openEditorPage(browser, {
      kind: 'tab',
      access: { url: scene.server.url, adminKey },
      width: 1100,
    });
    await showing(await goTo(tab.page, 'Overview'), 'Spend over time');
    const requests = await goTo(tab.page, 'Requests');
    await requests.getByRole('button', { name: 'Export CSV' }).click();
    await showing(requests, 'Saved /home/purser-calls.csv');
    await (await goTo(tab.page, 'Providers')).getByRole('button', { name: 'Add Provider Key' }).click();
    await eventually(
      () => Promise.resolve(tab.acted.join()),
      (acted) => acted === 'addProviderKey',
    );
    assert.deepEqual(tab.faults, []);
    await tab.close();
  });
});
