import * as vscode from 'vscode';
import { registerChat } from '../chat/register-chat.ts';
import type { WindowWork } from '../projects/register-projects.ts';
import { exportedApi } from './exported-api.ts';
import type { PurserApi } from './purser-api.d.ts';

export interface Others {
  readonly api: PurserApi;
  /** To be told when the gateway has another state. */
  readonly onState: () => void;
}

/** What the editor and other extensions get of us: models in its chat, the `#spend` tool, and the exported API. */
export function registerOthers(context: vscode.ExtensionContext, work: WindowWork, addModels: () => void): Others {
  const changed = new vscode.EventEmitter<void>();
  const { version } = context.extension.packageJSON as { readonly version: string };
  const ports = { ...work, version, addModels, onDidChange: changed.event };
  context.subscriptions.push(
    changed,
    work.projects.onDidChange(() => changed.fire()),
    registerChat(ports),
  );
  return { api: exportedApi(ports), onState: () => changed.fire() };
}
