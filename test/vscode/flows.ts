import type { Page } from '../panel/browser.ts';
import { answerInput, pick, runCommand } from './workbench.ts';

/** Adds a provider's key as a user does. */
export async function addProviderKey(page: Page, provider: string, key: string): Promise<void> {
  await runCommand(page, 'Purser: Add Provider Key');
  await pick(page, provider);
  await answerInput(page, 'secret storage', key);
}
