import * as vscode from 'vscode';
import { l10n } from 'vscode';
import { askGateway, type GatewayAccess } from '../../admin/gateway-client.ts';
import type { Status } from '../../admin/status-routes.ts';
import { Failure } from '../../chat/failure.ts';
import type { DerivedKeys, Project } from '../projects/derived-keys.ts';
import type { OpenFolder, Projects } from '../projects/projects.ts';
import type { PurserApi } from './purser-api.d.ts';
import { spendOf } from './spend-of.ts';

export interface ApiPorts {
  readonly projects: Projects;
  readonly keys: DerivedKeys;
  /** Throws while no gateway runs. */
  readonly access: () => GatewayAccess;
  readonly onDidChange: vscode.Event<void>;
}

/** What other extensions get from `activate`. */
export function exportedApi(ports: ApiPorts): PurserApi {
  const refused = new Set<string>();
  const running = (): GatewayAccess | undefined => {
    try {
      return ports.access();
    } catch {
      return undefined;
    }
  };
  return {
    version: 1,
    onDidChange: ports.onDidChange,
    baseUrl: () => running()?.url,
    async spend(folder) {
      const access = running();
      if (access === undefined) return undefined;
      const project = folder && (await projectOf(ports, folder));
      const query = project === undefined ? '' : `?project=${encodeURIComponent(project.id)}`;
      // Our own gateway's answer, of this very version.
      return spendOf((await askGateway(access, `/purser/status${query}`)) as Status);
    },
    async keyFor(extension, folder) {
      const asking = vscode.extensions.getExtension(extension);
      if (asking === undefined)
        throw new Failure('invalid-request', `"${extension}" is not the id of an extension that runs here.`);
      const project = folder && (await projectOf(ports, folder));
      const wish = `${asking.id} ${project?.id ?? ''}`;
      const known = await ports.keys.ofExtension(asking.id, project);
      if (known !== undefined || refused.has(wish)) return known;
      if (await isAllowed(asking, project)) return ports.keys.madeForExtension(asking.id, project);
      refused.add(wish);
      return undefined;
    },
  };
}

/** The key that is there is the permission: who deletes it takes that back. */
async function isAllowed(
  { id, packageJSON }: vscode.Extension<unknown>,
  project: Project | undefined,
): Promise<boolean> {
  const { displayName } = packageJSON as { readonly displayName?: string };
  const name = displayName === undefined || displayName === id ? id : `${displayName} (${id})`;
  const question =
    project === undefined
      ? l10n.t('Purser: May {0} make calls that you pay for?', name)
      : l10n.t('Purser: May {0} make calls that you pay for, on the budget of the project "{1}"?', name, project.title);
  const detail = l10n.t(
    'It gets a key of its own, which you can limit, block or delete. Its name is what it says itself: the editor tells no extension who calls it.',
  );
  const allow = l10n.t('Allow');
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, allow)) === allow;
}

/** The window's own folder that `uri` is in. */
async function projectOf({ projects }: ApiPorts, uri: vscode.Uri): Promise<Project> {
  const wanted = vscode.workspace.getWorkspaceFolder(uri)?.uri.toString();
  const isWanted = ({ folder }: OpenFolder): boolean => folder.uri.toString() === wanted;
  const found = projects.open().find(isWanted) ?? (await projects.refresh()).find(isWanted);
  if (found !== undefined) return found.project;
  throw new Failure('not-found', `${uri.fsPath} is in no folder of this window.`);
}
