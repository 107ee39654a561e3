import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { managementRoutes } from '../../../src/admin/routes.ts';
import { createGatewayServer } from '../../../src/http/app.ts';
import { objectIn, objectsIn, type JsonObject } from '../../../src/lib/json.ts';
import { derivedKeys, type DerivedKeys } from '../../../src/vscode/projects/derived-keys.ts';
import { adminKey, chat, configText, hello, manage } from '../../support/gateway-client.ts';
import { gatewayUnderTest, type GatewayUnderTest } from '../../support/gateway-under-test.ts';

const demo = { model_name: 'demo', litellm_params: { model: 'openai/demo', mock_response: 'Hi.' } };
const harbour = { folder: '/code/harbour', root: '/code/harbour', remote: 'git@host:a/harbour.git' };

describe('the keys that windows derive', () => {
  const secret = randomBytes(32);
  let gateway: GatewayUnderTest;
  let server: Server;
  let url: string;
  let now = 1_000_000_000_000;
  const windowWith = (own = secret): DerivedKeys =>
    derivedKeys({ access: () => ({ url, adminKey }), secret: () => own, now: () => now });
  beforeEach(async () => {
    gateway = await gatewayUnderTest(configText([demo]));
    server = createGatewayServer(gateway.ports, managementRoutes).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    server.close();
    server.closeAllConnections();
    await gateway.close();
  });
  const keys = async (): Promise<readonly JsonObject[]> =>
    objectsIn((await manage(url, '/key/list?return_full_object=true'))['keys']);
  const works = async (key: string): Promise<boolean> => (await chat(url, key, hello('demo'))).status === 200;

  it('are the same in every window, and good for calls that are booked on the project', async () => {
    const [one, other] = await Promise.all([
      windowWith().projectAt(harbour, 'harbour'),
      windowWith().projectAt(harbour, 'harbour'),
    ]);
    assert.deepEqual(one, other);
    assert.equal((await keys()).length, 1);
    assert.ok(await works(one.key));
    const [row] = await gateway.rows();
    assert.equal(row?.['project'], one.id);
  });

  it('are known to the gateway by their hash alone', async () => {
    const { key } = await windowWith().projectAt(harbour, 'harbour');
    assert.ok(!JSON.stringify([await keys(), gateway.ports.keys.snapshot()]).includes(key));
  });

  it('are those of the repository in all its worktrees and clones', async () => {
    const main = await windowWith().projectAt(harbour, 'harbour');
    const worktree = await windowWith().projectAt({ ...harbour, folder: '/trees/fix' }, 'fix');
    const clone = await windowWith().projectAt(
      { folder: '/tmp/clone', root: '/tmp/clone', remote: 'https://host/a/harbour' },
      'clone',
    );
    assert.deepEqual(worktree, main);
    assert.deepEqual(clone, main);
    const { team_info } = await manage(url, `/team/info?team_id=${main.id}`);
    assert.deepEqual(objectIn(team_info)['folders'], ['/code/harbour', '/trees/fix', '/tmp/clone']);
  });

  it('are other ones for another project, whose name is made one of its own', async () => {
    const main = await windowWith().projectAt(harbour, 'harbour');
    const other = await windowWith().projectAt({ folder: '/else/harbour', root: '/else/harbour' }, 'harbour');
    assert.equal(main.title, 'harbour');
    assert.equal(other.title, 'harbour 2');
    assert.notEqual(other.id, main.id);
    assert.notEqual(other.key, main.key);
  });

  it('are those of a project that was made by hand, with what it may spend', async () => {
    const { team_id } = await manage(url, '/team/new', { folders: ['/code'], max_budget: 0, team_alias: 'all' });
    const { id, title } = await windowWith().projectAt(harbour, 'harbour');
    assert.deepEqual([id, title], [team_id, 'all']);
  });

  it('are rotated for all windows at once; the old one is refused, and what it spent stays', async () => {
    const before = await windowWith().projectAt(harbour, 'harbour');
    const after = await windowWith().rotate(before);
    assert.notEqual(after.key, before.key);
    assert.deepEqual(await windowWith().projectAt(harbour, 'harbour'), after);
    assert.equal(await works(before.key), false);
    assert.ok(await works(after.key));
    assert.equal((await keys()).length, 1);
  });

  it('do not come back when they were deleted', async () => {
    const before = await windowWith().projectAt(harbour, 'harbour');
    await manage(url, '/key/delete', { keys: [before.key] });
    now += 5_000;
    const after = await windowWith().projectAt(harbour, 'harbour');
    assert.notEqual(after.key, before.key);
    assert.equal(await works(before.key), false);
  });

  it('are made anew where the installation was', async () => {
    const before = await windowWith().projectAt(harbour, 'harbour');
    const after = await windowWith(randomBytes(32)).projectAt(harbour, 'harbour');
    assert.equal(after.id, before.id);
    assert.ok(await works(after.key));
    assert.equal(await works(before.key), false);
  });

  it('of an assistant that works everywhere belong to no project', async () => {
    const key = await windowWith().ofAssistant('codex', 'Codex');
    assert.equal(await windowWith().ofAssistant('codex', 'Codex'), key);
    assert.notEqual(await windowWith().ofAssistant('cline', 'Cline'), key);
    const [row] = await keys();
    assert.deepEqual([row?.['team_id'], row?.['key_alias']], [null, 'Codex (connected)']);
  });

  it('are made for another extension when its user allows it, are no other in the next window, and gone when deleted', async () => {
    const keys = windowWith();
    const project = await keys.projectAt(harbour, 'harbour');
    assert.equal(await keys.ofExtension('a.b', project), undefined);
    const key = await keys.madeForExtension('a.b', project);
    assert.equal(await windowWith().ofExtension('a.b', project), key);
    assert.notEqual(await keys.madeForExtension('a.b'), key);
    assert.notEqual(key, project.key);
    assert.ok(await works(key));
    const [row] = await gateway.rows();
    assert.deepEqual([row?.['project'], row?.['keyAlias']], [project.id, 'a.b in harbour']);
    await manage(url, '/key/delete', { keys: [key] });
    assert.equal(await windowWith().ofExtension('a.b', project), undefined);
    now += 1_000;
    assert.notEqual(await keys.madeForExtension('a.b', project), key);
  });
});
