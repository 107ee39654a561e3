import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isArray } from '../../src/lib/json.ts';
import type { Page } from '../panel/browser.ts';
import { json, type Script } from '../support/fake-provider.ts';
import { untilTrue } from './host.ts';
import { answering, holderIn, openStage, picture, picturesOfFailures, sayingHello, type Stage } from './stage.ts';
import { answerInput, dialogButton, pick, quickInput, runCommand, toast } from './workbench.ts';

const [firstKey, secondKey, plainSecret] = [
  'sk-first-key-of-the-user-0001',
  'sk-second-key-of-the-user-0002',
  'sk-ant-api03-Zq81LsT0vBn4fJ2kd93mX',
];

const config = (provider: string): string => `# Mine
model_list:
  - model_name: fast
    litellm_params:
      model: openai/gpt-4o-mini
      api_base: ${provider}/v1
      api_key: os.environ/OPENAI_API_KEY
  - model_name: careful
    litellm_params:
      model: anthropic/claude-sonnet-4-5
      api_base: ${provider}
      api_key: ${plainSecret} # for now
`;

const refusing: Script = json(401, { error: { message: 'This key was made up.', code: 'invalid_api_key' } });

// One after another, as a user does them.
describe('provider keys in a real editor', function () {
  this.timeout(120_000);
  let stage: Stage;
  let page: Page;
  picturesOfFailures(() => stage);
  before(async () => {
    const settings = { 'files.autoSave': 'off', 'editor.wordBasedSuggestions': 'off' };
    const environment = { GROQ_API_KEY: 'gsk_of-the-environment-0003' };
    stage = await openStage({ config, settings, environment });
    page = await stage.open('harbour');
    writeFileSync(join(stage.home, 'harbour/.env'), 'MISTRAL_API_KEY=mistral-key-0123456789abcdef\nEDITOR=vi\n');
    await answering(stage);
  });
  after(() => stage.close());

  const configText = (): string => readFileSync(join(stage.storage, 'config.yaml'), 'utf8');
  /** The key that the provider is asked with, by a call through the gateway. */
  const keyInUse = async (): Promise<string | undefined> => {
    await stage.ask('/v1/chat/completions', { model: 'fast', messages: [{ role: 'user', content: 'Hello' }] });
    return stage.provider.requests.at(-1)?.headers.authorization;
  };
  const becomes = (key: string): Promise<void> =>
    untilTrue(() =>
      keyInUse().then(
        (used) => used === `Bearer ${key}`,
        () => false,
      ),
    );

  it('one that its provider refuses is kept where the user wants it all the same', async () => {
    stage.provider.plays(refusing);
    await runCommand(page, 'Purser: Add Provider Key');
    await pick(page, 'OPENAI_API_KEY');
    await answerInput(page, 'secret storage', firstKey);
    await page.locator('.monaco-dialog-box').filter({ hasText: 'This key was made up.' }).waitFor();
    await picture(page, 'key-refused');
    await dialogButton(page, 'Keep Anyway').click();
    stage.provider.plays(sayingHello);
    await becomes(firstKey);
  });

  it('one is rotated when its provider takes the new one, and stays until then', async () => {
    stage.provider.plays(refusing);
    await runCommand(page, 'Purser: Rotate Provider Key');
    await pick(page, 'OPENAI_API_KEY');
    await answerInput(page, 'secret storage', 'sk-mistyped');
    await dialogButton(page, 'Try Again').click();
    stage.provider.plays(sayingHello);
    assert.equal(await keyInUse(), `Bearer ${firstKey}`);
    await answerInput(page, 'secret storage', secondKey);
    await toast(page, 'OPENAI_API_KEY is in use').waitFor();
    await becomes(secondKey);
  });

  it('those of a .env file are taken over, by their names', async () => {
    await runCommand(page, 'Purser: Import Keys');
    await pick(page, 'A .env file');
    await pick(page, '.env');
    const choice = quickInput(page).filter({ hasText: 'MISTRAL_API_KEY' });
    await choice.waitFor();
    assert.doesNotMatch(await choice.innerText(), /mistral-key-0123/);
    await picture(page, 'key-import');
    await page.keyboard.press('Enter');
    await stored('MISTRAL_API_KEY');
  });

  it('those of the environment are taken over', async () => {
    await runCommand(page, 'Purser: Import Keys');
    await pick(page, 'The environment');
    await quickInput(page).filter({ hasText: 'GROQ_API_KEY' }).waitFor();
    await page.keyboard.press('Enter');
    await stored('GROQ_API_KEY');
  });

  it('one that stands in the configuration is marked, and moved with its comment kept', async () => {
    await runCommand(page, 'Purser: Open Configuration');
    await page.locator('.squiggly-warning, .squiggly-error').first().waitFor();
    await picture(page, 'configuration');
    await page.locator('.monaco-editor .view-line').filter({ hasText: 'sk-ant' }).click();
    await page.keyboard.press('Control+.');
    await page.locator('.action-widget').filter({ hasText: 'Move the secret' }).waitFor();
    await page.keyboard.press('Enter');
    await untilTrue(async () => {
      await page.keyboard.press('Control+s');
      return !configText().includes(plainSecret);
    });
    assert.match(configText(), /^# Mine$/m);
    assert.match(configText(), /api_key: os\.environ\/ANTHROPIC_API_KEY # for now/);
    await stored('ANTHROPIC_API_KEY');
  });

  it('one is removed after a word about what uses it', async () => {
    await runCommand(page, 'Purser: Remove Provider Key');
    await pick(page, 'OPENAI_API_KEY');
    await page.locator('.monaco-dialog-box').filter({ hasText: 'It is used by fast' }).waitFor();
    await dialogButton(page, 'Remove').click();
    await untilTrue(() => Promise.resolve(!names().includes('OPENAI_API_KEY')));
  });

  /** The variables that the gateway has a key for. */
  const names = (): readonly unknown[] => {
    const { keys } = holderIn(stage.storage);
    return isArray(keys) ? keys : [];
  };
  const stored = (name: string): Promise<void> => untilTrue(() => Promise.resolve(names().includes(name)));
});
