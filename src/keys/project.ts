import { invalid } from '../chat/failure.ts';
import { objectIn, stringIn, type Json, type JsonObject } from '../lib/json.ts';
import { checkTerms } from './check-terms.ts';
import { readTerms, textsIn } from './read-terms.ts';
import type { Terms } from './terms.ts';

/** A project, which is what LiteLLM calls a team: its keys, and the calls that belong to it, share its terms. */
export interface Project extends Terms {
  /** LiteLLM's `team_id`. */
  readonly id: string;
  /** Absolute paths; what is inside one of them belongs to the project. */
  readonly folders: readonly string[];
  /** Addresses of git remotes, in whatever form git takes them. */
  readonly remotes: readonly string[];
}

/** What the owner of a project decides. Left out: as it is; null: none. */
export type ProjectSettings = Partial<Omit<Terms, 'createdAt' | 'updatedAt'> & Pick<Project, 'folders' | 'remotes'>>;

/** Throws `invalid-request`, with the name that LiteLLM gives the field, for a setting that cannot be meant. */
export function checkProject(settings: ProjectSettings): void {
  if (settings.alias?.trim() === '') throw invalid('team_alias must not be empty.', 'team_alias');
  for (const folder of settings.folders ?? []) {
    if (!/^(?:\/|[A-Za-z]:[\\/])/.test(folder))
      throw invalid(`folders: "${folder}" is no absolute path; write it from / or a drive on.`, 'folders');
  }
  checkTerms(settings);
}

export const projectJson = (project: Project): JsonObject => ({ ...project }) as unknown as JsonObject;

/** A project from disk. Throws for what is none. */
export function readProject(json: Json): Project {
  const project = objectIn(json);
  const id = stringIn(project['id']);
  if (id === undefined || id === '') throw new TypeError('a project on disk is damaged: it has no id');
  return { id, ...readTerms(project), folders: textsIn(project, 'folders'), remotes: textsIn(project, 'remotes') };
}

/** Whose budget it is, for messages: `project "harbour"`. */
export const projectTitle = ({ alias, id }: Project): string => `project "${alias ?? id}"`;

/** A folder's path in one form, so that equal folders are equal texts; Windows does not tell upper from lower case. */
export function folderOf(path: string): string {
  const plain = path.replace(/\\/g, '/').replace(/\/+$/, '');
  return /^[A-Za-z]:/.test(plain) ? plain.toLowerCase() : plain;
}

/** A git remote in one form: `git@github.com:a/b.git` and `https://github.com/a/b` are one place. */
export function remoteOf(address: string): string {
  const plain = address
    .trim()
    .replace(/\/+$/, '')
    .replace(/\.git$/, '');
  const place = plain.replace(/^[a-z+]+:\/\//i, '').replace(/^[^/@]*@/, '');
  return place.replace(/^([^/:]+):(?:\d+\/)?/, '$1/').toLowerCase();
}
