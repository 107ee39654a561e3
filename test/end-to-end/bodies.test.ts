import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { objectIn, objectsIn } from '../../src/lib/json.ts';
import { newFolder, startServer, textsIn, type BuiltServer } from '../support/built-server.ts';
import { chatStream, fakeProvider, type FakeProvider } from '../support/fake-provider.ts';
import {
  adminKey,
  anthropicModel,
  configText,
  manage,
  newKey,
  openai,
  openaiModel,
  rowsOf,
  send,
  text,
} from '../support/gateway-client.ts';

describe('kept prompts and answers of the built server', () => {
  const folder = newFolder();
  let provider: FakeProvider;
  let server: BuiltServer;
  let config: string;
  before(async () => {
    provider = await fakeProvider(chatStream('Good ', 'day, ', 'harbour.'));
    config = configText([openaiModel('gpt', `${provider.url}/v1`), anthropicModel('claude', provider.url)]);
    server = await startServer({ folder, config });
  });
  after(async () => {
    await server.stop();
    await provider.close();
  });

  it('last over a restart in files of their own, for the owner alone, and are sent again from there', async () => {
    const key = await newKey(server.url, { keep_bodies: 7 });
    const said = `my key is ${key}, the lighthouse is white`;
    const stream = await openai(server.url, key).chat.completions.create({
      ...{ model: 'gpt', stream: true, max_completion_tokens: 50 },
      messages: [{ role: 'user', content: said }],
    });
    let heard = '';
    for await (const chunk of stream) heard += chunk.choices[0]?.delta.content ?? '';
    assert.equal(heard, 'Good day, harbour.');
    const [row] = await rowsOf(server.url);
    const call = text(row?.['call']);
    await server.stop();

    const files = [...textsIn(join(folder, 'data'))];
    const bodies = files.filter(([file]) => file.endsWith('.json.gz'));
    assert.equal(bodies.length, 1);
    assert.ok(bodies.every(([file]) => basename(file).includes(call) && (statSync(file).mode & 0o777) === 0o600));
    for (const [file, found] of files) {
      assert.ok(!found.includes('lighthouse') && !found.includes('harbour.'), file);
      assert.ok(!found.includes(key), file);
    }

    server = await startServer({ folder, config });
    const kept = await manage(server.url, `/purser/calls/${call}/body`);
    assert.match(JSON.stringify(kept['request']), /my key is \.\.\..{4}, the lighthouse is white/);
    const readable = await manage(server.url, `/purser/calls/${call}/body?view=readable`);
    assert.deepEqual(objectsIn(readable['answer']), [{ type: 'text', text: 'Good day, harbour.' }]);
    const done = await manage(server.url, '/purser/replay', { call, model: 'gpt' });
    assert.deepEqual([objectIn(done['replay'])['cost'], objectIn(done['original'])['cost']], [20_000, 20_000]);
    assert.deepEqual(objectsIn(done['answer']), [{ type: 'text', text: 'Good day, harbour.' }]);
  });

  it('are deleted with DELETE, and are gone for good', async () => {
    const key = await newKey(server.url, { keep_bodies: 1 });
    const body = { model: 'gpt', stream: true, max_tokens: 50, messages: [{ role: 'user', content: 'Forget me' }] };
    const { headers } = await send(`${server.url}/v1/chat/completions`, { key, body });
    const path = `${server.url}/purser/calls/${headers.get('x-litellm-call-id') ?? ''}/body`;
    assert.equal((await send(path, { key: adminKey })).status, 200);
    const before = textsIn(join(folder, 'data', 'bodies')).size;
    const deleted = await fetch(path, { method: 'DELETE', headers: { authorization: `Bearer ${adminKey}` } });
    assert.equal(deleted.status, 200);
    assert.equal((await send(path, { key: adminKey })).status, 404);
    assert.equal(textsIn(join(folder, 'data', 'bodies')).size, before - 1);
  });
});
