import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { JsonObject } from '../../src/lib/json.ts';
import { dist, newFolder, runServer, startServer, type BuiltServer } from '../support/built-server.ts';
import { fakeProvider } from '../support/fake-provider.ts';
import { readText } from '../support/fixtures.ts';
import { adminKey, chat, configText, hello, manage, openai, openaiModel, send } from '../support/gateway-client.ts';

const idsOf = async (url: string, key: string): Promise<readonly unknown[]> => {
  const { body } = await send(`${url}/v1/models`, { key });
  return (body['data'] as JsonObject[]).map(({ id }) => id);
};

describe('without a configuration', () => {
  let server: BuiltServer;
  let key: string;
  before(async () => {
    server = await startServer();
    [, key = ''] = await server.printed(/it is shown only now: (sk-\S+)/);
  });
  after(() => server.stop());

  it('a demo model answers by the official client, whole and streamed, at no cost', async () => {
    const client = openai(server.url, key);
    const messages = [{ role: 'user' as const, content: 'Hello' }];
    const { data, response } = await client.chat.completions.create({ model: 'demo', messages }).withResponse();
    assert.match(data.choices[0]?.message.content ?? '', /Hello from Purser/);
    assert.equal(response.headers.get('x-litellm-response-cost'), '0');
    const streamed = await client.chat.completions.stream({ model: 'demo', messages }).finalContent();
    assert.equal(streamed, data.choices[0]?.message.content);
  });

  it('the admin key is kept for its owner alone, and not shown again', async () => {
    const file = join(server.dataFolder, 'admin-key');
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.equal(readFileSync(file, 'utf8').trim(), key);
    await server.stop();
    server = await startServer({ folder: server.folder });
    assert.ok(!server.output().includes(key));
    assert.equal((await chat(server.url, key, hello('demo'))).status, 200);
  });

  it('providers whose key is there serve their models by prefix and by bare ids', async () => {
    const provider = await fakeProvider();
    const other = await startServer({
      variables: {
        OPENAI_API_KEY: 'sk-of-openai',
        ANTHROPIC_API_KEY: 'sk-ant',
        LITELLM_MASTER_KEY: adminKey,
        HTTPS_PROXY: provider.url,
      },
    });
    const { data } = (await manage(other.url, '/model/info')) as { data: readonly JsonObject[] };
    const names = data.map((row) => row['model_name']);
    for (const name of ['demo', 'openai/*', 'anthropic/*']) assert.ok(names.includes(name), name);
    const ids = await idsOf(other.url, adminKey);
    for (const id of ['demo', 'gpt-4o', 'openai/gpt-4o']) assert.ok(ids.includes(id), id);
    await other.stop();
    await provider.close();
  });
});

describe('the curl line that is printed works as it is', () => {
  const demo = { model_name: 'demo', litellm_params: { model: 'openai/demo', mock_response: 'Hello from the demo.' } };
  const withoutKey = JSON.stringify({ model_list: [demo] });

  async function assertWorks(server: BuiltServer, variables: Readonly<Record<string, string>> = {}): Promise<void> {
    const [line] = await server.printed(/^curl .*$/m);
    const { stdout } = await promisify(execFile)('bash', ['-c', `${line} --silent`], {
      env: { PATH: process.env['PATH'], ...variables },
    });
    assert.match(stdout, /Hello from/);
    await server.stop();
  }

  it('with a key that was made, now and at later starts', async () => {
    const server = await startServer();
    await assertWorks(server);
    const again = await startServer({ folder: server.folder });
    await assertWorks(again);
  });

  it('with a key from the environment, in a shell that has it too', async () => {
    const variables = { LITELLM_MASTER_KEY: adminKey };
    const server = await startServer({ config: withoutKey, variables });
    await assertWorks(server, variables);
    assert.ok(!server.output().includes(adminKey));
  });

  it('with a key from .env', async () => {
    const server = await startServer({ config: withoutKey, dotEnv: `LITELLM_MASTER_KEY="${adminKey}"\n` });
    await assertWorks(server);
    assert.ok(!server.output().includes(adminKey));
  });
});

