import assert from 'node:assert/strict';
import express from 'express';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { uiRoutes } from '../../src/http/ui-routes.ts';
import { configText, openaiModel, send } from '../support/gateway-client.ts';
import { gatewayUnderTest, newFolder, type GatewayUnderTest } from '../support/gateway-under-test.ts';

describe('the page of the panel, over HTTP', () => {
  let gateway: GatewayUnderTest;
  let server: Server;
  let url: string;
  before(async () => {
    gateway = await gatewayUnderTest(configText([openaiModel('gpt', 'http://127.0.0.1:9/v1')]));
    const folder = newFolder();
    writeFileSync(join(folder, 'webview.js'), 'let panel;');
    writeFileSync(join(folder, 'server.js'), 'let secret;');
    mkdirSync(join(folder, 'l10n'));
    writeFileSync(
      join(folder, 'l10n/bundle.l10n.de.json'),
      JSON.stringify({ Save: 'Speichern', '</script>': '</script><b>' }),
    );
    const app = express();
    uiRoutes(app, gateway.ports, folder);
    server = createServer(app as unknown as (request: unknown, response: unknown) => void);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(async () => {
    server.close();
    server.closeAllConnections();
    await gateway.close();
  });

  it('may load its own files, speak to its own gateway, and nothing else', async () => {
    const { status, headers, text } = await send(`${url}/ui`);
    assert.equal(status, 200);
    assert.equal(
      headers.get('content-security-policy'),
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.equal(headers.get('set-cookie'), null);
    assert.doesNotMatch(text, /<style|\sstyle=|\son\w+=|https?:|<script>/);
  });

  it('is in the first language that is asked for and there, else in English', async () => {
    const languageFor = async (accepted: string): Promise<readonly (string | undefined)[]> => {
      const { text, headers } = await send(`${url}/ui`, { headers: { 'accept-language': accepted } });
      assert.equal(headers.get('vary'), 'accept-language');
      return [/<html lang="([^"]+)"/.exec(text)?.[1], /id="words">(.*)<\/script>/.exec(text)?.[1]];
    };
    const words = '{"Save":"Speichern","\\u003c/script>":"\\u003c/script>\\u003cb>"}';
    for (const accepted of ['de', 'de-AT,en;q=0.8', 'fr, de;q=0.5, en;q=0.4', 'DE'])
      assert.deepEqual(await languageFor(accepted), ['de', words], accepted);
    for (const accepted of ['', 'en', 'en-GB,de;q=0.9', 'fr', 'de;q=0', '../../package', '*', 'x'.repeat(5_000)])
      assert.deepEqual(await languageFor(accepted), ['en', undefined], accepted);
  });

  it('has its files, and lets no other file out', async () => {
    const script = await send(`${url}/ui/webview.js`);
    assert.deepEqual([script.status, script.text], [200, 'let panel;']);
    assert.equal(script.headers.get('content-type'), 'text/javascript; charset=utf-8');
    for (const name of ['server.js', '..%2Fserver.js', '%2e%2e%2fpackage.json', 'constructor', '__proto__'])
      assert.equal((await send(`${url}/ui/${name}`)).status, 404, name);
  });

  it('is not for a name that somebody else pointed at this machine', async () => {
    const asked = request(`${url}/ui`, { headers: { host: 'evil.test' } });
    asked.end();
    const [response] = (await once(asked, 'response')) as [{ statusCode: number; resume: () => void }];
    response.resume();
    assert.equal(response.statusCode, 403);
  });
});
