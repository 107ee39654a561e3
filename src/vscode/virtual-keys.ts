import * as vscode from 'vscode';
import { askGateway, type GatewayAccess } from '../admin/gateway-client.ts';

/** Asks for a name and a limit, makes a virtual key and puts it on the clipboard: the only time it is ever seen. */
export async function createKey(gateway: GatewayAccess): Promise<void> {
  const title = vscode.l10n.t('Purser: Create Key');
  const name = await vscode.window.showInputBox({
    title: `${title} (1/2)`,
    prompt: vscode.l10n.t('Who will use it?'),
    placeHolder: 'claude-code',
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === '' ? vscode.l10n.t('A name is needed.') : undefined),
  });
  if (name === undefined) return;
  const limit = await vscode.window.showInputBox({
    title: `${title} (2/2)`,
    prompt: vscode.l10n.t('How many dollars may it spend a month? Leave it empty for no limit.'),
    placeHolder: '10',
    ignoreFocusOut: true,
    validateInput: (text) =>
      isLimit(text.trim()) ? undefined : vscode.l10n.t('An amount such as 10 or 2.50 is needed, or nothing.'),
  });
  if (limit === undefined) return;
  const budget = limit.trim() === '' ? {} : { max_budget: Number(limit), budget_duration: '1mo' };
  const made = (await askGateway(gateway, '/key/generate', { key_alias: name.trim(), ...budget })) as { key: string };
  await vscode.env.clipboard.writeText(made.key);
  void vscode.window.showInformationMessage(
    vscode.l10n.t('Purser: The new key is on the clipboard. It is not shown again.'),
  );
}

const isLimit = (text: string): boolean => text === '' || /^\d{1,7}(\.\d{1,6})?$/.test(text);
