import { dirname, join } from 'node:path';
import { parseEnv } from 'node:util';
import { l10n, ProgressLocation, Uri, window, workspace, type QuickPickItem } from 'vscode';
import type { KeyedProvider } from '../../admin/provider-key-routes.ts';
import { Failure } from '../../chat/failure.ts';
import { disk } from '../../connect/disk.ts';
import type { JsonObject } from '../../lib/json.ts';
import { foundInLitellm, keysAmong, keysInEnvText, type FoundConfig, type FoundKey } from './importable.ts';
import { endOf } from './key-offers.ts';
import type { KeyPorts } from './key-ports.ts';
import { mergeIntoConfiguration } from './merge-into-configuration.ts';
import { keyedProviders } from './pick-provider.ts';
import { storedKeys } from './stored-keys.ts';
import { verdictOn } from './try-key.ts';

/** Takes keys over from a `.env` file, a LiteLLM configuration or the environment, and such a configuration's models. */
export async function importKeys(ports: KeyPorts): Promise<void> {
  const providers = await keyedProviders(ports);
  const source = await pickSource();
  const found = source && (await source(ports, providers));
  if (found === undefined) return;
  const taken = await takeKeys(ports, providers, found.keys);
  if (taken === undefined) return;
  if (found.entries.length > 0) await mergeIntoConfiguration(ports, found.entries, l10n.t('Take over the models'));
}

type Source = (ports: KeyPorts, providers: readonly KeyedProvider[]) => Promise<FoundConfig | undefined>;

const noEntries: readonly JsonObject[] = [];

async function pickSource(): Promise<Source | undefined> {
  const items: readonly (QuickPickItem & { readonly source: Source })[] = [
    { label: l10n.t('A .env file...'), source: fromEnvFile },
    {
      label: l10n.t('A LiteLLM configuration...'),
      description: l10n.t('its keys and its models'),
      source: fromLitellm,
    },
    { label: l10n.t('The environment'), description: l10n.t('of this editor'), source: fromEnvironment },
  ];
  const title = l10n.t('Purser: Import Keys');
  const picked = await window.showQuickPick(items, { title, placeHolder: l10n.t('Where from?') });
  return picked?.source;
}

const namesOf = (providers: readonly KeyedProvider[]): ReadonlySet<string> =>
  new Set(providers.map(({ variable }) => variable));

async function fromEnvFile(_ports: KeyPorts, providers: readonly KeyedProvider[]): Promise<FoundConfig | undefined> {
  const file = await pickFile('**/.env*', l10n.t('Import its keys'));
  if (file === undefined) return undefined;
  return { keys: keysInEnvText(await textOf(file), namesOf(providers)), entries: noEntries };
}

const fromEnvironment: Source = (_ports, providers) =>
  Promise.resolve({ keys: keysAmong(process.env, namesOf(providers)), entries: noEntries });

async function fromLitellm(ports: KeyPorts, providers: readonly KeyedProvider[]): Promise<FoundConfig | undefined> {
  const file = await pickFile('**/{*litellm*,*config*}.{yaml,yml}', l10n.t('Import it'));
  if (file === undefined) return undefined;
  const beside = await disk.read(join(dirname(file), '.env'));
  const found = foundInLitellm(await textOf(file), {
    usualVariable: (provider) => providers.find(({ name }) => name === provider)?.variable,
    variables: beside === undefined ? {} : parseEnv(beside),
    stored: await storedKeys(ports.secrets),
  });
  if (found === undefined) throw new Failure('invalid-request', l10n.t('{0} is no YAML that can be read.', file));
  return found;
}

const textOf = async (file: string): Promise<string> => (await disk.read(file)) ?? '';

/** Of the files that lie in the open folders, or any. */
async function pickFile(pattern: string, openLabel: string): Promise<string | undefined> {
  const near = await workspace.findFiles(pattern, '**/node_modules/**', 20);
  const other = { label: l10n.t('Another file...') };
  const items = near.map((uri) => ({ label: workspace.asRelativePath(uri), uri }));
  const picked = items.length === 0 ? other : await window.showQuickPick([...items, other], { placeHolder: openLabel });
  if (picked === undefined) return undefined;
  if ('uri' in picked && picked.uri instanceof Uri) return picked.uri.fsPath;
  const [file] = (await window.showOpenDialog({ openLabel, canSelectMany: false })) ?? [];
  return file?.fsPath;
}

interface KeyItem extends QuickPickItem {
  readonly key: FoundKey;
}

/** Asks which of them to keep, and has the providers say what they think of these. Undefined when the user went away. */
async function takeKeys(
  ports: KeyPorts,
  providers: readonly KeyedProvider[],
  keys: readonly FoundKey[],
): Promise<readonly FoundKey[] | undefined> {
  const stored = await storedKeys(ports.secrets);
  const fresh = keys.filter(({ name, value }) => stored[name] !== value);
  if (fresh.length === 0) {
    void window.showInformationMessage(l10n.t('Purser found no key there that it does not have.'));
    return [];
  }
  const items = fresh.map((key): KeyItem => {
    const title = providers.find(({ variable }) => variable === key.name)?.title;
    const replaces =
      stored[key.name] === undefined ? '' : ` $(warning) ${l10n.t('in the place of the one that is stored')}`;
    const picked = key.isKnown && replaces === '';
    return {
      label: key.name,
      description: `${endOf(key.value)}${replaces}`,
      picked,
      key,
      ...(title !== undefined && { detail: title }),
    };
  });
  const title = l10n.t('Purser: Import Keys');
  const chosen = await window.showQuickPick(items, { title, canPickMany: true, ignoreFocusOut: true });
  if (chosen === undefined) return undefined;
  const taken = chosen.map(({ key }) => key);
  for (const { name, value } of taken) await ports.secrets.store(name, value);
  await tellVerdicts(ports, providers, taken);
  return taken;
}

async function tellVerdicts(
  ports: KeyPorts,
  providers: readonly KeyedProvider[],
  taken: readonly FoundKey[],
): Promise<void> {
  if (taken.length === 0) return;
  const asked = taken.map(async ({ name, value }) => {
    const whose = providers.find(({ variable }) => variable === name);
    const said = whose && (await verdictOn(ports, whose, value));
    return said?.type === 'failed' ? `${name}: ${said.message}` : undefined;
  });
  const progress = {
    location: ProgressLocation.Notification,
    title: l10n.t('Purser asks the providers about the keys'),
  };
  const failed = (await window.withProgress(progress, () => Promise.all(asked))).filter((one) => one !== undefined);
  const names = taken.map(({ name }) => name).join(', ');
  if (failed.length === 0) void window.showInformationMessage(l10n.t('Purser: Imported {0}.', names));
  else
    void window.showWarningMessage(
      l10n.t('Purser: Imported {0}. Not every provider took its key: {1}', names, failed.join('; ')),
    );
}
