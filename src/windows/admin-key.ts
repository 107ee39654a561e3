import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newSecret } from '../keys/virtual-key.ts';
import { readIfThere } from '../lib/read-if-there.ts';

/** The admin key in force, and whether it was made just now, so that it must be shown once. */
export interface AdminKey {
  readonly secret: string;
  readonly isNew: boolean;
  /** Where it is kept; undefined for a configured one. */
  readonly file?: string;
}

/** The configured key, else the one kept in the data folder, else a new one that is kept there, readable by its owner alone. */
export function adminKeyOf(configured: string | undefined, dataFolder: string): AdminKey {
  if (configured !== undefined) return { secret: configured, isNew: false };
  const file = join(dataFolder, 'admin-key');
  const kept = readIfThere(file)?.trim();
  if (kept !== undefined && kept !== '') return { secret: kept, isNew: false, file };
  const secret = newSecret();
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  writeFileSync(file, `${secret}\n`, { mode: 0o600 });
  return { secret, isNew: true, file };
}
