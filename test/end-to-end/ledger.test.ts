import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { newFolder, startServer, type BuiltServer } from '../support/built-server.ts';
import { adminKey, chat, hello, manage, rowsOf, text } from '../support/gateway-client.ts';

const dist = resolve(import.meta.dirname, '../..', process.env['PURSER_DIST'] ?? 'dist');

interface Ended {
  readonly code: number | null;
  readonly said: string;
  readonly complained: string;
}

/** `node dist/server.js ledger ...` */
async function ledger(server: BuiltServer, ...args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [join(dist, 'server.js'), 'ledger', ...args, '--data-dir', server.dataFolder], {
    cwd: server.folder,
    env: { PATH: process.env['PATH'], HOME: server.folder },
  });
  let said = '';
  let complained = '';
  child.stdout.on('data', (piece: Buffer) => (said += piece.toString()));
  child.stderr.on('data', (piece: Buffer) => (complained += piece.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, said, complained };
}

const config = `
model_list:
  - model_name: demo
    litellm_params: {model: openai/gpt-4o, mock_response: "Hello there.", input_cost_per_token: 0.000001, output_cost_per_token: 0.000002}
general_settings: {master_key: ${adminKey}, ledger_rows: 3}
`;

describe('the ledger on the command line', () => {
  let server: BuiltServer;
  let call = '';
  before(async () => {
    server = await startServer({ config });
    for (let turn = 0; turn < 5; turn += 1) {
      assert.equal((await chat(server.url, adminKey, hello('demo'))).status, 200);
      await new Promise((go) => setTimeout(go, 2)); // so that each has a time of its own
    }
    call = text((await rowsOf(server.url))[0]?.['call']);
  });
  after(() => server.stop());
  const spent = async (): Promise<unknown> => (await manage(server.url, '/global/spend'))['spend'];

  it('corrects a call through the gateway that runs', async () => {
    const before = Number(await spent());
    const { code, said, complained } = await ledger(server, 'correct', call, '0.5', '--url', server.url);
    assert.equal(code, 0, complained);
    assert.match(said, /cost \$0\.50, not \$0\.00/);
    const [row] = await rowsOf(server.url, call);
    assert.deepEqual([row?.['cost'], row?.['correction']], [500_000_000, 'corrected on the command line']);
    const cost = Number(row?.['bookedCost']) / 1e9;
    assert.ok(Math.abs(Number(await spent()) - (before - cost + 0.5)) < 1e-9);
  });

  it('verifies and exports while it runs, and leaves the rest to it', async () => {
    const verified = await ledger(server, 'verify');
    assert.deepEqual([verified.code, verified.complained], [0, '']);
    assert.match(verified.said, /in use by a gateway[^]*5 calls cost \$0\.50[^]*Everything agrees/);
    const exported = await ledger(server, 'export', '--model', 'demo');
    assert.equal(exported.said.trim().split('\n').length, 6, exported.complained);
    const compacted = await ledger(server, 'compact');
    assert.equal(compacted.code, 1);
    assert.match(
      compacted.complained,
      new RegExp(`in use by another Purser \\(process ${server.process.pid ?? ''}\\)`),
    );
  });

  it('refuses what it does not understand, and says what it would', async () => {
    const refused = async (...args: readonly string[]): Promise<string> => {
      const { code, complained } = await ledger(server, ...args);
      assert.equal(code, 1);
      return complained;
    };
    assert.match(await refused('frobnicate'), /no command ledger frobnicate/);
    assert.match(await refused('correct', call), /ledger correct CALL USD/);
    assert.match(await refused('correct', call, 'much'), /much is no amount/);
    assert.match(await refused('correct', 'nobody', '1', '--url', server.url), /no call nobody/);
    assert.match(await refused('export', '--since', 'spring'), /--since spring is no date/);
    assert.match(await refused('export', '--format', 'xml'), /csv or json/);
    assert.match((await ledger(server, '--help')).said, /Examples:/);
  });

  it('does it all on a folder that nobody uses', async () => {
    assert.equal(await server.stop(), 0);
    const corrected = await ledger(server, 'correct', call, '0.25', '--reason', 'as on the invoice');
    assert.match(corrected.said, /cost \$0\.25, not \$0\.50/, corrected.complained);
    const file = join(newFolder(), 'calls.json');
    const exported = await ledger(server, 'export', '--output', file);
    assert.deepEqual([exported.code, exported.said], [0, '']);
    assert.match(exported.complained, /2 older calls are not among these 3/);
    const rows = JSON.parse(readFileSync(file, 'utf8')) as readonly Record<string, unknown>[];
    assert.equal(rows.length, 3, 'by then the configuration has had its way: three rows are kept');
    assert.deepEqual([rows[0]?.['cost_usd'], rows[0]?.['correction']], ['0.250000000', 'as on the invoice']);
    const compacted = await ledger(server, 'compact');
    assert.match(compacted.said, /0 calls were rolled up/, compacted.complained);
    const { code, said } = await ledger(server, 'verify');
    assert.match(said, /5 calls cost \$0\.25[^]*Everything agrees/);
    assert.equal(code, 0);
  });

  it('leaves a snapshot that the sqlite3 program opens', function () {
    const snapshot = filesOf(server, 'ledger-').at(-1) ?? '';
    const script = `import sqlite3, sys
c = sqlite3.connect(sys.argv[1])
print(c.execute('PRAGMA integrity_check').fetchone()[0], c.execute('SELECT COUNT(*) FROM entries').fetchone()[0], c.execute('SELECT SUM(calls) FROM days').fetchone()[0])`;
    const { status, stdout } = spawnSync('python3', ['-c', script, join(server.dataFolder, snapshot)], {
      encoding: 'utf8',
    });
    if (status === null || status !== 0) return this.skip(); // no Python with sqlite3 on this machine
    assert.equal(stdout.trim(), 'ok 3 5');
  });

  it('finds what was damaged, names the place, and ends with 1', async () => {
    server = await startServer({ folder: server.folder });
    await chat(server.url, adminKey, hello('demo'));
    await server.stop('SIGKILL');
    const journal = filesOf(server, 'journal-').at(-1) ?? '';
    const path = join(server.dataFolder, journal);
    writeFileSync(path, readFileSync(path, 'latin1').replace('"type":"open"', '"type":"Open"'), 'latin1');
    const { code, complained } = await ledger(server, 'verify');
    assert.equal(code, 1);
    assert.match(complained, new RegExp(`${journal}, byte 0: the line does not match its checksum`));
    const snapshot = join(server.dataFolder, filesOf(server, 'ledger-').at(-1) ?? '');
    writeFileSync(snapshot, readFileSync(snapshot).subarray(0, 5_000));
    assert.match((await ledger(server, 'verify')).complained, /ledger-\d+-\w+\.sqlite is damaged/);
    assert.deepEqual(
      readdirSync(server.dataFolder).filter((name) => name.endsWith('.damaged')),
      [],
      'and it changes nothing',
    );
  });
});

const filesOf = (server: BuiltServer, beginning: string): readonly string[] =>
  readdirSync(server.dataFolder)
    .filter((name) => name.startsWith(beginning))
    .sort();
