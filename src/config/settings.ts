import { fromDollars, type NanoUsd } from '../chat/money.ts';
import { defined } from '../lib/json.ts';
import type { Config } from './config.ts';
import { milliseconds } from './deployment.ts';
import { pathText } from './quote.ts';
import { readAs, type Reading, remark } from './reading.ts';
import {
  type GeneralSettings,
  generalSettings,
  type LitellmSettings,
  litellmSettings,
  type RouterSettings,
  routerSettings,
} from './schema.ts';

/** The three sections beside model_list, of one file or of all together. */
export interface Settings {
  readonly litellm: LitellmSettings;
  readonly router: RouterSettings;
  readonly general: GeneralSettings;
}

/** The settings of one file, checked. */
export function readSettings(reading: Reading): Settings {
  const settings: Settings = {
    litellm: readAs(reading, ['litellm_settings'], litellmSettings) ?? {},
    router: readAs(reading, ['router_settings'], routerSettings) ?? {},
    general: readAs(reading, ['general_settings'], generalSettings) ?? {},
  };
  remarkOn(reading, settings);
  return settings;
}

/** The settings of several files: where two say different things the later one counts, as in LiteLLM. */
export const mergedSettings = (all: readonly Settings[]): Settings => ({
  litellm: Object.assign({}, ...all.map(({ litellm }) => litellm)) as LitellmSettings,
  router: Object.assign({}, ...all.map(({ router }) => router)) as RouterSettings,
  general: Object.assign({}, ...all.map(({ general }) => general)) as GeneralSettings,
});

/** What the settings make of a Config; what they do not say has its default here. */
export function configOf(
  { litellm, router, general }: Settings,
  defaults: Defaults,
): Omit<Config, 'deployments' | 'warnings'> {
  return {
    aliases: aliasesOf(router),
    dropParams: litellm.drop_params ?? false,
    requestTimeoutMs: milliseconds(router.timeout ?? litellm.request_timeout) ?? defaultTimeoutMs,
    budgetExceededStatus: litellm.budget_exceeded_status_code ?? 400,
    timeZone: litellm.timezone ?? defaults.timeZone,
    resetTime: litellm.budget_reset_time ?? '00:00',
    unknownPrice: general.unknown_price ?? (litellm.block_requests_for_models_without_pricing ? 'refuse' : 'assume'),
    holdWaitMs: Math.round((general.hold_wait_seconds ?? 30) * 1000),
    minUsefulOutput: general.min_useful_output_tokens ?? 256,
    maxRequestBytes: Math.round((general.max_request_size_mb ?? 50) * 1024 * 1024),
    allowedHosts: general.allowed_hosts ?? [],
    allowedOrigins: general.allowed_origins ?? [],
    ...defined({
      masterKey: general.master_key || defaults.masterKey,
      keyHeader: general.litellm_key_header_name?.toLowerCase(),
      streamTimeoutMs: milliseconds(router.stream_timeout),
      maxBudget: money(litellm.max_budget),
      budgetDuration: litellm.budget_duration,
      holdPerCall: money(general.hold_per_call),
      databaseUrl: general.database_url,
    }),
  };
}

/** What stands outside the file. */
export interface Defaults {
  readonly masterKey: string | undefined;
  readonly timeZone: string;
}

/** LiteLLM's: 6000 s. A coding agent's longest calls do take many minutes. */
const defaultTimeoutMs = 6_000_000;

const money = (dollars: number | undefined): NanoUsd | undefined =>
  dollars === undefined ? undefined : fromDollars(dollars);

const aliasesOf = ({ model_group_alias: aliases = {} }: RouterSettings): Config['aliases'] =>
  Object.fromEntries(
    Object.entries(aliases).map(([name, alias]) =>
      typeof alias === 'string'
        ? [name, { model: alias, hidden: false }]
        : [name, { model: alias.model, hidden: alias.hidden ?? false }],
    ),
  );

function remarkOn(reading: Reading, { litellm, router, general }: Settings): void {
  const at = (section: string, key: string, message: string): void => {
    const path = [section, key];
    remark(reading, path, `${pathText(path)} ${message}`);
  };
  if (general.master_key && isWeak(general.master_key)) at('general_settings', 'master_key', weakKey);
  if (general.database_url) {
    at(
      'general_settings',
      'database_url',
      'is not used: this version keeps its ledger in the data folder, not in PostgreSQL',
    );
  }
  if (litellm.max_budget === 0) at('litellm_settings', 'max_budget', 'is 0, so only free models can be called');
  if (router.routing_strategy !== undefined && router.routing_strategy !== 'simple-shuffle') {
    at('router_settings', 'routing_strategy', 'is not supported and ignored; Purser has simple-shuffle');
  }
}

export const weakKey =
  'is short or publicly known, and whoever can reach the gateway can guess it; make one with: openssl rand -hex 24';

/** From documentation and examples that everybody reads. */
const knownKeys = new Set([
  'sk-1234',
  'sk-12345',
  'sk-123456',
  'sk-1234567',
  'sk-12345678',
  'sk-123456789',
  'sk-1234567890',
  'sk-master',
  'sk-litellm',
  'sk-master-key',
  'sk-litellm-master-key',
  'sk-admin',
  'changeme',
  'password',
]);

export const isWeak = (key: string): boolean => key.length < 8 || knownKeys.has(key);
