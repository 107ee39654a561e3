import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { environmentOf } from '../../src/config/environment.ts';
import { loadConfig } from '../../src/config/load.ts';
import { errorsOf, load, loaded, oneModel, providers, warningsOf } from '../support/config.ts';

const seed = join(import.meta.dirname, '../fixtures/seed');

describe('the seed', () => {
  const { config, errors } = loadConfig({
    text: readFileSync(join(seed, 'litellm_config.yaml'), 'utf8'),
    file: 'litellm_config.yaml',
    environment: environmentOf({ processEnv: {}, dotEnvText: readFileSync(join(seed, 'dot-env'), 'utf8') }),
    providers,
  });

  it('loads unchanged', () => {
    assert.deepEqual(errors, []);
    assert.deepEqual(
      config?.deployments.map(({ name, provider, model, keyName }) => [name, provider, model, keyName]),
      [
        ['gpt-4o-alpha', 'openai', 'gpt-4o', 'OPENAI_API_KEY_ALPHA'],
        ['gpt-4o-agents', 'openai', 'gpt-4o', 'OPENAI_API_KEY_AGENTS'],
        ['perplexity-sonar', 'perplexity', 'sonar', 'PERPLEXITY_API_KEY'],
        ['perplexity-sonar-pro', 'perplexity', 'sonar-pro', 'PERPLEXITY_API_KEY'],
        ['claude-3-5-sonnet', 'openrouter', 'anthropic/claude-3.5-sonnet', 'OPENROUTER_API_KEY'],
        ['deepseek-r1', 'openrouter', 'deepseek/deepseek-r1', 'OPENROUTER_API_KEY'],
        ['claude-direct-opus', 'anthropic', 'claude-3-opus-20240229', 'ANTHROPIC_API_KEY'],
        ['gemini-1.5-pro', 'gemini', 'gemini-1.5-pro', 'GEMINI_API_KEY'],
        ['llama3-groq-70b', 'groq', 'llama3-70b-8192', 'GROQ_API_KEY'],
        ['local-llama3', 'ollama', 'llama3', undefined],
      ],
    );
    assert.equal(config.deployments[0]?.apiKey, 'sk-proj-ALPHA...');
    assert.equal(config.deployments[9]?.apiBase, 'http://localhost:11434');
    assert.equal(config.masterKey, 'sk-admin-homelab-super-secret-key-1234');
  });

  it('is told only that PostgreSQL is not used, without its address', () => {
    assert.deepEqual(config?.warnings, [
      {
        file: 'litellm_config.yaml',
        line: 75,
        column: 17,
        message:
          'general_settings.database_url is not used: this version keeps its ledger in the data folder, not in PostgreSQL',
      },
    ]);
  });
});

const noBudgets = {
  budgetLimits: [],
  accountBudgets: {},
  providerBudgets: {},
  groupBudgets: {},
  keyDefaults: {},
  projectDefaults: {},
  keyBounds: {},
};

