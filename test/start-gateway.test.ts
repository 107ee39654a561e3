import assert from 'node:assert/strict';
import { join } from 'node:path';
import { environmentOf } from '../src/config/environment.ts';
import { bindPort } from '../src/http/bound-port.ts';
import { startGateway, type RunningGateway } from '../src/start-gateway.ts';
import { threadOptions } from './ledger/support.ts';
import { chatChunk, fakeProvider, type FakeProvider } from './support/fake-provider.ts';
import { adminKey, chat, configText, hello, openaiModel } from './support/gateway-client.ts';
import { configOf, newFolder } from './support/gateway-under-test.ts';

describe('a running gateway', () => {
  let provider: FakeProvider;
  let gateway: RunningGateway | undefined;
  beforeEach(async () => {
    provider = await fakeProvider();
  });
  afterEach(async () => {
    await stop(0);
    await provider.close();
  });
  const stop = async (graceMs: number): Promise<void> => {
    const running = gateway;
    gateway = undefined;
    await running?.stop(graceMs);
  };

  const start = async (names: readonly string[], port = 0): Promise<string> => {
    const dataFolder = newFolder();
    const { script, wasm } = threadOptions(dataFolder);
    const bound = await bindPort({
      ...{ host: '127.0.0.1', port, file: join(dataFolder, 'gateway.json') },
      ...{ owner: 'the tests', version: '1.0.0', keys: [], onUnwritten: assert.ifError },
    });
    gateway = await startGateway(bound, {
      config: configOf(configText(names.map((name) => openaiModel(name, `${provider.url}/v1`)))),
      environment: environmentOf({ processEnv: {} }),
      adminKey,
      dataFolder,
      files: { ledgerThread: String(script), tokenThread: '', wasm },
      write: () => undefined,
    });
    return `http://127.0.0.1:${bound.port}`;
  };

  it('ends a stream that outlives its grace with the error event, never as if it were whole', async () => {
    const url = await start(['gpt']);
    const stopping = new Promise<void>((resolve) => {
      provider.plays((_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write(`data: ${JSON.stringify(chatChunk({ content: 'Half' }))}\n\n`);
        resolve();
      });
    }).then(() => stop(50));
    const { status, text } = await chat(url, adminKey, hello('gpt', { stream: true }));
    await stopping;
    assert.equal(status, 200);
    assert.match(text, /Half[^]*Purser was stopped before this answer was complete/);
    assert.ok(!text.includes('[DONE]'));
    await provider.requests[0]?.hungUp;
  });

  it('serves what a new configuration says, and calls under way go on with the old one', async () => {
    const url = await start(['old']);
    let finish = (): void => undefined;
    const begun = new Promise<void>((resolve) => {
      provider.plays((_request, response) => {
        finish = () =>
          void response
            .writeHead(200, { 'content-type': 'application/json' })
            .end('{"choices":[{"message":{"content":"Old."},"finish_reason":"stop"}]}');
        resolve();
      });
    });
    const running = chat(url, adminKey, hello('old'));
    await begun;
    gateway?.configure(configOf(configText([openaiModel('new', `${provider.url}/v1`)])));
    assert.equal((await chat(url, adminKey, hello('old'))).status, 400);
    finish();
    assert.match((await running).text, /Old\./);
  });

  it('says in a sentence that its port is taken', async () => {
    await assert.rejects(start(['gpt'], Number(new URL(provider.url).port)), /Port \d+ on 127\.0\.0\.1 is taken/);
  });
});
