import assert from 'node:assert/strict';
import { once } from 'node:events';
import { objectIn } from '../../src/lib/json.ts';
import { startServer, type BuiltServer } from '../support/built-server.ts';
import {
  chatAnswer,
  chatChunk,
  chatStream,
  fakeProvider,
  json,
  usageChunk,
  type FakeProvider,
  type Script,
} from '../support/fake-provider.ts';
import { chat, configText, hello, manage, newKey, openai, openaiModel, rowsOf } from '../support/gateway-client.ts';

/** How long calls under way may take when the headless gateway is stopped. */
const graceMs = 10_000;
const messages = [{ role: 'user' as const, content: 'Hello' }];

/** Begins to stream, and goes on to the end when told to. */
function heldStream(): { script: Script; begun: Promise<void>; goOn(): void } {
  let tellBegun: () => void;
  let goOn: () => void;
  const begun = new Promise<void>((resolve) => (tellBegun = resolve));
  const told = new Promise<void>((resolve) => (goOn = resolve));
  const script: Script = async (_request, response) => {
    const write = (data: unknown): boolean =>
      response.write(`data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    write(chatChunk({ role: 'assistant', content: 'First ' }));
    tellBegun();
    await told;
    for (const data of [chatChunk({ content: 'and last.' }), chatChunk({}, 'stop'), usageChunk(), '[DONE]'])
      write(data);
    response.end();
  };
  return { script, begun, goOn: () => goOn() };
}

describe('a gateway that is stopped', () => {
  let provider: FakeProvider;
  let server: BuiltServer;
  const start = (folder?: string): Promise<BuiltServer> =>
    startServer({
      config: configText([openaiModel('gpt', `${provider.url}/v1`)]),
      ...(folder === undefined ? {} : { folder }),
    });
  beforeEach(async () => {
    provider = await fakeProvider();
    server = await start();
  });
  afterEach(async () => {
    await server.stop('SIGKILL');
    await provider.close();
  });

  it('lets a stream under way come to its end, books it and exits with 0', async () => {
    const held = heldStream();
    provider.plays(held.script);
    const key = await newKey(server.url);
    const stream = await openai(server.url, key).chat.completions.create({ model: 'gpt', messages, stream: true });
    const texts: string[] = [];
    const started = performance.now();
    const exited = once(server.process, 'exit');
    for await (const chunk of stream) {
      texts.push(chunk.choices[0]?.delta.content ?? '');
      if (texts.length > 1) continue;
      server.process.kill('SIGTERM');
      await refused(server.url);
      held.goOn();
    }
    assert.equal(texts.join(''), 'First and last.');
    assert.deepEqual(await exited, [0, null]);
    assert.ok(performance.now() - started < graceMs, 'it waited for a connection that its client only kept');

    server = await start(server.folder);
    const [row, ...others] = await rowsOf(server.url);
    assert.deepEqual([row?.['status'], row?.['cost'], others], ['done', 20_000, []]);
  });

  it('still has its keys and what they spent after the next start', async () => {
    const key = await newKey(server.url, { key_alias: 'kept', max_budget: 1, models: ['gpt'] });
    const doomed = await newKey(server.url);
    await chat(server.url, key, hello('gpt'));
    await manage(server.url, '/key/delete', { keys: [doomed] });
    assert.equal(await server.stop(), 0);

    server = await start(server.folder);
    const { info } = await manage(server.url, `/key/info?key=${key}`);
    assert.deepEqual(
      [objectIn(info)['key_alias'], objectIn(info)['spend'], objectIn(info)['max_budget']],
      ['kept', 0.00002, 1],
    );
    assert.equal((await chat(server.url, key, hello('gpt'))).status, 200);
    assert.equal((await chat(server.url, doomed, hello('gpt'))).status, 401);
    assert.equal((await rowsOf(server.url)).length, 2);
  });

  it('loses no key, no spend and no row when it is killed', async () => {
    const key = await newKey(server.url, { key_alias: 'kept' });
    await chat(server.url, key, hello('gpt'));
    provider.plays(chatStream('Once ', 'more.'));
    await openai(server.url, key).chat.completions.stream({ model: 'gpt', messages }).finalContent();
    await server.stop('SIGKILL');

    server = await start(server.folder);
    const { info } = await manage(server.url, `/key/info?key=${key}`);
    assert.equal(objectIn(info)['spend'], 0.00004);
    assert.deepEqual(
      (await rowsOf(server.url)).map((row) => row['status']),
      ['done', 'done'],
    );
  });

  it('books a call that was under way when it was killed at its hold, and gives the hold back', async () => {
    const held = heldStream();
    provider.plays(held.script);
    const key = await newKey(server.url, { max_budget: 0.01 });
    const stream = await openai(server.url, key).chat.completions.create({
      model: 'gpt',
      messages,
      stream: true,
      max_completion_tokens: 1000,
    });
    await held.begun;
    await server.stop('SIGKILL');
    await assert.rejects(async () => {
      for await (const chunk of stream) assert.equal(chunk.choices[0]?.delta.content, 'First ');
    });

    server = await start(server.folder);
    await server.printed(/1 calls were interrupted/);
    const [row, ...others] = await rowsOf(server.url);
    assert.deepEqual([row?.['status'], row?.['upperBound'], others], ['interrupted', true, []]);
    const cost = Number(row?.['cost']);
    assert.ok(cost >= 2_000_000 && cost < 2_200_000, String(cost));
    const spent = async (): Promise<number> =>
      Math.round(Number(objectIn((await manage(server.url, `/key/info?key=${key}`))['info'])['spend']) * 1e9);
    assert.equal(await spent(), cost);

    await server.stop();
    server = await start(server.folder);
    assert.equal(await spent(), cost);
    assert.equal((await rowsOf(server.url)).length, 1);
    provider.plays(json(200, chatAnswer('Hi.')));
    assert.equal((await chat(server.url, key, hello('gpt', { max_tokens: 3500 }))).status, 200);
  });
});

/** Resolves when no new connection is taken any more. */
async function refused(url: string): Promise<void> {
  for (;;) {
    try {
      await (await fetch(`${url}/health/readiness`, { headers: { connection: 'close' } })).text();
    } catch {
      return;
    }
  }
}
