import { readdir, readFile, stat } from 'node:fs/promises';
import { arch, platform, release } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { askGateway } from '../../admin/gateway-client.ts';
import { runningGateway } from '../../admin/handlers.ts';
import { ifThere } from '../../connect/disk.ts';
import { isArray, objectIn, objectsIn, stringIn } from '../../lib/json.ts';
import type { GatewayState } from '../../windows/gateway-thread.ts';
import { readHolderFile } from '../../windows/holder-file.ts';
import { diagnosticsText, type Diagnostics } from './diagnostics-text.ts';
import type { SafeLog } from './safe-log.ts';

export interface DiagnosticsPorts {
  readonly context: vscode.ExtensionContext;
  readonly state: () => GatewayState;
  readonly log: SafeLog;
  readonly configFile: string;
  readonly dataFolder: string;
  readonly holderFile: string;
}

/** All that may help to find a fault, without keys and prompts. */
export async function diagnostics(ports: DiagnosticsPorts): Promise<string> {
  const { log, configFile, dataFolder } = ports;
  const text = await ifThere(readFile(configFile, 'utf8'));
  // With the reader of YAML, which no start of the editor waits for.
  const { shownConfig } = await import('../../admin/config-shown.ts');
  const parts: Diagnostics = {
    versions: versionsOf(ports.context),
    settings: settingsOf(),
    gateway: gatewayOf(ports),
    configuration: text === undefined ? undefined : shownConfig(text, log.redact),
    providers: await providersOf(ports).catch(() => []),
    files: await filesIn(dataFolder),
    troubles: log.troubles(),
  };
  return diagnosticsText(parts, log.redact);
}

const versionsOf = ({ extension }: vscode.ExtensionContext): Diagnostics['versions'] => ({
  Purser: String((extension.packageJSON as { readonly version: unknown }).version),
  Editor: `${vscode.env.appName} ${vscode.version} (${vscode.env.appHost})`,
  Node: process.version,
  System: `${platform()} ${release()} ${arch()}`,
  Remote: vscode.env.remoteName ?? 'no',
  Runs: extension.extensionKind === vscode.ExtensionKind.UI ? 'on the local machine' : 'where the workspace is',
  Trusted: vscode.workspace.isTrusted ? 'yes' : 'no (Restricted Mode)',
  Folders: String(vscode.workspace.workspaceFolders?.length ?? 0),
});

/** Ours, and those of the editor's that the way to the providers depends on, as far as they are set. */
function settingsOf(): Diagnostics['settings'] {
  const http = vscode.workspace.getConfiguration('http');
  return {
    purser: vscode.workspace.getConfiguration('purser'),
    'http.proxy': http.get<string>('proxy') === '' ? 'not set' : 'set',
    'http.proxyStrictSSL': http.get('proxyStrictSSL', true),
  };
}

function gatewayOf({ state, holderFile }: DiagnosticsPorts): Diagnostics['gateway'] {
  const now = state();
  const held = readHolderFile(holderFile);
  const own =
    now.type === 'running' ? { Address: now.url, 'Held by': now.adopted ? 'another window' : 'this window' } : {};
  const trouble = now.type === 'failed' ? { Why: `${now.why}: ${now.message}` } : {};
  const holder = held && { Holder: `${held.owner}, process ${held.pid}, Purser ${held.version}, port ${held.port}` };
  return { State: now.type, ...own, ...trouble, ...holder, 'Keys known to the holder': held?.keys.length ?? 0 };
}

async function providersOf({ state }: DiagnosticsPorts): Promise<Diagnostics['providers']> {
  const { accounts } = objectIn(await askGateway(runningGateway(state()), '/purser/accounts'));
  return objectsIn(accounts).map((one) => ({
    title: stringIn(one['title']) ?? '?',
    account: stringIn(one['account']) ?? '?',
    key: stringIn(one['key']) ?? '?',
    models: isArray(one['deployments']) ? one['deployments'].length : 0,
    lastError: stringIn(objectIn(one['last_error'])['message']),
  }));
}

async function filesIn(folder: string): Promise<Diagnostics['files']> {
  const names = (await ifThere(readdir(folder))) ?? [];
  const files = await Promise.all(
    names.sort().map(async (name) => {
      const found = await ifThere(stat(join(folder, name)));
      return found?.isFile() ? [{ name, bytes: found.size }] : [];
    }),
  );
  return files.flat();
}

export async function copyDiagnostics(ports: DiagnosticsPorts): Promise<void> {
  const { l10n } = vscode;
  await vscode.env.clipboard.writeText(await diagnostics(ports));
  const show = l10n.t('Show');
  const said = l10n.t('Purser: The diagnostics are on the clipboard, without keys and prompts.');
  if ((await vscode.window.showInformationMessage(said, show)) !== show) return;
  const document = await vscode.workspace.openTextDocument({
    language: 'markdown',
    content: await vscode.env.clipboard.readText(),
  });
  await vscode.window.showTextDocument(document);
}

const reporter = 'workbench.action.openIssueReporter';

/** Opens the editor's own reporter where it has one; else the diagnostics are put on the clipboard. */
export async function reportIssue(ports: DiagnosticsPorts): Promise<void> {
  const commands = await vscode.commands.getCommands(true);
  if (!commands.includes(reporter)) return copyDiagnostics(ports);
  const data = await diagnostics(ports);
  const extensionId = ports.context.extension.id;
  try {
    await vscode.commands.executeCommand(reporter, { extensionId, issueBody: '', data, extensionData: data });
  } catch (error) {
    // A browser's editor has the command and cannot always open the window.
    ports.log.warn(`The editor's issue reporter could not be opened: ${String(error)}`);
    await copyDiagnostics(ports);
  }
}
