import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Usage } from '../../../src/chat/chat.ts';
import { totalTokens } from '../../../src/chat/usage.ts';
import { readUsage, writeUsage } from '../../../src/dialects/openai-chat/usage.ts';
import type { JsonObject } from '../../../src/lib/json.ts';

const counts = (usage: JsonObject): readonly number[] => {
  const read = readUsage(usage);
  assert.ok(read);
  return [read.input, read.cacheRead, read.cacheWrite, read.cacheWrite1h, read.output, read.reasoning];
};

describe('usage in OpenAI’s terms', () => {
  it('is split into kinds that do not overlap', () => {
    const prompt_tokens_details = { cached_tokens: 600, cache_write_tokens: 100 };
    assert.deepEqual(
      counts({ prompt_tokens: 1000, completion_tokens: 50, total_tokens: 1050, prompt_tokens_details }),
      [300, 600, 100, 0, 50, 0],
    );
  });

  it('is found under every provider’s names for the cache', () => {
    const base = { prompt_tokens: 100, completion_tokens: 5, total_tokens: 105 };
    for (const cache of [
      { prompt_tokens_details: { cached_tokens: 40 } },
      { prompt_tokens_details: { cached_tokens: 0 }, prompt_cache_hit_tokens: 40 },
      { num_cached_tokens: 40 },
      { cached_tokens: 40 },
      { cache_read_input_tokens: 40 },
    ]) {
      assert.deepEqual(counts({ ...base, ...cache }), [60, 40, 0, 0, 5, 0], JSON.stringify(cache));
    }
  });

  it('tells writes for an hour from those for five minutes', () => {
    const prompt_tokens_details = {
      cache_creation_tokens: 100,
      cache_creation_token_details: { ephemeral_5m_input_tokens: 60, ephemeral_1h_input_tokens: 40 },
    };
    assert.deepEqual(
      counts({ prompt_tokens: 150, completion_tokens: 1, prompt_tokens_details }),
      [50, 0, 60, 40, 1, 0],
    );
  });

  it('counts as output what only the total holds: xAI’s reasoning, Gemini’s thoughts', () => {
    const xai = {
      prompt_tokens: 12,
      completion_tokens: 1,
      total_tokens: 241,
      completion_tokens_details: { reasoning_tokens: 228 },
    };
    assert.deepEqual(counts(xai), [12, 0, 0, 0, 229, 228]);
    assert.deepEqual(counts({ prompt_tokens: 10, completion_tokens: 5, total_tokens: 35 }), [10, 0, 0, 0, 25, 0]);
  });

  it('counts cached tokens beside the prompt’s where the total shows that they are', () => {
    const apart = {
      prompt_tokens: 3,
      completion_tokens: 5,
      total_tokens: 3008,
      cache_read_input_tokens: 2000,
      cache_creation_input_tokens: 1000,
    };
    assert.deepEqual(counts(apart), [3, 2000, 1000, 0, 5, 0]);
    assert.deepEqual(
      counts({ prompt_tokens: 3, completion_tokens: 5, cache_read_input_tokens: 2000 }),
      [3, 2000, 0, 0, 5, 0],
    );
  });

  it('counts tokens that were written and read at once only as read, and the rest as input', () => {
    const prompt_tokens_details = { cached_tokens: 2161, cache_write_tokens: 2161 };
    const usage = { prompt_tokens: 2168, completion_tokens: 100, total_tokens: 2268, prompt_tokens_details };
    assert.deepEqual(counts(usage), [7, 2161, 0, 0, 100, 0]);
  });

  it('counts no more than the prompt, whatever was read and written', () => {
    const prompt_tokens_details = { cached_tokens: 90, cache_write_tokens: 80 };
    const usage = { prompt_tokens: 100, completion_tokens: 1, total_tokens: 101, prompt_tokens_details };
    assert.deepEqual(counts(usage), [0, 90, 10, 0, 1, 0]);
  });

  it('never has more reasoning than output', () => {
    const usage = {
      prompt_tokens: 43,
      completion_tokens: 10,
      total_tokens: 53,
      completion_tokens_details: { reasoning_tokens: 11 },
    };
    assert.deepEqual(counts(usage), [43, 0, 0, 0, 10, 10]);
  });

  it('is unknown where nothing is counted', () => {
    assert.equal(readUsage({}), undefined);
    assert.equal(readUsage({ prompt_tokens: null, cost: 1 }), undefined);
  });

  it('keeps what the provider says the call cost', () => {
    const reported = (usage: JsonObject) => readUsage({ prompt_tokens: 1, completion_tokens: 1, ...usage })?.reported;
    assert.equal(reported({ cost: 0.00012264 }), 122_640);
    assert.equal(reported({ cost: { total_cost: 0.005 } }), 5_000_000);
    assert.equal(reported({ cost_in_usd_ticks: 1_176_500 }), 117_650);
    assert.equal(reported({ cost: 0.001, is_byok: true, cost_details: { upstream_inference_cost: 0.02 } }), 21_000_000);
    assert.equal(reported({ cost: 0 }), 0);
    assert.equal(reported({}), undefined);
  });

  it('keeps searches, sounds, the tier and the whole of what was said', () => {
    const usage = {
      prompt_tokens: 9,
      completion_tokens: 9,
      prompt_tokens_details: { audio_tokens: 2 },
      completion_tokens_details: { audio_tokens: 3 },
      num_search_queries: 4,
    };
    const read = readUsage(usage, 'flex');
    assert.deepEqual([read?.audioInput, read?.audioOutput, read?.searches, read?.serviceTier], [2, 3, 4, 'flex']);
    assert.equal(read?.raw, usage);
    const server_tool_use_details = { web_search_requests: 1 };
    assert.equal(readUsage({ prompt_tokens: 1, server_tool_use_details })?.searches, 1);
  });

  it('is never negative and never loses a token, whatever a provider says', () => {
    const count = fc.option(fc.nat(5000), { nil: undefined });
    const details = fc.record({ cached_tokens: count, cache_write_tokens: count });
    const said = fc.record({
      prompt_tokens: fc.nat(5000),
      completion_tokens: fc.nat(5000),
      total_tokens: count,
      prompt_tokens_details: details,
      completion_tokens_details: fc.record({ reasoning_tokens: count }),
    });
    fc.assert(
      fc.property(said, (usage) => {
        const read = readUsage(usage);
        assert.ok(read);
        for (const kind of counts(usage)) assert.ok(kind >= 0);
        assert.ok(
          totalTokens(read) >= Math.max(usage.prompt_tokens + usage.completion_tokens, usage.total_tokens ?? 0),
        );
        assert.ok(read.reasoning <= read.output);
      }),
    );
  });

  it('is read as it was written', () => {
    const kind = fc.nat(100_000);
    const usage = fc.record({
      input: kind,
      cacheRead: kind,
      cacheWrite: kind,
      cacheWrite1h: kind,
      output: kind,
      reasoning: fc.constant(0),
    });
    fc.assert(
      fc.property(usage, (written: Usage) => {
        const read = readUsage(writeUsage(written));
        assert.deepEqual({ ...read, raw: undefined }, { ...written, raw: undefined });
      }),
    );
  });
});
