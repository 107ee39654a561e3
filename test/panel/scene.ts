import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { NanoUsd } from '../../src/chat/money.ts';
import type { CloseRecord, CostSource } from '../../src/ledger/records.ts';
import { newFolder, startServer, type BuiltServer } from '../support/built-server.ts';
import { chatAnswer, chatChunk, fakeProvider, json, type FakeProvider, type Script } from '../support/fake-provider.ts';
import { anthropicModel, chat, configText, hello, manage, openaiModel, send, text } from '../support/gateway-client.ts';
import { gatewayUnderTest } from '../support/gateway-under-test.ts';

/** A built gateway with a past, keys, projects and calls of this day, all of them made through it. */
export interface Scene {
  readonly server: BuiltServer;
  readonly provider: FakeProvider;
  /** Secrets by alias. */
  readonly keys: Readonly<Record<string, string>>;
  /** Lets the calls that are kept waiting come to their end. */
  readonly release: () => void;
  readonly close: () => Promise<void>;
}

const budgets = {
  litellm_settings: { max_budget: 120, budget_duration: '1mo', num_retries: 0 },
  router_settings: { fallbacks: [{ 'gpt-5': ['claude-sonnet'] }], allowed_fails: 0, cooldown_time: 600 },
};

const modelsAt = (base: string) => [
  openaiModel('gpt-5', `${base}/v1`, { model: 'openai/gpt-5', order: 1 }),
  openaiModel('gpt-5', `${base}/second/v1`, { model: 'openai/gpt-5', order: 2, api_key: 'sk-provider-second-account' }),
  openaiModel('gpt-5-mini', `${base}/v1`, {
    ...{ model: 'openai/gpt-5-mini', input_cost_per_token: 0.00000025, output_cost_per_token: 0.000002 },
  }),
  anthropicModel('claude-sonnet', base, { input_cost_per_token: 0.000003, output_cost_per_token: 0.000015 }),
  { model_name: 'local', litellm_params: { model: 'ollama/qwen3', api_base: `${base}/ollama` } },
];

export async function openScene(pastRows = 1_200): Promise<Scene> {
  const held = new Set<() => void>();
  const provider = await fakeProvider(answering(held));
  const folder = newFolder();
  const config = configText(modelsAt(provider.url), budgets);
  await writePast(join(folder, 'data'), config, pastRows);
  const server = await startServer({ folder, config });
  const keys = await makeKeys(server.url);
  return {
    ...{ server, provider, keys },
    release() {
      for (const end of held) end();
      held.clear();
    },
    async close() {
      for (const end of held) end();
      await server.stop();
      await provider.close();
    },
  };
}

/** Streams keep waiting after their first words until they are released; `broken` is refused. */
const answering =
  (held: Set<() => void>): Script =>
  (request, response) => {
    const asked = JSON.stringify(request.body['messages'] ?? '');
    if (request.path.endsWith('/models'))
      return json(200, { data: [{ id: 'gpt-5' }, { id: 'gpt-5-mini' }] })(request, response);
    if (asked.includes('broken'))
      return json(500, { error: { message: 'The model is overloaded.' } })(request, response);
    const isMessages = request.path.endsWith('/messages');
    if (request.body['stream'] !== true)
      return json(200, isMessages ? anthropicAnswer : chatAnswer('Done.', manyTokens))(request, response);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(
      `data: ${JSON.stringify(chatChunk({ role: 'assistant', content: 'Let me look at the harbour first. ' }))}\n\n`,
    );
    held.add(() => {
      response.write(`data: ${JSON.stringify(chatChunk({ content: 'Done.' }, 'stop'))}\n\n`);
      response.end('data: [DONE]\n\n');
    });
  };

