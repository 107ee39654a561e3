import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { shareWithPage } from '../../src/http/share.ts';

const settings = { allowedOrigins: ['https://notes.example'] };

async function asked(method: string, headers: Record<string, string>): Promise<Response> {
  const server = createServer((request, response) => {
    if (!shareWithPage(request, response, settings))
      response.writeHead(200, { 'x-litellm-call-id': '1' }).end('answered');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, { method, headers });
  await answer.text();
  server.close();
  return answer;
}

describe('sharing answers with web pages', () => {
  it('answers the question of an allowed page beforehand', async () => {
    const answer = await asked('OPTIONS', {
      origin: 'https://notes.example',
      'access-control-request-headers': 'x-api-key',
    });
    assert.equal(answer.status, 204);
    assert.equal(answer.headers.get('access-control-allow-origin'), 'https://notes.example');
    assert.equal(answer.headers.get('access-control-allow-headers'), 'x-api-key');
  });

  it('lets an allowed page read the answer, and no other', async () => {
    const allowed = await asked('POST', { origin: 'https://notes.example' });
    assert.equal(allowed.headers.get('access-control-allow-origin'), 'https://notes.example');
    assert.equal(allowed.headers.get('x-litellm-call-id'), '1');
    for (const headers of [{ origin: 'https://evil.example' }, {}] as Record<string, string>[]) {
      assert.equal((await asked('POST', headers)).headers.get('access-control-allow-origin'), null);
    }
  });
});
