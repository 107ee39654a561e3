import * as z from 'zod';
import type { Ports } from '../gateway/ports.ts';
import type { Project, ProjectSettings } from '../keys/project.ts';
import type { ProjectRecord } from '../ledger/records.ts';
import { checked } from './key-fields.ts';
import { projectDefaultFields } from './team-fields.ts';
import { termsOf } from './terms.ts';
import type { AdminAsk, AdminRoute } from './routes.ts';

/** Purser's own: the project of a folder that an editor has opened. */
export const projectRoutes: readonly AdminRoute[] = [
  { method: 'post', paths: ['/purser/projects/open'], access: 'admin', run: open },
];

/** Which project it is, and what it is called. */
export interface OpenedProject {
  readonly team_id: string;
  readonly team_alias: string;
}

const openFields = z.strictObject({
  /** Absolute paths, the repository's main folder first, then the checkout that is open. */
  folders: z.array(z.string().min(1)).min(1).max(10),
  git_remote: z.string().min(1).optional(),
  /** What a new project is called, unless another has that name. */
  name: z.string().trim().min(1).max(180),
});

/** Finds the project of a repository, by its folder or its remote, or makes one; what was not known of it is added. */
async function open(ports: Ports, { body }: AdminAsk): Promise<OpenedProject> {
  const { folders, git_remote, name } = checked(openFields, body);
  const remotes = git_remote === undefined ? [] : [git_remote];
  const [root] = folders;
  const found = ports.projects.at({ remotes, ...(root !== undefined && { folder: root }) });
  const record =
    found === undefined
      ? ports.projects.created({ ...usualTerms(ports), alias: freeName(ports, name), folders, remotes })
      : additions(ports, found, { folders, remotes });
  if (record !== undefined) await ports.books.change(record);
  const id = record?.id ?? found?.id ?? '';
  return { team_id: id, team_alias: ports.projects.get(id)?.alias ?? id };
}

/** What the configuration gives every new project. */
const usualTerms = (ports: Ports): ProjectSettings =>
  termsOf(ports, checked(projectDefaultFields, ports.config().projectDefaults));

/** A worktree lies beside its repository, so it is noted; what is inside of a known folder is found without. */
function additions(
  ports: Ports,
  project: Project,
  { folders, remotes }: Pick<Project, 'folders' | 'remotes'>,
): ProjectRecord | undefined {
  const isNew = (where: Parameters<typeof ports.projects.at>[0]): boolean => ports.projects.at(where) === undefined;
  const newFolders = folders.filter((folder) => isNew({ folder }));
  const newRemotes = remotes.filter((remote) => isNew({ remotes: [remote] }));
  if (newFolders.length + newRemotes.length === 0) return undefined;
  return ports.projects.changed(project.id, {
    folders: [...project.folders, ...newFolders],
    remotes: [...project.remotes, ...newRemotes],
  });
}

function freeName(ports: Ports, name: string): string {
  const taken = new Set(ports.projects.list().flatMap(({ id, alias }) => [id, alias]));
  let free = name;
  for (let number = 2; taken.has(free); number += 1) free = `${name} ${number}`;
  return free;
}