describe('settings', () => {
  it('have defaults', () => {
    const { routing, ...settings } = { ...loaded(oneModel('{ model: openai/gpt-4o }')), deployments: [] };
    assert.equal(routing.strategy, 'simple-shuffle');
    assert.deepEqual(settings, {
      deployments: [],
      ...noBudgets,
      file: 'config.yaml',
      aliases: {},
      dropParams: false,
      requestTimeoutMs: 6_000_000,
      budgetExceededStatus: 400,
      timeZone: 'UTC',
      resetTime: '00:00',
      unknownPrice: 'assume',
      holdWaitMs: 30_000,
      minUsefulOutput: 256,
      runaway: { action: 'notify', perMinute: 1_000_000_000, factor: 5, repeats: 8 },
      maxRequestBytes: 50 * 1024 * 1024,
      ledgerRows: 200_000,
      ledgerDays: 90,
      keepBodiesDays: 7,
      keepBodiesBytes: 500 * 1024 * 1024,
      priceRefresh: true,
      allowedHosts: [],
      allowedOrigins: [],
      warnings: [],
    });
  });

  it('say how much of the ledger is kept, also in LiteLLM’s words', () => {
    const kept = (settings: string) => {
      const { ledgerRows, ledgerDays } = loaded(
        `${oneModel('{ model: openai/gpt-4o }')}\ngeneral_settings: { ${settings} }`,
      );
      return [ledgerRows, ledgerDays];
    };
    assert.deepEqual(kept('ledger_rows: 50000, ledger_days: 30'), [50_000, 30]);
    assert.deepEqual(kept('maximum_spend_logs_retention_period: "7d"'), [200_000, 7]);
    assert.deepEqual(kept('maximum_spend_logs_retention_period: "12h"'), [200_000, 1]);
  });

  it('keep prompts and answers of keys for 7 days and 500 MB, or as they say', () => {
    const kept = (text: string): readonly number[] => {
      const { keepBodiesDays, keepBodiesBytes } = loaded(
        `${oneModel('{ model: openai/gpt-4o }')}\ngeneral_settings: { ${text} }`,
      );
      return [keepBodiesDays, keepBodiesBytes];
    };
    assert.deepEqual(kept(''), [7, 500 * 1024 * 1024]);
    assert.deepEqual(kept('keep_bodies_days: 0, keep_bodies_mb: 0.5'), [0, 512 * 1024]);
  });

  it('are read from all three sections', () => {
    const config = loaded(`${oneModel('{ model: openai/gpt-4o }')}
litellm_settings:
  drop_params: yes
  request_timeout: 20
  max_budget: 12.5
  budget_duration: monthly
  timezone: Europe/Paris
  budget_reset_time: "06:00"
  budget_exceeded_status_code: 422
router_settings:
  stream_timeout: 0.5
  routing_strategy: simple-shuffle
  model_group_alias: { gpt-4: m, hidden: { model: m, hidden: true } }
general_settings:
  master_key: sk-a-long-one
  litellm_key_header_name: X-My-Key
  allowed_hosts: [purser.lan]
  allowed_origins: ["https://purser.lan"]
  unknown_price: refuse
  hold_wait_seconds: 1.5
  min_useful_output_tokens: 16
  runaway: pause
  runaway_dollars_per_minute: 2.5
  runaway_factor: 3
  runaway_repeats: 0
  hold_per_call: 0.25
  max_request_size_mb: 1
  price_refresh: false
`);
    assert.deepEqual(
      { ...config, deployments: [] },
      {
        deployments: [],
        routing: config.routing,
        ...noBudgets,
        file: 'config.yaml',
        aliases: { 'gpt-4': { model: 'm', hidden: false }, hidden: { model: 'm', hidden: true } },
        masterKey: 'sk-a-long-one',
        keyHeader: 'x-my-key',
        dropParams: true,
        requestTimeoutMs: 20_000,
        streamTimeoutMs: 500,
        maxBudget: 12_500_000_000,
        budgetDuration: 'monthly',
        budgetExceededStatus: 422,
        timeZone: 'Europe/Paris',
        resetTime: '06:00',
        unknownPrice: 'refuse',
        holdWaitMs: 1500,
        minUsefulOutput: 16,
        runaway: { action: 'pause', perMinute: 2_500_000_000, factor: 3, repeats: 0 },
        holdPerCall: 250_000_000,
        maxRequestBytes: 1024 * 1024,
        ledgerRows: 200_000,
        ledgerDays: 90,
        keepBodiesDays: 7,
        keepBodiesBytes: 500 * 1024 * 1024,
        priceRefresh: false,
        allowedHosts: ['purser.lan'],
        allowedOrigins: ['https://purser.lan'],
        warnings: [],
      },
    );
  });

  it("prefer the router's timeout", () => {
    const sections = 'litellm_settings: { request_timeout: 20 }\nrouter_settings: { timeout: 10 }\n';
    assert.equal(loaded(oneModel('{ model: openai/x }') + sections).requestTimeoutMs, 10_000);
  });

  it("refuse unpriced models in LiteLLM's words too", () => {
    const sections = 'litellm_settings: { block_requests_for_models_without_pricing: true }\n';
    assert.equal(loaded(oneModel('{ model: openai/x }') + sections).unknownPrice, 'refuse');
  });

  it('may be empty', () => {
    assert.deepEqual(warningsOf(`${oneModel('{ model: openai/x }')}litellm_settings:\ngeneral_settings:\n`), []);
  });

  it('are frozen at any depth', () => {
    const config = loaded(oneModel('{ model: openai/x, headers: { a: b } }'));
    assert.ok(Object.isFrozen(config) && Object.isFrozen(config.deployments[0]?.headers));
  });
});

