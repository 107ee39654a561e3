import { createHash } from 'node:crypto';
import type { Database } from './database.ts';

/** Numbers of what is known to be in the database already. */
export interface Known {
  readonly texts: Map<string, number>;
  readonly tuples: Map<string, number>;
}

const remembered = 10_000;

export const nothingKnown = (): Known => ({ texts: new Map(), tuples: new Map() });

export function forget({ texts, tuples }: Known): void {
  texts.clear();
  tuples.clear();
}

/** The number of a text that many rows share; the database has the text when this resolves. */
export async function numberOfText(database: Database, known: Known, text: string): Promise<number> {
  const number = known.texts.get(text);
  if (number !== undefined) return number;
  const fresh = hashOf(text);
  await database.run('INSERT INTO texts (id, text) VALUES ($1, $2) ON CONFLICT DO NOTHING', [fresh, text]);
  if (known.texts.size >= remembered) known.texts.clear();
  known.texts.set(text, fresh);
  return fresh;
}

/** 48 bits: a safe integer, and the same whoever writes the text. */
export const hashOf = (text: string): number =>
  parseInt(createHash('sha256').update(text).digest('hex').slice(0, 12), 16);
