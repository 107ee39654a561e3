import assert from 'node:assert/strict';
import { shownConfig } from '../../../src/admin/config-shown.ts';
import { diagnosticsText, type Diagnostics } from '../../../src/vscode/care/diagnostics-text.ts';
import { safeLog } from '../../../src/vscode/care/safe-log.ts';

/** Secrets as they may stand about: of known shapes, of none, and one that only the editor's storage knows. */
const planted = {
  openai: 'sk-proj-AbCdEfGhIjKlMnOpQrStUvWxYz0123456789',
  anthropic: 'sk-ant-api03-aaaaBBBBccccDDDDeeeeFFFF',
  virtual: 'sk-virtual-key-of-a-project-0001',
  stored: 'no.shape.at.all!42',
  password: 'hunter2hunter2',
};
const leaks = (text: string): readonly string[] => Object.values(planted).filter((secret) => text.includes(secret));

function logUnderTest() {
  const lines: string[] = [];
  const take = (message: string | Error): void => void lines.push(String(message));
  const log = safeLog(
    { info: take, warn: take, error: take, show: () => undefined },
    () => new Date('2026-11-23T12:00:00Z'),
  );
  log.hide([planted.stored]);
  return { log, lines };
}

describe('the log of the extension', () => {
  it('has no secret in any line, whatever is said to it', () => {
    const { log, lines } = logUnderTest();
    for (const secret of [planted.openai, planted.anthropic, planted.virtual, planted.stored]) {
      log.info(`with ${secret}`);
      log.warn(`Bearer ${secret}`);
      log.error(new Error(`refused: ${secret}`));
    }
    log.error(`postgres://me:${planted.password}@host/db`);
    assert.equal(lines.length, 13);
    assert.deepEqual(leaks(lines.join('\n') + log.troubles().join('\n')), []);
  });

  it('remembers what went wrong, the newest, and nothing else', () => {
    const { log } = logUnderTest();
    log.info('all is well');
    for (let number = 0; number < 60; number += 1) log.warn(`trouble ${number}`);
    const troubles = log.troubles();
    assert.equal(troubles.length, 50);
    assert.equal(troubles.at(-1), '2026-11-23T12:00:00.000Z warn trouble 59');
  });
});

describe('the diagnostics', () => {
  const parts = (more: Partial<Diagnostics> = {}): Diagnostics => ({
    versions: { Purser: '0.1.0', Editor: 'code-server 1.139' },
    settings: { purser: { port: 4144 } },
    gateway: { State: 'running', Address: 'http://127.0.0.1:4144' },
    configuration: undefined,
    providers: [
      { title: 'OpenAI', account: 'OPENAI_API_KEY', key: 'set', models: 3, lastError: `bad key ${planted.openai}` },
    ],
    files: [{ name: 'journal-1.log', bytes: 20_000_000 }],
    troubles: [],
    ...more,
  });

  it('name versions, settings, providers and the size of the data', () => {
    const text = diagnosticsText(parts(), logUnderTest().log.redact);
    for (const part of ['Purser: 0.1.0', '"port": 4144', 'OpenAI (OPENAI_API_KEY): key set', 'journal-1.log: 19.07 MB'])
      assert.ok(text.includes(part), part);
  });

  it('hold none of the planted secrets', () => {
    const { log } = logUnderTest();
    log.error(`it said ${planted.stored}`);
    const file = [
      'model_list:',
      '  - model_name: a # keep me',
      `    litellm_params: { model: openai/a, api_key: ${planted.openai} }`,
      '  - model_name: b',
      `    litellm_params: { model: openai/b, api_key: "${planted.stored}", headers: { x-team: ${planted.password} } }`,
      '  - model_name: c',
      '    litellm_params: { model: openai/c, api_key: os.environ/OPENAI_API_KEY }',
      `general_settings: { master_key: ${planted.virtual} }`,
      `# api_key: ${planted.anthropic}`,
    ].join('\n');
    const configuration = shownConfig(file, log.redact);
    const settings = { 'http.proxy': `http://me:${planted.password}@proxy` };
    const text = diagnosticsText(parts({ configuration, settings, troubles: log.troubles() }), log.redact);
    assert.deepEqual(leaks(text), []);
    assert.ok(text.includes('# keep me'), 'comments stay');
    assert.ok(text.includes('os.environ/OPENAI_API_KEY'), 'names of variables stay');
  });

  it('show nothing of a configuration that cannot be read', () => {
    const broken = `model_list: [\n  key: ${planted.password}`;
    assert.ok(!shownConfig(broken, (text) => text).includes(planted.password));
  });

  it('cannot be broken out of by what they quote', () => {
    const text = diagnosticsText(parts({ configuration: '~~~~\n# Headline' }), (all) => all);
    assert.ok(!text.includes('\n~~~~\n# Headline'));
  });
});
