import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { Failure } from '../../src/chat/failure.ts';
import { neverSent } from '../../src/network/connection-failure.ts';
import { upstream, type OutgoingRequest, type Upstream } from '../../src/network/upstream.ts';
import { fakeProvider, json, type FakeProvider } from '../support/fake-provider.ts';
import { readText } from '../support/fixtures.ts';

const key = 'sk-never-to-be-seen';
const authority = join(import.meta.dirname, '../fixtures/tls/authority.pem');

const patience = { firstMs: 5000, idleMs: 5000, totalMs: 5000 };

const post = (url: string, rest: Partial<OutgoingRequest> = {}): OutgoingRequest => ({
  url,
  method: 'POST',
  headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
  body: '{"model":"m"}',
  patience,
  ...rest,
});

/** What `promise` fails with; its message, and those of its causes, must not hold the key. */
async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  const error = await promise.then(
    () => assert.fail('it did not fail'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof Failure, String(error));
  assert.ok(!`${error.message}${String(error.cause)}`.includes(key));
  return error;
}

/** A client's next call takes at least as long; undici frees a connection in the turn after its answer. */
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}

describe('upstream', () => {
  let provider: FakeProvider;
  let out: Upstream;
  beforeEach(async () => {
    provider = await fakeProvider(json(200, { ok: true }, { 'X-Request-Id': 'r1' }));
    out = upstream({ environment: {} });
  });
  afterEach(async () => {
    await out.close();
    await provider.close();
  });

  it('sends the request as it is and gives status, lower-case headers and body', async () => {
    const answered = await out.send(post(`${provider.url}/v1/chat/completions?x=1`));
    assert.equal(answered.status, 200);
    assert.equal(answered.headers['x-request-id'], 'r1');
    assert.equal(await answered.body.text(), '{"ok":true}');
    const [request] = provider.requests;
    assert.equal(request?.method, 'POST');
    assert.equal(request.path, '/v1/chat/completions?x=1');
    assert.equal(request.headers.authorization, `Bearer ${key}`);
    assert.equal(request.headers['accept-encoding'], 'identity');
    assert.deepEqual(request.body, { model: 'm' });
  });

  it('uses a connection again', async () => {
    const ports = new Set<number | undefined>();
    provider.plays((request, response) => {
      ports.add(response.socket?.remotePort);
      return json(200, {})(request, response);
    });
    for (let count = 0; count < 3; count += 1) {
      await (await out.send(post(provider.url))).body.text();
      await nextTurn();
    }
    assert.equal(ports.size, 1);
  });

  it('gives a refusal like any answer', async () => {
    provider.plays(json(429, { error: { message: 'slow down' } }, { 'retry-after': '3' }));
    const answered = await out.send(post(provider.url));
    assert.equal(answered.status, 429);
    assert.equal(answered.headers['retry-after'], '3');
    await answered.body.dump();
  });

  it('does not follow a redirect and names where it leads', async () => {
    provider.plays((_request, response) => {
      response.writeHead(307, { location: `https://elsewhere.test/v1?key=${key}` }).end('moved');
    });
    const failure = await failureOf(out.send(post(provider.url)));
    assert.equal(failure.kind, 'provider-nonsense');
    assert.match(failure.message, /redirect to elsewhere\.test,/);
  });

  it('says so when an answer is packed although it was asked not to be', async () => {
    provider.plays((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('?');
    });
    assert.match((await failureOf(out.send(post(provider.url)))).message, /answered in gzip/);
  });

  it('names the host of a refused connection, which was never sent', async () => {
    const { url } = provider;
    await provider.close();
    const failure = await failureOf(out.send(post(url)));
    assert.equal(failure.kind, 'provider-unreachable');
    assert.ok(failure.message.includes(`${new URL(url).host} refused the connection`), failure.message);
    assert.ok(neverSent(failure));
    provider = await fakeProvider();
  });

  it('refuses an address that is none', async () => {
    const failure = await failureOf(out.send(post('localhost/v1')));
    assert.equal(failure.kind, 'provider-unreachable');
    assert.ok(neverSent(failure));
  });

  it('says that a header cannot be written without showing it', async () => {
    const failure = await failureOf(out.send(post(provider.url, { headers: { authorization: `Bearer ${key}\n` } })));
    assert.match(failure.message, /could not be written/);
    assert.ok(neverSent(failure));
  });

  it('tells a connection that breaks before the answer', async () => {
    provider.plays((_request, response) => void response.socket?.destroy());
    const failure = await failureOf(out.send(post(provider.url)));
    assert.equal(failure.kind, 'provider-unreachable');
    assert.match(failure.message, /closed the connection before it answered/);
    assert.ok(!neverSent(failure));
  });

  it('gives what came before a break in the middle of the answer, then the failure', async () => {
    provider.plays((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: 1\n\n', () => response.socket?.destroy());
    });
    const { body } = await out.send(post(provider.url));
    const pieces = body[Symbol.asyncIterator]();
    const first = await pieces.next();
    assert.equal(Buffer.from(first.value as Uint8Array).toString(), 'data: 1\n\n');
    const failure = await failureOf(pieces.next());
    assert.equal(failure.kind, 'provider-unreachable');
    assert.match(failure.message, /in the middle of its answer/);
  });

  it('stops waiting for an answer that does not begin', async () => {
    provider.plays(() => undefined);
    const failure = await failureOf(out.send(post(provider.url, { patience: { ...patience, firstMs: 30 } })));
    assert.equal(failure.kind, 'provider-timeout');
    assert.match(failure.message, /did not begin to answer/);
  });

  it('stops waiting for an answer that falls silent', async () => {
    provider.plays((_request, response) => void response.writeHead(200).write('a'));
    const { body } = await out.send(post(provider.url, { patience: { ...patience, idleMs: 30 } }));
    const failure = await failureOf(body.text());
    assert.equal(failure.kind, 'provider-timeout');
    assert.match(failure.message, /fell silent/);
  });

  it('hangs up on the provider when the call is given up before the answer', async () => {
    const abort = new AbortController();
    provider.plays(() => abort.abort());
    const failure = await failureOf(out.send(post(provider.url, { signal: abort.signal })));
    assert.equal(failure.kind, 'cancelled');
    assert.ok(!neverSent(failure));
    await provider.requests[0]?.hungUp;
  });

  it('tells a signal that ran out of time from a client that hung up', async () => {
    provider.plays(() => undefined);
    const failure = await failureOf(out.send(post(provider.url, { signal: AbortSignal.timeout(30) })));
    assert.equal(failure.kind, 'provider-timeout');
  });

  it('hangs up on the provider when the call is given up in the middle of the answer', async () => {
    const abort = new AbortController();
    provider.plays((_request, response) => void response.writeHead(200).write('a'));
    const { body } = await out.send(post(provider.url, { signal: abort.signal }));
    const text = failureOf(body.text());
    abort.abort(new Failure('stopping', 'The gateway is stopping.'));
    assert.equal((await text).kind, 'stopping');
    await provider.requests[0]?.hungUp;
  });

  it('sends nothing for a call that was given up before', async () => {
    const reason = new Failure('stopping', 'The gateway is stopping.');
    const failure = await failureOf(out.send(post(provider.url, { signal: AbortSignal.abort(reason) })));
    assert.equal(failure.kind, 'stopping');
    assert.ok(neverSent(failure));
    assert.ok(!neverSent(reason), 'other calls may have been sent when the same reason stopped them');
    assert.equal(provider.requests.length, 0);
  });

  it('hangs up when the reader leaves early', async () => {
    provider.plays((_request, response) => void response.writeHead(200).write('a'));
    const { body } = await out.send(post(provider.url));
    for await (const piece of body) {
      assert.equal(piece.length, 1);
      break;
    }
    await provider.requests[0]?.hungUp;
  });

  it('takes an answer of at most 64 MB as text', async () => {
    const megabyte = Buffer.alloc(1024 * 1024, 'a');
    const endless = function* (): Generator<Buffer> {
      for (;;) yield megabyte;
    };
    provider.plays((_request, response) => void Readable.from(endless()).pipe(response));
    const failure = await failureOf((await out.send(post(provider.url))).body.text());
    assert.equal(failure.kind, 'provider-nonsense');
    await provider.requests[0]?.hungUp;
  });
});

