import assert from 'node:assert/strict';
import { chmodSync, existsSync, lstatSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configRoutes, type ConfigFile } from '../../src/admin/config-routes.ts';
import type { RoutingEdit } from '../../src/admin/contract.ts';
import { toFailure } from '../../src/chat/failure.ts';
import { configFileAt } from '../../src/config-file.ts';
import { objectIn, objectsIn, type JsonObject } from '../../src/lib/json.ts';
import { adminKey, configText, openaiModel, text } from '../support/gateway-client.ts';
import { gatewayUnderTest, newFolder, type GatewayUnderTest } from '../support/gateway-under-test.ts';

const written = `# Our gateway
general_settings: { master_key: ${adminKey} }
model_list:
  # the good one
  - model_name: gpt # as our tools call it
    litellm_params:
      model: openai/gpt-5
      api_key: os.environ/OPENAI_API_KEY
      rpm: 60 # agreed with them
  - model_name: old
    litellm_params:
      model: openai/gpt-4o
      api_key: plain-text-of-nineteen-ninety
      # api_key: another-text-of-before
litellm_settings:
  fallbacks: [{ gpt: [old] }] # when it is full
router_settings:
  model_group_alias:
    best: { model: gpt, hidden: true }
`;

describe('editing the configuration', () => {
  let gateway: GatewayUnderTest;
  let path: string;
  let file: ConfigFile;
  beforeEach(async () => {
    gateway = await gatewayUnderTest(configText([openaiModel('gpt', 'http://127.0.0.1:9/v1')]));
    path = join(newFolder(), 'config.yaml');
    writeFileSync(path, written, { mode: 0o640 });
    const environment = (name: string): string | undefined =>
      name === 'OPENAI_API_KEY' ? 'sk-of-openai-0001' : undefined;
    const real = configFileAt(path, { file: path, environment, orStarter: true, say: () => undefined });
    // What a head does when its file has changed.
    const write = (text: string): Promise<void> =>
      real.write(text).then(() => gateway.configure(configText([openaiModel('gpt', 'http://127.0.0.1:9/v1')])));
    file = { ...real, write };
  });
  afterEach(() => gateway.close());

  const asked = async (name: string, body: JsonObject, routes = configRoutes(file)): Promise<JsonObject> => {
    const route = routes.find(({ paths }) => paths.includes(name));
    const caller = { id: 'admin', key: undefined, project: null };
    return objectIn(await route?.run(gateway.ports, { caller, query: {}, params: {}, body }));
  };
  const shown = (): Promise<JsonObject> => asked('/purser/config', {});
  const edit = async (edits: readonly RoutingEdit[], save = true): Promise<JsonObject> => {
    const { version = '' } = await shown();
    return asked('/purser/config/edit', { version, edits, save });
  };
  const refusal = async (edits: readonly RoutingEdit[]): Promise<string> => {
    const before = readFileSync(path, 'utf8');
    const failure = await edit(edits).then(() => assert.fail('it was taken'), toFailure);
    assert.equal(readFileSync(path, 'utf8'), before);
    return failure.message;
  };
  const idOf = async (name: string): Promise<string> => {
    const entry = objectsIn((await shown())['entries']).find((one) => objectIn(one['values'])['model_name'] === name);
    return text(entry?.['id']);
  };
  const diffOf = (answer: JsonObject): readonly string[] =>
    objectsIn(answer['diff']).map(({ mark, text: words }) => `${text(mark)}${text(words)}`);

  it('shows what stands there, and no key', async () => {
    const said = await shown();
    assert.ok(!JSON.stringify(said).includes('nineteen'));
    const [gpt, old] = objectsIn(said['entries']);
    assert.deepEqual(gpt?.['values'], {
      ...{ model_name: 'gpt', model: 'openai/gpt-5', key: 'OPENAI_API_KEY', api_base: null, tags: null },
      ...{ order: null, weight: null, rpm: 60, tpm: null, max_parallel_requests: null },
      ...{ input_cost_per_token: null, output_cost_per_token: null, cache_read_input_token_cost: null },
    });
    assert.deepEqual([gpt['holdsSecret'], old?.['holdsSecret']], [false, true]);
    assert.deepEqual(objectIn(said['routing'])['fallbacks'], { gpt: ['old'] });
    assert.deepEqual(objectIn(said['routing'])['model_group_alias'], { best: 'gpt' });
    assert.deepEqual([said['exists'], said['listsModels'], said['problem']], [true, true, null]);
  });

  it('shows the lines that would change, with secrets hidden, and writes nothing before it is told to', async () => {
    const id = await idOf('old');
    const answer = await edit([{ type: 'deployment', id, values: { weight: 3 } }], false);
    assert.equal(answer['saved'], false);
    assert.equal(readFileSync(path, 'utf8'), written);
    const lines = diffOf(answer);
    assert.deepEqual(
      lines.filter((line) => /^[-+]/.test(line)),
      ['+      weight: 3'],
    );
    assert.ok(lines.some((line) => line.includes('api_key')));
    assert.ok(!/nineteen|another-text/.test(lines.join()), lines.join('\n'));
  });

  it('sets and clears the budgets of the gateway and of new projects, and shows them', async () => {
    const ofProjects = { max_budget: 3, budget_duration: '1d' };
    await edit([{ type: 'budgets', values: { max_budget: 20, default_team_params: ofProjects } }]);
    assert.deepEqual((await shown())['budgets'], { max_budget: 20, default_team_params: ofProjects });
    assert.match(readFileSync(path, 'utf8'), /max_budget: 3/);
    await edit([{ type: 'budgets', values: { max_budget: null, default_team_params: null } }]);
    assert.deepEqual((await shown())['budgets'], { max_budget: null, default_team_params: null });
    const wrong = { max_budget: 3, budget_duration: 'soon' };
    assert.match(await refusal([{ type: 'budgets', values: { default_team_params: wrong } }]), /budget_duration/);
  });

  it('changes what was meant and nothing else, keeps the mode and what was there before', async () => {
    const id = await idOf('gpt');
    const answer = await edit([
      { type: 'deployment', id, values: { rpm: 90, key: 'OPENAI_KEY_TWO', order: 1 } },
      {
        type: 'deployment',
        id: null,
        values: { model_name: 'claude', model: 'anthropic/claude-sonnet-4-5', tags: ['fast'] },
      },
    ]);
    assert.deepEqual([answer['saved'], answer['taken']], [true, true]);
    const now = readFileSync(path, 'utf8');
    const lines = now.split('\n');
    for (const line of written.split('\n')) {
      if (!/rpm|OPENAI_API_KEY/.test(line)) assert.ok(lines.includes(line), line);
    }
    assert.match(now, /rpm: 90 # agreed with them/);
    assert.match(now, /api_key: os\.environ\/OPENAI_KEY_TWO/);
    assert.match(now, /- model_name: claude\n {4}litellm_params:\n {6}model: anthropic\/claude-sonnet-4-5/);
    assert.equal(statSync(path).mode & 0o777, 0o640);
    assert.equal(readFileSync(`${path}.backup`, 'utf8'), written);
    assert.equal((await shown())['version'], answer['version']);
  });

  it('writes through a link, and keeps a mode that the process would not give', async () => {
    const link = join(newFolder(), 'linked.yaml');
    symlinkSync(path, link);
    chmodSync(path, 0o666);
    const linked = configFileAt(link, {
      file: link,
      environment: () => undefined,
      orStarter: true,
      say: () => undefined,
    });
    await linked.write(`${written}\n# more\n`);
    assert.ok(lstatSync(link).isSymbolicLink());
    assert.match(readFileSync(path, 'utf8'), /# more/);
    assert.equal(statSync(path).mode & 0o777, 0o666);
  });

  it('clears, removes, and edits routing where it stands', async () => {
    const id = await idOf('gpt');
    await edit([
      { type: 'deployment', id, values: { rpm: null } },
      {
        type: 'routing',
        values: {
          routing_strategy: 'least-busy',
          fallbacks: { gpt: ['old', 'best'] },
          model_group_alias: { best: 'old', quick: 'gpt' },
        },
      },
    ]);
    const now = readFileSync(path, 'utf8');
    assert.ok(!now.includes('rpm'));
    assert.match(now, /litellm_settings:\n {2}fallbacks: .*\bold\b.*\bbest\b.*# when it is full/);
    assert.match(now, /best: \{ model: old, hidden: true \}/);
    assert.match(now, /quick: gpt/);
    assert.match(now, /routing_strategy: least-busy/);
    await edit([{ type: 'routing', values: { routing_strategy: null, fallbacks: {} } }]);
    assert.ok(!/least-busy|fallbacks/.test(readFileSync(path, 'utf8')));
    await edit([{ type: 'remove', id: await idOf('old') }]);
    assert.ok(!readFileSync(path, 'utf8').includes('gpt-4o'));
  });

  it('says that somebody else changed the file, and leaves their change alone', async () => {
    const { version = '' } = await shown();
    writeFileSync(path, `${written}# by hand\n`);
    const failure = await asked('/purser/config/edit', { version, edits: [], save: true }).then(
      () => assert.fail(),
      toFailure,
    );
    assert.deepEqual([failure.status, failure.code], [409, 'configuration_changed']);
    assert.match(readFileSync(path, 'utf8'), /# by hand/);
  });

  it('writes one edit after another: of two made at once the second is told', async () => {
    const { version = '' } = await shown();
    const edits = [{ type: 'routing', values: { routing_strategy: 'least-busy' } }];
    const routes = configRoutes(file);
    const both = await Promise.allSettled([
      asked('/purser/config/edit', { version, edits, save: true }, routes),
      asked('/purser/config/edit', { version, edits: [{ type: 'starter' }], save: true }, routes),
    ]);
    assert.deepEqual(
      both.map(({ status }) => status),
      ['fulfilled', 'rejected'],
    );
  });

  it('refuses what could not be loaded, with its line', async () => {
    const message = await refusal([
      { type: 'deployment', id: null, values: { model_name: 'a', model: 'nobody/knows' } },
    ]);
    assert.match(message, /Nothing was written\. .*config\.yaml:\d+:\d+: .*expected/);
    assert.match(await refusal([{ type: 'deployment', id: null, values: { model_name: 'a' } }]), /model is missing/);
    assert.match(await refusal([{ type: 'remove', id: 'nobody' }]), /no item with the id/);
  });

  it('remarks on what is only doubtful', async () => {
    const answer = await edit([{ type: 'routing', values: { fallbacks: { gpt: ['nobody'] } } }], false);
    assert.match(JSON.stringify(answer['remarks']), /nobody/);
  });

  it('takes no key where the name of a variable belongs, nor anywhere else, and does not repeat it', async () => {
    const keys = [
      'sk-proj-abcdefghijklmnopqrstuvwxyz',
      'AIzaSyA1234567890abcdefghijklmnopqr',
      'a key',
      'gsk_abcdefghijklmnopqrstuvwx1',
    ];
    for (const key of keys) {
      const message = await refusal([{ type: 'deployment', id: await idOf('gpt'), values: { key } }]);
      assert.match(message, /name of a variable, such as OPENAI_API_KEY/);
      assert.ok(!message.includes(key));
    }
    const base = 'https://me:a-password-of-mine@example.test/v1';
    const message = await refusal([{ type: 'deployment', id: await idOf('gpt'), values: { api_base: base } }]);
    assert.match(message, /never stand in the file/);
    assert.ok(!message.includes('a-password-of-mine'));
  });

  it('says that there is no file, and writes one with what is offered without it', async () => {
    path = join(newFolder(), 'config.yaml');
    file = configFileAt(path, { file: path, environment: () => undefined, orStarter: false, say: () => undefined });
    const said = await shown();
    assert.deepEqual([said['exists'], said['version'], said['listsModels'], said['entries']], [false, '', false, []]);
    const answer = await edit([{ type: 'starter' }]);
    assert.equal(answer['saved'], true);
    const now = readFileSync(path, 'utf8');
    assert.match(now, /^# What Purser runs on/);
    assert.match(now, /- model_name: demo/);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.ok(!existsSync(`${path}.backup`));
    assert.deepEqual((await file.load(now)).errors, []);
  });
});
