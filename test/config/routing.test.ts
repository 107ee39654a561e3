import assert from 'node:assert/strict';
import { deployment, loaded, oneModel, warningsOf } from '../support/config.ts';

const withSettings = (settings: string): string => `${oneModel('{ model: openai/x }')}${settings}\n`;
const routing = (settings: string) => loaded(withSettings(settings)).routing;

describe('routing in the configuration', () => {
  it("has LiteLLM's defaults", () => {
    const { retries, fallbacks, cooldown, strategy, sticky } = routing('');
    assert.deepEqual([strategy, sticky, retries.count, fallbacks.most], ['simple-shuffle', true, 2, 5]);
    assert.deepEqual(cooldown, { disabled: false, ms: 5000, allowedFailsByKind: {} });
  });

  it('is read whole, without a remark', () => {
    const text = withSettings(`
router_settings:
  routing_strategy: latency-based-routing
  routing_strategy_args: { ttl: 60, lowest_latency_buffer: 0.5 }
  num_retries: 5
  retry_after: 1
  retry_policy: { RateLimitErrorRetries: 4, DefaultRetries: 1 }
  model_group_retry_policy: { m: { TimeoutErrorRetries: 0 } }
  allowed_fails: 3
  allowed_fails_policy: { RateLimitErrorAllowedFails: 9 }
  cooldown_time: 30
  disable_cooldowns: false
  fallbacks: [{ m: [m] }]
  context_window_fallbacks: [{ "*": [m] }]
  content_policy_fallbacks: []
  budget_fallbacks: [{ m: [m] }]
  default_fallbacks: [m]
  max_fallbacks: 2
  enable_pre_call_checks: true
  enable_tag_filtering: true
  tag_filtering_match_any: false
  sticky_sessions: false
  connect_timeout: 2
  idle_timeout: 0.5`);
    assert.deepEqual(warningsOf(text), []);
    assert.deepEqual(loaded(text).routing, {
      strategy: 'latency-based-routing',
      latencyTtlMs: 60_000,
      latencyBuffer: 0.5,
      sticky: false,
      filterTags: true,
      anyTag: false,
      checkSize: true,
      retries: {
        count: 5,
        waitMs: 1000,
        policy: { 'provider-rate-limited': 4, otherwise: 1 },
        groups: { m: { 'provider-timeout': 0 } },
      },
      fallbacks: {
        ordinary: { '*': ['m'], m: ['m'] },
        contextWindow: { '*': ['m'] },
        contentPolicy: {},
        budget: { m: ['m'] },
        most: 2,
      },
      cooldown: { disabled: false, ms: 30_000, allowedFails: 3, allowedFailsByKind: { 'provider-rate-limited': 9 } },
      connectTimeoutMs: 2000,
      idleTimeoutMs: 500,
    });
  });

  it("takes num_retries of litellm_settings before the router's, and its fallbacks where the router has none", () => {
    const { retries, fallbacks } = routing(
      'router_settings: { num_retries: 1 }\nlitellm_settings: { num_retries: 7, fallbacks: [{ m: [m] }] }',
    );
    assert.equal(retries.count, 7);
    assert.deepEqual(fallbacks.ordinary, { m: ['m'] });
  });

  it('names a stand-in that nothing serves, with its line', () => {
    assert.deepEqual(
      warningsOf(withSettings('router_settings:\n  fallbacks: [{ m: [other] }]\n  default_fallbacks: [b]')),
      [
        'config.yaml:5:21: fallbacks of "m" name "other", which no entry of model_list serves',
        'config.yaml:6:23: default_fallbacks name "b", which no entry of model_list serves',
      ],
    );
  });

  it('names a strategy that there is none of', () => {
    const [warning] = warningsOf(withSettings('router_settings: { routing_strategy: by-mood }'));
    assert.match(warning ?? '', /routing_strategy is not supported and ignored; Purser has simple-shuffle, least-busy/);
  });

  it('of a deployment stands in its parameters, and none of it goes to the provider', () => {
    const one = deployment('{ model: openai/x, num_retries: 1, cooldown_time: 60, allowed_fails: 2, tags: [free] }');
    assert.deepEqual(one.routing, { retries: 1, cooldownMs: 60_000, allowedFails: 2, tags: ['free'] });
    assert.deepEqual(one.defaults, {});
  });
});
