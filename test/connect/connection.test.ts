import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { applied, disconnected, proposed, type FileEdit, type KeptFile } from '../../src/connect/connection.ts';
import { connectionsIn } from '../../src/connect/connections.ts';
import { disk } from '../../src/connect/disk.ts';

describe('a connection', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'purser-connect-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const at = (name: string): string => join(folder, name);
  const read = (name: string): string => readFileSync(at(name), 'utf8');

  const edit = (name = 'settings.json', value = 'http://a'): FileEdit => ({
    path: at(name),
    format: 'json',
    settings: [{ path: ['env', 'URL'], value }],
  });
  async function connect(edits: readonly FileEdit[], earlier?: readonly KeptFile[]): Promise<readonly KeptFile[]> {
    const proposals = await proposed(disk, edits, earlier);
    await applied(disk, proposals);
    return proposals.map(({ kept }) => kept);
  }

  it('changes nothing until it is applied', async () => {
    writeFileSync(at('settings.json'), '{}');
    const [proposal] = await proposed(disk, [edit()]);
    assert.equal(read('settings.json'), '{}');
    assert.equal(proposal?.now, '{}');
    assert.match(proposal.after, /http:\/\/a/);
  });

  it('gives every byte back when it is ended', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('', '\uFEFF', '  \n', '// é\r\n'),
        fc.constantFrom('{}', '{"env":{"URL":1e1}}', '{ /* 𝄞 */ }'),
        async (above, text) => {
          const bytes = Buffer.from(above + text);
          writeFileSync(at('settings.json'), bytes);
          const [outcome] = await disconnected(disk, await connect([edit()]));
          assert.equal(outcome?.what, 'restored');
          assert.deepEqual(readFileSync(at('settings.json')), bytes);
        },
      ),
    );
  });

  it('leaves no file and no folder where there was none', async () => {
    const kept = await connect([edit('.tool/settings.json')]);
    assert.ok(existsSync(at('.tool/settings.json')));
    await disconnected(disk, kept);
    assert.deepEqual(readdirSync(folder), []);
  });

  it('takes out only what is its own when others have edited the file since', async () => {
    writeFileSync(at('settings.json'), '{\n  // mine\n  "a": 1\n}\n');
    const kept = await connect([edit()]);
    writeFileSync(at('settings.json'), read('settings.json').replace('"a": 1', '"a": 2'));
    assert.deepEqual(await disconnected(disk, kept), [{ path: at('settings.json'), what: 'cleaned', left: [] }]);
    assert.equal(read('settings.json'), '{\n  // mine\n  "a": 2\n}\n');
  });

  it('leaves what others have changed, and says where', async () => {
    const kept = await connect([edit()]);
    writeFileSync(at('settings.json'), read('settings.json').replace('http://a', 'http://else'));
    assert.deepEqual(await disconnected(disk, kept), [
      { path: at('settings.json'), what: 'cleaned', left: ['env.URL'] },
    ]);
    assert.match(read('settings.json'), /http:\/\/else/);
  });

  it('does not bring a file back that its owner has removed', async () => {
    writeFileSync(at('settings.json'), '{}');
    const kept = await connect([edit()]);
    rmSync(at('settings.json'));
    assert.equal((await disconnected(disk, kept))[0]?.what, 'gone');
    assert.ok(!existsSync(at('settings.json')));
  });

  it('made again gives back what was there before the first', async () => {
    writeFileSync(at('settings.json'), '{"env": {"URL": "own"}}');
    const first = await connect([edit()]);
    const second = await connect([edit('settings.json', 'http://b')], first);
    assert.match(read('settings.json'), /http:\/\/b/);
    await disconnected(disk, second);
    assert.equal(read('settings.json'), '{"env": {"URL": "own"}}');
  });

  it('shares a file with another, and each takes back its own', async () => {
    const one = { path: at('exclude'), format: 'lines', settings: [{ path: ['/a'], value: true }] } as const;
    const other = { ...one, settings: [{ path: ['/b'], value: true }] } as const;
    writeFileSync(at('exclude'), '# git\n');
    const [first, second] = [await connect([one]), await connect([other])];
    await disconnected(disk, first);
    assert.equal(read('exclude'), '# git\n/b\n');
    await disconnected(disk, second);
    assert.equal(read('exclude'), '# git\n');
  });

  it('proposes nothing where a file says all of it already', async () => {
    await connect([edit()]);
    assert.deepEqual(await proposed(disk, [edit()]), []);
  });

  it('is not applied to a file that has changed since it was looked at', async () => {
    const proposals = await proposed(disk, [edit()]);
    writeFileSync(at('settings.json'), '{"new": 1}');
    await assert.rejects(applied(disk, proposals), /settings\.json has changed while its changes were looked at/);
    assert.equal(read('settings.json'), '{"new": 1}');
  });

  it('is taken back whole when one of its files cannot be written', async () => {
    writeFileSync(at('settings.json'), '{}');
    mkdirSync(at('blocked'));
    const failing = {
      ...disk,
      write: (path: string, ...rest: [string, boolean]) =>
        path.endsWith('two.json') ? Promise.reject(new Error('EACCES')) : disk.write(path, ...rest),
    };
    const proposals = await proposed(failing, [edit(), edit('two.json')]);
    await assert.rejects(applied(failing, proposals), /EACCES/);
    assert.equal(read('settings.json'), '{}');
    assert.ok(!existsSync(at('two.json')));
  });

  it('names the file that it cannot edit, and what to do', async () => {
    writeFileSync(at('settings.json'), '{"env": ');
    await assert.rejects(proposed(disk, [edit()]), /settings\.json is no valid JSON .* Mend it, and try again\./);
    writeFileSync(at('settings.json'), Buffer.from([0x7b, 0xff, 0x7d]));
    await assert.rejects(proposed(disk, [edit()]), /settings\.json is no UTF-8 text/);
  });

  it('keeps links and modes, and hides new files that hold a key', async function () {
    if (process.platform === 'win32') this.skip();
    writeFileSync(at('real.json'), '{}');
    chmodSync(at('real.json'), 0o640);
    symlinkSync(at('real.json'), at('settings.json'));
    await connect([edit(), { ...edit('secret.json'), isSecret: true }]);
    assert.ok(lstatSync(at('settings.json')).isSymbolicLink());
    assert.equal(statSync(at('real.json')).mode & 0o777, 0o640);
    assert.equal(statSync(at('secret.json')).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(folder).sort(), ['real.json', 'secret.json', 'settings.json']);
  });
});

