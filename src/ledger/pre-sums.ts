import {
  addFigures,
  amounts,
  dayMs,
  noFigures,
  quarterMs,
  quartersOfDay,
  type Amounts,
  type Figures,
} from './amounts.ts';
import type { Database } from './database.ts';
import { readMeta } from './migrate.ts';
import { withQuarters } from './quarters.ts';

/** Where an amount counts. */
export interface Place {
  /** Milliseconds. */
  readonly at: number;
  readonly tuple: number;
  /** The number of the session's text; undefined where no row tells it any more. */
  readonly session?: number | null;
}

/** Sums that grow while a batch is booked; one write for each instead of one for each row. */
export interface PreSums {
  readonly add: (place: Place, more: Partial<Amounts>) => void;
  readonly write: (database: Database) => Promise<void>;
}

interface DaySums {
  readonly sums: Figures;
  readonly quarters: Map<number, Figures>;
}

/** In the place of the number of a session where a call had none. */
export const noSession = 0;

export function preSums(): PreSums {
  const days = new Map<number, Map<number, DaySums>>();
  const sessions = new Map<string, { readonly key: readonly number[]; readonly sums: Figures }>();
  return {
    add({ at, tuple, session }, more) {
      const figures = amounts.map((name) => more[name] ?? 0);
      const day = Math.floor(at / dayMs);
      const ofDay = placeIn(
        placeIn(days, day, () => new Map<number, DaySums>()),
        tuple,
        () => ({ sums: noFigures(), quarters: new Map<number, Figures>() }),
      );
      addFigures(ofDay.sums, figures);
      addFigures(placeIn(ofDay.quarters, Math.floor(at / quarterMs) % quartersOfDay, noFigures), figures);
      if (session === undefined) return;
      const key = [day, session ?? noSession, tuple];
      addFigures(placeIn(sessions, key.join(), () => ({ key, sums: noFigures() })).sums, figures);
    },
    async write(database) {
      const quartersFrom = await readMeta(database, 'quarters_from');
      const sessionsFrom = await readMeta(database, 'sessions_from');
      for (const [day, tuples] of days)
        for (const [tuple, { sums, quarters }] of tuples) {
          // A day whose quarters were dropped is not to have some of them.
          const text = day < quartersFrom ? '' : withQuarters(await quartersIn(database, day, tuple), quarters);
          await database.run(addDay, [day, tuple, ...sums, text]);
        }
      for (const { key, sums } of sessions.values())
        if (Number(key[0]) >= sessionsFrom) await database.run(addSession, [...key, ...sums]);
    },
  };
}

function placeIn<K, V>(places: Map<K, V>, key: K, fresh: () => V): V {
  let place = places.get(key);
  if (place === undefined) places.set(key, (place = fresh()));
  return place;
}

async function quartersIn(database: Database, day: number, tuple: number): Promise<string> {
  const [row] = await database.run('SELECT quarters FROM days WHERE day = $1 AND tuple = $2', [day, tuple]);
  return typeof row?.['quarters'] === 'string' ? row['quarters'] : '';
}

function upsert(table: string, key: readonly string[], more: readonly string[] = []): string {
  const columns = [...key, ...amounts, ...more];
  const added = [
    ...amounts.map((name) => `${name} = ${table}.${name} + excluded.${name}`),
    ...more.map((name) => `${name} = excluded.${name}`),
  ];
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map((_, place) => `$${place + 1}`).join(', ')})
    ON CONFLICT (${key.join(', ')}) DO UPDATE SET ${added.join(', ')}`;
}
const addDay = upsert('days', ['day', 'tuple'], ['quarters']);
const addSession = upsert('sessions', ['day', 'session', 'tuple']);
