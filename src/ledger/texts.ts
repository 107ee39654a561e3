import { createHash } from 'node:crypto';
import type { Database } from './database.ts';

/** Long texts that many rows share: each is kept once, and rows hold its number. These are the numbers known to be there. */
export type KnownTexts = Map<string, number>;

const remembered = 10_000;

/** The text's number; the database has the text when this resolves. */
export async function numberOfText(database: Database, known: KnownTexts, text: string): Promise<number> {
  const number = known.get(text);
  if (number !== undefined) return number;
  const fresh = hash(text);
  await database.run('INSERT INTO texts (id, text) VALUES ($1, $2) ON CONFLICT DO NOTHING', [fresh, text]);
  if (known.size >= remembered) known.clear();
  known.set(text, fresh);
  return fresh;
}

/** 48 bits: a safe integer, and the same whoever writes the text. */
const hash = (text: string): number => parseInt(createHash('sha256').update(text).digest('hex').slice(0, 12), 16);
