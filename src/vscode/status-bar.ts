import * as vscode from 'vscode';
import type { Spent } from '../admin/overview-routes.ts';
import type { GatewayState } from '../windows/gateway-thread.ts';
import { statusText } from './status-text.ts';

export interface StatusBar {
  show(state: GatewayState, spent: Spent | undefined): void;
  dispose(): void;
}

/** Today's spend, at the left where workspace-wide items stand; a click opens the panel. */
export function statusBar(): StatusBar {
  const item = vscode.window.createStatusBarItem('spend', vscode.StatusBarAlignment.Left, 10);
  item.name = 'Purser';
  item.command = 'purser.overview.focus';
  item.show();
  return {
    show(state, spent) {
      const { text, tooltip, label, isError } = statusText(state, spent);
      if (item.accessibilityInformation?.label === label) return;
      item.text = text;
      item.tooltip = tooltipOf(tooltip);
      item.accessibilityInformation = { label, role: 'button' };
      item.backgroundColor = isError ? new vscode.ThemeColor('statusBarItem.errorBackground') : undefined;
    },
    dispose: () => item.dispose(),
  };
}

function tooltipOf(text: string): vscode.MarkdownString {
  const enabledCommands = ['purser.copyBaseUrl', 'purser.addProviderKey', 'purser.showLog'];
  const markdown = new vscode.MarkdownString(
    `${text}\n\n[Copy base URL](command:purser.copyBaseUrl) | [Add provider key](command:purser.addProviderKey) | [Show log](command:purser.showLog)`,
    true,
  );
  markdown.isTrusted = { enabledCommands };
  return markdown;
}
