import { l10n, window } from 'vscode';
import { askForKey } from './ask-for-key.ts';
import type { KeyOffer } from './key-offers.ts';
import type { KeyPorts } from './key-ports.ts';
import { afterFailure, tried } from './try-key.ts';

/** Keeps a key once its provider has taken it, or its user wants it all the same; until then the one before stays. `variable`: its name, where that is another than the offer's. Tells whether it did. */
export async function addKey(ports: KeyPorts, offer: KeyOffer, variable = offer.variable): Promise<boolean> {
  for (;;) {
    const key = await keyOf(offer, variable);
    if (key === undefined) return false;
    const said = offer.name === '' ? undefined : await tried(ports, offer, key);
    if (said?.type === 'failed') {
      const wish = await afterFailure(offer, said);
      if (wish === 'again') continue;
      if (wish === 'cancel') return false;
    }
    await ports.secrets.store(variable, key);
    const kept = l10n.t('{0} is in use.', variable);
    void window.showInformationMessage(
      `Purser: ${kept}${said === undefined || said.type === 'failed' ? '' : ` ${said.message}`}`,
    );
    return true;
  }
}

/** What stands in the environment is taken from there, when its user likes. */
async function keyOf(offer: KeyOffer, variable: string): Promise<string | undefined> {
  const found = offer.state === 'in-environment' ? process.env[variable] : undefined;
  if (found === undefined) return askForKey({ ...offer, variable });
  const [take, type] = [l10n.t('Take it from the environment'), l10n.t('Enter another')];
  const title = l10n.t('Purser: {0} is set in the environment', offer.variable);
  const picked = await window.showQuickPick([take, type], { title });
  if (picked === undefined) return undefined;
  return picked === take ? found : askForKey(offer);
}
