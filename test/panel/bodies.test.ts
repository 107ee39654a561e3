import assert from 'node:assert/strict';
import { themes } from '../../webview-ui/theme.ts';
import { chatAnswer, json } from '../support/fake-provider.ts';
import { chat, manage, rowsOf, text } from '../support/gateway-client.ts';
import { axeViolations } from './axe.ts';
import { launchBrowser, type Browser, type Locator, type Page } from './browser.ts';
import { eventually, goTo, openPanel, showing, type Opened } from './opened.ts';
import { openScene, type Scene } from './scene.ts';

/** What a model might have been told by somebody who wants to harm whoever reads it. */
const hostile =
  '<img src=x onerror="document.title=1"><script>document.title=1</script> \u202egnp.exe \x1b[31mred\x1b[0m \u2066';

describe('prompts and answers in the panel', () => {
  let scene: Scene;
  let browser: Browser;
  let opened: Opened;
  let page: Page;
  let url: string;
  before(async function () {
    this.timeout(120_000);
    scene = await openScene(20);
    ({ url } = scene.server);
    browser = await launchBrowser();
    opened = await openPanel(browser, url);
    ({ page } = opened);
  });
  after(async () => {
    await browser.close();
    await scene.close();
  });
  afterEach(() => assert.deepEqual(opened.faults.splice(0), []));

  const picture = async (name: string): Promise<void> => {
    const folder = process.env['PANEL_PICTURES'];
    if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png` });
  };
  const detail = (): Locator => page.getByRole('complementary', { name: 'Request' });
  const dialog = (): Locator => page.getByRole('dialog');
  const press = (place: Locator, name: string | RegExp): Promise<void> => place.getByRole('button', { name }).click();
  /** Makes a call with the key, and opens it where `side` says. */
  const openCall = async (content: unknown, side: 'Prompt' | 'Answer', more: object = {}): Promise<Locator> => {
    const body = { model: 'gpt-5-mini', max_tokens: 1_000, messages: [{ role: 'user', content }], ...more };
    const { headers } = await chat(url, scene.keys['codex'] ?? '', body as never);
    const call = headers.get('x-litellm-call-id') ?? '';
    await eventually(
      () => rowsOf(url, call),
      (rows) => rows.length === 1,
    );
    const view = await goTo(page, 'Requests');
    await view.getByRole('searchbox', { name: 'Search requests' }).fill(call);
    await eventually(
      () => page.locator('.tally').innerText(),
      (tally) => tally.startsWith('1 request'),
    );
    await page.locator('.grid-body .grid-row').first().click();
    await detail().getByText(side, { exact: true }).click();
    return detail();
  };

  it('are not there unless the key has them kept, and the page says how to have that', async () => {
    const shown = await showing(await openCall('Keep nothing of this.', 'Prompt'), 'Not kept');
    assert.match(shown, /key "codex" .* does not have its prompts and answers kept/);
    assert.match(shown, /In the view Keys, edit a key/);
  });

  it('are switched on in the dialog of the key, which says what that means', async () => {
    const view = await goTo(page, 'Keys and projects');
    const row = view.locator('tbody tr').filter({ hasText: 'codex' });
    await press(row, 'More for codex');
    await page.getByRole('menuitem', { name: 'Edit', exact: true }).click();
    await dialog().getByText('More', { exact: true }).click();
    await showing(dialog(), 'What the tool sends and is told is then written to this machine');
    const days = dialog().getByLabel('Keep prompts and answers, days');
    await days.fill('a while');
    await press(dialog(), 'Save');
    await showing(dialog(), 'A whole number of days.');
    await days.fill('60');
    await press(dialog(), 'Save');
    await showing(dialog(), 'prompts and answers are kept for 7 days at most');
    await days.fill('7');
    await press(dialog(), 'Save');
    await dialog().waitFor({ state: 'detached' });
    await showing(row, 'prompts kept for 7 days');
  });

  it('are shown by role, with calls of tools, their results, and of pictures the size', async () => {
    const image = `data:image/png;base64,${'A'.repeat(4_000)}`;
    const call = { id: 'c1', type: 'function', function: { name: 'read_file', arguments: '{"path":"a.ts"}' } };
    const place = await openCall(
      [
        { type: 'text', text: 'What is on it?' },
        { type: 'image_url', image_url: { url: image } },
      ],
      'Prompt',
      {
        messages: [
          { role: 'system', content: 'Be brief.' },
          {
            role: 'user',
            content: [
              { type: 'text', text: 'What is on it?' },
              { type: 'image_url', image_url: { url: image } },
            ],
          },
          { role: 'assistant', content: null, tool_calls: [call] },
          { role: 'tool', tool_call_id: 'c1', content: 'export const harbour = 1;' },
        ],
        tools: [{ type: 'function', function: { name: 'read_file', parameters: { type: 'object' } } }],
      },
    );
    const shown = await showing(place, 'export const harbour = 1;');
    for (const part of [
      'System',
      'Be brief.',
      'User',
      'image/png, 3,000 bytes',
      'Assistant',
      'Calls read_file',
      'Tool',
      'Result of read_file',
      '{"path":"a.ts"}',
    ])
      assert.ok(shown.includes(part), `${part} in ${shown}`);
    assert.match(shown, /Tools 1/);
    await picture('bodies');
    await page.setViewportSize({ width: 460, height: 800 });
    for (const place of [
      'document.documentElement',
      'document.querySelector("main")',
      'document.querySelector("aside")',
    ])
      assert.equal(await page.evaluate(`${place}.scrollWidth - ${place}.clientWidth`), 0, place);
    await picture('bodies-narrow');
    await page.setViewportSize({ width: 1280, height: 860 });
    await place.getByText('Answer', { exact: true }).click();
    await showing(place, /Replay…[\s\S]*Done\./);
    await place.getByText('Raw JSON').click();
    await showing(place, '"finish_reason": "stop"');
  });

  it('can say what they like: it is shown as text, and nothing of it acts', async () => {
    scene.provider.plays(json(200, chatAnswer(hostile)));
    const place = await openCall(hostile, 'Prompt');
    const seen = '<script>document.title=1</script> [U+202E]gnp.exe ␛[31mred␛[0m [U+2066]';
    await showing(place, seen);
    await place.getByText('Answer', { exact: true }).click();
    await showing(place, seen);
    await place.getByText('Raw JSON').click();
    await showing(place, '"chat.completion"');
    assert.notEqual(await page.evaluate('document.title'), '1');
    assert.equal(await page.evaluate('document.querySelectorAll("aside img, aside script").length'), 0);
  });

  it('may be of any length: what is shown is cut, and the page stays quick', async () => {
    scene.provider.plays(json(200, chatAnswer(`${hostile} `.repeat(20_000) + 'x'.repeat(3_000_000))));
    const place = await openCall('Much.', 'Answer');
    await showing(place, 'It was too long to be kept whole');
    assert.ok((await place.innerText()).length < 6_000);
    const begun = Date.now();
    await press(place, 'Show more');
    await showing(place, /[\d,]+ more characters are not shown here\./);
    assert.ok(Date.now() - begun < 5_000);
    const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
    assert.equal(await page.evaluate(overflow), 0);
  });

  it('are deleted from there', async () => {
    scene.provider.plays(json(200, chatAnswer('Done.')));
    const place = await openCall('Forget this.', 'Prompt');
    await showing(place, 'Forget this.');
    await press(place, 'Delete…');
    await press(dialog(), 'Delete');
    await dialog().waitFor({ state: 'detached' });
    await showing(place, 'Nothing is kept of this call any more');
  });

  it('are sent to another model, with what it may cost before and both side by side after', async () => {
    scene.provider.plays(json(200, chatAnswer('The first answer.')));
    const place = await openCall('Compare this.', 'Answer');
    await showing(place, 'The first answer.');
    await press(place, 'Replay…');
    const model = dialog().getByLabel('Model');
    await model.fill('no such model');
    await showing(dialog(), 'Invalid model name passed in model=no such model');
    scene.provider.plays(json(200, chatAnswer('The second answer.')));
    await model.fill('gpt-5');
    await showing(dialog(), /At most\s+\$0\.00\d\d[\s\S]*\$1 in, \$2 out per million tokens/);
    await press(dialog(), 'Send');
    const shown = await showing(dialog(), 'The second answer.');
    assert.match(shown, /Model\s+openai\/gpt-5-mini\s+openai\/gpt-5/);
    assert.match(shown, /Cost\s+\$0\.0000125\s+\$0\.00002/);
    assert.match(shown, /Output\s+5 tokens\s+5 tokens/);
    assert.ok(shown.includes('The first answer.'));
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
    await showing(detail(), 'The first answer.');
    const [row] = await rowsOf(url);
    assert.deepEqual([row?.['assistant'], row?.['project'], row?.['key']], ['replay', 'harbour', 'admin']);
  });

  it('are as they were when other calls come, and stay where they are read', async () => {
    scene.provider.plays(json(200, chatAnswer('Line. '.repeat(3_000))));
    const place = await openCall('Read me.', 'Answer');
    await press(place, /^Show all/);
    await chat(url, scene.keys['codex'] ?? '', {
      model: 'gpt-5-mini',
      max_tokens: 10,
      messages: [{ role: 'user', content: 'x' }],
    });
    await new Promise((resolve) => setTimeout(resolve, 2_500)); // the page asks for news every two seconds
    assert.ok((await place.innerText()).length > 15_000);
  });

  for (const [theme, title] of themes.filter(([name]) => name !== 'system'))
    it(`have no fault of accessibility in ${title.toLowerCase()}`, async () => {
      scene.provider.plays(json(200, chatAnswer('Look at me.')));
      await page.getByLabel('Theme').selectOption(theme);
      const place = await openCall('Look at this.', 'Answer');
      await showing(place, 'Look at me.');
      assert.deepEqual(await axeViolations(page), []);
      await place.getByText('Prompt', { exact: true }).click();
      await showing(place, 'Look at this.');
      assert.deepEqual(await axeViolations(page), []);
      await press(place, 'Replay…');
      await dialog().getByLabel('Model').fill('gpt-5');
      await showing(dialog(), 'At most');
      await press(dialog(), 'Send');
      await showing(dialog(), 'Output');
      await picture(`${theme}-replay`);
      assert.deepEqual(await axeViolations(page), []);
      await press(dialog(), 'Close');
      await picture(`${theme}-prompt`);
    });

  it('are gone with their switch', async () => {
    const { keys } = await manage(url, '/key/list?return_full_object=true');
    const codex = (keys as readonly Record<string, unknown>[]).find(({ key_alias }) => key_alias === 'codex');
    await manage(url, '/key/update', { key: text(codex?.['token']), keep_bodies: null });
    assert.equal((await manage(url, '/purser/bodies'))['calls'], 0);
  });
});
