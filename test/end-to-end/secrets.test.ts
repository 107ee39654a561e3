import assert from 'node:assert/strict';
import { startServer, textsIn, type BuiltServer } from '../support/built-server.ts';
import {
  chatAnswer,
  chatChunk,
  events,
  fakeProvider,
  json,
  type FakeProvider,
  type Script,
} from '../support/fake-provider.ts';
import { adminKey, chat, configText, hello, newKey, openaiModel, send } from '../support/gateway-client.ts';

/** Of no known shape, so that only knowing it can hide it. */
const planted = 'planted.provider.key/0123456789';

/** Ways in which a provider may give back the key that it was sent. */
const echoes: Readonly<Record<string, Script>> = {
  'a refusal of the key': json(401, { error: { message: `Incorrect API key provided: ${planted}.`, type: planted } }),
  'a refusal of the request': json(400, {
    error: { message: `Bad: ${planted}`, param: planted, code: planted, more: planted },
  }),
  'an error page': (_request, response) =>
    void response.writeHead(500, { 'content-type': 'text/html' }).end(`<b>${planted}</b>`),
  'an error in a whole answer': json(200, { error: { message: `Not with ${planted}`, detail: planted } }),
  'an error amid a stream': events(chatChunk({ content: 'Half' }), {
    error: { message: `Not with ${planted}`, hint: planted },
  }),
  'a redirect': (_request, response) =>
    void response.writeHead(302, { location: `https://elsewhere.test/?key=${planted}` }).end(),
};

describe("the provider's key", () => {
  let provider: FakeProvider;
  let server: BuiltServer;
  let key: string;
  before(async () => {
    provider = await fakeProvider();
    server = await startServer({
      config: configText([
        openaiModel('gpt', `${provider.url}/v1`, {
          api_key: 'os.environ/PLANTED',
          extra_headers: { 'x-more': `more-${planted}` },
        }),
      ]),
      dotEnv: `PLANTED=${planted}\n`,
    });
    key = await newKey(server.url);
  });
  after(async () => {
    await provider.close();
  });

  for (const [name, script] of Object.entries(echoes)) {
    for (const stream of [false, true]) {
      it(`is not in the answer where ${name} holds it${stream ? ', with a stream asked for' : ''}`, async () => {
        provider.plays(script);
        const answer = await chat(server.url, key, hello('gpt', { stream }));
        const head = JSON.stringify([...answer.headers]);
        assert.ok(!answer.text.includes(planted), answer.text);
        assert.ok(!head.includes(planted), head);
      });
    }
  }

  it('is in no answer of the management', async () => {
    provider.plays(json(200, chatAnswer('Hi.')));
    await chat(server.url, key, hello('gpt'));
    const paths = [
      '/model/info',
      '/v1/models',
      '/key/list?return_full_object=true',
      '/spend/logs',
      '/global/spend',
      '/purser/rows',
      '/purser/export',
      '/metrics',
      '/health/readiness',
    ];
    for (const path of paths) {
      const answer = await send(`${server.url}${path}`, { key: adminKey });
      assert.equal(answer.status, 200, path);
      assert.ok(!answer.text.includes(planted), path);
    }
  });

  it('is neither printed nor kept, and nor are the virtual key and the admin key', async () => {
    assert.equal(await server.stop(), 0);
    for (const secret of [planted, key, adminKey]) {
      assert.ok(!server.output().includes(secret), secret);
      for (const [file, text] of textsIn(server.dataFolder)) assert.ok(!text.includes(secret), `${secret} in ${file}`);
    }
  });
});
