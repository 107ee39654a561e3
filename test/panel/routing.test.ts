import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { themes } from '../../webview-ui/theme.ts';
import { startServer } from '../support/built-server.ts';
import { adminKey } from '../support/gateway-client.ts';
import { axeViolations } from './axe.ts';
import { launchBrowser, type Browser, type Locator, type Page } from './browser.ts';
import { eventually, goTo, openPage, openPanel, showing, type Opened } from './opened.ts';
import { openScene, type Scene } from './scene.ts';

describe('models and routing in the panel', () => {
  let scene: Scene;
  let browser: Browser;
  let opened: Opened;
  let page: Page;
  let file: string;
  before(async function () {
    this.timeout(120_000);
    scene = await openScene(50);
    file = join(scene.server.folder, 'config.yaml');
    // As people write it, not as tests do.
    const { default: yaml } = await import('yaml');
    writeFileSync(file, `# The harbour's models\n${yaml.stringify(JSON.parse(readFileSync(file, 'utf8')))}`);
    browser = await launchBrowser();
    opened = await openPanel(browser, scene.server.url);
    ({ page } = opened);
  });
  after(async () => {
    await browser.close();
    await scene.close();
  });
  afterEach(async () => {
    assert.deepEqual(opened.faults.splice(0), []);
    if ((await dialog().count()) > 0) await page.reload();
  });

  const dialog = (): Locator => page.getByRole('dialog');
  const closed = (): Promise<void> => dialog().waitFor({ state: 'detached' });
  const press = (name: string, place: Locator | Page = page): Promise<void> =>
    place.getByRole('button', { name, exact: true }).click();
  const text = (): string => readFileSync(file, 'utf8');
  const models = (): Promise<Locator> => goTo(page, 'Models and routing');
  const fill = (label: string, value: string): Promise<void> => dialog().getByLabel(label, { exact: true }).fill(value);
  const choose = async (label: string, action: string): Promise<void> => {
    await page.getByRole('button', { name: label }).click();
    await page.getByRole('menuitem', { name: action, exact: true }).click();
  };

  it('adds a deployment, after a look at the lines, and it is in force at once', async () => {
    const main = await models();
    const before = text();
    await press('Add Deployment', main);
    await press('Show Changes', dialog());
    await showing(dialog(), 'This is needed.');
    await fill('Name that clients use', 'quick');
    await fill('Model of the provider', 'openai/gpt-5-nano');
    await fill('Variable of the key', 'OPENAI_API_KEY');
    await fill('Input, dollars per million', '0.05');
    await press('Show Changes', dialog());
    await showing(dialog().locator('.diff'), '+   - model_name: quick');
    assert.equal(text(), before);
    await press('Save', dialog());
    await closed();
    await showing(main, 'openai/gpt-5-nano');
    assert.match(text(), /input_cost_per_token: 5e-8/);
    assert.ok(text().startsWith("# The harbour's models"));
    assert.equal(readFileSync(`${file}.backup`, 'utf8'), before);
  });

  it('takes no key, says what to do instead, and shows none that stands in the file', async () => {
    await models();
    await choose('More for openai/gpt-5-mini of gpt-5-mini', 'Edit');
    await showing(dialog(), 'A key stands in the file itself, and is not shown.');
    await fill('Variable of the key', 'sk-proj-abcdefghijklmnopqrstuvwx');
    await press('Show Changes', dialog());
    await showing(dialog(), 'key must be the name of a variable, such as OPENAI_API_KEY');
    await fill('Variable of the key', '');
    await dialog().getByText('Order and limits').click();
    await fill('Weight', '4');
    await press('Show Changes', dialog());
    const lines = await dialog().locator('.diff').innerText();
    assert.match(lines, /\+ {7}weight: 4/);
    assert.doesNotMatch(lines, /sk-provider-key/);
    await press('Back', dialog());
    assert.equal(
      await dialog()
        .getByLabel('Weight')
        .evaluate((one) => (one as unknown as { value: string }).value),
      '4',
    );
  });

  it('tells of an edit that somebody else made meanwhile', async () => {
    await models();
    await press('Routing');
    await dialog().getByLabel('Aliases').fill('fast -> quick');
    writeFileSync(file, `${text()}# by hand\n`);
    await press('Show Changes', dialog());
    await showing(dialog(), 'was changed meanwhile, so nothing was written');
    assert.match(text(), /# by hand/);
  });

  it('edits fallbacks, aliases and the strategy', async () => {
    await models();
    await page.reload();
    await models();
    await press('Routing');
    await dialog().getByLabel('When a model fails, one line for each').fill('gpt-5 -> claude-sonnet, local\nquick');
    await press('Show Changes', dialog());
    await showing(dialog(), 'Each line needs a name, an arrow');
    await dialog().getByLabel('When a model fails, one line for each').fill('gpt-5 -> claude-sonnet, local');
    await dialog().getByLabel('Aliases').fill('fast -> quick');
    await dialog().getByLabel('Among deployments of one name').selectOption('least-busy');
    await press('Show Changes', dialog());
    await press('Save', dialog());
    await closed();
    assert.match(text(), /routing_strategy: least-busy/);
    assert.match(text(), /model_group_alias:\n {4}fast: quick/);
    assert.match(text(), /- gpt-5:\n\s+- claude-sonnet\n\s+- local/);
  });

  it('removes a deployment', async () => {
    const main = await models();
    await choose('More for openai/gpt-5-nano of quick', 'Remove');
    await press('Show Changes', dialog());
    await showing(dialog().locator('.diff'), '- model_name: quick');
    await press('Save', dialog());
    await closed();
    await eventually(
      () => main.innerText(),
      (shown) => !shown.includes('gpt-5-nano'),
    );
    assert.ok(!text().includes('gpt-5-nano'));
  });

  it('tells what would happen to a request, for a key and without sending it', async () => {
    await models();
    const sent = scene.provider.requests.length;
    await press('Try a Request');
    await fill('Model', 'gpt-5');
    await press('Try', dialog());
    const story = dialog().locator('.story');
    await showing(story, /Sent\s+To openai\/gpt-5 .* at most/);
    await showing(story, 'the whole gateway');
    await showing(story, 'Fallback');
    await dialog().getByLabel('Key').selectOption({ label: 'website-bot' });
    await press('Try', dialog());
    await showing(story, 'Refused with 403');
    await showing(story, "The requested model 'gpt-5' is not available for this API key");
    await dialog().getByLabel('Format').selectOption('whole');
    await dialog().getByLabel('The request, in JSON').fill('{"model": "gpt-5-mini", "messages": [');
    await press('Try', dialog());
    await showing(dialog(), 'The request is no JSON object.');
    await dialog().getByLabel('The request, in JSON').fill('{"model":"gpt-5-mini","max_tokens":9,"messages":[]}');
    await press('Try', dialog());
    await showing(story, 'tokens in and 9 out');
    assert.equal(scene.provider.requests.length, sent);
  });

  for (const [theme, title] of themes.filter(([name]) => name !== 'system')) {
    it(`has no fault of accessibility in its dialogs: ${title.toLowerCase()}`, async () => {
      await page.getByLabel('Theme').selectOption(theme);
      await models();
      const check = async (): Promise<void> => {
        assert.deepEqual(await axeViolations(page), []);
        await page.keyboard.press('Escape');
        await closed();
      };
      await press('Add Deployment');
      await fill('Name that clients use', 'a');
      await fill('Model of the provider', 'openai/a');
      await press('Show Changes', dialog());
      await dialog().locator('.diff').waitFor();
      await check();
      await press('Routing');
      await check();
      await press('Try a Request');
      await press('Try', dialog());
      await dialog().locator('.story').waitFor();
      await check();
    });
  }

  it('says that there is no file, and writes one that offers the same', async () => {
    const server = await startServer();
    const { page: other, faults } = await openPage(browser);
    try {
      await other.goto(`${server.url}/ui`);
      const key = readFileSync(join(server.dataFolder, 'admin-key'), 'utf8').trim();
      await other.getByLabel('Admin key').fill(key);
      await other.keyboard.press('Enter');
      const main = await goTo(other, 'Models and routing');
      await showing(main, 'There is no configuration file, so the built-in models are offered.');
      await press('Write Them Down', other);
      await press('Show Changes', other.getByRole('dialog'));
      await press('Save', other.getByRole('dialog'));
      await eventually(
        () => main.innerText(),
        (shown) => !shown.includes('There is no configuration file') && shown.includes('openai/demo'),
      );
      assert.match(readFileSync(join(server.folder, 'config.yaml'), 'utf8'), /- model_name: demo/);
      assert.match(server.output(), /config\.yaml was read again/);
      assert.deepEqual(faults, []);
    } finally {
      await other.context().close();
      await server.stop();
    }
  });

  it('is in German for who asks for that, and fits', async () => {
    const { page: german, faults } = await openPage(browser, { locale: 'de-AT' });
    await german.goto(`${scene.server.url}/ui`);
    await german.getByLabel('Admin-Schlüssel').fill(adminKey);
    await german.keyboard.press('Enter');
    const views = ['Überblick', 'Live', 'Anfragen', 'Schlüssel und Projekte', 'Modelle und Routing', 'Anbieter'];
    for (const width of [1280, 460]) {
      await german.setViewportSize({ width, height: 860 });
      for (const view of views) {
        await german
          .locator('nav')
          .getByRole('button', { name: new RegExp(`^${view}`) })
          .click();
        await german.getByRole('main', { name: view }).waitFor();
        assert.equal(
          await german.evaluate('(([one]) => one.scrollWidth - one.clientWidth)(document.querySelectorAll("main"))'),
          0,
          `${view} at ${width}`,
        );
      }
    }
    await german
      .locator('nav')
      .getByRole('button', { name: /^Überblick/ })
      .click();
    await showing(german.getByRole('main'), /\d,\d\d\s\$/);
    assert.equal(await german.evaluate('document.documentElement.lang'), 'de');
    assert.deepEqual(await axeViolations(german), []);
    assert.deepEqual(faults, []);
    await german.context().close();
  });
});
