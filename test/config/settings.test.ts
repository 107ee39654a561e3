import assert from 'node:assert/strict';
import { errorsOf, loaded, oneModel, warningsOf } from '../support/config.ts';

const model = oneModel('{ model: openai/x, api_key: k }');
const withCache = (params: string): string => `${model}litellm_settings: { cache: true, cache_params: ${params} }\n`;

describe('the settings of the cache', () => {
  it('are off without `cache`, and have defaults with it', () => {
    assert.equal(loaded(`${model}litellm_settings: { cache_params: { ttl: 5 } }`).cache, undefined);
    assert.equal(loaded(`${model}litellm_settings: { cache: false }`).cache, undefined);
    assert.deepEqual(loaded(`${model}litellm_settings: { cache: true }`).cache, {
      ttlMs: 600_000,
      onRequest: false,
      maxBytes: 50 * 1024 * 1024,
    });
  });

  it('are read as LiteLLM has them', () => {
    const text =
      '{ type: local, ttl: 60, namespace: team, supported_call_types: [acompletion], mode: default_off, max_size_mb: 1 }';
    assert.deepEqual(loaded(withCache(text)).cache, {
      ttlMs: 60_000,
      namespace: 'team',
      callTypes: ['acompletion'],
      onRequest: true,
      maxBytes: 1024 * 1024,
    });
    assert.deepEqual(warningsOf(withCache(text)), []);
  });

  it('name a store that Purser does not have, and kinds of calls that are not kept', () => {
    const [store, ...others] = warningsOf(withCache('{ type: redis, host: localhost }'));
    assert.match(store ?? '', /cache_params\.type is "redis", which Purser does not have: answers are kept in memory/);
    assert.deepEqual(others, []);
    const [kind] = warningsOf(withCache('{ supported_call_types: [acompletion, acompletions, atranscription] }'));
    assert.match(
      kind ?? '',
      /supported_call_types\[1\] is "acompletions", of which no answers are kept; known are acompletion,/,
    );
  });

  it('are refused where they mean nothing', () => {
    assert.match(
      errorsOf(withCache('{ mode: on }'))[0] ?? '',
      /cache_params\.mode is .*; expected default_on or default_off/,
    );
    assert.match(
      errorsOf(withCache('{ ttl: soon }'))[0] ?? '',
      /cache_params\.ttl is "soon"; expected a number of seconds/,
    );
  });
});

describe('the settings of background health checks', () => {
  it('are off unless asked for, and then every five minutes', () => {
    const general = (text: string): string => `${model}general_settings: ${text}\n`;
    assert.equal(loaded(general('{ health_check_interval: 60 }')).healthCheckMs, undefined);
    assert.equal(loaded(general('{ background_health_checks: true }')).healthCheckMs, 300_000);
    assert.equal(
      loaded(general('{ background_health_checks: true, health_check_interval: 60 }')).healthCheckMs,
      60_000,
    );
    assert.deepEqual(warningsOf(general('{ background_health_checks: true, health_check_interval: 60 }')), []);
  });
});
