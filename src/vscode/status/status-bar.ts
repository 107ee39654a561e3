import * as vscode from 'vscode';
import { l10n } from 'vscode';
import { statusText, type Seen, type StatusText } from './status-text.ts';
import { tooltipCommands } from './status-tooltip.ts';

export interface StatusBar {
  readonly show: (seen: Seen) => void;
  readonly dispose: () => void;
}

/** What the work in this window costs, at the left where workspace-wide items stand; a click opens a menu. */
export function statusBar(): StatusBar {
  const item = vscode.window.createStatusBarItem('spend', vscode.StatusBarAlignment.Left, 10);
  item.name = 'Purser';
  item.command = 'purser.showMenu';
  let shown = '';
  return {
    show(seen) {
      if (seen.display.show === 'off') {
        item.hide();
        return;
      }
      item.show();
      const said = statusText(seen, l10n);
      const sign = JSON.stringify(said);
      if (sign === shown) return;
      shown = sign;
      item.text = said.text;
      item.tooltip = tooltip(said.tooltip);
      item.accessibilityInformation = { label: said.label, role: 'button' };
      item.backgroundColor = background(said.look);
    },
    dispose: () => item.dispose(),
  };
}

function tooltip(text: string): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString(text, true);
  markdown.isTrusted = { enabledCommands: tooltipCommands };
  return markdown;
}

/** The only two that a status bar item may have. */
const background = (look: StatusText['look']): vscode.ThemeColor | undefined =>
  look === 'plain' ? undefined : new vscode.ThemeColor(`statusBarItem.${look}Background`);
