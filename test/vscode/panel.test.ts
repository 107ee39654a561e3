import assert from 'node:assert/strict';
import { axeViolations } from '../panel/axe.ts';
import type { Frame, Page } from '../panel/browser.ts';
import { goTo, showing } from '../panel/opened.ts';
import { chat, hello, text } from '../support/gateway-client.ts';
import { answering, openStage, picture, picturesOfFailures, type Stage } from './stage.ts';
import { answerInput, chooseTheme, openContainer, runCommand, toast, webview } from './workbench.ts';

const config = (provider: string): string => `
litellm_settings:
  max_budget: 20
  budget_duration: 1mo
model_list:
  - model_name: gpt
    litellm_params:
      model: openai/gpt-5
      api_base: ${provider}/v1
      api_key: sk-provider-key-of-the-tests
      input_cost_per_token: 0.01
      output_cost_per_token: 0.02
`;

/** Each view with a text that it shows once it is whole. */
const views = [
  ['Overview', 'How costs are known'],
  ['Live', /running|in flight/i],
  ['Requests', /\d requests?/],
  ['Keys and projects', 'harbour'],
  ['Models and routing', 'gpt'],
  ['Providers', 'key set'],
] as const;

/** The editor's names for its themes, and what a page is told. */
const themes = [
  ['Light Modern', 'vscode-light'],
  ['Dark Modern', 'vscode-dark'],
  ['Dark High Contrast', 'vscode-high-contrast'],
  ['Light High Contrast', 'vscode-high-contrast-light'],
] as const;

describe('the panel in a real editor', function () {
  this.timeout(120_000);
  let stage: Stage;
  let page: Page;
  let panel: Frame;
  let sidebar: Frame;
  const refused: string[] = [];
  picturesOfFailures(() => stage);
  before(async () => {
    stage = await openStage({ config });
    page = await stage.open('harbour');
    page.on('console', (message) => {
      if (/content security policy/i.test(message.text())) refused.push(message.text());
    });
    await answering(stage);
    const key = text((await stage.ask('/key/generate', { key_alias: 'claude-code' }))['key']);
    for (let calls = 0; calls < 3; calls += 1)
      assert.equal((await chat(stage.url, key, hello('gpt', { max_tokens: 20 }))).status, 200);
    await openContainer(page, 'Purser');
    sidebar = await webview(page, '[data-panel="sidebar"] main button');
    await runCommand(page, 'Purser: Open Panel');
    panel = await webview(page, '[data-panel="tab"] nav');
  });
  after(() => stage.close());
  afterEach(() => assert.deepEqual(refused.splice(0), []));

  for (const [theme, name] of themes) {
    describe(`in ${theme}`, () => {
      before(async () => {
        await chooseTheme(page, theme);
        await panel.locator(`body.${name}`).waitFor();
      });

      for (const [view, shown] of views)
        it(`opens ${view}, with no fault of accessibility`, async () => {
          await showing(await goTo(panel, view), shown);
          await picture(page, `${name}-${view.split(' ')[0]?.toLowerCase() ?? ''}`);
          assert.deepEqual(await axeViolations(panel), []);
        });

      it('has a sidebar with no fault of accessibility', async () => {
        await sidebar.locator(`body.${name}`).waitFor();
        await showing(sidebar.getByRole('main'), /\$0\.[68]0/);
        // It is drawn on what the editor has behind it, of which axe knows nothing.
        await sidebar.evaluate("document.body.style.background = 'var(--vscode-sideBar-background)'");
        assert.deepEqual(await axeViolations(sidebar), []);
        await picture(page, `${name}-sidebar`);
      });
    });
  }

  it('does what is asked of it: a key made in the page is good at the gateway', async () => {
    const view = await goTo(panel, 'Keys and projects');
    await view.getByRole('button', { name: 'New Key' }).click();
    const dialog = panel.getByRole('dialog');
    await dialog.getByLabel('Name').fill('codex');
    await dialog.getByRole('button', { name: 'Create' }).first().click();
    await showing(dialog, 'It is shown only now');
    const secret = await dialog.locator('.secret').innerText();
    assert.equal((await chat(stage.url, secret, hello('gpt', { max_tokens: 20 }))).status, 200);
    await dialog.getByRole('button', { name: 'Done' }).click();
  });

  it("does what only the editor can: the sidebar's button asks in the editor's own words", async () => {
    await sidebar.getByRole('button', { name: 'Create Key' }).click();
    await answerInput(page, 'Who will use it?', 'script');
    await answerInput(page, 'How many dollars', '');
    await toast(page, 'The new key is on the clipboard').waitFor();
  });

  it('may reach no address but by the editor, which its content security policy sees to', async () => {
    const said = await panel.evaluate(`fetch('${stage.url}/health').then(() => 'reached', () => 'refused')`);
    assert.equal(said, 'refused');
    assert.match(refused.splice(0).join(), /connect-src|default-src/);
  });
});
