import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AdminRoute, TextAnswer } from '../../src/admin/routes.ts';
import { invalid } from '../../src/chat/failure.ts';
import { createGatewayServer } from '../../src/http/app.ts';
import { adminKey, configText } from '../support/gateway-client.ts';
import { gatewayUnderTest, type GatewayUnderTest } from '../support/gateway-under-test.ts';

const piece = 'x'.repeat(64 * 1024);

describe('a text that is written while it is made', () => {
  let gateway: GatewayUnderTest;
  let server: Server;
  let pieces: () => AsyncIterable<string>;
  before(async () => {
    const demo = { model_name: 'demo', litellm_params: { model: 'openai/demo', mock_response: 'Hi.' } };
    gateway = await gatewayUnderTest(configText([demo]));
    const answer = (): TextAnswer => ({ type: 'text/csv', fileName: 'some.csv', pieces: pieces() });
    const route: AdminRoute = { method: 'get', paths: ['/text'], access: 'admin', run: answer };
    server = createGatewayServer(gateway.ports, [route]);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  after(async () => {
    server.closeAllConnections();
    server.close();
    await gateway.close();
  });

  async function get(): Promise<IncomingMessage> {
    const { port } = server.address() as AddressInfo;
    const headers = { authorization: `Bearer ${adminKey}` };
    const sent = request({ port, host: '127.0.0.1', path: '/text', headers });
    sent.end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    return response;
  }
  async function textOf(response: IncomingMessage): Promise<string> {
    let text = '';
    for await (const some of response) text += String(some);
    return text;
  }

  it('arrives whole, with its type and name', async () => {
    pieces = () => of('a', 'b', 'c');
    const response = await get();
    assert.equal(response.headers['content-type'], 'text/csv');
    assert.equal(response.headers['content-disposition'], 'attachment; filename="some.csv"');
    assert.equal(await textOf(response), 'abc');
  });

  it('may be empty', async () => {
    pieces = () => of();
    const response = await get();
    assert.deepEqual([response.statusCode, await textOf(response)], [200, '']);
  });

  it('is made no faster than the client takes it, and no further when the client leaves', async () => {
    let made = 0;
    let ended: () => void = () => undefined;
    const end = new Promise<void>((resolve) => (ended = resolve));
    pieces = async function* () {
      try {
        for (;;) {
          made += 1;
          yield piece;
          await new Promise(setImmediate);
        }
      } finally {
        ended();
      }
    };
    const response = await get();
    await once(response, 'readable');
    // The sockets' buffers fill up, and then nothing more is made.
    let before;
    do {
      before = made;
      for (let turn = 0; turn < 500; turn += 1) await new Promise(setImmediate);
    } while (made > before && made < 500);
    assert.ok(made < 500, `${made} pieces of 64 KB were made for nobody`);
    response.destroy();
    await end;
    assert.deepEqual(gateway.logged, []);
  });

  it('that fails before it begins is an ordinary refusal', async () => {
    pieces = () => failing();
    const response = await get();
    assert.equal(response.statusCode, 400);
    assert.match(await textOf(response), /no such rows/);
  });

  it('that fails on the way is cut, and does not look whole', async () => {
    pieces = () => failing(piece);
    await assert.rejects(textOf(await get()), { code: 'ECONNRESET' });
  });
});

// eslint-disable-next-line @typescript-eslint/require-await -- made of what is there
async function* of(...all: readonly string[]): AsyncGenerator<string> {
  yield* all;
}

async function* failing(...before: readonly string[]): AsyncGenerator<string> {
  yield* of(...before);
  throw invalid('There are no such rows.');
}