describe('the master key', () => {
  const file = oneModel('{ model: openai/x }');
  const long = 'sk-a-long-one';

  it('comes from the environment when the file has none', () => {
    assert.equal(loaded(file, { OPENAI_API_KEY: 'k', LITELLM_MASTER_KEY: long }).masterKey, long);
    const own = `${file}general_settings: { master_key: sk-of-the-file }`;
    assert.equal(loaded(own, { OPENAI_API_KEY: 'k', LITELLM_MASTER_KEY: long }).masterKey, 'sk-of-the-file');
  });

  it('is warned of when it is weak', () => {
    for (const weak of ['sk-1234', 'short', 'sk-123456789']) {
      const [warning, ...others] = warningsOf(`${file}general_settings: { master_key: ${weak} }`);
      assert.match(warning ?? '', /^config\.yaml:4:33: general_settings\.master_key is short or publicly known/);
      assert.deepEqual(others, []);
      const [fromOutside] = warningsOf(file, { OPENAI_API_KEY: 'k', LITELLM_MASTER_KEY: weak });
      assert.match(fromOutside ?? '', /^config\.yaml:1:1: LITELLM_MASTER_KEY is short/);
    }
  });

  it('is left to the gateway when its variable is not set', () => {
    const text = `${file}general_settings: { master_key: os.environ/LITELLM_MASTER_KEY }`;
    assert.equal(loaded(text).masterKey, undefined);
    assert.deepEqual(warningsOf(text), [
      'config.yaml:4:33: general_settings.master_key is left out: the variable "LITELLM_MASTER_KEY" is not set',
    ]);
  });
});

describe('references', () => {
  it('are resolved at any depth, in every section', () => {
    const variables = { TEMPERATURE: '0.5', TEAM: 'red', RPM: '60', DROP: 'True', HOST: 'lan', OPENAI_API_KEY: 'k' };
    const config = loaded(
      `${oneModel('{ model: openai/x, rpm: os.environ/RPM, extra_headers: { X-Team: os.environ/TEAM }, metadata: { a: [os.environ/TEAM] } }')}
litellm_settings: { drop_params: os.environ/DROP }
general_settings: { allowed_hosts: [os.environ/HOST] }
`,
      variables,
    );
    assert.equal(config.deployments[0]?.rpm, 60);
    assert.deepEqual(config.deployments[0].headers, { 'x-team': 'red' });
    assert.deepEqual(config.deployments[0].defaults, { metadata: { a: ['red'] } });
    assert.equal(config.dropParams, true);
    assert.deepEqual(config.allowedHosts, ['lan']);
  });

  it('are whole texts only', () => {
    const file = oneModel('{ model: openai/x, user: "team-os.environ/TEAM" }');
    assert.deepEqual(loaded(file).deployments[0]?.defaults, { user: 'team-os.environ/TEAM' });
    assert.deepEqual(warningsOf(file), [
      'config.yaml:3:46: litellm_params.user has os.environ/ inside a text; only a whole value is a reference',
    ]);
  });

  it('to variables that are not set leave the value out, with a warning', () => {
    const file = oneModel('{ model: openai/x, organization: os.environ/ORG }');
    assert.equal(loaded(file).deployments[0]?.organization, undefined);
    assert.deepEqual(warningsOf(file), [
      'config.yaml:3:54: litellm_params.organization is left out: the variable "ORG" is not set',
    ]);
  });

  it('that leave out what is required are an error', () => {
    assert.deepEqual(errorsOf(oneModel('{ model: os.environ/MODEL }')), [
      'config.yaml:3:30: litellm_params.model is the variable "MODEL", which is not set; expected "provider/model", such as "openai/gpt-4o"',
    ]);
  });

  it('whose value does not fit are an error that does not show it', () => {
    assert.deepEqual(errorsOf(oneModel('{ model: openai/x, rpm: os.environ/RPM }'), { RPM: 'planted' }), [
      'config.yaml:3:45: litellm_params.rpm is the variable "RPM", whose value does not fit; expected a whole number, 1 or more',
    ]);
  });

  it('see environment_variables, which do not override the real ones', () => {
    const text = `${oneModel('{ model: openai/x, api_key: os.environ/MINE, organization: os.environ/ORG }')}
environment_variables: { MINE: from-file, ORG: 42, FROM: os.environ/OTHER }
`;
    assert.equal(loaded(text, {}).deployments[0]?.apiKey, 'from-file');
    assert.equal(loaded(text, {}).deployments[0]?.organization, '42');
    assert.equal(loaded(text, { MINE: 'real' }).deployments[0]?.apiKey, 'real');
  });
});

