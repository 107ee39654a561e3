import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import * as vscode from 'vscode';
import { askForErasure, eraseIfAsked, isErasureAsked, type Storage } from './erase.ts';
import { panelHandlers, remediesOf } from './admin/handlers.ts';
import { servePanel } from './admin/serve-panel.ts';
import { GatewayThread, type GatewayState } from './windows/gateway-thread.ts';
import type { GatewayThreadData, Variables } from './windows/worker-messages.ts';
import type { PurserApi } from './vscode/api/purser-api.d.ts';
import { registerOthers } from './vscode/api/register-others.ts';
import type { Erasure } from './vscode/care/delete-data.ts';
import { noteStorage, registerCare } from './vscode/care/register-care.ts';
import { safeLog, type SafeLog } from './vscode/care/safe-log.ts';
import { registerCommands, runAction } from './vscode/commands.ts';
import { notices } from './vscode/notices.ts';
import { configurationDocuments, whenOpened } from './vscode/configuration/documents.ts';
import { panel, tabType } from './vscode/panel.ts';
import { editorHost } from './vscode/panel-host.ts';
import { registerProviderKeys } from './vscode/provider-keys/register-provider-keys.ts';
import { storedKeys } from './vscode/provider-keys/stored-keys.ts';
import { networkVariables, onSettingsChange, portSetting } from './vscode/settings.ts';
import { registerSpending } from './vscode/register-spending.ts';
import { registerProjects } from './vscode/projects/register-projects.ts';

/** Of the 5 s that VS Code waits for `deactivate`. */
const stopMs = 4_500;

let gateway: GatewayThread | undefined;

/** The VS Code head: the gateway in a thread, and what shows it. Wiring only; nothing here waits for the gateway. */
export function activate(context: vscode.ExtensionContext): PurserApi {
  const { secrets, extensionUri, subscriptions } = context;
  const channel = vscode.window.createOutputChannel('Purser', { log: true });
  const log = safeLog(channel);
  const configFile = configFileIn(context);
  const data = async (): Promise<GatewayThreadData> => threadData(context, (await keysIn(secrets, log)) ?? {});
  const thread = new GatewayThread({
    start: (workerData) => startThread(extensionUri, workerData),
    ...{ data, log: (level, line) => log[level](line), onState, onConfigured },
  });
  gateway = thread;

  const handlers = panelHandlers(editorHost(() => thread.state, runAction));
  const view = panel(extensionUri, (message) => servePanel(handlers, message, () => remediesOf(thread.state)));
  const notice = notices(configFile, (action) => void runAction(action));
  const work = registerProjects(context, () => thread.state, log);
  const others = registerOthers(context, work, () => void runAction('addProviderKey'));
  const { projects } = work;
  const spending = registerSpending({ context, gateway: () => thread, projects, log, onChange: view.changed });
  function onState(state: GatewayState): void {
    spending.onState(state);
    notice.state(state);
    work.onState(state);
    others.onState();
  }
  function onConfigured(isTaken: boolean): void {
    view.changed();
    work.onConfigured();
    notice.configured(isTaken);
  }
  subscriptions.push(
    channel,
    configurationLanguage(context),
    registerProviderKeys({ secrets, configFile, access: work.access, starter: () => starterIn(secrets) }, log),
    registerCare({ context, gateway: () => thread, log, erasure: erasureOf(context) }),
    registerCommands({
      ...{ gateway: thread, configFile, log, openPanel: view.open },
      trust: (file) => trust(context, file),
    }),
    vscode.window.registerWebviewViewProvider('purser.overview', view),
    vscode.window.registerWebviewPanelSerializer(tabType, view),
    secrets.onDidChange(async () => thread.setVariables(await keysIn(secrets, log))),
    onSettingsChange(() => {
      if (thread.state.type !== 'stopped') void thread.restart();
    }),
  );
  void thread.restart();
  noteStorage(context);
  return others.api;
}

/** The thread is ended here and not by a subscription: those are disposed of first, and nobody waits for them. */
export const deactivate = (): Promise<void> | undefined => gateway?.stop(stopMs);

/** Help with the configuration while it is written, loaded when it is first open. */
function configurationLanguage(context: vscode.ExtensionContext): vscode.Disposable {
  const configFile = configFileIn(context);
  const selector = configurationDocuments(configFile);
  const needs = { selector, secrets: context.secrets, configFile, priceFolder: storageIn(context).dataFolder };
  return whenOpened(selector, async () => (await import('./language.ts')).language(needs));
}

const starterIn = async (secrets: vscode.SecretStorage) => (await import('./language.ts')).starterEntries(secrets);

function startThread(extension: vscode.Uri, workerData: GatewayThreadData): Worker {
  const script = vscode.Uri.joinPath(extension, 'dist', 'worker.js').fsPath;
  return new Worker(script, { workerData, execArgv: [], name: 'purser' });
}

const configFileIn = ({ globalStorageUri }: vscode.ExtensionContext): string =>
  join(globalStorageUri.fsPath, 'config.yaml');

const storageIn = ({ globalStorageUri }: vscode.ExtensionContext): Storage => ({
  dataFolder: join(globalStorageUri.fsPath, 'data'),
  holderFile: join(globalStorageUri.fsPath, 'gateway.json'),
});

const erasureOf = (context: vscode.ExtensionContext): Erasure => ({
  ask: () => askForErasure(storageIn(context)),
  isAsked: () => isErasureAsked(storageIn(context)),
  doIt: () => eraseIfAsked(storageIn(context), stopMs),
});

const threadData = (context: vscode.ExtensionContext, variables: Variables): GatewayThreadData => ({
  ...storageIn(context),
  host: '127.0.0.1',
  port: portSetting(),
  trusted: context.globalState.get<readonly string[]>(trustedGateways, []),
  configFile: configFileIn(context),
  variables,
  network: networkVariables(),
  owner: vscode.env.remoteName === undefined ? vscode.env.appName : `${vscode.env.appName} (${vscode.env.remoteName})`,
  version: (context.extension.packageJSON as { readonly version: string }).version,
});

const trustedGateways = 'trustedGateways';

/** The newest few are enough: an editor has one such file. */
const trust = ({ globalState }: vscode.ExtensionContext, file: string): Thenable<void> =>
  globalState.update(trustedGateways, [file, ...globalState.get<readonly string[]>(trustedGateways, [])].slice(0, 8));

/** A secret storage that cannot be opened must not keep the gateway from running, nor have it forget its keys. */
async function keysIn(secrets: vscode.SecretStorage, log: SafeLog): Promise<Variables | undefined> {
  try {
    const keys = await storedKeys(secrets);
    log.hide(Object.values(keys).filter((key) => key !== undefined));
    return keys;
  } catch (error) {
    log.error(`The editor's secret storage cannot be read, so no provider key of it is in use: ${String(error)}`);
    return undefined;
  }
}
