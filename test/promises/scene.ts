import { accountOf } from '../../src/config/account.ts';
import { anthropic } from '../../src/dialects/anthropic/anthropic.ts';
import type { ClientDialect } from '../../src/dialects/dialect.ts';
import { gemini } from '../../src/dialects/gemini/gemini.ts';
import { openaiChat } from '../../src/dialects/openai-chat/openai-chat.ts';
import { openaiResponses } from '../../src/dialects/openai-responses/openai-responses.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { anthropicModel, configText, geminiModel, openaiModel } from '../support/gateway-client.ts';
import { configOf } from '../support/gateway-under-test.ts';

const base = 'http://provider.test';

/** Nano-dollars a token. The dear cache writes are far from any real price, so that a hold that forgets them shows. */
export const prices = { input: 1_000, output: 2_000, cacheRead: 100, cacheWrite: 10_000 };

const caching = {
  cache_read_input_token_cost: 0.0000001,
  cache_creation_input_token_cost: 0.000002,
  cache_creation_input_token_cost_above_1hr: 0.00001,
};
const firstKey = 'sk-first-key-of-the-tests';
const secondKey = 'sk-second-key-of-the-tests';

/** Two accounts of one model, the three other formats, a free model and one that no price list knows. */
const models = [
  openaiModel('gpt', `${base}/v1`, { api_key: firstKey, order: 1, cache_read_input_token_cost: 0.0000001 }),
  openaiModel('gpt', `${base}/v1`, { api_key: secondKey, order: 2, cache_read_input_token_cost: 0.0000001 }),
  anthropicModel('claude', base, caching),
  geminiModel('gemini', base, { cache_read_input_token_cost: 0.0000001 }),
  openaiModel('free', `${base}/v1`, { model: 'openai/gpt-free', input_cost_per_token: 0, output_cost_per_token: 0 }),
  {
    model_name: 'strange',
    litellm_params: { model: 'deepseek/unheard-of', api_key: 'sk-deep-key-of-the-tests', api_base: `${base}/deep` },
  },
];

export const modelNames = ['gpt', 'claude', 'gemini', 'free', 'strange'] as const;
export type ModelName = (typeof modelNames)[number];

const [first, second] = configOf(configText(models)).deployments.map(accountOf);

/** The account behind a provider's key, as budgets name it. */
export const accountBehind = (authorization: string | undefined): string | undefined =>
  authorization?.endsWith(firstKey) ? first : authorization?.endsWith(secondKey) ? second : undefined;

/** A budget as the judge knows it: nano-dollars. */
export interface Known {
  readonly scope: string;
  readonly max: number;
  readonly duration: string | null;
}

interface Variant {
  readonly timeZone: string;
  readonly daily: number;
  readonly account: number;
  readonly group: number;
}

/** The configurations that a reload switches between. */
export const variants: readonly [Variant, ...Variant[]] = [
  { timeZone: 'Europe/Berlin', daily: 60_000_000, account: 25_000_000, group: 30_000_000 },
  { timeZone: 'Europe/Berlin', daily: 20_000_000, account: 9_000_000, group: 8_000_000 },
  { timeZone: 'America/New_York', daily: 90_000_000, account: 12_000_000, group: 60_000_000 },
];

const monthly = 150_000_000;

export const limitsOfConfig = ({ daily, account, group }: Variant): readonly Known[] => [
  { scope: 'gateway', max: daily, duration: '1d' },
  { scope: 'gateway', max: monthly, duration: '1mo' },
  { scope: `account:${first ?? ''}`, max: account, duration: '1h' },
  { scope: 'group:claude', max: group, duration: '1d' },
];

export const configTextOf = ({ timeZone, daily, account, group }: Variant): string =>
  configText(models, {
    litellm_settings: {
      max_budget: daily / 1e9,
      budget_duration: '1d',
      budget_limits: [{ max_budget: monthly / 1e9, budget_duration: '1mo' }],
      timezone: timeZone,
    },
    general_settings: {
      account_budgets: { [first ?? '']: { max_budget: account / 1e9, budget_duration: '1h' } },
      price_refresh: false,
      runaway: 'off',
    },
    router_settings: {
      num_retries: 1,
      fallbacks: [{ gpt: ['gemini'] }],
      model_group_budget_config: { claude: { max_budget: group / 1e9, budget_duration: '1d' } },
      timeout: 120,
    },
  });

export const clients = {
  'openai-chat': openaiChat,
  'openai-responses': openaiResponses,
  anthropic,
  gemini,
} as const satisfies Record<string, ClientDialect>;
export type ClientName = keyof typeof clients;
export const clientNames = Object.keys(clients) as readonly ClientName[];

/** What is asked, in no format yet. */
export interface Question {
  readonly client: ClientName;
  readonly model: string;
  readonly stream: boolean;
  readonly prompt: string;
  /** The client's own output limit, tokens. */
  readonly limit?: number | undefined;
  readonly choices?: number;
  /** Whether the prompt is marked to be kept in the provider's cache. */
  readonly caches?: boolean;
  /** Whether the client's connection breaks as the end of the answer goes out: it is billed by then. */
  readonly leaves?: boolean;
}

/** The request in its client's format. */
export function bodyOf({ client, model, stream, prompt, limit, choices = 1, caches = false }: Question): JsonObject {
  const head = { model, stream };
  switch (client) {
    case 'openai-chat':
      return {
        ...head,
        messages: [{ role: 'user', content: prompt }],
        ...(limit !== undefined && { max_tokens: limit }),
        ...(choices > 1 && { n: choices }),
      };
    case 'openai-responses':
      return { ...head, input: prompt, ...(limit !== undefined && { max_output_tokens: limit }) };
    case 'anthropic': {
      const text = { type: 'text', text: prompt, ...(caches && { cache_control: { type: 'ephemeral', ttl: '1h' } }) };
      // Messages always have a limit.
      return { ...head, messages: [{ role: 'user', content: [text] }], max_tokens: limit ?? 4_096 };
    }
    case 'gemini':
      return {
        ...head,
        contents: [{ role: 'user', parts: [{ text: prompt }] }],
        generationConfig: {
          ...(limit !== undefined && { maxOutputTokens: limit }),
          ...(choices > 1 && { candidateCount: choices }),
        },
      };
  }
}
