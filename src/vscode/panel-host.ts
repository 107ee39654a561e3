import * as vscode from 'vscode';
import type { PanelAction } from '../admin/contract.ts';
import { askGateway, baseUrlOf, downloadFromGateway } from '../admin/gateway-client.ts';
import { runningGateway, type PanelHost } from '../admin/handlers.ts';
import type { GatewayState } from '../windows/gateway-thread.ts';

/** What the panel may have the editor do for it. */
export function editorHost(state: () => GatewayState, act: (action: PanelAction) => Promise<void>): PanelHost {
  const running = () => runningGateway(state());
  return {
    act,
    admin: async (path, body) => askGateway(running(), path, body),
    about: () => ({
      baseUrl: baseUrlOf(running()),
      host: 'editor',
      timeZone: new Intl.DateTimeFormat().resolvedOptions().timeZone,
    }),
    folder() {
      const [folder] = vscode.workspace.workspaceFolders ?? [];
      return folder && { name: folder.name, path: folder.uri.fsPath };
    },
    async save(path, fileName) {
      const [folder] = vscode.workspace.workspaceFolders ?? [];
      const defaultUri = folder ? vscode.Uri.joinPath(folder.uri, fileName) : vscode.Uri.file(fileName);
      const chosen = await vscode.window.showSaveDialog({ defaultUri, title: vscode.l10n.t('Export Calls') });
      if (chosen === undefined) return null;
      await downloadFromGateway(running(), path, chosen.fsPath);
      return chosen.fsPath;
    },
  };
}
