import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline, Readable } from 'node:stream';
import { startServer, type BuiltServer } from '../support/built-server.ts';
import { chatChunk, fakeProvider, usageChunk, type FakeProvider } from '../support/fake-provider.ts';
import { configText, hello, newKey, openaiModel, rowsOf } from '../support/gateway-client.ts';
import { residentMb, secondsSince, sized, tell } from './scale.ts';

const mega = 1_000_000;
/** What the system's own buffers on the two connections and the gateway's may hold together. */
const mostUnderWay = 24 * mega;

describe('a client that reads slowly', () => {
  const size = sized(50, 400) * mega;
  let provider: FakeProvider;
  let server: BuiltServer;
  /** Bytes that the provider could hand over so far. */
  let sent = 0;
  beforeEach(async () => {
    provider = await fakeProvider((_request, response) => streams(response));
    server = await startServer({
      // A silence of a second would end a stream: a reader's pause is not one.
      config: configText([openaiModel('gpt', `${provider.url}/v1`, { stream_timeout: 1 })]),
    });
    sent = 0;
  });
  afterEach(async () => {
    await server.stop('SIGKILL');
    await provider.close();
  });

  const frames = Buffer.from(`data: ${JSON.stringify(chatChunk({ content: ' word by word' }))}\n\n`.repeat(40));
  function* stream(): Generator<Buffer> {
    for (; sent < size; sent += frames.length) yield frames;
    const last = [JSON.stringify(chatChunk({}, 'stop')), JSON.stringify(usageChunk()), '[DONE]'];
    for (const data of last) yield Buffer.from(`data: ${data}\n\n`);
  }
  function streams(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    pipeline(Readable.from(stream(), { objectMode: false }), response, () => undefined);
  }
  async function ask(): Promise<IncomingMessage> {
    const outgoing = request(`${server.url}/v1/chat/completions`, {
      method: 'POST',
      agent: false,
      headers: { authorization: `Bearer ${await newKey(server.url)}`, 'content-type': 'application/json' },
    });
    outgoing.end(JSON.stringify(hello('gpt', { stream: true })));
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    return response;
  }
  /** Watches memory and what is under way while `work` goes on. */
  async function watched(
    readSoFar: () => number,
    work: Promise<unknown>,
  ): Promise<{ underWay: number; grown: number }> {
    const before = residentMb(server.process.pid);
    let [underWay, most] = [0, before];
    const look = setInterval(() => {
      underWay = Math.max(underWay, sent - readSoFar());
      most = Math.max(most, residentMb(server.process.pid));
    }, 20);
    await work.finally(() => clearInterval(look));
    return { underWay, grown: most - before };
  }

  it(`gets a stream of ${size / mega} MB whole, and the gateway does not hold it`, async () => {
    let read = 0;
    let end = '';
    const start = performance.now();
    const response = await ask();
    const reading = async (): Promise<void> => {
      await pause(1_500);
      let sinceRest = 0;
      for await (const part of response as AsyncIterable<Buffer>) {
        read += part.length;
        end = (end + part.toString('latin1')).slice(-100);
        sinceRest += part.length;
        if (sinceRest < mega) continue;
        sinceRest = 0;
        await pause(10);
      }
    };
    const { underWay, grown } = await watched(() => read, reading());
    assert.ok(end.endsWith('data: [DONE]\n\n'), end);
    assert.ok(read >= size, `${read} bytes of ${size}`);
    assert.ok(underWay < mostUnderWay, `${underWay} bytes were under way`);
    assert.ok(grown < 200, `the gateway grew by ${grown} MB`);
    const [row] = await rowsOf(server.url);
    assert.equal(row?.['status'], 'done');
    tell(
      'slow client',
      `${Math.round(read / mega)} MB in ${secondsSince(start)}`,
      `at most ${(underWay / mega).toFixed(1)} MB under way`,
      `the gateway grew by ${grown} MB`,
    );
  });

  it('that never reads is waited for, and costs no memory while it waits', async () => {
    let isClosed = false;
    const response = await ask();
    response.pause().on('close', () => (isClosed = true));
    await pause(1_000); // until all buffers are full
    const before = sent;
    const { grown } = await watched(() => 0, pause(sized(2_000, 30_000)));
    assert.equal(sent, before);
    assert.ok(sent < mostUnderWay, `${sent} bytes were taken`);
    assert.equal(isClosed, false);
    assert.deepEqual(await rowsOf(server.url), []);
    response.destroy();
    tell(
      'never reads',
      `${(sent / mega).toFixed(1)} MB were taken from the provider`,
      `then the gateway grew by ${grown} MB`,
    );
  });
});

const pause = (milliseconds: number): Promise<void> => new Promise((go) => setTimeout(go, milliseconds));
