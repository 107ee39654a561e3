import assert from 'node:assert/strict';
import { startServer, type BuiltServer } from '../support/built-server.ts';
import { fakeProvider, type FakeProvider } from '../support/fake-provider.ts';
import { configText, hello, newKey, openai, openaiModel, rowsOf, send } from '../support/gateway-client.ts';

describe('whose project a call is', () => {
  let provider: FakeProvider;
  let server: BuiltServer;
  let key: string;
  before(async () => {
    provider = await fakeProvider();
    server = await startServer({ config: configText([openaiModel('gpt', `${provider.url}/v1`)]) });
    key = await newKey(server.url);
  });
  after(async () => {
    await server.stop();
    await provider.close();
  });

  async function booked(path: string, asking: { key?: string; body?: object; headers?: Record<string, string> } = {}) {
    const answer = await send(`${server.url}${path}`, { key, body: hello('gpt'), ...asking });
    assert.equal(answer.status, 200, answer.text);
    const [row] = await rowsOf(server.url, answer.headers.get('x-litellm-call-id') ?? '');
    return { project: row?.['project'], evidence: row?.['evidence'] };
  }
  const chat = '/v1/chat/completions';

  it("is told by the path, which the client's base URL keeps", async () => {
    const client = openai(`${server.url}/p/harbour`, key);
    const { response } = await client.chat.completions
      .create({ model: 'gpt', messages: [{ role: 'user', content: 'Hello' }] })
      .withResponse();
    const [row] = await rowsOf(server.url, response.headers.get('x-litellm-call-id') ?? '');
    assert.equal(row?.['project'], 'harbour');
    assert.equal(row['evidence'], 'path');
    assert.equal((await send(`${server.url}/p/harbour/v1/models`, { key })).status, 200);
  });

  it('is told by a header, and by the session from then on', async () => {
    const session = { 'x-session-id': 'one' };
    const told = await booked(chat, { headers: { ...session, 'x-purser-project': 'lighthouse' } });
    assert.deepEqual(told, { project: 'lighthouse', evidence: 'header' });
    assert.deepEqual(await booked(chat, { headers: session }), { project: 'lighthouse', evidence: 'session' });
  });

  it('is told by the working directory in the prompt, of which only the name is kept', async () => {
    const body = hello('gpt', { messages: [{ role: 'system', content: 'Working directory: /home/dev/quay\n' }] });
    assert.deepEqual(await booked(chat, { body }), { project: 'quay', evidence: 'prompt' });
  });

  it('stays open where nothing tells', async () => {
    assert.deepEqual(await booked(chat), { project: null, evidence: null });
  });

  it("is the key's own, whatever else is said", async () => {
    const own = await newKey(server.url, { team_id: 'pier' });
    const headers = { 'x-purser-project': 'harbour' };
    assert.deepEqual(await booked(`/p/quay${chat}`, { key: own, headers }), { project: 'pier', evidence: 'key' });
  });
});
