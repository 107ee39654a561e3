import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';

/** Where work is done: what makes a project of a folder. */
export interface WorkPlace {
  /** The checkout that the folder is in; without git the folder itself. */
  readonly folder: string;
  /** The repository's main folder; of a worktree that is another than its own. */
  readonly root: string;
  /** Git's address for `origin`, else for the first remote, without the name and password that may stand in it. */
  readonly remote?: string;
  /** Where git keeps what belongs to all worktrees: `config`, `info/exclude`. */
  readonly gitFolder?: string;
  /** The checkout's own list of what is committed. */
  readonly index?: string;
}

/** Reads a text; undefined where there is no such file. */
export type ReadText = (path: string) => Promise<string | undefined>;

/** The place that a folder belongs to, by git's files alone: no git is run. A home that is a repository holds no projects. */
export async function workPlaceOf(folder: string, home: string, read: ReadText): Promise<WorkPlace> {
  for (const checkout of upFrom(folder)) {
    if (checkout === home && checkout !== folder) break;
    const own = await gitFolderOf(checkout, read);
    if (own === undefined) continue;
    const shared = (await read(join(own, 'commondir')))?.trim();
    const gitFolder = shared === undefined ? own : resolve(own, shared);
    const isMain = shared === undefined;
    const root = isMain ? checkout : basename(gitFolder) === '.git' ? dirname(gitFolder) : gitFolder;
    const remote = remoteIn((await read(join(gitFolder, 'config'))) ?? '');
    return { folder: checkout, root, gitFolder, index: join(own, 'index'), ...(remote !== undefined && { remote }) };
  }
  return { folder, root: folder };
}

function* upFrom(folder: string): Generator<string> {
  let at = folder;
  for (;;) {
    yield at;
    const above = dirname(at);
    if (above === at) return;
    at = above;
  }
}

/** `.git` is a folder, or in worktrees and submodules a file that names one. */
async function gitFolderOf(checkout: string, read: ReadText): Promise<string | undefined> {
  const own = join(checkout, '.git');
  if ((await read(join(own, 'HEAD'))) !== undefined) return own;
  const named = /^gitdir: (.+?)\s*$/m.exec((await read(own)) ?? '')?.[1];
  return named === undefined ? undefined : isAbsolute(named) ? named : resolve(checkout, named);
}

function remoteIn(config: string): string | undefined {
  const remotes = new Map<string, string>();
  let name: string | undefined;
  for (const line of config.split('\n')) {
    const section = /^\s*\[\s*([\w-]+)(?:\s+"([^"]*)")?\s*\]/.exec(line);
    if (section !== null) name = section[1]?.toLowerCase() === 'remote' ? section[2] : undefined;
    const url = /^\s*url\s*=\s*(.*?)\s*$/.exec(line)?.[1];
    if (name !== undefined && url !== undefined && !remotes.has(name)) remotes.set(name, url);
  }
  const [first] = remotes.values();
  return withoutLogin(remotes.get('origin') ?? first);
}

/** `https://user:token@host/...` may not be passed on; the `git@` of ssh is no secret. */
const withoutLogin = (url: string | undefined): string | undefined =>
  url?.replace(/^([a-z+]+:\/\/)[^/@]*@/i, (all, scheme: string) => (all.includes(':', scheme.length) ? scheme : all));

/** What git is told to ignore, from the repository's top: `/sub/.claude/settings.local.json`. */
export const ignoreLine = ({ folder }: WorkPlace, path: string): string => `/${withinCheckout(folder, path)}`;

/** Whether a file is committed or staged: its path stands in git's index. https://git-scm.com/docs/index-format */
export const isCommitted = (index: Buffer | undefined, { folder }: WorkPlace, path: string): boolean =>
  index?.includes(`${withinCheckout(folder, path)}\0`) ?? false;

const withinCheckout = (checkout: string, path: string): string => relative(checkout, path).replaceAll('\\', '/');
