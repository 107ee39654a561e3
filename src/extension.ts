import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import * as vscode from 'vscode';
import type { GatewayAccess } from './admin/gateway-client.ts';
import { panelHandlers, remediesOf } from './admin/handlers.ts';
import type { Spent } from './admin/overview-routes.ts';
import { servePanel } from './admin/serve-panel.ts';
import { GatewayThread, type GatewayState } from './gateway/gateway-thread.ts';
import type { GatewayThreadData, Variables } from './gateway/worker-messages.ts';
import { registerCommands, runAction } from './vscode/commands.ts';
import { notices } from './vscode/notices.ts';
import { panel } from './vscode/panel.ts';
import { storedKeys } from './vscode/provider-keys.ts';
import { onSettingsChange, portSetting, proxyVariables } from './vscode/settings.ts';
import { watchSpend } from './vscode/spend-watch.ts';
import { statusBar } from './vscode/status-bar.ts';

/** Of the 5 s that VS Code waits for `deactivate`. */
const stopMs = 3_500;

let gateway: GatewayThread | undefined;

/** The VS Code head: the gateway in a thread, and what shows it. Wiring only; nothing here waits for the gateway. */
export function activate(context: vscode.ExtensionContext): void {
  const { secrets, extensionUri, subscriptions } = context;
  const log = vscode.window.createOutputChannel('Purser', { log: true });
  const configFile = configFileIn(context);
  const variables = async (): Promise<Variables> => ({ ...proxyVariables(), ...(await keysIn(secrets, log)) });
  const data = async (): Promise<GatewayThreadData> => threadData(context, await variables());
  const script = vscode.Uri.joinPath(extensionUri, 'dist', 'worker.js').fsPath;
  const thread = new GatewayThread({
    start: (workerData) => new Worker(script, { workerData, execArgv: [], name: 'purser' }),
    ...{ data, log: (level, line) => log[level](line), onState, onConfigured },
  });
  gateway = thread;

  const handlers = panelHandlers({ state: () => thread.state, act: runAction });
  const sidebar = panel(extensionUri, (message) => servePanel(handlers, message, () => remediesOf(thread.state)));
  const notice = notices((action) => void runAction(action));
  const bar = statusBar();
  let spent: Spent | undefined;
  let endWatch = (): void => undefined;
  const show = (): void => {
    bar.show(thread.state, spent);
    sidebar.changed();
  };
  const watch = (access: GatewayAccess): (() => void) =>
    watchSpend(access, (now) => {
      spent = now;
      show();
    });
  function onState(state: GatewayState): void {
    endWatch();
    if (state.type !== 'running') spent = undefined;
    endWatch = state.type === 'running' ? watch(state) : () => undefined;
    show();
    notice.state(state);
  }
  function onConfigured(isTaken: boolean): void {
    sidebar.changed();
    notice.configured(isTaken);
  }
  subscriptions.push(
    ...[log, bar, { dispose: () => endWatch() }],
    registerCommands({ gateway: thread, secrets, configFile, log }),
    vscode.window.registerWebviewViewProvider('purser.overview', sidebar),
    secrets.onDidChange(async () => thread.setVariables(await variables())),
    onSettingsChange(() => void thread.restart()),
  );
  void thread.restart();
}

/** The thread is ended here and not by a subscription: those are disposed of first, and nobody waits for them. */
export const deactivate = (): Promise<void> | undefined => gateway?.stop(stopMs);

const configFileIn = ({ globalStorageUri }: vscode.ExtensionContext): string =>
  join(globalStorageUri.fsPath, 'config.yaml');

const threadData = (context: vscode.ExtensionContext, variables: Variables): GatewayThreadData => ({
  host: '127.0.0.1',
  port: portSetting(),
  dataFolder: join(context.globalStorageUri.fsPath, 'data'),
  configFile: configFileIn(context),
  variables,
});

/** A secret storage that cannot be opened must not keep the gateway from running. */
async function keysIn(secrets: vscode.SecretStorage, log: vscode.LogOutputChannel): Promise<Variables> {
  try {
    return await storedKeys(secrets);
  } catch (error) {
    log.error(`The editor's secret storage cannot be read, so no provider key of it is in use: ${String(error)}`);
    return {};
  }
}
