import assert from 'node:assert/strict';
import { quoted } from '../../src/config/quote.ts';
import { formatFinding } from '../../src/config/findings.ts';
import { load, oneModel } from '../support/config.ts';

/** One of each shape; no part of any may stand in a finding. */
const secrets = [
  'sk-proj-AbCdEfGh12345678',
  'sk-ant-api03-planted-secret',
  'gsk_plantedplanted1',
  'AIzaSyPlanted1234567890',
  'plantedPassword123!',
  'postgresql://user:planted-password@db:5432/ledger',
  'http://user:planted-password@host/v1',
  'Bearer planted',
];

const one = oneModel('{ model: openai/x }');

/** Files with a mistake at or beside a secret. */
const mistaken: Readonly<Record<string, (secret: string) => string>> = {
  'a key as the model': (secret) => oneModel(`{ model: "${secret}" }`),
  'a key as the provider': (secret) => oneModel(`{ model: x, custom_llm_provider: "${secret}" }`),
  'a list of keys': (secret) => oneModel(`{ model: openai/x, api_key: ["${secret}"] }`),
  'a misspelt api_key': (secret) => oneModel(`{ model: openai/x, api_ky: "${secret}" }`),
  'a misspelt base': (secret) => oneModel(`{ model: openai/x, api_bas: "${secret}" }`),
  'a reference that is a key': (secret) => oneModel(`{ model: openai/x, api_key: "os.environ/${secret}" }`),
  'a key inside a text': (secret) => oneModel(`{ model: openai/x, user: "${secret} os.environ/X" }`),
  'a key in a wrong place': (secret) => `${one}api_key: "${secret}"`,
  'a base that is none': (secret) => oneModel(`{ model: openai/x, api_base: "${secret}" }`),
  'a key as a number of requests': (secret) => oneModel(`{ model: openai/x, rpm: "${secret}" }`),
  'a key as a header': (secret) => oneModel(`{ model: openai/x, headers: "${secret}" }`),
  'a key as a key': (secret) => `${one}"${secret}": 1`,
  'a key as a key of a section': (secret) => `${one}general_settings: { "${secret}": 1 }`,
  'a list of master keys': (secret) => `${one}general_settings: { master_key: ["${secret}"] }`,
  'a database address': (secret) => `${one}general_settings: { database_url: "${secret}" }`,
  'a list of databases': (secret) => `${one}general_settings: { database_url: ["${secret}"] }`,
  'a key as a switch': (secret) => `${one}litellm_settings: { drop_params: "${secret}" }`,
  'an unknown alias': (secret) => `${one}router_settings: { model_group_alias: { a: "${secret}" } }`,
  'a variable that is a list': (secret) => `${one}environment_variables: { PLANTED: ["${secret}"] }`,
  'broken quotes': (secret) => `${one}general_settings: { master_key: "${secret} }`,
  'a key without quotes': (secret) => `${one}general_settings:\n  master_key: ${secret}: ${secret}\n`,
  'an alias': (secret) => `${one}general_settings:\n  master_key: *${secret}\n`,
  'a tag': (secret) => `${one}general_settings:\n  master_key: !${secret} a\n`,
  'an include': (secret) => `include: ["${secret}"]`,
  'a key as the name of a model': (secret) =>
    `model_list: [{ model_name: "${secret}*", litellm_params: { model: openai/x } }]`,
  'the same key twice': (secret) => `${one}general_settings:\n  master_key: ${secret}\n  master_key: ${secret}\n`,
};

describe('a secret never stands in a finding', () => {
  for (const [name, text] of Object.entries(mistaken)) {
    it(name, () => {
      for (const secret of secrets) {
        const { config, errors } = load(text(secret), { LITELLM_MASTER_KEY: 'sk-1234' });
        const findings = [...errors, ...(config?.warnings ?? [])].map(formatFinding).join('\n');
        assert.notEqual(findings, '');
        for (const part of partsOf(secret)) assert.ok(!findings.includes(part), findings);
      }
    });
  }

  it('nor does one that came from a variable', () => {
    for (const secret of secrets) {
      const params = [
        'model',
        'rpm',
        'timeout',
        'headers',
        'input_cost_per_token',
        'budget_duration',
        'api_base',
        'custom_llm_provider',
      ];
      for (const key of params) {
        const base = key === 'model' ? '' : 'model: openai/x, ';
        const { config, errors } = load(oneModel(`{ ${base}${key}: os.environ/PLANTED }`), { PLANTED: secret });
        const findings = [...errors, ...(config?.warnings ?? [])].map(formatFinding).join('\n');
        assert.notEqual(findings, '');
        for (const part of partsOf(secret)) assert.ok(!findings.includes(part), findings);
      }
    }
  });
});

/** The secret, and what of it a careless message could show. */
const partsOf = (secret: string): readonly string[] =>
  [secret, 'planted', 'Planted', 'AbCdEfGh', '12345678'].filter((part) => secret.includes(part));

describe('a quoted text', () => {
  it('may be a name', () => {
    for (const name of [
      'claude-3-5-sonnet-20241022',
      'openrouter/deepseek/deepseek-r1',
      'llama3-70b-8192',
      'gpt-4o',
      '2 years',
      'OPENAI_API_KEY_ALPHA',
    ]) {
      assert.equal(quoted(name), `"${name}"`);
    }
  });

  it('is not shown when it could be a secret, or would break the line', () => {
    for (const text of [...secrets, 'two\nlines', 'x'.repeat(100), 'user@host', 'a1b2c3d4e5f6a7b8'])
      assert.equal(quoted(text), 'a text');
  });
});
