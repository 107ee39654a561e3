import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGatewayServer } from '../../src/http/app.ts';
import { objectIn } from '../../src/lib/json.ts';
import { configText } from '../support/gateway-client.ts';
import { gatewayUnderTest, type GatewayUnderTest } from '../support/gateway-under-test.ts';

const upgrade = { connection: 'Upgrade', upgrade: 'websocket' };

describe('the route of responses', () => {
  let gateway: GatewayUnderTest;
  let server: Server;
  before(async () => {
    const demo = { model_name: 'demo', litellm_params: { model: 'openai/demo', mock_response: 'Hi.' } };
    gateway = await gatewayUnderTest(configText([demo]));
    server = createGatewayServer(gateway.ports, []);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  after(async () => {
    server.closeAllConnections();
    server.close();
    await gateway.close();
  });

  async function get(path: string, headers: Record<string, string>): Promise<{ status: number; body: unknown }> {
    const sent = request({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', path, headers });
    sent.end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    let text = '';
    for await (const piece of response) text += String(piece);
    return { status: response.statusCode ?? 0, body: JSON.parse(text) };
  }

  for (const path of ['/v1/responses', '/responses']) {
    it(`answers a WebSocket on ${path} at once with 426, so that Codex goes on with HTTP`, async () => {
      const { status, body } = await get(path, upgrade);
      assert.equal(status, 426);
      assert.equal(objectIn(objectIn(body)['error'])['code'], 'upgrade_required');
    });
  }

  it('has nothing to GET otherwise', async () => {
    assert.equal((await get('/v1/responses', {})).status, 404);
  });
});
