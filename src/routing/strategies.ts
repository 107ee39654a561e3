import { tallyAt, type Stats } from './stats.ts';

/** What a strategy knows of a deployment. */
export interface Facts {
  readonly stats: Stats;
  /** Dollars, or anything else that is compared; Infinity where it is not known. */
  readonly price: () => number;
}

export interface Circumstances {
  readonly now: number;
  readonly stream: boolean;
  /** How long a measured latency counts, milliseconds. */
  readonly latencyTtlMs: number;
  /** Deployments slower than the fastest by this share at most count as fast as it. */
  readonly latencyBuffer: number;
}

/** Gives each deployment a number: the least is taken first, and equal ones by weight. */
type Strategy = (all: readonly Facts[], around: Circumstances) => readonly number[];

const leastUsed: Strategy = (all, { now }) => all.map(({ stats }) => tallyAt(stats, now).tokens);

/** By LiteLLM's names. */
export const strategies = {
  'simple-shuffle': (all) => all.map(() => 0),
  'least-busy': (all) => all.map(({ stats }) => stats.inFlight),
  'latency-based-routing': fastest,
  'cost-based-routing': (all) => all.map(({ price }) => price()),
  'usage-based-routing': leastUsed,
  'usage-based-routing-v2': leastUsed,
} as const satisfies Record<string, Strategy>;

export type StrategyName = keyof typeof strategies;

/** One that was not measured lately is tried, so that it is. */
function fastest(
  all: readonly Facts[],
  { now, stream, latencyTtlMs, latencyBuffer }: Circumstances,
): readonly number[] {
  const measured = all.map(({ stats }) => stats.latency[stream ? 'stream' : 'whole'].since(now - latencyTtlMs));
  const least = Math.min(...measured.map((ms) => ms ?? Infinity));
  return measured.map((ms) => (ms === undefined ? -1 : ms <= least * (1 + latencyBuffer) ? least : ms));
}
