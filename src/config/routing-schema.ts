import * as z from 'zod';
import { strategyNames } from './strategy-names.ts';
import { atLeast, count, limit, seconds, text, texts, toggle } from './checks.ts';

const times = count(0, 'a whole number, 0 or more');
const someSeconds = atLeast(0, 'a number of seconds, 0 or more');

const expectLists = 'a list such as [{ "gpt-4o": ["claude"] }]';
const lists = z.array(z.record(z.string(), texts, expectLists), expectLists);

const retryPolicy = z.looseObject(
  {
    BadRequestErrorRetries: times.optional(),
    AuthenticationErrorRetries: times.optional(),
    TimeoutErrorRetries: times.optional(),
    RateLimitErrorRetries: times.optional(),
    ContentPolicyViolationErrorRetries: times.optional(),
    InternalServerErrorRetries: times.optional(),
    ServiceUnavailableErrorRetries: times.optional(),
    BadGatewayErrorRetries: times.optional(),
    NotFoundErrorRetries: times.optional(),
    DefaultRetries: times.optional(),
  },
  'a mapping such as { "RateLimitErrorRetries": 3 }',
);

export const allowedFailsPolicy = z.looseObject(
  {
    BadRequestErrorAllowedFails: times.optional(),
    AuthenticationErrorAllowedFails: times.optional(),
    TimeoutErrorAllowedFails: times.optional(),
    RateLimitErrorAllowedFails: times.optional(),
    ContentPolicyViolationErrorAllowedFails: times.optional(),
    InternalServerErrorAllowedFails: times.optional(),
    ServiceUnavailableErrorAllowedFails: times.optional(),
    BadGatewayErrorAllowedFails: times.optional(),
    NotFoundErrorAllowedFails: times.optional(),
  },
  'a mapping such as { "RateLimitErrorAllowedFails": 3 }',
);

const fallbacks = lists.optional().describe('Which models stand in for one that fails; "*" means any');

/** The keys that LiteLLM knows in router_settings and in litellm_settings. */
export const sharedRoutingKeys = {
  num_retries: times.optional().describe('How often one call is tried again; 2 unless said'),
  allowed_fails: times.optional().describe('Failures in a minute before a deployment is left alone for a while'),
  fallbacks,
  context_window_fallbacks: lists.optional().describe('The same for prompts that are too long'),
  content_policy_fallbacks: lists.optional().describe("The same for what a provider's policy refuses"),
  default_fallbacks: texts.optional().describe('Which models stand in for every one that has no list of its own'),
};

/** What stands in router_settings about routing. */
export const routerKeys = {
  ...sharedRoutingKeys,
  budget_fallbacks: lists.optional().describe('The same for a budget that cannot pay'),
  routing_strategy: text
    .optional()
    .meta({ examples: strategyNames })
    .describe('How calls are shared among the deployments of one name'),
  routing_strategy_args: z
    .looseObject(
      {
        ttl: seconds.optional().describe('Seconds that a latency counts; 3600 unless said'),
        lowest_latency_buffer: atLeast(0, 'a share such as 0.5').optional(),
      },
      'a mapping',
    )
    .optional()
    .describe('For latency-based-routing'),
  sticky_sessions: toggle.optional().describe('A conversation stays where it was served, which keeps its prompt cache'),
  retry_after: someSeconds.optional().describe('The least wait before a call is tried again'),
  retry_policy: retryPolicy.optional().describe('How often a call is tried again, by the kind of failure'),
  model_group_retry_policy: z
    .record(z.string(), retryPolicy, 'a mapping of models to retry policies')
    .optional()
    .describe('The same for single models'),
  max_fallbacks: times.optional().describe('How many other models one call may try; 5 unless said'),
  cooldown_time: someSeconds.optional().describe('Seconds that a failing deployment is left alone; 5 unless said'),
  disable_cooldowns: toggle.optional().describe('true: no deployment is ever left alone'),
  allowed_fails_policy: allowedFailsPolicy.optional().describe('The same as allowed_fails, by the kind of failure'),
  enable_pre_call_checks: toggle.optional().describe('Pass over models whose context the prompt cannot fit'),
  enable_tag_filtering: toggle.optional().describe("Only deployments that have one of the request's tags"),
  tag_filtering_match_any: toggle.optional().describe("false: only deployments that have all of the request's tags"),
  connect_timeout: seconds.optional().describe('Seconds for a connection to a provider; 10 unless said'),
  idle_timeout: seconds
    .optional()
    .describe('Seconds that an answer may fall silent once it has begun; 600 unless said'),
};

/** What stands in litellm_params about routing. */
export const deploymentKeys = {
  num_retries: times.optional().describe('How often a call is tried again after a failure here'),
  max_retries: times.optional().describe('Another name for num_retries'),
  cooldown_time: someSeconds.optional().describe('Seconds that it is left alone after failures'),
  allowed_fails: times.optional().describe('Failures in a minute before it is left alone for a while'),
  tags: texts.optional().describe('For enable_tag_filtering; "default" takes what has no tag'),
};

export const deploymentInfoKeys = {
  cooldown_time: someSeconds.optional().describe('Seconds that it is left alone after failures'),
  allowed_fails: times.optional().describe('Failures in a minute before it is left alone for a while'),
  allowed_fails_policy: allowedFailsPolicy.optional().describe('The same, by the kind of failure'),
  max_input_tokens: limit.optional().describe('The longest prompt that it takes, in tokens'),
};
