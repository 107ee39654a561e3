import * as vscode from 'vscode';
import { freePortAfter } from '../windows/election.ts';
import type { Variables } from '../windows/worker-messages.ts';
import type { AlertWishes } from './alerts/decide.ts';
import type { Display } from './status/status-text.ts';

const purser = (): vscode.WorkspaceConfiguration => vscode.workspace.getConfiguration('purser');

export const portSetting = (): number => purser().get('port', 4144);

/** What the status bar item shows. */
export const displaySettings = (): Display => ({
  show: purser().get<Display['show']>('statusBar.show', 'budget'),
  digits: Math.min(6, Math.max(0, Math.round(purser().get('statusBar.digits', 2)))),
});

/** Of which alerts the user wants to be told. */
export const alertSettings = (): AlertWishes => ({
  isOn: purser().get('alerts.enabled', true),
  thresholds: purser().get<readonly number[]>('alerts.thresholds', [75, 90, 100]),
});

/** Asks for another port and keeps it in the settings of the machine that the gateway runs on. */
export async function choosePort(): Promise<void> {
  const port = await vscode.window.showInputBox({
    title: vscode.l10n.t('Purser: Choose Port'),
    prompt: vscode.l10n.t('The tools that use the gateway must be told the new address.'),
    value: String(await freePortAfter(portSetting())),
    validateInput: (text) => (isPort(text) ? undefined : vscode.l10n.t('A number from 1024 to 65535 is needed.')),
  });
  if (port === undefined) return;
  await purser().update('port', Number(port), vscode.ConfigurationTarget.Global);
}

const isPort = (text: string): boolean => /^\d{4,5}$/.test(text) && Number(text) >= 1024 && Number(text) <= 65_535;

/**
 * The editor's own way to the network, which wins over the environment's as it does for the editor. Its patched http
 * does not reach a thread. Named by the variables that everyone else reads.
 */
export function networkVariables(): Variables {
  const http = vscode.workspace.getConfiguration('http');
  const proxy = http.get('proxy', '');
  const checksCertificates = http.get<boolean>('proxyStrictSSL', true);
  return {
    https_proxy: proxy,
    http_proxy: proxy,
    ...(!checksCertificates && { NODE_TLS_REJECT_UNAUTHORIZED: '0' }),
  };
}

/** Calls `run` when one of the settings that a running gateway depends on was changed. */
export const onSettingsChange = (run: () => void): vscode.Disposable =>
  vscode.workspace.onDidChangeConfiguration((change) => {
    if (neededAtStart.some((setting) => change.affectsConfiguration(setting))) run();
  });

const neededAtStart = ['purser.port', 'http.proxy', 'http.proxyStrictSSL'];
