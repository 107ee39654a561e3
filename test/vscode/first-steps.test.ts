import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { objectIn, objectsIn } from '../../src/lib/json.ts';
import type { Page } from '../panel/browser.ts';
import { commandOf, isInstalled } from '../support/assistants.ts';
import { text } from '../support/gateway-client.ts';
import { addProviderKey } from './flows.ts';
import { untilTrue } from './host.ts';
import { figures, holderIn, openStage, picture, picturesOfFailures, rows, type Stage } from './stage.ts';
import {
  answerNotification,
  openContainer,
  quickInput,
  readStatus,
  runCommand,
  statusItem,
  webview,
} from './workbench.ts';

const providerKey = 'sk-ant-provider-key-of-the-user-0001';

/** A cent for each token in, two for each out: what is spent is seen. */
const config = (provider: string): string => `
model_list:
  - model_name: claude-*
    litellm_params:
      model: anthropic/claude-*
      api_base: ${provider}
      api_key: os.environ/ANTHROPIC_API_KEY
      input_cost_per_token: 0.01
      output_cost_per_token: 0.02
`;

/** What keeps Claude Code from its own addresses. */
const environment = {
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  DISABLE_AUTOUPDATER: '1',
  DISABLE_TELEMETRY: '1',
  DISABLE_ERROR_REPORTING: '1',
};

// One after another, as a user does them.
describe('the first steps in a real editor', function () {
  this.timeout(120_000);
  let stage: Stage;
  let page: Page;
  picturesOfFailures(() => stage);
  before(async function () {
    if (!isInstalled('claude-code')) {
      assert.notEqual(process.env['REQUIRE_ALL'], '1', 'Claude Code is not installed: npm run assistants');
      this.skip();
    }
    stage = await openStage({ config, environment });
    page = await stage.open('harbour');
  });
  after(() => stage.close());

  it('the extension starts by itself, says what it lacks, and leads on', async () => {
    await statusItem(page).filter({ hasText: 'no key yet' }).waitFor({ timeout: 60_000 });
    await page.locator('.gettingStartedContainer').filter({ hasText: 'Get Started with Purser' }).waitFor();
    await picture(page, 'walkthrough');
  });

  it('the sidebar is drawn', async () => {
    await openContainer(page, 'Purser');
    await webview(page, '[data-panel="sidebar"] button');
    await picture(page, 'sidebar');
  });

  it("a provider's key is added, and stands in no file", async () => {
    await addProviderKey(page, 'Anthropic', providerKey);
    await untilTrue(async () => objectsIn((await stage.ask('/v1/models'))['data']).length > 0);
    assert.deepEqual(filesWith(stage.home, providerKey), []);
    await page.locator('[data-done-step-id$="models"][aria-checked="true"]').waitFor();
  });

  it('what Claude Code asks in the terminal is booked on the project of the folder', async () => {
    const offer = 'booked on "harbour"';
    await answerNotification(page, offer, 'Choose...');
    const choices = quickInput(page).filter({ hasText: 'Terminals of This Workspace' });
    await choices.locator('.monaco-list-row').filter({ hasText: 'Anthropic' }).waitFor();
    await choices.locator('.monaco-button').filter({ hasText: 'OK' }).click();
    writeFileSync(
      join(stage.home, 'harbour/ask.sh'),
      `'${commandOf('claude-code')}' -p 'Say good morning.' > said.txt 2>&1\n`,
    );
    await runCommand(page, 'Terminal: Create New Terminal');
    await page.locator('.terminal-wrapper.active .xterm.focus').waitFor();
    await page.keyboard.type('sh ask.sh');
    await page.keyboard.press('Enter');
    await untilTrue(() => Promise.resolve(said().includes('Good morning from the model.')));
    const [row] = await rows(stage);
    assert.ok(row);
    const { team_info: project } = await stage.ask(`/team/info?team_id=${text(row['project'])}`);
    const { assistant, status, keyAlias, cost } = row;
    assert.deepEqual(
      { project: objectIn(project)['team_alias'], assistant, status, keyAlias, cost },
      { project: 'harbour', assistant: 'Claude Code', status: 'done', keyAlias: 'harbour (workspace)', cost: 2e8 },
    );
  });

  const said = (): string => {
    try {
      return readFileSync(join(stage.home, 'harbour/said.txt'), 'utf8');
    } catch {
      return '';
    }
  };

  it('the status bar shows what that cost', async () => {
    await statusItem(page)
      .filter({ hasText: /\$0\.[1-9]/ })
      .waitFor();
    await picture(page, 'status-spent');
    assert.match((await readStatus(page)).label, /\$0\.20 .*harbour/);
  });

  it("tells what the extension costs its host, by the editor's own account", async () => {
    await runCommand(page, 'Developer: Show Running Extensions');
    const entry = page.locator('.runtime-extensions-editor .extension').filter({ hasText: 'Purser' }).first();
    await entry.locator('.activation-time').filter({ hasText: /\d+ms/ }).waitFor();
    const status = readFileSync(`/proc/${Number(holderIn(stage.storage)['pid'])}/status`, 'utf8');
    const megabytes = Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024);
    figures(`${await entry.locator('.activation-time').innerText()}; the whole host has ${megabytes} MB`);
  });
});

/** The files below the folder that hold the text. */
const filesWith = (folder: string, text: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => readFileSync(file).includes(text));
