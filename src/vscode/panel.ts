import * as vscode from 'vscode';
import type { Told } from '../admin/contract.ts';
import { pageOf } from './page.ts';

export interface Panel extends vscode.WebviewViewProvider {
  /** Tells the page, if it is seen, to ask again. */
  changed(): void;
}

/** The sidebar view. `serve` answers the page's messages; undefined for what is none of its. */
export function panel(extension: vscode.Uri, serve: (message: unknown) => Promise<Told | undefined>): Panel {
  let view: vscode.WebviewView | undefined;
  const tell = (message: Told): void => {
    if (view?.visible) void view.webview.postMessage(message);
  };
  return {
    resolveWebviewView(resolved) {
      view = resolved;
      const { webview } = resolved;
      const dist = vscode.Uri.joinPath(extension, 'dist');
      const uriOf = (name: string): string => webview.asWebviewUri(vscode.Uri.joinPath(dist, name)).toString();
      webview.options = { enableScripts: true, localResourceRoots: [dist] };
      webview.onDidReceiveMessage(async (message: unknown) => {
        const told = await serve(message);
        if (told !== undefined) tell(told);
      });
      resolved.onDidDispose(() => (view = undefined));
      webview.html = pageOf({ script: uriOf('webview.js'), style: uriOf('webview.css'), cspSource: webview.cspSource });
    },
    changed: () => tell({ type: 'changed' }),
  };
}
