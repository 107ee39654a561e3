import * as vscode from 'vscode';
import { askGateway, type GatewayAccess } from '../admin/gateway-client.ts';
import type { KeyedProvider } from '../admin/overview-routes.ts';
import type { Variables } from '../windows/worker-messages.ts';

/** All keys in SecretStorage, each under the variable that it is looked up by. */
export async function storedKeys(secrets: vscode.SecretStorage): Promise<Variables> {
  const names = await secrets.keys();
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await secrets.get(name)] as const)));
}

/** Asks for a provider and its key, and keeps it; undefined when the user went away. */
export async function addProviderKey(
  secrets: vscode.SecretStorage,
  gateway: GatewayAccess,
): Promise<string | undefined> {
  const stored = new Set(await secrets.keys());
  const picked = await pickProvider(gateway, stored);
  const variable = picked && (picked.variable ?? (await askForVariable()));
  if (variable === undefined) return undefined;
  const key = await vscode.window.showInputBox({
    title: `Purser: ${picked?.variable === undefined ? variable : picked.label}`,
    prompt: `Kept in this editor's secret storage as ${variable}; never in a file, a log or the panel.`,
    placeHolder: 'Paste the key',
    password: true,
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === '' ? 'A key is needed.' : undefined),
  });
  if (key === undefined) return undefined;
  await secrets.store(variable, key.trim());
  return variable;
}

/** Asks which key to forget; undefined when the user went away or there is none. */
export async function removeProviderKey(secrets: vscode.SecretStorage): Promise<string | undefined> {
  const names = await secrets.keys();
  if (names.length === 0) {
    void vscode.window.showInformationMessage('Purser has no provider key.');
    return undefined;
  }
  const title = 'Purser: Remove Provider Key';
  const name = await vscode.window.showQuickPick([...names].sort(), { title, placeHolder: 'Which key?' });
  if (name !== undefined) await secrets.delete(name);
  return name;
}

interface ProviderPick extends vscode.QuickPickItem {
  /** Absent: any other variable that the configuration names. */
  readonly variable?: string;
}

async function pickProvider(gateway: GatewayAccess, stored: ReadonlySet<string>): Promise<ProviderPick | undefined> {
  const providers = (await askGateway(gateway, '/purser/providers')) as readonly KeyedProvider[];
  const known = providers.map(({ title, variable }): ProviderPick => ({
    label: title,
    description: stored.has(variable) ? `${variable} $(check) stored` : variable,
    variable,
  }));
  const other: ProviderPick = { label: 'Another...', description: 'a variable that the configuration names' };
  return vscode.window.showQuickPick([...known, other], {
    title: 'Purser: Add Provider Key',
    placeHolder: 'Whose key is it?',
    matchOnDescription: true,
  });
}

const askForVariable = (): Thenable<string | undefined> =>
  vscode.window.showInputBox({
    title: 'Purser: Add Provider Key',
    prompt: 'The name that stands in the configuration after os.environ/',
    placeHolder: 'MY_PROVIDER_KEY',
    ignoreFocusOut: true,
    validateInput: (text) => (/^[A-Za-z_]\w*$/.test(text) ? undefined : 'A name has letters, digits and _ only.'),
  });
