import { l10n, window, type QuickPickItem } from 'vscode';
import { addKey } from './keep-key.ts';
import type { KeyPorts } from './key-ports.ts';
import { bareOffer, keyedProviders } from './pick-provider.ts';

interface KeyItem extends QuickPickItem {
  readonly variable: string;
  readonly models: readonly string[];
}

/** Asks which key to forget, and says what is called with it. */
export async function removeProviderKey(ports: KeyPorts): Promise<void> {
  const picked = await pickStored(ports, l10n.t('Purser: Remove Provider Key'));
  if (picked === undefined) return;
  const { variable, models } = picked;
  const remove = l10n.t('Remove');
  const detail =
    models.length === 0 ? l10n.t('No model is called with it.') : l10n.t('It is used by {0}.', models.join(', '));
  const answer = await window.showWarningMessage(l10n.t('Remove {0}?', variable), { modal: true, detail }, remove);
  if (answer !== remove) return;
  await ports.secrets.delete(variable);
  window.setStatusBarMessage(`$(check) ${l10n.t('{0} was removed', variable)}`, 3_000);
}

/** Asks for a new key in the place of one, which stays until the provider has taken the new one. */
export async function rotateProviderKey(ports: KeyPorts): Promise<void> {
  const picked = await pickStored(ports, l10n.t('Purser: Rotate Provider Key'));
  if (picked === undefined) return;
  const known = (await keyedProviders(ports)).find(({ variable }) => variable === picked.variable);
  await addKey(ports, known === undefined ? bareOffer(picked.variable) : { ...known, state: 'stored' });
}

async function pickStored(ports: KeyPorts, title: string): Promise<KeyItem | undefined> {
  const names = [...(await ports.secrets.keys())].sort();
  if (names.length === 0) {
    void window.showInformationMessage(l10n.t('Purser has no provider key.'));
    return undefined;
  }
  const providers = await keyedProviders(ports);
  const items = names.map((variable): KeyItem => {
    const { title: description = '', models = [] } = providers.find((one) => one.variable === variable) ?? {};
    const detail = models.length > 0 && { detail: l10n.t('for {0}', models.slice(0, 5).join(', ')) };
    return { label: variable, description, variable, models, ...detail };
  });
  return window.showQuickPick(items, { title, placeHolder: l10n.t('Which key?'), matchOnDescription: true });
}
