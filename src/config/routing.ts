import { strategyNames, type StrategyName } from './strategy-names.ts';
import type { FailureKind } from '../chat/failure.ts';
import { defined } from '../lib/json.ts';
import { quoted } from './quote.ts';
import { remark, type Reading } from './reading.ts';
import type { LitellmParams, LitellmSettings, ModelEntry, RouterSettings } from './schema.ts';

/** How often a failure of each kind is borne. */
export type ByKind = Readonly<Partial<Record<FailureKind, number>>>;

/** Which names stand in for a name, in the order in which they are tried. */
export type FallbackLists = Readonly<Record<string, readonly string[]>>;

/** How calls are shared among deployments, and what is done when one fails. */
export interface RoutingConfig {
  readonly strategy: StrategyName;
  /** How long a measured latency counts, milliseconds. */
  readonly latencyTtlMs: number;
  /** Deployments slower than the fastest by this share at most count as fast as it. */
  readonly latencyBuffer: number;
  /** A conversation stays with the deployment that served it. */
  readonly sticky: boolean;
  readonly filterTags: boolean;
  /** One of the request's tags is enough. */
  readonly anyTag: boolean;
  readonly checkSize: boolean;
  readonly retries: {
    readonly count: number;
    /** The least wait, milliseconds. */
    readonly waitMs: number;
    readonly policy: RetryPolicy;
    readonly groups: Readonly<Record<string, RetryPolicy>>;
  };
  readonly fallbacks: {
    readonly ordinary: FallbackLists;
    readonly contextWindow: FallbackLists;
    readonly contentPolicy: FallbackLists;
    readonly budget: FallbackLists;
    readonly most: number;
  };
  readonly cooldown: CooldownConfig;
  readonly connectTimeoutMs: number;
  readonly idleTimeoutMs: number;
}

export interface RetryPolicy extends ByKind {
  /** For the kinds that it does not name. */
  readonly otherwise?: number;
}

/** When a deployment is left alone, and how long. */
export interface CooldownConfig {
  readonly disabled: boolean;
  readonly ms: number;
  /** More failures than that in a minute; absent: LiteLLM's rules for a start. */
  readonly allowedFails?: number;
  readonly allowedFailsByKind: ByKind;
}

/** Routing's share of a deployment. */
export interface DeploymentRouting {
  readonly retries?: number;
  readonly cooldownMs?: number;
  readonly allowedFails?: number;
  readonly allowedFailsByKind?: ByKind;
  readonly tags?: readonly string[];
  /** Tokens; `model_info.max_input_tokens`. */
  readonly maxInput?: number;
}

/** What the two sections make of it; what they do not say has its default here. */
export function routingOf(router: RouterSettings, litellm: LitellmSettings): RoutingConfig {
  const { routing_strategy_args: args = {} } = router;
  const defaults = router.default_fallbacks ?? litellm.default_fallbacks;
  const ordinary = listsOf(router.fallbacks ?? litellm.fallbacks);
  return {
    strategy: strategyNames.find((name) => name === router.routing_strategy) ?? 'simple-shuffle',
    latencyTtlMs: (args.ttl ?? 3600) * 1000,
    latencyBuffer: args.lowest_latency_buffer ?? 0,
    sticky: router.sticky_sessions ?? true,
    filterTags: router.enable_tag_filtering ?? false,
    anyTag: router.tag_filtering_match_any ?? true,
    checkSize: router.enable_pre_call_checks ?? false,
    retries: {
      count: litellm.num_retries ?? router.num_retries ?? 2,
      waitMs: (router.retry_after ?? 0) * 1000,
      policy: retryPolicyOf(router.retry_policy),
      groups: mapped(router.model_group_retry_policy ?? {}, retryPolicyOf),
    },
    fallbacks: {
      ordinary: defaults === undefined ? ordinary : { '*': defaults, ...ordinary },
      contextWindow: listsOf(router.context_window_fallbacks ?? litellm.context_window_fallbacks),
      contentPolicy: listsOf(router.content_policy_fallbacks ?? litellm.content_policy_fallbacks),
      budget: listsOf(router.budget_fallbacks),
      most: router.max_fallbacks ?? 5,
    },
    cooldown: {
      disabled: router.disable_cooldowns ?? false,
      ms: (router.cooldown_time ?? 5) * 1000,
      allowedFailsByKind: allowedFailsOf(router.allowed_fails_policy),
      ...defined({ allowedFails: router.allowed_fails ?? litellm.allowed_fails }),
    },
    connectTimeoutMs: Math.ceil((router.connect_timeout ?? 10) * 1000),
    idleTimeoutMs: Math.ceil((router.idle_timeout ?? 600) * 1000),
  };
}

