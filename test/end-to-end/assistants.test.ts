import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assistants, isInstalled, runAssistant, type AssistantName, type Ran } from '../support/assistants.ts';
import { newFolder, startServer, type BuiltServer } from '../support/built-server.ts';
import { fakeProvider, type FakeProvider } from '../support/fake-provider.ts';
import { anthropicModel, configText, newKey, openaiModel } from '../support/gateway-client.ts';
import { breakOff, speak, toolsOf, type Said } from '../support/speaking-provider.ts';

/** The models that each is tried with: one whose provider speaks its own format, and one whose does not. */
const models = {
  'claude-code': { own: 'claude-sonnet-4-5', foreign: 'claude-foreign' },
  codex: { own: 'gpt-own', foreign: 'gpt-foreign' },
} as const;

/** The call with which each reads a file. */
const reading: Record<AssistantName, (file: string, offered: readonly unknown[]) => Said> = {
  'claude-code': (file) => ({ tool: 'Read', input: { file_path: file } }),
  codex: (file, offered) =>
    offered.includes('exec_command')
      ? { tool: 'exec_command', input: { cmd: `cat ${file}` } }
      : { tool: 'shell', input: { command: ['cat', file] } },
};

describe('an assistant in a home of its own', () => {
  let provider: FakeProvider;
  let server: BuiltServer;
  let key: string;
  before(async () => {
    provider = await fakeProvider();
    server = await startServer({
      config: configText([
        anthropicModel(models['claude-code'].own, provider.url),
        openaiModel(models['claude-code'].foreign, `${provider.url}/v1`),
        openaiModel(models.codex.own, `${provider.url}/v1`),
        anthropicModel(models.codex.foreign, provider.url),
      ]),
    });
    key = await newKey(server.url);
  });
  after(async () => {
    await server.stop();
    await provider.close();
  });
  beforeEach(() => provider.requests.splice(0));

  for (const name of Object.keys(assistants) as readonly AssistantName[]) {
    for (const [whose, model] of Object.entries(models[name])) {
      const hint = isInstalled(name) ? '' : ' (not installed: npm run assistants)';

      describe(`${name} on a provider of ${whose === 'own' ? 'its own format' : 'another format'}${hint}`, () => {
        before(function () {
          if (isInstalled(name)) return;
          assert.notEqual(process.env['REQUIRE_ALL'], '1', `${name}${hint}`);
          this.skip();
        });

        const run = (folder: string, prompt: string, by = key): Promise<Ran> =>
          runAssistant(name, { url: server.url, key: by, model, prompt, folder, home: newFolder() });

        it('shows the answer', async () => {
          provider.plays((request, response) => speak(request, response, { text: 'Good morning from the model.' }));
          const { code, output } = await run(newFolder(), 'Say good morning.');
          assert.match(output, /Good morning from the model\./);
          assert.equal(code, 0);
        });

        it('runs the tool that the model calls, and brings back what it gave', async () => {
          const folder = newFolder();
          const file = join(folder, 'note.txt');
          writeFileSync(file, 'The harbour is open.\n');
          let brought: string | undefined;
          provider.plays((request, response) => {
            const text = JSON.stringify(request.body);
            if (text.includes('The harbour is open.')) brought = text;
            const called = reading[name](file, toolsOf(request));
            speak(request, response, brought === undefined ? called : { text: 'It says that all may come in.' });
          });
          const { code, output } = await run(folder, `Read ${file}.`);
          assert.ok(brought, output);
          assert.match(output, /It says that all may come in\./);
          assert.equal(code, 0);
        });

        it('shows why a spent budget refuses, and ends at once', async () => {
          const spent = await newKey(server.url, { max_budget: 0 });
          const { output, milliseconds } = await run(newFolder(), 'Say good morning.', spent);
          assert.match(output, /has spent \$0\S* of its [a-z ]*budget of \$0/);
          assert.equal(provider.requests.length, 0);
          assert.ok(milliseconds < 20_000, `it took ${milliseconds} ms`);
        });

        it('gets over a stream that breaks', async () => {
          provider.plays((request, response) =>
            provider.requests.length === 1
              ? breakOff(request, response, { text: 'Half of it.' })
              : speak(request, response, { text: 'Good evening from the model.' }),
          );
          const { code, output } = await run(newFolder(), 'Say good evening.');
          assert.match(output, /Good evening from the model\./);
          assert.ok(provider.requests.length > 1);
          assert.equal(code, 0);
        });
      });
    }
  }
});
