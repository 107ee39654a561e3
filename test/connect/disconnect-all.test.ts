import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { applied, proposed } from '../../src/connect/connection.ts';
import { connectionsIn } from '../../src/connect/connections.ts';
import { disconnectAll } from '../../src/connect/disconnect-all.ts';
import { disk } from '../../src/connect/disk.ts';
import { newFolder } from '../support/gateway-under-test.ts';

const before = '{\n  // mine\n  "theme": "dark"\n}\n';

describe('disconnecting all', () => {
  const setUp = () => {
    const folder = newFolder();
    const connections = connectionsIn(join(folder, 'connections'), disk);
    const connect = async (assistant: string): Promise<string> => {
      const path = join(folder, assistant, 'settings.json');
      mkdirSync(join(folder, assistant));
      writeFileSync(path, before);
      const settings = [{ path: ['env', 'ANTHROPIC_BASE_URL'], value: 'http://127.0.0.1:4144' }];
      const proposals = await proposed(disk, [{ path, format: 'json', settings }]);
      await applied(disk, proposals);
      const files = proposals.map(({ kept }) => kept);
      await connections.keep({ assistant, scope: 'user', at: Date.now(), files });
      assert.notEqual(readFileSync(path, 'utf8'), before);
      return path;
    };
    return { connections, connect };
  };

  it('gives every file back to the byte, and forgets the connections', async () => {
    const { connections, connect } = setUp();
    const paths = [await connect('claude-code'), await connect('cline')];
    const { restored, cleaned, failed } = await disconnectAll(connections, disk);
    assert.deepEqual([restored.toSorted(), cleaned, failed], [paths.toSorted(), [], []]);
    for (const path of paths) assert.equal(readFileSync(path, 'utf8'), before);
    assert.deepEqual(await connections.list(), []);
  });

  it('goes on after one that cannot be taken back, keeps that one, and says why', async () => {
    const { connections, connect } = setUp();
    const path = await connect('claude-code');
    const broken = await connect('cline');
    rmSync(broken);
    mkdirSync(broken);
    const { restored, failed } = await disconnectAll(connections, disk);
    assert.deepEqual(restored, [path]);
    assert.match(failed.join(), /^cline: /);
    assert.deepEqual(
      (await connections.list()).map(({ assistant }) => assistant),
      ['cline'],
    );
  });
});