describe("the seed's configuration", () => {
  it('loads unchanged with its .env, lists its ten models and prints a curl line', async () => {
    const config = readText('seed/litellm_config.yaml');
    const dotEnv = readText('seed/dot-env');
    const server = await startServer({ config, dotEnv });
    const [, key = ''] = /LITELLM_MASTER_KEY="?([^"\n]+)/.exec(dotEnv) ?? [];
    assert.deepEqual(await idsOf(server.url, key), [
      'gpt-4o-alpha',
      'gpt-4o-agents',
      'perplexity-sonar',
      'perplexity-sonar-pro',
      'claude-3-5-sonnet',
      'deepseek-r1',
      'claude-direct-opus',
      'gemini-1.5-pro',
      'llama3-groq-70b',
      'local-llama3',
    ]);
    const [line] = await server.printed(/^curl .*$/m);
    assert.match(line, /"model":"gpt-4o-alpha"/);
    assert.ok(!server.output().includes(key));
    assert.equal(await server.stop(), 0);
  });
});

describe('a configuration', () => {
  it('with a mistake stops the start, and says file and line', async () => {
    const config =
      'model_list:\n  - model_name: gpt\n    litellm_params:\n      model: openai/gpt-4o\n      rpm: many\n';
    const { code, output } = await runServer({ config });
    assert.equal(code, 1);
    assert.match(output, /config\.yaml:5:\d+/);
    assert.match(output, /rpm/);
  });

  it('that is no YAML stops the start, and says file and line', async () => {
    const { code, output } = await runServer({ config: 'model_list:\n  - model_name: "gpt\n' });
    assert.equal(code, 1);
    assert.match(output, /config\.yaml:\d+:\d+/);
  });

  it('is read again when it changes, and a wrong edit keeps the old one', async () => {
    const base = 'http://127.0.0.1:9/v1';
    const server = await startServer({ config: configText([openaiModel('before', base)]) });
    const file = join(server.folder, 'config.yaml');

    writeFileSync(file, configText([openaiModel('after', base), openaiModel('more', base)]));
    await server.printed(/was read again: 2 deployments/);
    assert.deepEqual(await idsOf(server.url, adminKey), ['after', 'more']);

    writeFileSync(file, 'model_list: 5\n');
    await server.printed(/config\.yaml:1:\d+.*\n.*the configuration of before stays in force/);
    assert.deepEqual(await idsOf(server.url, adminKey), ['after', 'more']);

    writeFileSync(file, configText([openaiModel('mended', base)]));
    await server.printed(/was read again: 1 deployments/);
    assert.deepEqual(await idsOf(server.url, adminKey), ['mended']);
    await server.stop();
  });
});

describe('the start', () => {
  it('finds the code compiled that it and a first call need, which the build has left beside it', () => {
    for (const name of ['server-gateway', 'lib-undici-agent'])
      assert.ok(existsSync(join(dist, `${name}.js.cache`)), name);
  });

  it('fails in one sentence where the port is taken', async () => {
    const provider = await fakeProvider();
    const { code, output } = await runServer({ arguments: ['--port', new URL(provider.url).port] });
    assert.equal(code, 1);
    assert.match(output, /^error: Port \d+ on 127\.0\.0\.1 is taken by another program\. .*--port/m);
    assert.ok(!output.includes('    at '));
    await provider.close();
  });

  it('fails in one sentence where another Purser has the data folder', async () => {
    const server = await startServer();
    const { code, output } = await runServer({ folder: server.folder });
    assert.equal(code, 1);
    assert.match(output, new RegExp(`in use by another Purser \\(process ${server.process.pid}\\)`));
    await server.stop();
  });

  it('fails in one sentence for an option or a file that is not there', async () => {
    for (const [given, expected] of [
      [['--config', 'nowhere.yaml'], /There is no configuration file .*nowhere\.yaml/],
      [['--port', 'http'], /--port http is no port/],
      [['--prot', '4000'], /--prot/],
    ] as const) {
      const { code, output } = await runServer({ arguments: given });
      assert.equal(code, 1);
      assert.match(output, expected);
      assert.ok(!output.includes('    at '), output);
    }
  });

  it('leaves its data readable for its owner alone', async () => {
    const server = await startServer();
    assert.equal(statSync(server.dataFolder).mode & 0o777, 0o700);
    await server.stop();
  });

  it('takes a data folder that does not exist yet, however deep', async () => {
    const folder = newFolder();
    rmSync(folder, { recursive: true });
    mkdirSync(folder);
    const deep = join(folder, 'a', 'b', 'c');
    const server = await startServer({ arguments: ['--data-dir', deep] });
    assert.ok(statSync(deep).isDirectory());
    await server.stop();
  });
});
