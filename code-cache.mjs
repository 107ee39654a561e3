import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const key = 'sk-for-the-code-cache-alone';

/**
 * Has the built headless server write V8's code cache (src/boot.ts), with what a start and its first calls compile in it.
 * Without one everything works, a little later: a build does not fail for it.
 */
export async function writeCodeCache(dist) {
  const folder = await mkdtemp(join(tmpdir(), 'purser-build-'));
  const provider = createServer(answerAsProvider).listen(0, '127.0.0.1');
  await once(provider, 'listening');
  const config = join(folder, 'config.yaml');
  await writeFile(config, JSON.stringify(configFor(provider.address().port)));
  const options = ['--config', config, '--port', '0', '--data-dir', join(folder, 'data')];
  const server = spawn(process.execPath, [resolve(dist, 'server.js'), ...options], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, LITELLM_MASTER_KEY: key, PURSER_WRITES_CODE_CACHE: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 20_000,
  });
  const ended = once(server, 'close');
  try {
    const [said] = await Promise.race([once(server.stdout.setEncoding('utf8'), 'data'), ended]);
    const [address] = /http:\/\/127\.0\.0\.1:\d+/.exec(said) ?? [];
    if (address === undefined) throw new Error('the server did not start');
    for (const stream of [false, true]) await ask(address, stream);
  } catch (error) {
    console.warn(`No code cache was made: ${error}`);
  } finally {
    server.kill('SIGTERM');
    await ended;
    provider.close();
    await rm(folder, { recursive: true, force: true });
  }
}

const configFor = (port) => ({
  model_list: [
    {
      model_name: 'gpt-4o-mini',
      litellm_params: {
        model: 'openai/gpt-4o-mini',
        api_base: `http://127.0.0.1:${port}/v1`,
        api_key: 'sk-of-nobody',
      },
    },
  ],
  general_settings: { price_refresh: false },
});

async function ask(address, stream) {
  const answer = await fetch(`${address}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-4o-mini', stream, messages: [{ role: 'user', content: 'Hello' }] }),
  });
  await answer.text();
}

/** As OpenAI answers, whole and as a stream. */
function answerAsProvider(request, response) {
  let body = '';
  request.on('data', (text) => (body += text));
  request.on('end', () => {
    const { stream } = JSON.parse(body);
    const head = { id: '1', created: 1, model: 'gpt-4o-mini' };
    const usage = { prompt_tokens: 9, completion_tokens: 1, total_tokens: 10 };
    const choice = { index: 0, finish_reason: 'stop' };
    if (!stream) {
      response.setHeader('content-type', 'application/json');
      const message = { role: 'assistant', content: 'Hello' };
      response.end(JSON.stringify({ ...head, object: 'chat.completion', choices: [{ ...choice, message }], usage }));
      return;
    }
    response.setHeader('content-type', 'text/event-stream');
    const frames = [
      { choices: [{ index: 0, delta: { role: 'assistant', content: 'Hello' } }] },
      { choices: [{ ...choice, delta: {} }] },
      { choices: [], usage },
    ].map((frame) => JSON.stringify({ ...head, object: 'chat.completion.chunk', ...frame }));
    response.end([...frames, '[DONE]'].map((data) => `data: ${data}\n\n`).join(''));
  });
}
