import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Access, Assistant, Places, Scope } from '../../src/connect/assistant.ts';
import { assistants } from '../../src/connect/assistants/index.ts';
import { formats } from '../../src/connect/change.ts';
import { applied, disconnected, proposed } from '../../src/connect/connection.ts';
import { disk } from '../../src/connect/disk.ts';

const access: Access = {
  url: 'http://127.0.0.1:4144',
  key: 'sk-of-the-project',
  model: 'gpt-5',
  smallModel: 'gpt-5-mini',
  models: [{ id: 'gpt-5', maxInput: 272_000, maxOutput: 128_000 }, { id: 'gpt-5-mini' }],
};

/** What stands in a file of each kind before anybody connects anything. */
const grown: Record<string, string> = {
  json: '{\n  // mine\n  "env": { "A": "1" }, /* so */\n  "model": "own", // the best\n}\n',
  yaml: '# mine\nname: own # so\nmodels:\n  # the best\n  - name: own\n    model: x\nmodel: own\n',
  toml: '# mine\nmodel = "own" # so\n\n[tui] # not this\nmodel = "x"\n',
  env: '# mine\nA=1\nOPENAI_API_KEY="sk-own" # so\n',
};

/** Copilot's file is a list. */
const grownIn = (path: string, format: string): string =>
  path.endsWith('chatLanguageModels.json') ? '[\n  // mine\n  { "name": "own" }\n]\n' : (grown[format] ?? '');

for (const assistant of assistants) {
  for (const scope of assistant.scopes) {
    describe(`${assistant.title}, connected for ${scope === 'project' ? 'a project' : 'its user'}`, () => {
      let folder: string;
      let places: Places;
      beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), 'purser-assistant-'));
        places = {
          home: join(folder, 'home'),
          project: join(folder, 'project'),
          editor: join(folder, 'editor'),
          variable: () => undefined,
          present: (...paths) => paths.find(existsSync) ?? paths.at(-1) ?? '',
        };
      });
      afterEach(() => rmSync(folder, { recursive: true }));
      const edits = (more: Partial<Access> = {}) => assistant.edits({ ...access, ...more }, scope, places);

      it('has the address and the key in its files, in places of their own', async () => {
        await applied(disk, await proposed(disk, edits()));
        const texts = edits().map(({ path }) => readFileSync(path, 'utf8'));
        assert.ok(texts.some((text) => text.includes(access.url)));
        for (const { path, isSecret } of edits())
          if (readFileSync(path, 'utf8').includes(access.key)) assert.ok(isSecret, path);
        const top = scope === 'project' ? ['project'] : assistant.id === 'copilot' ? ['editor'] : ['home'];
        assert.deepEqual(readdirSync(folder), top);
      });

      it('says all that it is to say in files that have grown, and loses it again to the byte', async () => {
        const before = new Map(edits().map(({ path, format }) => [path, grownIn(path, format)]));
        for (const [path, text] of before) {
          mkdirSync(dirname(path), { recursive: true });
          writeFileSync(path, text);
        }
        const proposals = await proposed(disk, edits());
        await applied(disk, proposals);
        for (const { path, format, settings } of edits()) {
          const text = readFileSync(path, 'utf8');
          assert.match(text, /mine/);
          for (const { path: place, value, isDefault } of settings)
            if (!isDefault) assert.deepEqual(formats[format].get(text, place), value, `${path}: ${text}`);
        }
        await disconnected(
          disk,
          proposals.map(({ kept }) => kept),
        );
        for (const [path, text] of before) assert.equal(readFileSync(path, 'utf8'), text);
      });

      it('leaves nothing behind where there was nothing', async () => {
        const proposals = await proposed(disk, edits());
        await applied(disk, proposals);
        await disconnected(
          disk,
          proposals.map(({ kept }) => kept),
        );
        for (const { path } of edits()) assert.ok(!existsSync(path), path);
      });
    });
  }
}

const called = (id: string): Assistant => {
  const found = assistants.find((one) => one.id === id);
  assert.ok(found, id);
  return found;
};

describe('the assistants', () => {
  const places = (variables: Readonly<Record<string, string>> = {}): Places => ({
    home: '/home/me',
    variable: (name) => variables[name],
    present: (...paths) => paths.at(-1) ?? '',
  });
  const pathsOf = (id: string, variables?: Readonly<Record<string, string>>, scope: Scope = 'user') =>
    called(id)
      .edits(access, scope, places(variables))
      .map(({ path }) => path.replaceAll('\\', '/'));

  it('are looked for where their users have moved them', () => {
    assert.deepEqual(pathsOf('codex', { CODEX_HOME: '/else' }), ['/else/config.toml', '/else/.env']);
    assert.deepEqual(pathsOf('claude-code', { CLAUDE_CONFIG_DIR: '/claude' }), ['/claude/settings.json']);
    assert.deepEqual(pathsOf('opencode', { XDG_CONFIG_HOME: '/config' }), ['/config/opencode/opencode.json']);
  });

  it('that find models by themselves are told none', () => {
    const { model: _model, ...own } = access;
    const [file] = called('claude-code').edits(own, 'user', places());
    assert.ok(
      file?.settings.every(
        ({ path }) =>
          !JSON.stringify(path).includes('MODEL') || path.at(-1) === 'CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY',
      ),
    );
  });

  it('have names and signs of their own', () => {
    const ids = assistants.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    for (const { agents, traces } of assistants)
      assert.ok(agents.length > 0 && Object.values(traces).flat().length > 0);
  });

  it('have no file of the editor to write where its folder is on another machine', () => {
    assert.deepEqual(pathsOf('copilot'), []);
  });
});
