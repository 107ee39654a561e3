import assert from 'node:assert/strict';
import { ignoreLine, isCommitted, workPlaceOf, type WorkPlace } from '../../src/connect/repository.ts';

const config = (url: string): string =>
  `[core]\n\tbare = false\n[remote "origin"]\n\turl = ${url}\n\tfetch = +refs/*\n`;

/** A disk with these texts. */
const placeIn = (texts: Readonly<Record<string, string>>, folder: string): Promise<WorkPlace> =>
  workPlaceOf(folder, '/home/me', (path) => Promise.resolve(texts[path]));

const head = 'ref: refs/heads/main\n';
const repository = { '/code/harbour/.git/HEAD': head, '/code/harbour/.git/config': config('git@host:a/harbour.git') };

describe('the place of a folder', () => {
  it('is the repository that it is in, with its remote', async () => {
    assert.deepEqual(await placeIn(repository, '/code/harbour/src/deep'), {
      folder: '/code/harbour',
      root: '/code/harbour',
      gitFolder: '/code/harbour/.git',
      index: '/code/harbour/.git/index',
      remote: 'git@host:a/harbour.git',
    });
  });

  it('is the folder itself without git', async () => {
    assert.deepEqual(await placeIn({}, '/code/notes'), { folder: '/code/notes', root: '/code/notes' });
  });

  it('of a worktree is its repository', async () => {
    const worktree = {
      ...repository,
      '/trees/fix/.git': 'gitdir: /code/harbour/.git/worktrees/fix\n',
      '/code/harbour/.git/worktrees/fix/HEAD': head,
      '/code/harbour/.git/worktrees/fix/commondir': '../..\n',
    };
    const { folder, root, gitFolder, index, remote } = await placeIn(worktree, '/trees/fix/src');
    assert.deepEqual([folder, root, gitFolder], ['/trees/fix', '/code/harbour', '/code/harbour/.git']);
    assert.equal(index, '/code/harbour/.git/worktrees/fix/index');
    assert.equal(remote, 'git@host:a/harbour.git');
  });

  it('of a worktree of a bare repository is that', async () => {
    const bare = {
      '/code/main/.git': 'gitdir: ../harbour.git/worktrees/main',
      '/code/harbour.git/worktrees/main/commondir': '../..',
    };
    assert.equal((await placeIn(bare, '/code/main')).root, '/code/harbour.git');
  });

  it('of a submodule is the submodule', async () => {
    const submodule = { ...repository, '/code/harbour/lib/.git': 'gitdir: ../.git/modules/lib\r\n' };
    const { root, gitFolder } = await placeIn(submodule, '/code/harbour/lib');
    assert.deepEqual([root, gitFolder], ['/code/harbour/lib', '/code/harbour/.git/modules/lib']);
  });

  it('is not a home that happens to be a repository', async () => {
    const dotfiles = { '/home/me/.git/HEAD': head };
    assert.deepEqual(await placeIn(dotfiles, '/home/me/notes'), { folder: '/home/me/notes', root: '/home/me/notes' });
    assert.equal((await placeIn(dotfiles, '/home/me')).gitFolder, '/home/me/.git');
  });

  it('has the first remote where none is called origin', async () => {
    const text = '[Remote "fork"] # mine\n  url = https://host/b\n[remote "other"]\n  url = https://host/c\n';
    const place = await placeIn({ '/r/.git/HEAD': head, '/r/.git/config': text }, '/r');
    assert.equal(place.remote, 'https://host/b');
  });

  it('keeps no name and password of a remote', async () => {
    const of = async (url: string): Promise<string | undefined> =>
      (await placeIn({ '/r/.git/HEAD': head, '/r/.git/config': config(url) }, '/r')).remote;
    assert.equal(await of('https://me:ghp_planted@host/a.git'), 'https://host/a.git');
    assert.equal(await of('ssh://git@host/a.git'), 'ssh://git@host/a.git');
  });
});

describe('a file in a repository', () => {
  const place = { folder: '/code/harbour', root: '/code/harbour' };
  const file = '/code/harbour/web/.gemini/.env';

  it('is named from its top in the list of what is ignored', () => {
    assert.equal(ignoreLine(place, file), '/web/.gemini/.env');
  });

  it('is committed when it stands in the index', () => {
    assert.equal(isCommitted(Buffer.from('DIRC....web/.gemini/.env\0...'), place, file), true);
    assert.equal(isCommitted(Buffer.from('DIRC....web/.gemini/.envs\0...'), place, file), false);
    assert.equal(isCommitted(undefined, place, file), false);
  });
});
