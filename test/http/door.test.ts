import assert from 'node:assert/strict';
import { once } from 'node:events';
import { IncomingMessage, request as httpRequest, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Failure } from '../../src/chat/failure.ts';
import { holderOf, type Holder } from '../../src/windows/holder.ts';
import { createDoor, type Door } from '../../src/http/door.ts';
import { windowRoutes } from '../../src/http/window-routes.ts';
import { newFolder } from '../support/gateway-under-test.ts';
import { send } from '../support/gateway-client.ts';

const plain = { request: IncomingMessage.prototype, response: ServerResponse.prototype };

describe('a port that is bound before its gateway is ready', () => {
  let door: Door;
  let holder: Holder;
  let url: string;
  beforeEach(async () => {
    const file = join(newFolder(), 'gateway.json');
    holder = holderOf({
      file,
      host: '127.0.0.1',
      owner: 'the tests',
      version: '1.0.0',
      keys: [],
      onUnwritten: assert.ifError,
    });
    door = createDoor(windowRoutes(holder));
    door.server.listen(0, '127.0.0.1');
    await once(door.server, 'listening');
    const { port } = door.server.address() as AddressInfo;
    holder.announce(port);
    url = `http://127.0.0.1:${port}`;
  });
  afterEach(async () => {
    if (!door.server.listening) return;
    door.server.closeAllConnections();
    door.server.close();
    await once(door.server, 'close');
  });
  const arrived = (): Promise<unknown> => once(door.server, 'request');

  it('has calls wait, and serves them with their bodies', async () => {
    const came = arrived();
    const waiting = send(`${url}/v1/any`, { body: { said: 'early' } });
    await came;
    door.open({
      ...plain,
      serve(request, response) {
        void request.toArray().then((parts) => response.end(Buffer.concat(parts as Buffer[])));
      },
    });
    assert.deepEqual((await waiting).body, { said: 'early' });
    assert.deepEqual((await send(`${url}/v1/any`, { body: { said: 'late' } })).body, { said: 'late' });
  });

  it('refuses what waits when the gateway cannot start', async () => {
    const came = arrived();
    const waiting = send(`${url}/v1/any`, { body: {} });
    await came;
    door.shut(new Failure('stopping', 'The configuration has mistakes.', { retryAfter: 5 }));
    const { status, text, headers } = await waiting;
    assert.deepEqual([status, headers.get('retry-after')], [503, '5']);
    assert.match(text, /The configuration has mistakes/);
  });

  it('gives each connection one more answer when its gateway leaves', async () => {
    door.open({ ...plain, serve: (_request, response) => response.end('{}') });
    assert.notEqual((await send(`${url}/any`)).headers.get('connection'), 'close');
    door.lastCalls();
    assert.equal((await send(`${url}/any`)).headers.get('connection'), 'close');
  });

  it('proves itself all the same, to programs and never to a page', async () => {
    const { status, body } = await send(`${url}/purser/proof?nonce=0123456789abcdef`);
    assert.deepEqual([status, body['owner'], body['purser']], [200, 'the tests', '1.0.0']);
    assert.ok(!JSON.stringify(body).includes(holder.token));
    assert.equal((await send(`${url}/purser/proof?nonce=short`)).status, 400);
    const page = { origin: 'https://evil.test' };
    assert.equal((await send(`${url}/purser/proof?nonce=0123456789abcdef`, { headers: page })).status, 403);
  });

  it('keeps a window told that has the token, until it leaves', async () => {
    assert.equal((await send(`${url}/purser/presence`, { key: 'sk-not-the-token' })).status, 401);
    const asked = httpRequest(`${url}/purser/presence`, { headers: { authorization: `Bearer ${holder.token}` } });
    asked.end();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    response.setEncoding('utf8');
    holder.tell({ type: 'configured', isTaken: false });
    assert.deepEqual(await once(response, 'data'), ['{"type":"configured","isTaken":false}\n']);
    holder.leave();
    await once(response, 'end');
  });
});
