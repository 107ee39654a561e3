import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import type { PanelAction } from '../../src/admin/contract.ts';
import { askGateway, type GatewayAccess } from '../../src/admin/gateway-client.ts';
import { panelHandlers } from '../../src/admin/handlers.ts';
import { servePanel } from '../../src/admin/serve-panel.ts';
import { pageOf, type PanelKind } from '../../src/vscode/page.ts';
import type { Browser } from './browser.ts';
import { openPage, type Opened } from './opened.ts';

/** The editor's page with its own policy and messages, in a browser: what VS Code does around it is played here. */
export interface EditorPage extends Opened {
  /** What the page had the editor do. */
  readonly acted: readonly PanelAction[];
  readonly close: () => Promise<void>;
}

interface EditorOptions {
  readonly kind: PanelKind;
  readonly access: GatewayAccess;
  readonly folder?: string;
  readonly width?: number;
}

const dist = resolve(import.meta.dirname, '../..', process.env['PURSER_DIST'] ?? 'dist');

export async function openEditorPage(browser: Browser, options: EditorOptions): Promise<EditorPage> {
  const { kind, access, folder = '/work/harbour', width = 300 } = options;
  const acted: PanelAction[] = [];
  const handlers = panelHandlers({
    admin: (path, body) => askGateway(access, path, body),
    about: () => ({ baseUrl: `${access.url}/v1`, host: 'editor', timeZone: 'UTC' }),
    act: (action) => Promise.resolve(void acted.push(action)),
    folder: () => ({ name: 'harbour', path: folder }),
    save: (_path, fileName) => Promise.resolve(`/home/${fileName}`),
  });
  const files = await servedFiles(kind);
  const opened = await openPage(browser, { viewport: { width, height: 720 } });
  await opened.page.exposeFunction('askHost', (message: unknown) => servePanel(handlers, message));
  await opened.page.addInitScript({ content: editorApi });
  await opened.page.goto(files.url);
  return { ...opened, acted, close: files.close };
}

/** As much of a webview's surroundings as the page needs: messages there and back, a state that outlives it, a theme. */
const editorApi = `
  let state;
  window.acquireVsCodeApi = () => ({
    postMessage: (message) => askHost(message).then((told) => told && window.postMessage(told)),
    getState: () => state,
    setState: (next) => { state = next; },
  });
  addEventListener('DOMContentLoaded', () => {
    document.body.classList.add('vscode-dark');
    const colours = { foreground: '#cccccc', descriptionForeground: '#9d9d9d', 'editor-background': '#1f1f1f',
      'sideBar-background': '#181818', 'editorWidget-background': '#202020', 'widget-border': '#313131',
      focusBorder: '#0078d4', errorForeground: '#f85149', 'button-background': '#0078d4', 'button-foreground': '#ffffff',
      'button-secondaryBackground': '#313131', 'button-secondaryForeground': '#cccccc', 'charts-blue': '#3794ff',
      'charts-orange': '#d18616', 'charts-red': '#f14c4c', 'textCodeBlock-background': '#2b2b2b',
      'textLink-foreground': '#4daafc', 'font-family': 'system-ui',
      'font-size': '13px', 'editor-font-family': 'monospace' };
    for (const [name, value] of Object.entries(colours)) document.documentElement.style.setProperty('--vscode-' + name, value);
    document.documentElement.style.background = 'var(--vscode-sideBar-background)';
  });
`;

async function servedFiles(kind: PanelKind): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const types: Readonly<Record<string, string>> = { 'webview.js': 'text/javascript', 'webview.css': 'text/css' };
  const server = createServer((request, response) => {
    const name = (request.url ?? '').slice(1);
    const type = types[name];
    response.setHeader('content-type', type ?? 'text/html');
    response.end(
      type === undefined
        ? pageOf({ kind, script: '/webview.js', style: '/webview.css', cspSource: "'self'" })
        : readFileSync(join(dist, name)),
    );
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