const manyTokens = {
  prompt_tokens: 18_400,
  completion_tokens: 740,
  prompt_tokens_details: { cached_tokens: 15_000 },
};
const anthropicAnswer = {
  ...{ id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-sonnet-4-5', stop_reason: 'end_turn' },
  content: [{ type: 'text', text: 'Done.' }],
  usage: { input_tokens: 2_400, output_tokens: 610, cache_read_input_tokens: 9_000, cache_creation_input_tokens: 400 },
};

async function makeKeys(url: string): Promise<Readonly<Record<string, string>>> {
  await manage(url, '/team/new', {
    ...{
      team_id: 'harbour',
      team_alias: 'harbour',
      max_budget: 60,
      budget_duration: '1mo',
      folders: ['/work/harbour'],
    },
  });
  await manage(url, '/team/new', { team_id: 'website', team_alias: 'website', max_budget: 5, budget_duration: '7d' });
  const make = async (alias: string, settings: object): Promise<readonly [string, string]> => {
    const made = await manage(url, '/key/generate', { key_alias: alias, ...settings });
    return [alias, text(made['key'])];
  };
  return Object.fromEntries([
    await make('claude-code', {
      ...{ team_id: 'harbour', max_budget: 40, budget_duration: '1mo', rpm_limit: 60 },
      budget_limits: [{ max_budget: 5, budget_duration: '1d' }],
    }),
    await make('codex', { team_id: 'harbour', max_budget: 25, budget_duration: '1mo' }),
    await make('website-bot', {
      team_id: 'website',
      max_budget: 0.05,
      budget_duration: '1d',
      models: ['gpt-5-mini', 'local'],
    }),
  ]);
}

const agents = {
  'claude-code': { 'user-agent': 'claude-cli/2.1.197 (external, cli)', 'x-claude-code-session-id': 'session-1' },
  codex: { 'user-agent': 'codex_cli_rs/0.169.0', originator: 'codex_cli_rs' },
};

/** Calls of this minute: whole ones, failed ones, one that fell back. */
export async function makeCalls({ server, keys }: Scene): Promise<void> {
  const ask = (alias: string, body: object, headers = {}) =>
    send(`${server.url}/v1/chat/completions`, { key: keys[alias] ?? '', body, headers });
  for (let count = 0; count < 3; count += 1) {
    await ask('claude-code', hello('claude-sonnet'), agents['claude-code']);
    await ask('codex', hello('gpt-5-mini', { max_tokens: 1_000 }), agents.codex);
  }
  await ask('website-bot', hello('gpt-5-mini', { max_tokens: 1_000 }));
}

/** One whose provider fails at every attempt. */
export const failedCall = ({ server, keys }: Scene) =>
  chat(server.url, keys['codex'] ?? '', {
    model: 'gpt-5-mini',
    max_tokens: 50,
    messages: [{ role: 'user', content: 'broken' }],
  });

/** A stream that stays open until it is released or stopped. */
export const longCall = ({ server, keys }: Scene) =>
  send(`${server.url}/v1/chat/completions`, {
    key: keys['codex'] ?? '',
    headers: agents.codex,
    body: hello('gpt-5-mini', { stream: true, max_tokens: 4_000 }),
  });

const day = 86_400_000;

/** Rows of the last forty days: dearer on working days, with a little of everything. */
async function writePast(folder: string, config: string, count: number): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const gateway = await gatewayUnderTest(config, folder);
  const now = Date.now();
  const random = generator(7);
  for (let index = 0; index < count; index += 1)
    gateway.store.books.close(pastRow(index, now - 40 * day * (1 - index / count) - 1, random));
  await gateway.close();
}

const kinds = [
  {
    group: 'claude-sonnet',
    model: 'claude-sonnet-4-5',
    provider: 'anthropic',
    assistant: 'Claude Code',
    project: 'harbour',
    rate: 3_000,
  },
  { group: 'gpt-5', model: 'gpt-5', provider: 'openai', assistant: 'Codex', project: 'harbour', rate: 1_250 },
  { group: 'gpt-5-mini', model: 'gpt-5-mini', provider: 'openai', assistant: 'Codex', project: 'website', rate: 250 },
  { group: 'gpt-5-mini', model: 'gpt-5-mini', provider: 'openai', assistant: null, project: null, rate: 250 },
  { group: 'local', model: 'qwen3', provider: 'ollama', assistant: 'Cline', project: 'website', rate: 0 },
] as const;

function pastRow(index: number, at: number, random: () => number): CloseRecord {
  const kind = kinds[Math.min(kinds.length - 1, Math.floor(random() ** 1.5 * kinds.length))] ?? kinds[0];
  const { group, model, provider, assistant, project, rate } = kind;
  const weekend = [0, 6].includes(new Date(at).getDay());
  const input = Math.round((weekend ? 900 : 4_000) * (0.3 + random()));
  const usage = {
    input,
    cacheRead: input * 4,
    cacheWrite: 0,
    cacheWrite1h: 0,
    output: Math.round(input / 5),
    reasoning: 0,
  };
  const failed = random() < 0.03;
  const source: CostSource = failed ? 'estimated' : random() < 0.1 ? 'reported' : 'computed';
  const cost = failed ? 0 : Math.round(usage.input * rate + usage.cacheRead * rate * 0.1 + usage.output * rate * 5);
  return {
    ...{
      type: 'close',
      call: `past-${index}`,
      at,
      key: 'admin',
      scopes: ['gateway'],
      evidence: project === null ? null : 'prompt',
    },
    ...{ group, model, provider, assistant, project, account: provider, deployment: `${provider}-${model}` },
    ...{ dialect: 'openai-chat', stream: true, session: null, status: failed ? 'failed' : 'done', source },
    ...{
      failure: failed ? 'provider-error' : null,
      usage: failed ? null : usage,
      cost: cost as NanoUsd,
      upperBound: false,
    },
    price: { input: rate * 1_000, output: rate * 5_000, cacheRead: rate * 100, source: 'config' },
    ...{ firstTokenMs: 300 + 900 * random(), totalMs: 2_000 + 20_000 * random(), outputLimit: null },
    attempts: [{ deployment: `${provider}-${model}`, model: `${provider}/${model}` }],
    warnings: [],
  };
}

/** The same numbers each time. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}
