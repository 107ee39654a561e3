import { randomUUID } from 'node:crypto';
import { Failure, invalid } from '../chat/failure.ts';
import type { FollowedRecord, ProjectDeletedRecord, ProjectRecord } from '../ledger/records.ts';
import { isArray, type Json } from '../lib/json.ts';
import type { Clock } from '../lib/time.ts';
import {
  checkProject,
  folderOf,
  projectJson,
  readProject,
  remoteOf,
  type Project,
  type ProjectSettings,
} from './project.ts';
import { blankTerms } from './terms.ts';

/** What a request gave away of where its work is done. */
export interface Whereabouts {
  /** A project's id or alias, or the name of a folder. */
  readonly name?: string;
  /** An absolute path. */
  readonly folder?: string;
  /** Git remotes. */
  readonly remotes?: readonly string[];
}

/**
 * The projects. `created`, `changed` and `deleted` check a change and give its record; nothing changes until that
 * record is in the journal and comes back through `apply`, which is also how recovery rebuilds the projects.
 */
export class Projects {
  readonly #clock: Clock;
  #byId = new Map<string, Project>();
  #byAlias = new Map<string, string>();
  #byFolder = new Map<string, string>();
  #byRemote = new Map<string, string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get(id: string | null): Project | undefined {
    return id === null ? undefined : this.#byId.get(id);
  }

  /** In the order they were made. */
  list(): readonly Project[] {
    return [...this.#byId.values()];
  }

  /** The project that work at this place belongs to: the nearest folder above it, else a remote, else a name. */
  at({ name, folder, remotes = [] }: Whereabouts): Project | undefined {
    if (this.#byId.size === 0) return undefined;
    const found = this.#aboveFolder(folder) ?? this.#ofRemote(remotes) ?? this.#named(name);
    return this.#byId.get(found ?? '');
  }

  /** A new project, with an id that someone chose or a fresh one. */
  created(settings: ProjectSettings, chosen?: string): ProjectRecord {
    const id = chosen ?? randomUUID();
    if (this.#byId.has(id)) throw invalid(`There is a project with the id "${id}" already.`, 'team_id');
    const now = this.#clock.now();
    return this.#record({ ...blankTerms, id, folders: [], remotes: [], createdAt: now, updatedAt: now }, settings);
  }

  /** Settings that are left out stay, null clears one. */
  changed(id: string, settings: ProjectSettings): ProjectRecord {
    return this.#record(this.known(id), settings);
  }

  deleted(id: string): ProjectDeletedRecord {
    return { type: 'project-deleted', at: this.#clock.now(), id: this.known(id).id };
  }

  /** Throws `not-found`. */
  known(id: string): Project {
    const project = this.#byId.get(id);
    if (project) return project;
    throw new Failure('not-found', `There is no project with the id "${id}". GET /team/list tells which there are.`, {
      param: 'team_id',
    });
  }

  /** Throws for a project that this version cannot read. Records of other things change nothing. */
  apply(record: FollowedRecord): void {
    if (record.type !== 'project' && record.type !== 'project-deleted') return;
    if (record.type === 'project') this.#byId.set(record.id, readProject(record.project));
    else this.#byId.delete(record.id);
    this.#index();
  }

  /** For the checkpoint; it goes with the sequence number that the journal has in this tick. */
  snapshot(): Json {
    return this.list().map(projectJson);
  }

  /** Throws, and changes nothing, for what `snapshot` cannot have written. */
  restore(json: Json): void {
    if (!isArray(json)) throw new TypeError('the projects in the checkpoint are damaged');
    this.#byId = new Map(json.map(readProject).map((project) => [project.id, project]));
    this.#index();
  }

  #record(project: Project, settings: ProjectSettings): ProjectRecord {
    checkProject(settings);
    const changed = { ...project, ...settings, updatedAt: this.#clock.now() };
    const { id, alias } = changed;
    if (alias !== null) refuseShared(this.#byAlias.get(alias), id, `the alias "${alias}"`, 'team_alias');
    for (const folder of changed.folders)
      refuseShared(this.#byFolder.get(folderOf(folder)), id, `the folder ${folder}`, 'folders');
    for (const remote of changed.remotes)
      refuseShared(this.#byRemote.get(remoteOf(remote)), id, `the git remote ${remote}`, 'git_remotes');
    return { type: 'project', at: changed.updatedAt, id, project: projectJson(changed) };
  }

  /** There are few projects, and they change rarely. */
  #index(): void {
    const all = this.list();
    this.#byAlias = new Map(all.flatMap(({ alias, id }) => (alias === null ? [] : [[alias, id] as const])));
    this.#byFolder = new Map(all.flatMap(({ folders, id }) => folders.map((path) => [folderOf(path), id] as const)));
    this.#byRemote = new Map(all.flatMap(({ remotes, id }) => remotes.map((url) => [remoteOf(url), id] as const)));
  }

  #aboveFolder(folder: string | undefined): string | undefined {
    if (folder === undefined || this.#byFolder.size === 0) return undefined;
    let path = folderOf(folder);
    while (path !== '') {
      const found = this.#byFolder.get(path);
      if (found !== undefined) return found;
      path = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    }
    return undefined;
  }

  #ofRemote(remotes: readonly string[]): string | undefined {
    if (this.#byRemote.size === 0) return undefined;
    for (const remote of remotes) {
      const found = this.#byRemote.get(remoteOf(remote));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #named(name: string | undefined): string | undefined {
    if (name === undefined) return undefined;
    return this.#byId.has(name) ? name : this.#byAlias.get(name);
  }
}

function refuseShared(owner: string | undefined, id: string, what: string, param: string): void {
  if (owner !== undefined && owner !== id) throw invalid(`Another project (${owner}) has ${what}.`, param);
}
