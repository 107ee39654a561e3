import { fromDollars, type NanoUsd } from '../chat/money.ts';
import { expiryOf, unitMs } from '../lib/duration.ts';
import { defined } from '../lib/json.ts';
import { projectDefaultFields } from './budget-schema.ts';
import { budgetsOf } from './budgets.ts';
import { callTypes, otherCallTypes } from './call-types.ts';
import type { Config } from './config.ts';
import { milliseconds } from './deployment.ts';
import { pathText, quoted } from './quote.ts';
import { readAs, type Reading, remark } from './reading.ts';
import { routingOf } from './routing.ts';
import { strategyNames } from './strategy-names.ts';
import {
  type GeneralSettings,
  generalSettings,
  type LitellmSettings,
  litellmSettings,
  type RouterSettings,
  routerSettings,
} from './schema.ts';
import type { Path } from './source.ts';

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
    routing: routingOf(router, litellm),
    ...budgetsOf({ litellm, router, general }),
    requestTimeoutMs: milliseconds(router.timeout ?? litellm.request_timeout) ?? defaultTimeoutMs,
    budgetExceededStatus: litellm.budget_exceeded_status_code ?? 400,
    timeZone: litellm.timezone ?? defaults.timeZone,
    resetTime: litellm.budget_reset_time ?? '00:00',
    unknownPrice: general.unknown_price ?? (litellm.block_requests_for_models_without_pricing ? 'refuse' : 'assume'),
    holdWaitMs: Math.round((general.hold_wait_seconds ?? 30) * 1000),
    minUsefulOutput: general.min_useful_output_tokens ?? 256,
    maxRequestBytes: Math.round((general.max_request_size_mb ?? 50) * 1024 * 1024),
    ledgerRows: general.ledger_rows ?? 200_000,
    ledgerDays: general.ledger_days ?? daysOf(general.maximum_spend_logs_retention_period) ?? 90,
    keepBodiesDays: general.keep_bodies_days ?? 7,
    keepBodiesBytes: Math.round((general.keep_bodies_mb ?? 500) * 1024 * 1024),
    runaway: runawayOf(general),
    priceRefresh: general.price_refresh ?? true,
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
      cache: cacheOf(litellm),
      healthCheckMs: general.background_health_checks ? milliseconds(general.health_check_interval ?? 300) : undefined,
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

/** Whole days, at least one: an hour's calls are worth keeping for a day. */
function daysOf(duration: string | undefined): number | undefined {
  const end = duration === undefined ? undefined : expiryOf(duration, 0);
  return end === undefined ? undefined : Math.max(1, Math.ceil(end / unitMs.d));
}

const money = (dollars: number | undefined): NanoUsd | undefined =>
  dollars === undefined ? undefined : fromDollars(dollars);

/** LiteLLM keeps an answer in memory for ten minutes too. */
function cacheOf({ cache, cache_params: params = {} }: LitellmSettings): Config['cache'] {
  if (!cache) return undefined;
  return {
    ttlMs: milliseconds(params.ttl ?? 600) ?? 0,
    onRequest: params.mode === 'default_off',
    maxBytes: Math.round((params.max_size_mb ?? 50) * 1024 * 1024),
    ...defined({ namespace: params.namespace, callTypes: params.supported_call_types }),
  };
}

const runawayOf = (general: GeneralSettings): Config['runaway'] => ({
  action: general.runaway ?? 'notify',
  perMinute: fromDollars(general.runaway_dollars_per_minute ?? 1),
  factor: general.runaway_factor ?? 5,
  repeats: general.runaway_repeats ?? 8,
});

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
  for (const name of Object.keys(litellm.default_team_params ?? {})) {
    const path = ['litellm_settings', 'default_team_params', name];
    if (!projectDefaultFields.includes(name)) remark(reading, path, `${pathText(path)} is not used by Purser`);
  }
  if (litellm.cache) remarkOnCache(reading, litellm.cache_params ?? {});
  if (litellm.max_budget === 0) at('litellm_settings', 'max_budget', 'is 0, so only free models can be called');
  const strategy = router.routing_strategy;
  if (strategy !== undefined && !strategyNames.some((name) => name === strategy)) {
    at('router_settings', 'routing_strategy', `is not supported and ignored; Purser has ${strategyNames.join(', ')}`);
  }
}

function remarkOnCache(reading: Reading, { type = 'local', supported_call_types: types = [] }: CacheParams): void {
  const at = (path: Path, message: string): void => {
    const whole = ['litellm_settings', 'cache_params', ...path];
    remark(reading, whole, `${pathText(whole)} is ${message}`);
  };
  if (type !== 'local')
    at(['type'], `${quoted(type)}, which Purser does not have: answers are kept in memory, as with local`);
  for (const [index, name] of types.entries()) {
    if (!knownCallTypes.has(name))
      at(
        ['supported_call_types', index],
        `${quoted(name)}, of which no answers are kept; known are ${[...knownCallTypes].join(', ')}`,
      );
  }
}

type CacheParams = NonNullable<LitellmSettings['cache_params']>;

const knownCallTypes: ReadonlySet<string> = new Set([...Object.values(callTypes).flat(), ...otherCallTypes]);

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