describe('includes', () => {
  const main = 'include: [models/more.yaml]\nlitellm_settings: { request_timeout: 5, drop_params: true }\n';
  const more = `${oneModel('{ model: openai/x }')}litellm_settings: { request_timeout: 7 }\n`;

  it('add their models, and their settings count', () => {
    const config = loaded(main, undefined, { 'models/more.yaml': more });
    assert.equal(config.deployments.length, 1);
    assert.equal(config.requestTimeoutMs, 7000);
    assert.equal(config.dropParams, true);
  });

  it('may include in turn, from their own folder, and a circle ends', () => {
    const files = {
      'models/more.yaml': `include: more/deep.yaml\n`,
      'models/more/deep.yaml': `include: ../more.yaml\n${more}`,
    };
    assert.equal(loaded(main, undefined, files).deployments.length, 1);
    assert.deepEqual(warningsOf(main, undefined, files), [
      'models/more/deep.yaml:1:10: "../more.yaml" is included already',
    ]);
  });

  it('name their own file in mistakes', () => {
    assert.deepEqual(errorsOf(main, undefined, { 'models/more.yaml': oneModel('{ model: nonsense }') }), [
      'models/more.yaml:3:30: litellm_params.model is "nonsense"; expected a provider before the model, such as "openai/nonsense"',
    ]);
  });

  it('that cannot be read are an error', () => {
    assert.deepEqual(errorsOf(main), [
      'config.yaml:1:11: include[0] is "models/more.yaml"; expected a readable file, its path beginning at this file\'s folder',
    ]);
  });
});

describe('a file', () => {
  it('that says nothing loads, and tells how to begin', () => {
    for (const text of ['', '# nothing yet\n', '{}']) {
      assert.deepEqual(loaded(text).deployments, []);
      assert.match(
        warningsOf(text)[0] ?? '',
        /^config\.yaml:1:\d+: the file says nothing; to offer a model, write model_list:/,
      );
    }
  });

  it('without any model is an error that shows one', () => {
    for (const [text, found] of [
      ['litellm_settings: {}', '1:1: model_list is missing'],
      ['model_list:\n', '1:1: model_list is empty'],
      ['model_list: []\n', '1:13: model_list is an empty list'],
    ] as const) {
      assert.deepEqual(errorsOf(text), [
        `config.yaml:${found}; expected at least one model, such as model_list: [{ model_name: gpt-4o, litellm_params: { model: openai/gpt-4o } }]`,
      ]);
    }
  });

  it('may use anchors and merges as LiteLLM may', () => {
    const config = loaded(`
model_list:
  - model_name: a
    litellm_params: &shared { model: openai/x, rpm: 5 }
  - model_name: b
    litellm_params: { <<: *shared, rpm: 6 }
  - model_name: c
    litellm_params: *shared
`);
    assert.deepEqual(
      config.deployments.map(({ rpm }) => rpm),
      [5, 6, 5],
    );
  });

  it('has all its mistakes reported, in their order', () => {
    const { errors } = load(`
model_list:
  - model_name: a
    litellm_params: { model: opnai/x, rpm: often }
  - model_name: b
    litellm_params: { model: opnai/x }
general_settings: { master_key: [], unknown_price: maybe }
`);
    assert.deepEqual(
      errors.map(({ line, column }) => [line, column]),
      [
        [4, 44],
        [6, 30],
        [7, 33],
        [7, 52],
      ],
    );
  });
});
