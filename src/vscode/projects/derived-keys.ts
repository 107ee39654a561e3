import { hash } from 'node:crypto';
import { askGateway, type GatewayAccess } from '../../admin/gateway-client.ts';
import type { OpenedProject } from '../../admin/project-routes.ts';
import { Failure } from '../../chat/failure.ts';
import type { WorkPlace } from '../../connect/repository.ts';
import { derivedKey } from '../../windows/derived-key.ts';
import { numberIn, objectIn, objectsIn, stringIn, type JsonObject } from '../../lib/json.ts';

/** A project of the gateway's, as an editor has it open. */
export interface Project {
  readonly id: string;
  readonly title: string;
  readonly key: string;
}

/** Whom a key is for: a project, or an assistant that works everywhere. */
interface Subject {
  readonly name: string;
  readonly alias: string;
  readonly project?: string;
}

export interface DerivedKeysOptions {
  readonly access: () => GatewayAccess;
  readonly secret: () => Buffer;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** The keys that nobody has to keep: each window computes them, and the gateway knows their hashes. */
export interface DerivedKeys {
  /** The project of a place with its key; both are made when they are not there. */
  readonly projectAt: (place: WorkPlace, name: string) => Promise<Project>;
  readonly ofAssistant: (id: string, title: string) => Promise<string>;
  /** The key of another extension for a project, or for none; undefined until it is made, and once its user has deleted it. */
  readonly ofExtension: (id: string, project?: Pick<Project, 'id' | 'title'>) => Promise<string | undefined>;
  readonly madeForExtension: (id: string, project?: Pick<Project, 'id' | 'title'>) => Promise<string>;
  /** A new key in the place of the project's old one, which is refused from then on. */
  readonly rotate: (project: Project) => Promise<Project>;
}

export const derivedKeys = (options: DerivedKeysOptions): DerivedKeys => ({
  async projectAt(place, name) {
    const folders = [...new Set([place.root, place.folder])];
    const remote = place.remote === undefined ? {} : { git_remote: place.remote };
    // Our own gateway's answer, of this very version.
    const opened = (await ask(options, '/purser/projects/open', { folders, name, ...remote })) as OpenedProject;
    const { team_id: id, team_alias: title } = opened;
    return { id, title, key: await ensured(options, subjectOf(id, title)) };
  },
  ofAssistant: (id, title) => ensured(options, { name: `assistant:${id}`, alias: `${title} (connected)` }),
  async ofExtension(id, project) {
    const subject = subjectOfExtension(id, project);
    return (await known(options, subject)) === undefined ? undefined : ensured(options, subject);
  },
  madeForExtension: (id, project) => ensured(options, subjectOfExtension(id, project)),
  async rotate({ id, title }) {
    const subject = subjectOf(id, title);
    const row = await known(options, subject);
    if (row === undefined) throw new Failure('not-found', `The project ${title} has no key of the editor's.`);
    return { id, title, key: await rotated(options, subject, row) };
  },
});

const ask = ({ access }: DerivedKeysOptions, path: string, body?: JsonObject): Promise<unknown> =>
  askGateway(access(), path, body);

/** The key that is there or is made now. */
async function ensured(options: DerivedKeysOptions, subject: Subject): Promise<string> {
  const row = (await known(options, subject)) ?? (await made(options, subject));
  const key = derivedKey(options.secret(), subject.name, generationOf(row));
  // Else it was made with another secret, of an installation that is no more.
  return stringIn(row['token']) === hash('sha256', key) ? key : rotated(options, subject, row);
}

async function known(options: DerivedKeysOptions, { name, alias, project }: Subject): Promise<JsonObject | undefined> {
  const filter = project === undefined ? { key_alias: alias } : { team_id: project };
  const query = new URLSearchParams({ ...filter, return_full_object: 'true', size: '100' });
  const { keys } = objectIn(await ask(options, `/key/list?${query.toString()}`));
  return objectsIn(keys).find(({ metadata }) => objectIn(metadata)['purser_subject'] === name);
}

async function made(options: DerivedKeysOptions, subject: Subject): Promise<JsonObject> {
  const { alias, project } = subject;
  const team = project === undefined ? {} : { team_id: project };
  try {
    const fields = generated(options, subject, nextGeneration(options, 0));
    return objectIn(await ask(options, '/key/generate', { ...fields, key_alias: alias, ...team }));
  } catch (error) {
    // Another window may have been quicker, at the same second or a moment before.
    const row = await known(options, subject);
    if (row === undefined) throw error;
    return row;
  }
}

async function rotated(options: DerivedKeysOptions, subject: Subject, row: JsonObject): Promise<string> {
  const { key, metadata } = generated(options, subject, nextGeneration(options, generationOf(row)));
  await ask(options, '/key/regenerate', {
    key: stringIn(row['token']) ?? '',
    new_key: key,
    metadata: { ...objectIn(row['metadata']), ...metadata },
  });
  return key;
}

/** Always above every earlier one, also of a key that was deleted: what was revoked does not come back. */
const nextGeneration = ({ now }: DerivedKeysOptions, last: number): number =>
  Math.max(last + 1, Math.floor(now() / 1000));

const generated = ({ secret }: DerivedKeysOptions, { name }: Subject, generation: number) => ({
  key: derivedKey(secret(), name, generation),
  metadata: { purser_subject: name, purser_generation: generation },
});

const subjectOf = (id: string, title: string): Subject => ({
  name: `project:${id}`,
  alias: `${title} (workspace)`,
  project: id,
});

const subjectOfExtension = (id: string, project: Pick<Project, 'id' | 'title'> | undefined): Subject => ({
  name: `extension:${id}:${project?.id ?? ''}`,
  alias: project === undefined ? id : `${id} in ${project.title}`,
  ...(project !== undefined && { project: project.id }),
});

const generationOf = ({ metadata }: JsonObject): number => numberIn(objectIn(metadata)['purser_generation']) ?? 0;
