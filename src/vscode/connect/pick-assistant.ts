import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { l10n } from 'vscode';
import type { Assistant } from '../../connect/assistant.ts';
import { assistants } from '../../connect/assistants/index.ts';
import type { Connection } from '../../connect/connections.ts';
import { notPossible } from '../../connect/copy-blocks.ts';
import { isInstalled, type Machine } from '../../connect/installed.ts';

interface AssistantPick extends vscode.QuickPickItem {
  readonly run?: () => Assistant | undefined;
}

/** Those that are installed first; for those that cannot be connected it says why. */
export async function pickAssistant(connections: readonly Connection[]): Promise<Assistant | undefined> {
  const here = assistants.filter(({ traces }) => isInstalled(traces, thisMachine));
  const others = assistants.filter((one) => !here.includes(one));
  const connected = new Set(connections.map(({ assistant }) => assistant));
  const pickOf = (assistant: Assistant): AssistantPick => ({
    label: assistant.title,
    description: connected.has(assistant.id) ? `$(check) ${l10n.t('connected')}` : '',
    detail: assistant.detail,
    run: () => assistant,
  });
  const picks: readonly AssistantPick[] = [
    ...(here.length > 0 ? [separator(l10n.t('Installed'))] : []),
    ...here.map(pickOf),
    separator(l10n.t('Others')),
    ...others.map(pickOf),
    {
      label: l10n.t('Something else'),
      detail: l10n.t('the base URL, a key, curl and environment variables to copy'),
      run: () => void vscode.commands.executeCommand('purser.copyAccess'),
    },
    separator(l10n.t('Not possible')),
    ...notPossible.map(({ title, reason }): AssistantPick => ({
      label: title,
      detail: reason,
      run: () => void vscode.window.showInformationMessage(`Purser: ${reason}`),
    })),
  ];
  const title = l10n.t('Purser: Connect Assistant');
  const picked = await vscode.window.showQuickPick(picks, {
    title,
    placeHolder: l10n.t('Which assistant?'),
    matchOnDetail: true,
  });
  return picked?.run?.();
}

const separator = (label: string): AssistantPick => ({ label, kind: vscode.QuickPickItemKind.Separator });

const thisMachine: Machine = {
  home: homedir(),
  variable: (name) => process.env[name],
  isThere: existsSync,
  hasExtension: (id) => vscode.extensions.getExtension(id) !== undefined,
};
