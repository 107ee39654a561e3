import type { Database } from './database.ts';

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

export const quarterMs = 900_000;
export const dayMs = 86_400_000;
export const quartersOfDay = dayMs / quarterMs;

/** Sums that grow while a batch is booked; one write for each instead of one for each row. */
export interface PreSums {
  readonly add: (at: number, tuple: number, more: Partial<Amounts>) => void;
  readonly write: (database: Database) => Promise<void>;
}

interface Place {
  readonly key: readonly number[];
  readonly sums: Record<keyof Amounts, number>;
}

export function preSums(): PreSums {
  const quarters = new Map<string, Place>();
  const days = new Map<string, Place>();
  return {
    add(at, tuple, more) {
      const day = Math.floor(at / dayMs);
      const quarter = Math.floor(at / quarterMs) % quartersOfDay;
      addTo(quarters, [quarter, day, tuple], more);
      addTo(days, [day, tuple], more);
    },
    async write(database) {
      for (const { key, sums } of quarters.values())
        await database.run(addQuarter, [...key, ...amounts.map((name) => sums[name])]);
      for (const { key, sums } of days.values())
        await database.run(addDay, [...key, ...amounts.map((name) => sums[name])]);
    },
  };
}

function addTo(places: Map<string, Place>, key: readonly number[], more: Partial<Amounts>): void {
  const name = key.join();
  let place = places.get(name);
  if (place === undefined) places.set(name, (place = { key, sums: nothing() }));
  for (const amount of amounts) place.sums[amount] += more[amount] ?? 0;
}

const nothing = (): Record<keyof Amounts, number> => ({
  cost: 0,
  calls: 0,
  cached: 0,
  input: 0,
  cache_read: 0,
  cache_write: 0,
  cache_write_1h: 0,
  output: 0,
  reasoning: 0,
  saved: 0,
});

const upsert = (table: string, key: readonly string[]): string => {
  const places = [...key, ...amounts].map((_, place) => `$${place + 1}`).join(', ');
  const added = amounts.map((name) => `${name} = ${table}.${name} + excluded.${name}`).join(', ');
  return `INSERT INTO ${table} (${[...key, ...amounts].join(', ')}) VALUES (${places})
    ON CONFLICT (${key.join(', ')}) DO UPDATE SET ${added}`;
};
const addQuarter = upsert('quarters', ['quarter', 'day', 'tuple']);
const addDay = upsert('days', ['day', 'tuple']);