describe('upstream over TLS and proxies', () => {
  let origin: Server;
  let proxy: Server;
  let port = 0;
  let address = '';
  /** Host and credentials of each tunnel that was asked for. */
  let tunnels: (readonly [host: string | undefined, credentials: string | undefined])[] = [];
  let out: Upstream | undefined;
  let refusal: string | undefined;

  before(async () => {
    const tls = { key: readText('tls/server-key.pem'), cert: readText('tls/server.pem') };
    origin = createTlsServer(tls, (_request, response) => response.end('secret'));
    port = await listening(origin);
    proxy = createServer((_request, response) => response.writeHead(500).end());
    proxy.on('connect', (request, client: Socket) => {
      tunnels.push([request.url, request.headers['proxy-authorization']]);
      if (refusal !== undefined) return void client.end(`HTTP/1.1 ${refusal}\r\n\r\n`);
      const server = connect(port, '127.0.0.1', () => {
        client.write('HTTP/1.1 200 Connection established\r\n\r\n');
        server.pipe(client).pipe(server);
      });
      client.on('error', () => server.destroy());
      server.on('error', () => client.destroy());
    });
    address = `127.0.0.1:${await listening(proxy)}`;
  });
  beforeEach(() => {
    tunnels = [];
    refusal = undefined;
  });
  afterEach(() => out?.close());
  after(async () => {
    await closed(origin);
    await closed(proxy);
  });

  it('tunnels to a provider whose authority NODE_EXTRA_CA_CERTS names, and uses the tunnel again', async () => {
    out = upstream({ environment: { HTTPS_PROXY: `http://me:p%40ss@${address}`, NODE_EXTRA_CA_CERTS: authority } });
    const first = await out.send(post('https://api.provider.test/v1/messages'));
    assert.equal(await first.body.text(), 'secret');
    await nextTurn();
    const second = await out.send(post('https://api.provider.test/v1/messages'));
    assert.equal(await second.body.text(), 'secret');
    assert.deepEqual(tunnels, [['api.provider.test:443', `Basic ${btoa('me:p@ss')}`]]);
  });

  it('does not trust an authority that nobody named, and says how to name it', async () => {
    out = upstream({ environment: { https_proxy: address } });
    const failure = await failureOf(out.send(post('https://api.provider.test/')));
    assert.equal(failure.kind, 'provider-unreachable');
    assert.match(failure.message, /api\.provider\.test: its certificate .* NODE_EXTRA_CA_CERTS/);
    assert.ok(neverSent(failure));
  });

  it('takes any certificate where the user switched the check off', async () => {
    out = upstream({ environment: { https_proxy: address, NODE_TLS_REJECT_UNAUTHORIZED: '0' } });
    assert.equal((await out.send(post('https://other.provider.test/'))).status, 200);
  });

  it('does not take a certificate for another name', async () => {
    out = upstream({ environment: { https_proxy: address, NODE_EXTRA_CA_CERTS: authority } });
    const failure = await failureOf(out.send(post('https://other.provider.test/')));
    assert.match(failure.message, /certificate is for another name/);
  });

  it('says what the proxy answered when it refuses', async () => {
    refusal = '407 Proxy Authentication Required';
    out = upstream({ environment: { HTTPS_PROXY: `http://me:${key}@${address}` } });
    const failure = await failureOf(out.send(post('https://api.provider.test/')));
    assert.equal(failure.kind, 'provider-unreachable');
    assert.ok(failure.message.includes(`the proxy ${address} answered 407`), failure.message);
    assert.ok(neverSent(failure));
  });

  it('names a proxy that cannot be reached', async () => {
    const gone = await fakeProvider();
    await gone.close();
    out = upstream({ environment: { HTTPS_PROXY: gone.url } });
    const failure = await failureOf(out.send(post('https://api.provider.test/')));
    assert.ok(failure.message.includes(`the proxy ${new URL(gone.url).host} refused`), failure.message);
  });

  it('refuses a proxy of an unknown kind', async () => {
    out = upstream({ environment: { HTTPS_PROXY: 'ftp://127.0.0.1:1' } });
    assert.match((await failureOf(out.send(post('https://api.provider.test/')))).message, /must begin with http/);
  });

  it('tells TLS to a plain server from other troubles', async () => {
    const plain = await fakeProvider();
    out = upstream({ environment: {} });
    const failure = await failureOf(out.send(post(plain.url.replace('http:', 'https:'))));
    assert.match(failure.message, /did not answer in TLS/);
    await plain.close();
  });

  it('goes straight to loopback', async () => {
    const plain = await fakeProvider(json(200, {}));
    out = upstream({ environment: { HTTP_PROXY: `http://${address}` } });
    await (await out.send(post(plain.url))).body.dump();
    assert.deepEqual(tunnels, []);
    await plain.close();
  });

  it('tunnels plain http too', async () => {
    out = upstream({ environment: { HTTP_PROXY: `http://${address}` } });
    await failureOf(out.send(post('http://api.provider.test:8080/')).then(({ body }) => body.text()));
    assert.deepEqual(tunnels, [['api.provider.test:8080', undefined]]);
  });
});
