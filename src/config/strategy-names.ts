/** LiteLLM's names. */
export const strategyNames = [
  'simple-shuffle',
  'least-busy',
  'latency-based-routing',
  'cost-based-routing',
  'usage-based-routing',
  'usage-based-routing-v2',
] as const;
export type StrategyName = (typeof strategyNames)[number];
