import * as vscode from 'vscode';
import type { Told } from '../admin/contract.ts';
import { pageOf, type PanelKind } from './page.ts';

/** Answers a page's messages; undefined for what is none of its. */
export type Serve = (message: unknown) => Promise<Told | undefined>;

export interface Panel extends vscode.WebviewViewProvider, vscode.WebviewPanelSerializer {
  /** Opens the panel in an editor tab, or shows the tab that is open. */
  readonly open: () => void;
  /** Tells the pages that are seen to ask again. */
  readonly changed: () => void;
}

export const tabType = 'purserPanel';

/** A webview in either of its two places. */
interface Place {
  readonly webview: vscode.Webview;
  readonly visible: boolean;
  readonly onDidDispose: vscode.Event<void>;
}

/** The sidebar view and the editor tab: one bundle, in two layouts. */
export function panel(extension: vscode.Uri, serve: Serve): Panel {
  const places = new Map<PanelKind, Place>();
  const dist = vscode.Uri.joinPath(extension, 'dist');
  const fill = (kind: PanelKind, place: Place): void => {
    const { webview } = place;
    places.set(kind, place);
    const uriOf = (name: string): string => webview.asWebviewUri(vscode.Uri.joinPath(dist, name)).toString();
    webview.options = { enableScripts: true, localResourceRoots: [dist] };
    webview.onDidReceiveMessage(async (message: unknown) => {
      const told = await serve(message);
      if (told !== undefined) tell(place, told);
    });
    place.onDidDispose(() => places.get(kind) === place && places.delete(kind));
    const parts = { script: uriOf('webview.js'), style: uriOf('webview.css'), cspSource: webview.cspSource };
    const { bundle: words } = vscode.l10n;
    const spoken = words && { language: vscode.env.language, words };
    webview.html = pageOf({ ...parts, kind, ...(spoken && { spoken }) });
  };
  let tab: vscode.WebviewPanel | undefined;
  const fillTab = (made: vscode.WebviewPanel): void => {
    tab = made;
    const iconOf = (name: string): vscode.Uri => vscode.Uri.joinPath(extension, 'media', name);
    made.iconPath = { light: iconOf('purser.svg'), dark: iconOf('purser-light.svg') };
    made.onDidDispose(() => (tab = undefined));
    fill('tab', made);
  };
  return {
    resolveWebviewView: (view) => fill('sidebar', view),
    deserializeWebviewPanel(made) {
      fillTab(made);
      return Promise.resolve();
    },
    open() {
      if (tab !== undefined) tab.reveal();
      else
        fillTab(
          vscode.window.createWebviewPanel(tabType, 'Purser', vscode.ViewColumn.Active, { enableFindWidget: true }),
        );
    },
    changed() {
      for (const place of places.values()) tell(place, { type: 'changed' });
    },
  };
}

function tell(place: Place, message: Told): void {
  if (place.visible) void place.webview.postMessage(message);
}
