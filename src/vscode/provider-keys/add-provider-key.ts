import { l10n, window } from 'vscode';
import { addAccount } from './add-account.ts';
import { addKey } from './keep-key.ts';
import type { KeyPorts } from './key-ports.ts';
import { bareOffer, keyedProviders, pickProvider } from './pick-provider.ts';

/** Asks for a provider and its key, has the provider prove it, and keeps it. */
export async function addProviderKey(ports: KeyPorts): Promise<void> {
  const offer = await pickProvider(ports);
  if (offer === undefined) return;
  if (offer.state !== 'stored') {
    await addKey(ports, offer);
    return;
  }
  const [replace, another] = [l10n.t('Replace the key'), l10n.t('Add the key of another account')];
  const title = l10n.t('Purser: {0} has a key already', offer.title);
  const picked = await window.showQuickPick([replace, another], { title });
  if (picked === replace) await addKey(ports, offer);
  if (picked === another) await addAccount(ports, offer);
}

/** The same for a variable that is known already. */
export async function addKeyFor(ports: KeyPorts, variable: string): Promise<void> {
  const known = (await keyedProviders(ports)).find((one) => one.variable === variable);
  await addKey(ports, known === undefined ? bareOffer(variable) : { ...known, state: 'missing' });
}
