import { l10n, ProgressLocation, window } from 'vscode';
import { askGateway } from '../../admin/gateway-client.ts';
import type { KeyedProvider } from '../../admin/provider-key-routes.ts';
import { toFailure } from '../../chat/failure.ts';
import type { KeyPorts } from './key-ports.ts';
import { verdictIn, type KeyVerdict } from './key-verdict.ts';

type Whose = Pick<KeyedProvider, 'name' | 'title' | 'variable' | 'models'>;

/** Asks the provider, by a call that costs nothing, what it says to a key that is kept nowhere yet. */
export async function verdictOn(
  ports: KeyPorts,
  { name, title, variable, models }: Whose,
  key: string,
): Promise<KeyVerdict> {
  // Where the configuration names the variable it also says at which address it counts.
  const place = models.length > 0 ? { variable } : {};
  try {
    const answer = await askGateway(ports.access(), '/purser/providers/test', { provider: name, key, ...place });
    return verdictIn(answer, title, l10n);
  } catch (error) {
    return { type: 'unproved', message: toFailure(error).message };
  }
}

/** The same, shown while it lasts. */
export const tried = (ports: KeyPorts, whose: Whose, key: string): Thenable<KeyVerdict> =>
  window.withProgress(
    { location: ProgressLocation.Notification, title: l10n.t('Purser asks {0} about the key', whose.title) },
    () => verdictOn(ports, whose, key),
  );

/** What the user wants done with a key that its provider did not take. */
export async function afterFailure({ title }: Whose, { message }: KeyVerdict): Promise<'again' | 'keep' | 'cancel'> {
  const [again, keep] = [l10n.t('Try Again'), l10n.t('Keep Anyway')];
  const question = l10n.t('{0} did not take the key.', title);
  const answer = await window.showWarningMessage(question, { modal: true, detail: message }, again, keep);
  if (answer === again) return 'again';
  return answer === keep ? 'keep' : 'cancel';
}
