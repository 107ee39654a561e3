import { l10n, window } from 'vscode';
import { addKey } from './keep-key.ts';
import { accountEntries } from './importable.ts';
import { accountVariable, isVariable, type KeyOffer } from './key-offers.ts';
import type { KeyPorts } from './key-ports.ts';
import { mergeIntoConfiguration } from './merge-into-configuration.ts';
import { readConfiguration } from '../configuration/write-configuration.ts';

/** A further key of a provider, under a name of its own, and what the configuration needs to use it. */
export async function addAccount(ports: KeyPorts, offer: KeyOffer): Promise<void> {
  const taken = new Set(await ports.secrets.keys());
  const nameOf = (account: string): string => accountVariable(offer.variable, account);
  const account = await window.showInputBox({
    title: l10n.t('Purser: Another Account of {0}', offer.title),
    prompt: l10n.t('What is it called? Its key is kept as {0}.', nameOf('work')),
    placeHolder: 'work',
    ignoreFocusOut: true,
    validateInput(text) {
      if (text.trim() === '' || !isVariable(nameOf(text))) return l10n.t('A name has letters, digits and _ only.');
      return taken.has(nameOf(text)) ? l10n.t('{0} is taken.', nameOf(text)) : undefined;
    },
  });
  if (account === undefined) return;
  const second = nameOf(account);
  // It is asked about where the first one is used.
  if (!(await addKey(ports, { ...offer, state: 'missing' }, second))) return;
  const text = await readConfiguration(ports.configFile);
  const entries = accountEntries(text, { provider: offer.name, first: offer.variable, second });
  await mergeIntoConfiguration(ports, entries, l10n.t('Use the new account'));
}
