import assert from 'node:assert/strict';
import { objectIn, objectsIn, type JsonObject } from '../../src/lib/json.ts';
import { startServer, type BuiltServer } from '../support/built-server.ts';
import { fakeProvider, type FakeProvider } from '../support/fake-provider.ts';
import {
  adminKey,
  configText,
  hello,
  manage,
  newKey,
  openaiModel,
  text,
  send,
  type Answer,
} from '../support/gateway-client.ts';

const claudeCode = { 'user-agent': 'claude-cli/2.1.197 (external, cli)', 'x-claude-code-session-id': 'session-1' };
const snapshot = '# gitStatus\nThis is the git status.\n\nCurrent branch: fix/leak\n\nStatus:\n(clean)\n';

describe('reports', () => {
  let provider: FakeProvider;
  let server: BuiltServer;
  let key: string;
  before(async () => {
    provider = await fakeProvider();
    const models = [openaiModel('gpt', `${provider.url}/v1`), openaiModel('=mini', `${provider.url}/v1`)];
    server = await startServer({
      config: configText(models, { general_settings: { runaway: 'pause', runaway_repeats: 5 } }),
    });
    key = await newKey(server.url, { key_alias: 'agents', team_id: 'harbour' });
    await ask(hello('gpt', { messages: [{ role: 'user', content: `${snapshot}\nHello` }] }), claudeCode);
    await ask(hello('gpt', { messages: [{ role: 'user', content: 'Only the session is known.' }] }), claudeCode);
    await ask(hello('=mini'));
  });
  after(async () => {
    await server.stop();
    await provider.close();
  });

  const ask = async (body: JsonObject, headers: Record<string, string> = {}): Promise<Answer> => {
    const answer = await send(`${server.url}/v1/chat/completions`, { key, body, headers });
    assert.equal(answer.status, 200, answer.text);
    return answer;
  };
  const callsBy = async (by: string): Promise<readonly unknown[]> => {
    const { lines } = await manage(server.url, `/purser/report?by=${by}`);
    return objectsIn(lines).map(({ name, calls }) => [name, calls]);
  };

  it('tell which assistant, session and branch the money went to', async () => {
    assert.deepEqual(await callsBy('assistant'), [
      ['Claude Code', 2],
      [null, 1],
    ]);
    assert.deepEqual(await callsBy('branch'), [
      ['fix/leak', 2],
      [null, 1],
    ]);
    assert.deepEqual(await callsBy('session'), [
      ['session-1', 2],
      [null, 1],
    ]);
    assert.deepEqual(await callsBy('project'), [['harbour', 3]]);
  });

  it('answer LiteLLM’s scripts, and a key about itself alone', async () => {
    const own = await send(`${server.url}/spend/logs`, { key });
    assert.equal((JSON.parse(own.text) as unknown[]).length, 3);
    assert.equal((await send(`${server.url}/global/spend/models`, { key })).status, 403);
    const models = await send(`${server.url}/global/spend/models`, { key: adminKey });
    assert.deepEqual(JSON.parse(models.text), [{ model: 'gpt-4o', total_spend: 0.00006 }]);
  });

  it('are exported as CSV that a spreadsheet can open without harm, and as JSON', async () => {
    const csv = await send(`${server.url}/purser/export?format=csv`, { key: adminKey });
    assert.match(csv.headers.get('content-type') ?? '', /^text\/csv/);
    assert.match(csv.headers.get('content-disposition') ?? '', /purser-calls\.csv/);
    const lines = csv.text.trimEnd().split('\r\n');
    assert.equal(lines.length, 4);
    assert.match(lines[1] ?? '', /,'=mini,/);
    assert.match(lines[1] ?? '', /,0\.000020000,/);
    const json = await send(`${server.url}/purser/export?format=json&branch=fix/leak`, { key: adminKey });
    assert.equal((JSON.parse(json.text) as unknown[]).length, 2);
    assert.equal((await send(`${server.url}/purser/export`, { key })).status, 403);
  });

  it('come as metrics to whoever has the admin key', async () => {
    const metrics = await send(`${server.url}/metrics`, { key: adminKey });
    assert.match(metrics.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
    assert.match(metrics.text, /^purser_calls_total\{model="gpt",provider="openai",status="done"\} 2$/m);
    assert.match(metrics.text, /^purser_calls_running 0$/m);
    assert.equal((await send(`${server.url}/metrics`, { key })).status, 403);
    assert.equal((await send(`${server.url}/metrics`)).status, 401);
  });

  it('tell of an agent in a loop, whose key is paused until it is unblocked', async () => {
    const loop = await newKey(server.url, { key_alias: 'loop' });
    const answers: Answer[] = [];
    for (let time = 0; time < 6; time += 1) {
      answers.push(await send(`${server.url}/v1/chat/completions`, { key: loop, body: hello('gpt') }));
    }
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200, 200, 200, 400],
    );
    const error = objectIn(answers[5]?.body['error']);
    assert.equal(error['code'], 'key_paused');
    assert.match(
      text(error['message']),
      /key "loop" .* was paused at .* budget: it has asked gpt the same thing 5 times/,
    );
    const { events } = await manage(server.url, '/purser/events');
    const [event] = objectsIn(events).filter(({ type }) => type === 'runaway');
    assert.deepEqual([event?.['why'], event?.['paused']], ['repetition', true]);
    const { info } = await manage(server.url, `/key/info?key=${loop}`);
    assert.match(text(objectIn(info)['blocked_because']), /^has asked gpt the same thing 5 times/);
    await manage(server.url, '/key/unblock', { key: loop });
    assert.equal((await send(`${server.url}/v1/chat/completions`, { key: loop, body: hello('gpt') })).status, 200);
  });
});
