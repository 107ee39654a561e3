import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { compareReleases, freePortAfter, judge, whoHas, type ElectionOptions } from '../../src/windows/election.ts';
import { readHolderFile } from '../../src/windows/holder-file.ts';
import { holderOf, proofOf, type Holder } from '../../src/windows/holder.ts';
import { newFolder } from '../support/gateway-under-test.ts';

const host = '127.0.0.1';
const servers: { close: () => unknown; closeAllConnections?: () => void }[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections?.();
  }
});

async function listening(listener: RequestListener): Promise<number> {
  const server: Server = createServer(listener).listen(0, host);
  servers.push(server);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const proving =
  (holder: Holder): RequestListener =>
  (request, response) => {
    const nonce = new URL(String(request.url), 'http://x').searchParams.get('nonce');
    response.end(JSON.stringify(holder.prove(nonce ?? '')));
  };

const holderIn = (file: string): Holder =>
  holderOf({ file, host, owner: 'The <Editor>', version: '1.2.3', keys: ['MY_KEY'], onUnwritten: assert.ifError });

const electionAt = (port: number, file: string, more: Partial<ElectionOptions> = {}): ElectionOptions => ({
  ...{ host, port, holderFile: file, trusted: [], patienceMs: 150 },
  ...more,
});

describe('whoever has the port', () => {
  let file: string;
  beforeEach(() => (file = join(newFolder(), 'gateway.json')));

  it('is a sibling when it knows the token in the holder file', async () => {
    const holder = holderIn(file);
    const port = await listening(proving(holder));
    holder.announce(port);
    const verdict = await judge(electionAt(port, file));
    assert.ok(verdict.type === 'sibling' && verdict.isOwn);
    assert.deepEqual(
      [verdict.holder.token, verdict.holder.port, verdict.holder.keys],
      [holder.token, port, ['MY_KEY']],
    );
    assert.equal(statSync(file).mode & 0o777, 0o600);
  });

  it('is given time to write the holder file', async () => {
    const holder = holderIn(file);
    let asked = 0;
    const port = await listening((request, response) => {
      asked += 1;
      if (asked === 2) holder.announce(port);
      if (asked < 2) response.end('{}');
      else proving(holder)(request, response);
    });
    assert.equal((await judge(electionAt(port, file, { patienceMs: 5_000 }))).type, 'sibling');
  });

  it('is a stranger when its proof is made with another token', async () => {
    holderIn(file).announce(1);
    const port = await listening((_request, response) => {
      const proof = proofOf({ token: 'sk-guessed', port }, 'nonce');
      response.end(JSON.stringify({ purser: '1.2.3', contract: 1, owner: 'x', pid: 1, file, proof }));
    });
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), port }));
    assert.deepEqual(await judge(electionAt(port, file)), {
      type: 'stranger',
      software: 'Purser, but cannot prove it',
    });
  });

  it('is a stranger when it passes on the proof of the real one at another port', async () => {
    const holder = holderIn(file);
    const real = await listening(proving(holder));
    holder.announce(real);
    const port = await listening((request, response) => {
      void fetch(`http://${host}:${real}${String(request.url)}`)
        .then((answer) => answer.text())
        .then((text) => response.end(text));
    });
    assert.equal((await judge(electionAt(port, file))).type, 'stranger');
  });

  it('is another Purser when its holder file is not ours, and a sibling once we trust that file', async () => {
    const theirs = join(newFolder(), 'gateway.json');
    const holder = holderIn(theirs);
    const port = await listening(proving(holder));
    holder.announce(port);
    const verdict = await judge(electionAt(port, file));
    assert.ok(verdict.type === 'other');
    assert.deepEqual([verdict.said.owner, verdict.said.purser, verdict.said.file], ['The Editor', '1.2.3', theirs]);
    const trusted = await judge(electionAt(port, file, { trusted: [theirs] }));
    assert.deepEqual([trusted.type, trusted.type === 'sibling' && trusted.isOwn], ['sibling', false]);
    assert.equal((await whoHas(host, port))?.said?.owner, 'The Editor');
  });

  const strange: Readonly<Record<string, RequestListener>> = {
    'answers with a page': (_request, response) => response.setHeader('server', 'nginx/1.2').end('<html>'),
    'never answers': () => undefined,
    'answers without end': (_request, response) => {
      const more = setInterval(() => response.write('x'.repeat(2_000)), 1);
      response.on('close', () => clearInterval(more));
    },
    'hangs up': (request) => request.socket.destroy(),
  };
  for (const [what, listener] of Object.entries(strange)) {
    it(`is a stranger when it ${what}`, async () => {
      const verdict = await judge(electionAt(await listening(listener), file));
      const software = what === 'answers with a page' ? 'nginx/1.2' : undefined;
      assert.deepEqual(verdict, { type: 'stranger', software });
    });
  }

  it('is a stranger when it speaks no HTTP', async () => {
    const server = createTcpServer((socket) => socket.on('error', () => undefined).end('SSH-2.0\r\n')).listen(0, host);
    servers.push(server);
    await once(server, 'listening');
    assert.equal((await judge(electionAt((server.address() as AddressInfo).port, file))).type, 'stranger');
  });

  it('may be nobody any more', async () => {
    const port = await freePortAfter(20_000);
    assert.deepEqual(await judge(electionAt(port, file)), { type: 'free' });
    assert.equal(await whoHas(host, port), undefined);
  });
});

describe('the holder file', () => {
  let file: string;
  beforeEach(() => (file = join(newFolder(), 'below', 'gateway.json')));

  it('is mended when somebody asks for proof, until its holder has left', () => {
    const holder = holderIn(file);
    holder.announce(4144);
    writeFileSync(file, '{"contract":1,');
    assert.equal(readHolderFile(file), undefined);
    holder.prove('nonce');
    assert.equal(readHolderFile(file)?.token, holder.token);
    holder.leave();
    const next = holderIn(file);
    next.announce(4144);
    holder.prove('nonce');
    holder.setKeys(['LATE']);
    assert.equal(readHolderFile(file)?.token, next.token);
  });

  it('names the keys and never holds one', () => {
    const holder = holderIn(file);
    holder.announce(4144);
    holder.setKeys(['OTHER_KEY']);
    assert.deepEqual(readHolderFile(file)?.keys, ['OTHER_KEY']);
  });

  for (const text of ['', '[]', '{}', '{"contract":"1"}', 'null']) {
    it(`is none when it says ${JSON.stringify(text)}`, () => {
      holderIn(file).announce(1);
      writeFileSync(file, text);
      assert.equal(readHolderFile(file), undefined);
    });
  }
});

describe('releases', () => {
  it('are compared by their numbers', () => {
    assert.ok(compareReleases('1.0.10', '1.0.9') > 0);
    assert.ok(compareReleases('0.9.99', '1.0.0') < 0);
    assert.equal(compareReleases('1.2.3-beta', '1.2.3'), 0);
  });
});
