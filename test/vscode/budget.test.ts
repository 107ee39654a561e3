import assert from 'node:assert/strict';
import { objectsIn } from '../../src/lib/json.ts';
import type { Page } from '../panel/browser.ts';
import { chat, hello, text } from '../support/gateway-client.ts';
import { untilTrue } from './host.ts';
import { answering, openStage, picture, picturesOfFailures, rows, type Stage } from './stage.ts';
import { answerInput, answerNotification, hoverText, pick, readStatus, runCommand, statusItem } from './workbench.ts';

/** Every folder's project may spend a dollar; a call costs twenty cents. */
const config = (provider: string): string => `
litellm_settings:
  default_team_params:
    max_budget: 1
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

// One after another: the budget fills up.
describe('a budget in a real editor', function () {
  this.timeout(120_000);
  let stage: Stage;
  let page: Page;
  let key: string;
  let project: string;
  picturesOfFailures(() => stage);
  before(async () => {
    stage = await openStage({ config });
    page = await stage.open('harbour');
    await answering(stage);
    await statusItem(page).filter({ hasText: '$0.00' }).waitFor({ timeout: 60_000 });
    // The editor has made the folder's project, of which its key tells.
    const { keys } = await stage.ask('/key/list?return_full_object=true');
    const [own] = objectsIn(keys);
    project = text(own?.['team_id']);
    key = text((await stage.ask('/key/generate', { key_alias: 'codex', team_id: project }))['key']);
  });
  after(() => stage.close());

  const call = () => chat(stage.url, key, hello('gpt', { max_tokens: 5 }));
  const shows = (words: string | RegExp): Promise<void> => statusItem(page).filter({ hasText: words }).waitFor();

  it('is shown for the folder that is open, plain at first', async () => {
    assert.equal((await call()).status, 200);
    await shows('20%');
    assert.deepEqual(await readStatus(page), {
      ...(await readStatus(page)),
      ...{ text: '$0.20 · 20%', kind: 'plain' },
    });
  });

  it('warns by its colour when it is nearly spent', async () => {
    await stage.ask('/team/update', { team_id: project, max_budget: 0.25 });
    await shows('80%');
    assert.equal((await readStatus(page)).kind, 'warning');
    await picture(page, 'status-warning');
    assert.match(await hoverText(page, statusItem(page)), /\$0\.20.*\$0\.25/s);
  });

  it('refuses what it cannot pay, says so, and is raised from there', async () => {
    await stage.ask('/team/update', { team_id: project, max_budget: 0.2 });
    const refused = await call();
    assert.equal(refused.status, 400);
    assert.match(refused.text, /budget/);
    await shows('100%');
    assert.equal((await readStatus(page)).kind, 'error');
    await picture(page, 'status-error');
    await answerNotification(page, /harbour.*(has spent its budget|cannot pay)/i, 'Raise...');
    await answerInput(page, 'How many dollars more?', '4');
    await pick(page, 'For good');
    await shows('· 4%');
    assert.equal((await call()).status, 200);
  });

  it('is stood over by a pause of all spending, which is taken back', async () => {
    await runCommand(page, 'Purser: Pause All Spending');
    await untilTrue(async () => (await call()).status !== 200);
    const before = (await rows(stage)).length;
    await picture(page, 'status-paused');
    await runCommand(page, 'Purser: Resume Spending');
    await untilTrue(async () => (await call()).status === 200);
    assert.ok((await rows(stage)).length > before);
  });
});
