import type { AwsAccount } from '../lib/aws-account.ts';
import type { JsonObject } from '../lib/json.ts';
import type { Allowance } from '../chat/allowance.ts';
import type { NanoUsd } from '../chat/money.ts';
import type { DeploymentRouting, RoutingConfig } from './routing.ts';

/** What mends a mistake, where that is plain: other words in its place, or a key under this variable. */
export type Help = { readonly replaceBy: string } | { readonly variable: string };

/** One mistake or remark, with its place. `line` and `column` count from 1. */
export interface Finding {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly help?: Help;
}

/** A model_list entry after its references were resolved. */
export interface DeploymentConfig {
  /** `model_info.id`, else a stable sha256 (hex) of the unresolved parameters. */
  readonly id: string;
  /** `model_name`: the public name, which may hold one `*`. */
  readonly name: string;
  /** The prefix, or custom_llm_provider: `openai`. */
  readonly provider: string;
  /** The provider's model id after the prefix; may hold `*` when `name` does. */
  readonly model: string;
  /** `openai/responses/MODEL` asks for this API of the provider. */
  readonly api?: 'responses';
  readonly apiKey?: string;
  /** The variable that `apiKey` came from; names the account in messages, and never the key itself. */
  readonly keyName?: string;
  /** Of a provider in whose place AWS bills and signs. */
  readonly aws?: AwsAccount;
  readonly apiBase?: string;
  readonly apiVersion?: string;
  readonly organization?: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Other litellm_params: sent to the provider unless the request has its own value. */
  readonly defaults: JsonObject;
  /** Keys of LiteLLM's price map given here or in model_info: dollars per token and kin. */
  readonly prices: JsonObject;
  readonly info: JsonObject;
  readonly weight?: number;
  readonly order?: number;
  readonly rpm?: number;
  readonly tpm?: number;
  readonly maxParallel?: number;
  readonly timeoutMs?: number;
  readonly streamTimeoutMs?: number;
  readonly routing: DeploymentRouting;
  readonly maxBudget?: NanoUsd;
  readonly budgetDuration?: string;
  readonly dropParams?: boolean;
  readonly dropAlso: readonly string[];
  readonly mockResponse?: string;
}

/** What the response cache keeps. */
export interface CacheConfig {
  readonly ttlMs: number;
  /** Shares the answers among all keys; without one each key has its own. */
  readonly namespace?: string;
  /** LiteLLM's names for kinds of calls, such as `acompletion`; absent: all that can be kept. */
  readonly callTypes?: readonly string[];
  /** Only requests that ask for it with `use-cache`. */
  readonly onRequest: boolean;
  readonly maxBytes: number;
}

/** When an agent is taken for one that has run away, and what is done about it. */
export interface RunawayConfig {
  /** `pause` blocks the key besides telling. */
  readonly action: 'notify' | 'pause' | 'off';
  /** Slower spending is never told, however unusual it is. */
  readonly perMinute: NanoUsd;
  /** Above so many times the usual rate. */
  readonly factor: number;
  /** The same thing asked so often within two minutes; 0: not looked at. */
  readonly repeats: number;
}

/** What a gateway runs on: one YAML in LiteLLM's schema, parsed once, frozen. */
export interface Config {
  /** Absent for the built-in starter. */
  readonly file?: string;
  readonly deployments: readonly DeploymentConfig[];
  /** router_settings.model_group_alias: another name for a group; a hidden one is not listed. */
  readonly aliases: Readonly<Record<string, { readonly model: string; readonly hidden: boolean }>>;
  readonly masterKey?: string;
  /** One more header that a key may stand in (general_settings.litellm_key_header_name), lower-case. */
  readonly keyHeader?: string;
  readonly dropParams: boolean;
  readonly routing: RoutingConfig;
  /** How long a whole answer may take, milliseconds. */
  readonly requestTimeoutMs: number;
  readonly streamTimeoutMs?: number;
  /** litellm_settings.max_budget: the whole gateway's. */
  readonly maxBudget?: NanoUsd;
  readonly budgetDuration?: string;
  /** litellm_settings.budget_limits: further budgets of the whole gateway, each in windows of its own. */
  readonly budgetLimits: readonly Allowance[];
  /** general_settings.account_budgets, by the account's name or the variable that its key is from. */
  readonly accountBudgets: Readonly<Record<string, readonly Allowance[]>>;
  /** router_settings.provider_budget_config, by prefix. */
  readonly providerBudgets: Readonly<Record<string, readonly Allowance[]>>;
  /** router_settings.model_group_budget_config, by public name. */
  readonly groupBudgets: Readonly<Record<string, readonly Allowance[]>>;
  /** Requests under way at once, of all keys together. */
  readonly globalMaxParallel?: number;
  /** What a new key has that its request does not name, and the most that it may have: fields of /key/generate. */
  readonly keyDefaults: JsonObject;
  readonly keyBounds: JsonObject;
  /** What a new project has that its request does not name, as LiteLLM names the fields. */
  readonly projectDefaults: JsonObject;
  readonly budgetExceededStatus: number;
  /** IANA name; budgets' windows begin at midnight there. */
  readonly timeZone: string;
  /** `HH:MM`, when a day's window begins. */
  readonly resetTime: string;
  readonly unknownPrice: 'assume' | 'refuse' | 'allow';
  /** How long a call waits for money that others hold, milliseconds. */
  readonly holdWaitMs: number;
  /** An output limit below this many tokens is refused rather than sent. */
  readonly minUsefulOutput: number;
  /** What a call holds that no limit can bound (server tools, remote files). */
  readonly holdPerCall?: NanoUsd;
  readonly maxRequestBytes: number;
  /** How many calls the ledger keeps as rows, and for how many days; older ones live on in its sums. */
  readonly ledgerRows: number;
  readonly ledgerDays: number;
  /** The most days for which a key may have its prompts and answers kept (0: none may), and the most bytes of all of them. */
  readonly keepBodiesDays: number;
  readonly keepBodiesBytes: number;
  /** Whether prices are fetched once a day. */
  readonly priceRefresh: boolean;
  /** Absent: no answer is kept. */
  readonly cache?: CacheConfig;
  /** How often every deployment is called to see whether it answers, milliseconds; absent: never. */
  readonly healthCheckMs?: number;
  readonly runaway: RunawayConfig;
  readonly allowedHosts: readonly string[];
  readonly allowedOrigins: readonly string[];
  readonly databaseUrl?: string;
  readonly warnings: readonly Finding[];
}
