import type { SecretStorage } from 'vscode';
import type { Variables } from '../../windows/worker-messages.ts';

/** All keys in SecretStorage, each under the variable that it is looked up by. */
export async function storedKeys(secrets: SecretStorage): Promise<Variables> {
  const names = await secrets.keys();
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await secrets.get(name)] as const)));
}
