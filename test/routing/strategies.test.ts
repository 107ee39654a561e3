import assert from 'node:assert/strict';
import { newStats } from '../../src/routing/stats.ts';
import { strategies, type Facts, type StrategyName } from '../../src/routing/strategies.ts';

interface Given {
  readonly inFlight?: number;
  readonly tokens?: number;
  readonly ms?: number;
  readonly price?: number;
}

function facts({ inFlight = 0, tokens = 0, ms, price = Infinity }: Given): Facts {
  const stats = newStats(0);
  stats.inFlight = inFlight;
  stats.minute.tokens = tokens;
  if (ms !== undefined) stats.latency.stream.add(ms, 0);
  return { stats, price: () => price };
}

const best = (name: StrategyName, all: readonly Given[], latencyBuffer = 0): readonly number[] => {
  const scores = strategies[name](all.map(facts), { now: 1000, stream: true, latencyTtlMs: 60_000, latencyBuffer });
  const least = Math.min(...scores);
  return scores.flatMap((score, index) => (score === least ? [index] : []));
};

describe('a strategy', () => {
  it('simple-shuffle prefers none', () => assert.deepEqual(best('simple-shuffle', [{ inFlight: 3 }, {}]), [0, 1]));
  it('least-busy prefers the fewest calls under way', () =>
    assert.deepEqual(best('least-busy', [{ inFlight: 3 }, { inFlight: 1 }]), [1]));
  it('usage-based-routing prefers the fewest tokens of the minute', () => {
    assert.deepEqual(best('usage-based-routing', [{ tokens: 3 }, { tokens: 1 }]), [1]);
    assert.deepEqual(best('usage-based-routing-v2', [{ tokens: 1 }, { tokens: 3 }]), [0]);
  });
  it('cost-based-routing prefers the cheapest, and what has no price last', () =>
    assert.deepEqual(best('cost-based-routing', [{}, { price: 3 }, { price: 2 }]), [2]));
  it('latency-based-routing prefers the fastest and those about as fast', () => {
    assert.deepEqual(best('latency-based-routing', [{ ms: 100 }, { ms: 140 }, { ms: 300 }]), [0]);
    assert.deepEqual(best('latency-based-routing', [{ ms: 100 }, { ms: 140 }, { ms: 300 }], 0.5), [0, 1]);
  });
  it('latency-based-routing tries what was not measured', () =>
    assert.deepEqual(best('latency-based-routing', [{ ms: 100 }, {}]), [1]));
});