/** What an entry of model_list says of it. */
export function deploymentRoutingOf(params: LitellmParams, info: ModelEntry['model_info'] = {}): DeploymentRouting {
  const cooldown = params.cooldown_time ?? info.cooldown_time;
  return defined({
    retries: params.num_retries ?? params.max_retries,
    cooldownMs: cooldown === undefined ? undefined : cooldown * 1000,
    allowedFails: params.allowed_fails ?? info.allowed_fails,
    allowedFailsByKind: info.allowed_fails_policy && allowedFailsOf(info.allowed_fails_policy),
    tags: params.tags,
    maxInput: info.max_input_tokens,
  });
}

/** LiteLLM writes them as a list of mappings. */
function listsOf(lists: readonly Readonly<Record<string, readonly string[]>>[] = []): FallbackLists {
  return Object.assign({}, ...lists) as FallbackLists;
}

/** LiteLLM's names of errors, and the failures they are. The client's own mistakes are never tried again, whatever is said. */
const kindsOf: Readonly<Record<string, readonly FailureKind[]>> = {
  AuthenticationError: ['provider-key-refused', 'provider-account-empty', 'provider-forbids'],
  TimeoutError: ['provider-timeout'],
  RateLimitError: ['provider-rate-limited'],
  InternalServerError: ['provider-error', 'provider-unreachable'],
  ServiceUnavailableError: ['provider-overloaded'],
  BadGatewayError: ['provider-nonsense'],
  NotFoundError: ['provider-model-missing'],
};

type Policy = Readonly<Record<string, unknown>>;

const retryPolicyOf = (policy: Policy = {}): RetryPolicy => ({
  ...byKind(policy, 'Retries'),
  ...defined({ otherwise: policy['DefaultRetries'] as number | undefined }),
});
const allowedFailsOf = (policy: Policy = {}): ByKind => byKind(policy, 'AllowedFails');

function byKind(policy: Policy, ending: string): ByKind {
  return Object.fromEntries(
    Object.entries(kindsOf).flatMap(([error, kinds]) => {
      const times = policy[`${error}${ending}`];
      return typeof times === 'number' ? kinds.map((kind) => [kind, times] as const) : [];
    }),
  );
}

const mapped = <T, U>(record: Readonly<Record<string, T>>, change: (value: T) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));

const lists = ['fallbacks', 'context_window_fallbacks', 'content_policy_fallbacks', 'budget_fallbacks'] as const;

interface Sections {
  readonly router: RouterSettings;
  readonly litellm: LitellmSettings;
}

/** Reports names in fallbacks that nothing serves. */
export function checkFallbacks(reading: Reading, sections: Sections, isServed: (name: string) => boolean): void {
  for (const [section, settings] of [
    ['router_settings', sections.router],
    ['litellm_settings', sections.litellm],
  ] as const) {
    const all = settings as RouterSettings;
    const unserved = (path: readonly (string | number)[], name: string, what = quoted(name)): void =>
      isServed(name) ? undefined : remark(reading, [section, ...path], `${what}, which no entry of model_list serves`);
    for (const key of lists) {
      for (const [index, list] of (all[key] ?? []).entries()) {
        for (const [name, backups] of Object.entries(list)) {
          if (name !== '*') unserved([key, index, name], name, `${key} are given for ${quoted(name)}`);
          for (const [place, backup] of backups.entries())
            unserved([key, index, name, place], backup, `${key} of ${quoted(name)} name ${quoted(backup)}`);
        }
      }
    }
    for (const [place, backup] of (all.default_fallbacks ?? []).entries())
      unserved(['default_fallbacks', place], backup, `default_fallbacks name ${quoted(backup)}`);
  }
}
