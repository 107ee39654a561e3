import * as vscode from 'vscode';
import type { Variables } from '../gateway/worker-messages.ts';

export const portSetting = (): number => vscode.workspace.getConfiguration('purser').get('port', 4144);

/** The editor's own proxy, which wins over the environment's as it does for the editor. Its patched http does not reach a thread. */
export function proxyVariables(): Variables {
  const proxy = vscode.workspace.getConfiguration('http').get('proxy', '');
  return { https_proxy: proxy, http_proxy: proxy };
}

/** Calls `run` when one of the settings that a running gateway depends on was changed. */
export const onSettingsChange = (run: () => void): vscode.Disposable =>
  vscode.workspace.onDidChangeConfiguration((change) => {
    if (change.affectsConfiguration('purser.port') || change.affectsConfiguration('http.proxy')) run();
  });
