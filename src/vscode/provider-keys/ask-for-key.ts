import { l10n, window } from 'vscode';
import type { KeyedProvider } from '../../admin/provider-key-routes.ts';
import { openPage, pageButton } from './pick-provider.ts';

/** A password box, with the way to the provider's page for keys; undefined when the user went away. */
export function askForKey({ title, variable, page }: KeyedProvider): Promise<string | undefined> {
  const box = window.createInputBox();
  box.title = `Purser: ${title}`;
  box.prompt = l10n.t("Kept in this editor's secret storage as {0}; never in a file, a log or the panel.", variable);
  box.placeholder = l10n.t('Paste the key');
  box.password = true;
  box.ignoreFocusOut = true;
  if (page !== null) box.buttons = [pageButton()];
  return new Promise((resolve) => {
    box.onDidTriggerButton(() => openPage(page));
    box.onDidChangeValue(() => (box.validationMessage = undefined));
    box.onDidAccept(() => {
      const key = box.value.trim();
      if (key === '') {
        box.validationMessage = l10n.t('A key is needed.');
        return;
      }
      resolve(key);
      box.hide();
    });
    box.onDidHide(() => {
      resolve(undefined);
      box.dispose();
    });
    box.show();
  });
}
