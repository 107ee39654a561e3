import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { l10n } from 'vscode';
import { ifThere } from '../../connect/disk.ts';
import { workPlaceOf, type ReadText, type WorkPlace } from '../../connect/repository.ts';
import type { DerivedKeys, Project } from './derived-keys.ts';

/** A folder of this window with the project that it belongs to. */
export interface OpenFolder {
  readonly folder: vscode.WorkspaceFolder;
  readonly place: WorkPlace;
  readonly project: Project;
}

export interface Projects {
  /** The window's folders, as far as the gateway knows them, in the editor's order. */
  readonly open: () => readonly OpenFolder[];
  /** Asks the gateway again; it must run. */
  readonly refresh: () => Promise<readonly OpenFolder[]>;
  readonly onDidChange: vscode.Event<readonly OpenFolder[]>;
  readonly dispose: () => void;
}

/** Another window may have rotated a key meanwhile. */
const recheckMs = 60_000;

/** The projects of this window's folders. */
export function windowProjects(keys: DerivedKeys, complain: (error: unknown) => void): Projects {
  const changed = new vscode.EventEmitter<readonly OpenFolder[]>();
  let open: readonly OpenFolder[] = [];
  let checkedAt = 0;
  let turn: Promise<unknown> = Promise.resolve();
  async function look(): Promise<readonly OpenFolder[]> {
    checkedAt = Date.now();
    const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
    const found: OpenFolder[] = [];
    // One after another: two folders of one repository are one project, which only the first of them makes.
    for (const folder of folders) {
      const place = await placeOf(folder);
      found.push({ folder, place, project: await keys.projectAt(place, basename(place.root) || folder.name) });
    }
    open = found;
    changed.fire(open);
    return open;
  }
  const refresh = (): Promise<readonly OpenFolder[]> => {
    const next = turn.then(look, look);
    turn = next.catch(() => undefined);
    return next;
  };
  const recheck = (): void => void refresh().catch(complain);
  const listeners = [
    vscode.workspace.onDidChangeWorkspaceFolders(recheck),
    vscode.window.onDidChangeWindowState(({ focused }) => {
      if (focused && checkedAt > 0 && Date.now() - checkedAt > recheckMs) recheck();
    }),
  ];
  return {
    open: () => open,
    refresh,
    onDidChange: changed.event,
    dispose() {
      for (const one of [...listeners, changed]) one.dispose();
    },
  };
}

const placeOf = ({ uri }: vscode.WorkspaceFolder): Promise<WorkPlace> => workPlaceOf(uri.fsPath, homedir(), readText);

/** A folder in the place of a file is no file. */
export const readText: ReadText = async (path) => {
  try {
    return await ifThere(readFile(path, 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EISDIR') return undefined;
    throw error;
  }
};

/** The folder that is meant: the only one, or the one that the user picks. */
export async function pickFolder(folders: readonly OpenFolder[], title: string): Promise<OpenFolder | undefined> {
  if (folders.length < 2) return folders[0];
  const picks = folders.map((open) => ({ label: open.folder.name, description: open.project.title, open }));
  return (await vscode.window.showQuickPick(picks, { title, placeHolder: l10n.t('In which folder?') }))?.open;
}

/** Asks first: what was started with the old key must be started anew. */
export async function rotateProjectKey(keys: DerivedKeys, projects: Projects): Promise<void> {
  const open = await pickFolder(await projects.refresh(), l10n.t('Purser: Rotate Project Key'));
  if (open === undefined) return;
  const rotate = l10n.t('Rotate');
  const detail = l10n.t(
    'The old key is refused from then on. New terminals get the new one; connected assistants must be connected again. What was spent stays.',
  );
  const title = l10n.t('Give the project "{0}" a new key?', open.project.title);
  if ((await vscode.window.showWarningMessage(title, { modal: true, detail }, rotate)) !== rotate) return;
  await keys.rotate(open.project);
  await projects.refresh();
  vscode.window.setStatusBarMessage(`$(check) ${l10n.t('{0} has a new key', open.project.title)}`, 3_000);
}
