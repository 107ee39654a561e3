import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { objectsIn } from '../../src/lib/json.ts';
import { adminKey, chat, hello, manage, rowsOf } from '../support/gateway-client.ts';
import { launchBrowser, type Browser, type Locator, type Page } from './browser.ts';
import { eventually, goTo, logIn, openPage, openPanel, showing, type Opened } from './opened.ts';
import { failedCall, longCall, makeCalls, openScene, type Scene } from './scene.ts';

describe('the panel in a browser', () => {
  let scene: Scene;
  let browser: Browser;
  let opened: Opened;
  let page: Page;
  let url: string;
  before(async function () {
    this.timeout(120_000);
    scene = await openScene();
    url = scene.server.url;
    await makeCalls(scene);
    await failedCall(scene);
    browser = await launchBrowser();
    opened = await openPanel(browser, url);
    ({ page } = opened);
  });
  after(async () => {
    await browser.close();
    await scene.close();
  });
  afterEach(async () => {
    assert.deepEqual(opened.faults.splice(0), []);
    // What one test left open must not stand in the way of the next.
    if ((await dialog().count()) > 0) await page.reload();
  });

  const row = (place: Locator, name: string): Locator => place.locator('tbody tr').filter({ hasText: name });
  const choose = async (place: Locator, name: string, action: string): Promise<void> => {
    await row(place, name)
      .getByRole('button', { name: `More for ${name}` })
      .click();
    await page.getByRole('menuitem', { name: action, exact: true }).click();
  };
  const press = (place: Locator, name: string): Promise<void> =>
    place.getByRole('button', { name, exact: true }).click();
  /** Waits until the focus is where this is so. */
  const focused = (member: string, value: string): Promise<unknown> =>
    eventually(
      () => page.evaluate<unknown>(`document.activeElement.${member}`),
      (now) => now === value,
    );
  const dialog = (): Locator => page.getByRole('dialog');
  const closed = (): Promise<void> => dialog().waitFor({ state: 'detached' });
  /** The secret that the dialog shows this once. */
  const newSecret = async (): Promise<string> => {
    await showing(dialog(), 'It is shown only now');
    const secret = await dialog().locator('.secret').innerText();
    await press(dialog(), 'Done');
    await closed();
    return secret;
  };
  const answers = async (key: string): Promise<string> => {
    const { status, text } = await chat(url, key, hello('gpt-5-mini', { max_tokens: 10 }));
    return status === 200 ? 'taken' : `${status} ${text}`;
  };

  describe('at the door', () => {
    it('refuses a key that is not good, in words, and keeps nothing', async () => {
      const { page: door } = await openPage(browser);
      await door.goto(`${url}/ui`);
      await door.getByLabel('Admin key').fill('sk-not-the-admin-key-at-all');
      await door.getByRole('button', { name: 'Log in' }).click();
      await showing(door.getByRole('main'), 'This gateway has no key sk-...-all');
      assert.equal(await door.evaluate('sessionStorage.length'), 0);
      await door.context().close();
    });

    it("refuses a tool's key: it may not see what others spend", async () => {
      const { page: door } = await openPage(browser);
      await door.goto(`${url}/ui`);
      await door.getByLabel('Admin key').fill(scene.keys['codex'] ?? '');
      await door.getByRole('button', { name: 'Log in' }).click();
      await showing(door.getByRole('main'), 'Only the admin key may use');
      await door.context().close();
    });

    it('keeps the key for this tab alone, in no cookie, and asks nobody but the gateway', async () => {
      assert.deepEqual(await page.context().cookies(), []);
      assert.equal(await page.evaluate('sessionStorage.getItem("purser.adminKey")'), adminKey);
      assert.equal(await page.evaluate('Object.values(localStorage).join()'), '');
      assert.deepEqual(
        opened.asked.filter((address) => !address.startsWith(`${url}/`)),
        [],
      );
    });

    it('is shown again where it was after a reload, and is shut by logging out', async () => {
      const { page: other } = await openPanel(browser, url);
      await goTo(other, 'Providers');
      await other.reload();
      await other.getByRole('main', { name: 'Providers' }).waitFor();
      await other.getByRole('button', { name: 'Log out' }).click();
      await other.getByLabel('Admin key').waitFor();
      assert.equal(await other.evaluate('sessionStorage.getItem("purser.adminKey")'), null);
      await other.context().close();
    });
  });

  describe('the overview', () => {
    it('shows what the ledger says, against the period before', async () => {
      const view = await goTo(page, 'Overview');
      const report = await manage(url, '/purser/report?by=model');
      const calls = objectsIn(report['lines']).reduce((sum, line) => sum + Number(line['calls']), 0);
      const shown = await showing(view, 'Prompt caching saved');
      assert.match(shown, new RegExp(`Requests\\s+${calls.toLocaleString('en-US')}`));
      assert.match(shown, /by its end at this pace|too early for a forecast/);
      assert.match(shown, /\+\d+%, \$[\d.]+ before/);
      assert.match(shown, /% of the input was cached/);
    });

    it('has the same figures as a table behind the chart, by whatever it is stacked', async () => {
      const view = await goTo(page, 'Overview');
      await view.getByText('Show as table').click();
      const head = view.locator('.behind-chart thead');
      await showing(head, 'claude-sonnet');
      for (const [by, name] of [
        ['Project', 'harbour'],
        ['Provider', 'anthropic'],
        ['Key', 'Admin key'],
        ['Assistant', 'Codex'],
      ] as const) {
        await view.getByLabel('By', { exact: true }).selectOption({ label: by });
        await showing(head, name);
      }
      await view.getByLabel('By', { exact: true }).selectOption({ label: 'Model' });
      assert.equal(await view.locator('.behind-chart tbody tr').count(), 30);
    });

    it('goes by the hour today', async () => {
      const view = await goTo(page, 'Overview');
      await view.getByText('Today', { exact: true }).click();
      await eventually(
        () => view.locator('.behind-chart tbody tr').count(),
        (rows) => rows >= 23 && rows <= 25,
      );
      await view.getByText('30 days', { exact: true }).click();
    });

    it('shows every budget with what is left of its window, the nearest first', async () => {
      const view = await goTo(page, 'Overview');
      const budgets = await view.locator('.budgets li').allInnerTexts();
      assert.equal(budgets.length, 7);
      assert.match(budgets[0] ?? '', /website-bot[\s\S]*of \$0\.05[\s\S]*a day[\s\S]*resets in/);
      assert.ok(budgets.some((text) => /The whole gateway[\s\S]*of \$120\.00[\s\S]*a month/.test(text)));
    });

    it('says how the costs are known', async () => {
      const view = await goTo(page, 'Overview');
      const sources = await view.getByRole('region', { name: 'How costs are known' }).innerText();
      for (const source of ['Computed', 'Reported', 'Estimated']) assert.ok(sources.includes(source), sources);
    });

    it('takes up a new call by itself, and leaves the focus where it is', async () => {
      const view = await goTo(page, 'Overview');
      const choice = view.getByLabel('By', { exact: true });
      await choice.focus();
      const figure = view.locator('.tile').filter({ hasText: 'Requests' }).locator('.figure');
      const before = await figure.innerText();
      await chat(url, scene.keys['codex'] ?? '', hello('gpt-5-mini', { max_tokens: 10 }));
      await eventually(
        () => figure.innerText(),
        (now) => now !== before,
      );
      assert.equal(await page.evaluate('document.activeElement.tagName'), 'SELECT');
    });

    it('leads from a line to its requests', async () => {
      const view = await goTo(page, 'Overview');
      await view.getByRole('button', { name: 'qwen3' }).click();
      const requests = page.getByRole('main', { name: 'Requests' });
      await showing(requests, /^Requests[\s\S]*\d+ requests/);
      await eventually(
        () => requests.locator('.grid-body .cell-model').allInnerTexts(),
        (models) => models.length > 0 && models.every((model) => model.includes('local')),
      );
    });
  });

  describe('the live view', () => {
    it('says what to expect while nothing runs', async () => {
      await showing(await goTo(page, 'Live'), 'Nothing is running');
    });

    it('shows a call with its cost so far and the most it can be, and stops it at the provider', async () => {
      const view = await goTo(page, 'Live');
      const call = longCall(scene);
      const shown = await showing(row(view, 'gpt-5-mini'), 'answering');
      assert.match(shown, /Codex/);
      assert.match(shown, /harbour/);
      assert.match(shown, /\d+ in\s+\d+ out/);
      assert.match(shown, /\$0\.\d{4} at most/);
      const upstream = scene.provider.requests.at(-1);
      await view.getByRole('button', { name: /^Stop gpt-5-mini/ }).click();
      await upstream?.hungUp;
      assert.match((await call).text, /This call was stopped by the owner of the gateway/);
      await showing(view, 'Nothing is running');
      const [booked] = await rowsOf(url);
      assert.equal(booked?.['status'], 'cancelled');
    });
  });

  describe('the requests', () => {
    const grid = (): Locator => page.getByRole('grid');
    const onlyFailed = (): Promise<unknown> =>
      eventually(
        () => grid().locator('.grid-body .cell-model').allInnerTexts(),
        (models) => models.length > 0 && models.every((model) => model.startsWith('failed')),
      );
    const tally = (): Promise<string> => page.locator('.tally').innerText();

    it('are all there, but only those that are seen are in the page', async () => {
      const view = await goTo(page, 'Requests');
      await view.getByText('All', { exact: true }).click();
      const { count } = await manage(url, '/purser/rows?count=true&limit=1');
      await eventually(tally, (text) => text.startsWith(`${Number(count).toLocaleString('en-US')} requests`));
      assert.ok((await grid().locator('.grid-body .grid-row').count()) < 80);
      // Each scroll to the end loads another page, down to the oldest row.
      await eventually(
        () => grid().evaluate((one) => (one.scrollTop = one.scrollHeight)),
        (height) => height > (Number(count) - 40) * 26,
      );
      const oldest = new Date(Date.now() - 40 * 86_400_000 + 3_600_000);
      await showing(grid(), new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' }).format(oldest));
    });

    it('are found by search, by facets and by outcome', async () => {
      const view = await goTo(page, 'Requests');
      await view.getByRole('searchbox', { name: 'Search requests' }).fill('website-bot');
      await eventually(tally, (text) => text.startsWith('1 request'));
      await press(view, 'Clear filters');
      await view.getByLabel('Outcome').selectOption('failed');
      await onlyFailed();
      await view.getByLabel('Project', { exact: true }).selectOption('harbour');
      await eventually(
        () => grid().locator('.grid-body .cell-project').allInnerTexts(),
        (names) => names.length > 0 && names.every((name) => name === 'harbour'),
      );
      await press(view, 'Clear filters');
    });

    it('say what was asked, who served, what it cost and why, and give the focus back', async () => {
      const view = await goTo(page, 'Requests');
      await view.getByLabel('Outcome').selectOption('failed');
      await onlyFailed();
      await grid().locator('.grid-body [tabindex="0"]').focus();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowUp');
      await page.keyboard.press('Enter');
      const detail = page.getByRole('complementary', { name: 'Request' });
      const shown = await showing(detail, 'Tokens and time');
      for (const text of [
        'gpt-5-mini',
        'openai/gpt-5-mini',
        'first choice',
        'The model is overloaded.',
        'told by its key',
      ])
        assert.ok(shown.includes(text), text);
      assert.match(shown, /\$0\.25 in, \$2 out per million tokens/);
      await detail.getByRole('button', { name: 'Close details' }).focus();
      await page.keyboard.press('Escape');
      await detail.waitFor({ state: 'detached' });
      assert.match(await page.evaluate('document.activeElement.outerHTML'), /^<div role="row"/);
      await press(view, 'Clear filters');
    });

    it('are exported under the filter in force', async () => {
      const view = await goTo(page, 'Requests');
      await view.getByText('All', { exact: true }).click();
      await view.getByLabel('Outcome').selectOption('failed');
      const { count } = await manage(url, '/purser/rows?count=true&limit=1&status=failed');
      await eventually(tally, (text) => text.startsWith(`${Number(count)} request`));
      const saved = async (button: string): Promise<string> => {
        const file = page.waitForEvent('download');
        await press(view, button);
        return readFileSync(await (await file).path(), 'utf8');
      };
      assert.equal((await saved('Export CSV')).trimEnd().split('\r\n').length, Number(count) + 1);
      const rows = JSON.parse(await saved('Export JSON')) as readonly { readonly status: string }[];
      assert.deepEqual([rows.length, new Set(rows.map(({ status }) => status))], [Number(count), new Set(['failed'])]);
      await press(view, 'Clear filters');
    });

    it('say what to do where there are none', async () => {
      const view = await goTo(page, 'Requests');
      await view.getByRole('searchbox', { name: 'Search requests' }).fill('nothing is called like that');
      await showing(view, 'None fits these filters. Clear them');
      await press(view, 'Clear filters');
    });
  });

  describe('keys', () => {
    const keys = async (): Promise<Locator> => {
      await goTo(page, 'Keys and projects');
      return page.getByRole('region', { name: 'Keys' });
    };

    it('are made with several budgets, and their secret is shown once, with what to paste where', async () => {
      await press(await keys(), 'New Key');
      await press(dialog(), 'Create Key');
      await showing(dialog(), 'A name tells the keys apart.');
      await dialog().getByLabel('Name').fill('cline');
      await dialog().getByLabel('Project', { exact: true }).selectOption({ label: 'harbour' });
      await dialog().getByLabel('Budget 1, dollars').fill('ten');
      await showing(dialog(), 'An amount in dollars');
      await dialog().getByLabel('Budget 1, dollars').fill('10');
      await press(dialog(), 'Add a budget');
      await dialog().getByLabel('Budget 2, dollars').fill('1.50');
      await press(dialog(), 'Create Key');
      const recipe = await showing(dialog(), 'ANTHROPIC_AUTH_TOKEN');
      assert.ok(recipe.includes(`"ANTHROPIC_BASE_URL": "${url}"`));
      await dialog().getByLabel('For', { exact: true }).selectOption({ label: 'Codex' });
      await showing(dialog(), `base_url = "${url}/v1"`);
      const secret = await newSecret();
      assert.equal(await answers(secret), 'taken');
      assert.match(
        await row(await keys(), 'cline').innerText(),
        /of \$10\.00 a month[\s\S]*harbour[\s\S]*\$1\.50 a day/,
      );
      assert.ok(!(await page.evaluate<string>('document.documentElement.outerHTML')).includes(secret));
    });

    it('are changed: limits, models, aliases and an end', async () => {
      await choose(await keys(), 'cline', 'Edit');
      await focused('labels?.[0]?.innerText', 'Name');
      await dialog().getByLabel('Models').fill('gpt-5-mini, claude-*');
      await dialog().getByText('More', { exact: true }).click();
      await dialog().getByLabel('Requests a minute').fill('30');
      await dialog().getByLabel('Model aliases').fill('fast=gpt-5-mini');
      await dialog().getByLabel('Expires after').fill('30d');
      await press(dialog(), 'Save');
      await closed();
      const shown = await showing(row(await keys(), 'cline'), '30 requests a minute');
      assert.match(shown, /gpt-5-mini, claude-\*/);
      assert.match(shown, /ends in 30 days/);
      const listed = objectsIn((await manage(url, '/key/list?return_full_object=true&key_alias=cline'))['keys']);
      assert.deepEqual(listed[0]?.['aliases'], { fast: 'gpt-5-mini' });
    });

    it('that the gateway refuses to change say why, and nothing is lost', async () => {
      await choose(await keys(), 'cline', 'Edit');
      await dialog().getByLabel('Name').fill('codex');
      await press(dialog(), 'Save');
      await showing(dialog().getByRole('alert'), /codex/);
      assert.equal(
        await dialog()
          .getByLabel('Name')
          .evaluate((input) => (input as unknown as { value: string }).value),
        'codex',
      );
      await page.keyboard.press('Escape');
      await closed();
    });

    it('are raised for a while', async () => {
      await choose(await keys(), 'cline', 'Raise for a while');
      await dialog().getByLabel('Dollars more').fill('5');
      await press(dialog(), 'Raise');
      await closed();
      await showing(row(await keys(), 'cline'), /of \$15\.00 a month[\s\S]*\$5\.00 more for 1 day/);
    });

    it('are rotated: the old secret stays good for its grace', async () => {
      await choose(await keys(), 'codex', 'Rotate');
      await dialog().getByLabel('The old secret ends').selectOption({ label: 'in an hour' });
      await press(dialog(), 'Rotate');
      const secret = await newSecret();
      assert.deepEqual([await answers(secret), await answers(scene.keys['codex'] ?? '')], ['taken', 'taken']);
    });

    it('are blocked, unblocked and deleted', async () => {
      const secret = scene.keys['website-bot'] ?? '';
      await choose(await keys(), 'website-bot', 'Block');
      await press(dialog(), 'Block');
      await closed();
      await showing(row(await keys(), 'website-bot'), 'blocked');
      assert.match(await answers(secret), /^401 /);
      await choose(await keys(), 'website-bot', 'Unblock');
      await press(dialog(), 'Unblock');
      await closed();
      assert.equal(await answers(secret), 'taken');
      await choose(await keys(), 'website-bot', 'Delete');
      await press(dialog(), 'Cancel');
      await closed();
      await choose(await keys(), 'website-bot', 'Delete');
      await press(dialog(), 'Delete');
      await closed();
      await row(await keys(), 'website-bot').waitFor({ state: 'detached' });
      assert.match(await answers(secret), /^401 /);
    });

    it('open their menu by the keyboard alone', async () => {
      const place = row(await keys(), 'claude-code');
      await place.getByRole('button', { name: 'More for claude-code' }).focus();
      await page.keyboard.press('Enter');
      await page.keyboard.press('ArrowDown');
      await focused('innerText', 'Raise for a while');
      await page.keyboard.press('Escape');
      await focused('ariaLabel', 'More for claude-code');
    });
  });

  describe('projects', () => {
    const projects = async (): Promise<Locator> => {
      await goTo(page, 'Keys and projects');
      return page.getByRole('region', { name: 'Projects' });
    };

    it('are made, changed, raised, blocked and deleted', async () => {
      await press(await projects(), 'New Project');
      await dialog().getByLabel('Name').fill('lighthouse');
      await dialog().getByLabel('Budget 1, dollars').fill('20');
      await dialog().getByLabel('Folders, one a line').fill('/work/lighthouse\n/work/lamp');
      await press(dialog(), 'Save');
      await closed();
      await showing(row(await projects(), 'lighthouse'), /of \$20\.00 a month[\s\S]*\/work\/lighthouse, \/work\/lamp/);
      await choose(await projects(), 'lighthouse', 'Edit');
      await dialog().getByLabel('Budget 1, dollars').fill('25');
      await press(dialog(), 'Save');
      await closed();
      await choose(await projects(), 'lighthouse', 'Raise for a while');
      await dialog().getByLabel('Dollars more').fill('2.50');
      await press(dialog(), 'Raise');
      await closed();
      await showing(row(await projects(), 'lighthouse'), /of \$27\.50 a month/);
      await choose(await projects(), 'lighthouse', 'Block');
      await press(dialog(), 'Block');
      await closed();
      await showing(row(await projects(), 'lighthouse'), 'blocked');
      await choose(await projects(), 'lighthouse', 'Delete');
      await press(dialog(), 'Delete');
      await closed();
      await row(await projects(), 'lighthouse').waitFor({ state: 'detached' });
    });
  });

  describe('models and routing', () => {
    it('show each deployment with its price, where that is from, and its size', async () => {
      const view = await goTo(page, 'Models and routing');
      const shown = await showing(row(view, 'claude-sonnet-4-5'), 'healthy');
      assert.match(shown, /\$3 in \$15 out[\s\S]*config[\s\S]*200K/);
      assert.equal(
        await row(view, 'openai/gpt-5')
          .filter({ hasText: /1, –|2, –/ })
          .count(),
        2,
      );
    });

    it('are tested by a real call', async () => {
      const view = await goTo(page, 'Models and routing');
      await press(view, 'Test anthropic/claude-sonnet-4-5 of claude-sonnet');
      await showing(row(view, 'claude-sonnet-4-5'), /answered in \d/);
    });

    it('that rest say why, and are tried at once when asked to', async () => {
      const view = await goTo(page, 'Models and routing');
      const admin = (body: object) => chat(url, adminKey, { model: 'gpt-5', max_tokens: 10, ...body });
      await admin({ messages: [{ role: 'user', content: 'broken' }] });
      const resting = row(view, 'openai/gpt-5').filter({ hasText: 'resting' });
      await showing(resting.first(), /The model is overloaded\..* more\./);
      const before = await resting.count();
      await resting
        .first()
        .getByRole('button', { name: /^Try openai/ })
        .click();
      await eventually(
        () => resting.count(),
        (now) => now === before - 1,
      );
    });
  });

  describe('providers', () => {
    it('show their accounts with key, spend and last error, and are tested without cost', async () => {
      const view = await goTo(page, 'Providers');
      const account = view.locator('.accounts li').filter({ hasText: 'OpenAI' }).first();
      const shown = await showing(account, 'key set');
      assert.match(shown, /Today\s+\$0\.0\d[\s\S]*Last error[\s\S]*The model is overloaded\./);
      await account.getByRole('button', { name: 'Test the key of OpenAI' }).click();
      await showing(account, 'works, 2 models');
    });

    it('never let a key of theirs reach the page', async () => {
      const secrets = ['sk-provider-key-of-the-tests', 'sk-provider-second-account'];
      for (const view of ['Overview', 'Requests', 'Models and routing', 'Providers']) {
        await goTo(page, view);
        const markup = await page.evaluate<string>('document.documentElement.outerHTML');
        for (const secret of secrets) assert.ok(!markup.includes(secret), view);
      }
    });
  });

  it('asks for the key again when it is not good any more', async () => {
    const { page: other } = await openPage(browser);
    await logIn(other, url);
    await other.evaluate('sessionStorage.setItem("purser.adminKey", "sk-it-was-changed-elsewhere")');
    await other.getByLabel('Admin key').waitFor();
    await other.context().close();
  });
});