describe('the connections', () => {
  it('are kept until they are forgotten, one for each assistant and place', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'purser-connections-'));
    const connections = connectionsIn(join(folder, 'connections'), disk);
    assert.deepEqual(await connections.list(), []);
    const files = [{ path: '/x', format: 'json', before: '{"secret": 1}', wrote: 'hash', marks: [] }] as const;
    const everywhere = { assistant: 'codex', scope: 'user', at: 2, files } as const;
    const here = { assistant: 'claude-code', scope: 'project', folder: '/code/a', at: 1, files } as const;
    await connections.keep(everywhere);
    await connections.keep(here);
    await connections.keep({ ...everywhere, at: 3 });
    assert.deepEqual(await connections.list(), [here, { ...everywhere, at: 3 }]);
    assert.deepEqual(await connections.find(here), here);
    assert.equal(await connections.find({ ...here, folder: '/code/b' }), undefined);
    if (process.platform !== 'win32')
      for (const name of readdirSync(join(folder, 'connections')))
        assert.equal(statSync(join(folder, 'connections', name)).mode & 0o777, 0o600);
    await connections.forget(here);
    assert.deepEqual(
      (await connections.list()).map(({ assistant }) => assistant),
      ['codex'],
    );
    rmSync(folder, { recursive: true });
  });
});
