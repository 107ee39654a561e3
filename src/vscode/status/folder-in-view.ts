import * as vscode from 'vscode';
import type { OpenFolder, Projects } from '../projects/projects.ts';

/** The folder that is worked in: that of the active editor, else the window's first. */
export function folderInView(projects: Pick<Projects, 'open'>): OpenFolder | undefined {
  const open = projects.open();
  const document = vscode.window.activeTextEditor?.document.uri;
  const active = document && vscode.workspace.getWorkspaceFolder(document)?.uri.toString();
  return open.find(({ folder }) => folder.uri.toString() === active) ?? open[0];
}
