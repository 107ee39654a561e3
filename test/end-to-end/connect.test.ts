import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Access, Scope } from '../../src/connect/assistant.ts';
import { findAssistant } from '../../src/connect/assistants/index.ts';
import { applied, disconnected, proposed } from '../../src/connect/connection.ts';
import { disk } from '../../src/connect/disk.ts';
import { firstCallOf } from '../../src/connect/first-call.ts';
import { hashKey } from '../../src/keys/virtual-key.ts';
import { isInstalled, runConnected, type AssistantName } from '../support/assistants.ts';
import { newFolder, startServer, type BuiltServer } from '../support/built-server.ts';
import { configText, manage, newKey } from '../support/gateway-client.ts';

const says = 'Good morning from the connected model.';
const model = { model_name: 'harbour-model', litellm_params: { model: 'openai/harbour', mock_response: says } };

/** What its user has written into the file that holds the address; Claude Code takes no comments in it. */
const grown: Record<AssistantName, string> = {
  'claude-code': '{ "env": { "TZ": "UTC" },\n    "includeCoAuthoredBy": false }\n',
  codex: '# mine\nmodel = "own" # the best\n\n[analytics]\nenabled = false\n',
};

const cases: readonly (readonly [AssistantName, Scope])[] = [
  ['claude-code', 'user'],
  ['claude-code', 'project'],
  ['codex', 'user'],
];

describe('an assistant that was connected', () => {
  let server: BuiltServer;
  before(async () => {
    server = await startServer({ config: configText([model]) });
  });
  after(() => server.stop());

  for (const [name, scope] of cases) {
    const hint = isInstalled(name) ? '' : ' (not installed: npm run assistants)';

    describe(`${name}, ${scope === 'user' ? 'wherever its user works' : 'in one project'}${hint}`, () => {
      before(function () {
        if (isInstalled(name)) return;
        assert.notEqual(process.env['REQUIRE_ALL'], '1', `${name}${hint}`);
        this.skip();
      });

      it('answers through the gateway, is heard there, and has its files back to the byte', async () => {
        const [home, project, key] = [newFolder(), newFolder(), await newKey(server.url)];
        const assistant = findAssistant(name);
        assert.ok(assistant);
        const access: Access = { url: server.url, key, model: 'harbour-model', models: [{ id: 'harbour-model' }] };
        const present = (...paths: readonly string[]): string => paths.find(existsSync) ?? paths.at(-1) ?? '';
        const edits = assistant.edits(access, scope, { home, project, variable: () => undefined, present });
        const file = edits[0]?.path ?? join(home, 'none');
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, grown[name]);
        const proposals = await proposed(disk, edits);
        await applied(disk, proposals);

        const { code, output } = await runConnected(name, { prompt: 'Say good morning.', folder: project, home });
        assert.ok(output.includes(says), output);
        assert.equal(code, 0);
        const rows = await manage(server.url, `/purser/rows?key=${hashKey(key)}`);
        assert.equal(firstCallOf(rows, assistant, true)?.model, 'harbour');

        await disconnected(
          disk,
          proposals.map(({ kept }) => kept),
        );
        assert.equal(readFileSync(file, 'utf8'), grown[name]);
        for (const { path } of edits.slice(1)) assert.ok(!existsSync(path), path);
      });
    });
  }
});
