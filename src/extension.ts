import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import * as vscode from 'vscode';
import { panelHandlers, remediesOf } from './admin/handlers.ts';
import type { Spent } from './admin/overview-routes.ts';
import { servePanel } from './admin/serve-panel.ts';
import { GatewayThread, type GatewayState } from './windows/gateway-thread.ts';
import type { GatewayThreadData, Variables } from './windows/worker-messages.ts';
import { registerCommands, runAction } from './vscode/commands.ts';
import { notices } from './vscode/notices.ts';
import { panel, tabType } from './vscode/panel.ts';
import { editorHost } from './vscode/panel-host.ts';
import { storedKeys } from './vscode/provider-keys.ts';
import { networkVariables, onSettingsChange, portSetting } from './vscode/settings.ts';
import { watchSpend } from './vscode/spend-watch.ts';
import { registerProjects } from './vscode/register-projects.ts';
import { statusBar } from './vscode/status-bar.ts';

/** Of the 5 s that VS Code waits for `deactivate`. */
const stopMs = 4_500;

let gateway: GatewayThread | undefined;

/** The VS Code head: the gateway in a thread, and what shows it. Wiring only; nothing here waits for the gateway. */
export function activate(context: vscode.ExtensionContext): void {
  const { secrets, extensionUri, subscriptions } = context;
  const log = vscode.window.createOutputChannel('Purser', { log: true });
  const configFile = configFileIn(context);
  const data = async (): Promise<GatewayThreadData> => threadData(context, (await keysIn(secrets, log)) ?? {});
  const thread = new GatewayThread({
    start: (workerData) => startThread(extensionUri, workerData),
    ...{ data, log: (level, line) => log[level](line), onState, onConfigured },
  });
  gateway = thread;

  const handlers = panelHandlers(editorHost(() => thread.state, runAction));
  const view = panel(extensionUri, (message) => servePanel(handlers, message, () => remediesOf(thread.state)));
  const notice = notices((action) => void runAction(action));
  const bar = statusBar();
  const work = registerProjects(context, () => thread.state, log);
  let spent: Spent | undefined;
  let endWatch = (): void => undefined;
  const show = (): void => {
    bar.show(thread.state, spent);
    view.changed();
  };
  const onSpent = (now: Spent): void => {
    spent = now;
    show();
  };
  function onState(state: GatewayState): void {
    endWatch();
    if (state.type !== 'running') spent = undefined;
    endWatch = state.type === 'running' ? watchSpend(state, onSpent) : () => undefined;
    show();
    notice.state(state);
    work.onState(state);
  }
  function onConfigured(isTaken: boolean): void {
    view.changed();
    notice.configured(isTaken);
  }
  subscriptions.push(
    ...[log, bar, { dispose: () => endWatch() }],
    registerCommands({
      ...{ gateway: thread, secrets, configFile, log, openPanel: view.open },
      trust: (file) => trust(context, file),
    }),
    vscode.window.registerWebviewViewProvider('purser.overview', view),
    vscode.window.registerWebviewPanelSerializer(tabType, view),
    secrets.onDidChange(async () => thread.setVariables(await keysIn(secrets, log))),
    onSettingsChange(() => void thread.restart()),
  );
  void thread.restart();
}

/** The thread is ended here and not by a subscription: those are disposed of first, and nobody waits for them. */
export const deactivate = (): Promise<void> | undefined => gateway?.stop(stopMs);

function startThread(extension: vscode.Uri, workerData: GatewayThreadData): Worker {
  const script = vscode.Uri.joinPath(extension, 'dist', 'worker.js').fsPath;
  return new Worker(script, { workerData, execArgv: [], name: 'purser' });
}

const configFileIn = ({ globalStorageUri }: vscode.ExtensionContext): string =>
  join(globalStorageUri.fsPath, 'config.yaml');

const threadData = (context: vscode.ExtensionContext, variables: Variables): GatewayThreadData => ({
  host: '127.0.0.1',
  port: portSetting(),
  dataFolder: join(context.globalStorageUri.fsPath, 'data'),
  holderFile: join(context.globalStorageUri.fsPath, 'gateway.json'),
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
async function keysIn(secrets: vscode.SecretStorage, log: vscode.LogOutputChannel): Promise<Variables | undefined> {
  try {
    return await storedKeys(secrets);
  } catch (error) {
    log.error(`The editor's secret storage cannot be read, so no provider key of it is in use: ${String(error)}`);
    return undefined;
  }
}
