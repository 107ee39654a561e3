/** What is summed, each by its column: whole numbers, so sums are exact in any order. */
export const amounts = [
  'cost',
  'calls',
  'cached',
  'input',
  'cache_read',
  'cache_write',
  'cache_write_1h',
  'output',
  'reasoning',
  'saved',
] as const;
export type Amounts = Readonly<Record<(typeof amounts)[number], number>>;

/** Amounts in the order of `amounts`. */
export type Figures = Float64Array;

export const noFigures = (): Figures => new Float64Array(amounts.length);

export function addFigures(sum: Figures, more: ArrayLike<number>): void {
  for (let place = 0; place < amounts.length; place += 1) sum[place] = (sum[place] ?? 0) + (more[place] ?? 0);
}

export const quarterMs = 900_000;
export const hourMs = 3_600_000;
export const dayMs = 86_400_000;
export const quartersOfDay = dayMs / quarterMs;
