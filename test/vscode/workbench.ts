import type { Browser, Frame, Locator, Page, Profile } from '../panel/browser.ts';
import { untilTrue } from './host.ts';

/** A user with an editor: windows of one profile share secrets and state, as those of one desktop editor do. */
export async function newProfile(browser: Browser): Promise<Profile> {
  return browser.newContext({
    viewport: { width: 1280, height: 800 },
    permissions: ['clipboard-read', 'clipboard-write'],
  });
}

/** Opens a window and waits until it is drawn; extensions come seconds later. */
export async function openWindow(profile: Profile, url: string): Promise<Page> {
  const page = await profile.newPage();
  page.setDefaultTimeout(30_000);
  await page.goto(url);
  await page.locator('.monaco-workbench .part.statusbar .statusbar-item').first().waitFor({ timeout: 60_000 });
  return page;
}

/**
 * Runs a command by its label, such as "Purser: Open Panel". The palette closes when something else takes the focus,
 * and an early key press can be lost, so the whole is tried again.
 */
export async function runCommand(page: Page, label: string): Promise<void> {
  const box = quickInput(page);
  for (let tries = 0; ; tries += 1) {
    try {
      await page.keyboard.press('F1');
      await box.locator('.quick-input-box input').fill(`>${label}`, { timeout: 3_000 });
      await box.locator('.monaco-list-row').filter({ hasText: label }).first().click({ timeout: 4_000 });
      return;
    } catch (error) {
      if (tries === 5) throw error;
      await page.keyboard.press('Escape');
    }
  }
}

export const quickInput = (page: Page): Locator => page.locator('.quick-input-widget:visible');

/** Answers an input box that says `prompt`. */
export async function answerInput(page: Page, prompt: string | RegExp, text: string): Promise<void> {
  const box = quickInput(page).filter({ hasText: prompt });
  await box.locator('.quick-input-box input').fill(text);
  await page.keyboard.press('Enter');
}

/** Chooses the row of a quick pick that holds this text. */
export const pick = (page: Page, text: string | RegExp): Promise<void> =>
  quickInput(page).locator('.monaco-list-row').filter({ hasText: text }).first().click();

export const toast = (page: Page, text: string | RegExp): Locator =>
  page.locator('.notification-toast').filter({ hasText: text }).first();

/** Presses a button of a notification; one that has hidden meanwhile is looked for behind the bell. */
export async function answerNotification(page: Page, text: string | RegExp, button: string): Promise<void> {
  const place = page.locator('.notification-list-item:visible').filter({ hasText: text }).first();
  await untilTrue(async () => {
    if ((await place.count()) > 0) return true;
    if ((await page.locator('.notifications-center:visible').count()) === 0)
      await page
        .locator('.statusbar-item[id="status.notifications"] a')
        .click()
        .catch(() => undefined);
    return false;
  }, 30_000);
  await place.hover();
  await place.locator('.monaco-button').filter({ hasText: button }).first().click();
}

export const dialogButton = (page: Page, button: string): Locator =>
  page.locator('.monaco-dialog-box .monaco-button').filter({ hasText: button }).first();

/** The extension's item in the status bar, by the id that it gave it. */
export const statusItem = (page: Page, id = 'spend'): Locator =>
  page.locator(`.part.statusbar .statusbar-item[id="purser.purser.${id}"]`);

/** Text, colour and what a screen reader says of it. */
export async function readStatus(page: Page, id = 'spend'): Promise<{ text: string; label: string; kind: string }> {
  const item = statusItem(page, id);
  const [text, label, classes] = await Promise.all([
    item.innerText(),
    item.locator('a').first().getAttribute('aria-label'),
    item.getAttribute('class'),
  ]);
  return {
    text: text.trim(),
    label: label ?? '',
    kind: /\b(warning|error)-kind\b/.exec(classes ?? '')?.[1] ?? 'plain',
  };
}

/** What is drawn when the pointer rests there; a place that changes just then draws nothing, so it is tried again. */
export async function hoverText(page: Page, place: Locator): Promise<string> {
  const hover = page.locator('.monaco-hover:visible').first();
  for (let tries = 0; ; tries += 1) {
    await page.mouse.move(640, 300);
    await place.hover();
    try {
      await hover.waitFor({ timeout: 4_000 });
      const text = await hover.innerText();
      await page.mouse.move(640, 300);
      return text;
    } catch (error) {
      if (tries === 5) throw error;
    }
  }
}

/** Shows a view container of the activity bar. */
export const openContainer = (page: Page, title: string): Promise<void> =>
  page.locator(`.activitybar .action-item a[aria-label*="${title}"]`).first().click();

/** The document of a webview that holds what the selector names. */
export async function webview(page: Page, selector: string): Promise<Frame> {
  let found: Frame | undefined;
  await untilTrue(async () => {
    for (const frame of page.frames().filter((each) => each.url().includes('/webview/browser/pre/fake.html')))
      // A frame can be replaced while it is looked at.
      if (
        (await frame
          .locator(selector)
          .count()
          .catch(() => 0)) > 0
      )
        found = frame;
    return found !== undefined;
  }, 30_000);
  return found as Frame;
}

/** Has the whole editor in a theme, by the name that it has in the editor's list. */
export async function chooseTheme(page: Page, theme: string): Promise<void> {
  await runCommand(page, 'Preferences: Color Theme');
  await quickInput(page).locator('.quick-input-box input').fill(theme);
  await quickInput(page).locator('.monaco-list-row').filter({ hasText: theme }).first().click();
}
