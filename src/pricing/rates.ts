import type { Rates, Tier, TieredRates } from './price.ts';

/** Rates as a source gives them: what is missing is undefined. */
export type PartialRates = { readonly [K in keyof Rates]?: number | undefined };

/**
 * From dollars for so many tokens (1 or a million) to whole pico-dollars per token. The nearest whole number is the
 * decimal that was written, since a double's own error is far below half a pico-dollar.
 */
export const picoPerToken = (dollars: number, tokens: number): number => Math.round((dollars * 1e12) / tokens);

/** Puts rates and what changes above some sizes together; in a tier, a kind that it does not name costs as below it. */
export function tieredRates(base: Rates, changes: ReadonlyMap<number, PartialRates>): TieredRates {
  let below: Rates = base;
  const tiers: Tier[] = [];
  for (const [above, change] of [...changes].sort(([a], [b]) => a - b)) {
    const tier: Tier = { ...below, ...definedRates(change), above };
    tiers.push(tier);
    below = tier;
  }
  return tiers.length === 0 ? base : { ...base, tiers };
}

/** Every rate, and those of the tiers, times `factor`; rounded up, so that a bound stays one. */
export function scaled(rates: TieredRates, factor: number): TieredRates {
  const scale = <T extends Rates>(one: T): T => {
    const entries = Object.entries(one).map(([kind, rate]: [string, number]) => [
      kind,
      kind === 'above' ? rate : Math.ceil(rate * factor),
    ]);
    return Object.fromEntries(entries) as T;
  };
  const { tiers, ...base } = rates;
  return tiers ? { ...scale(base), tiers: tiers.map(scale) } : scale(base);
}

export const definedRates = (rates: PartialRates): Partial<Rates> =>
  Object.fromEntries(Object.entries(rates).filter(([, rate]) => rate !== undefined));
