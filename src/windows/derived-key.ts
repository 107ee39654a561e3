import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { readIfThere } from '../lib/read-if-there.ts';

/** A key that every window of an installation computes alike, so that nobody needs to keep it. Rotation raises the generation. */
export const derivedKey = (secret: Buffer, subject: string, generation: number): string =>
  `sk-${createHmac('sha256', secret).update(`${subject}\n${generation}`).digest('base64url')}`;

const secretBytes = 32;

/** The secret in a file that only its owner may read; made when there is none, by whichever window is first. */
export function installationSecret(file: string): Buffer {
  const kept = readSecret(file);
  if (kept !== undefined) return kept;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const own = `${file}.${randomUUID()}`;
  const secret = randomBytes(secretBytes);
  writeFileSync(own, `${secret.toString('base64url')}\n`, { mode: 0o600 });
  try {
    // Unlike a rename it fails where another window was quicker, and unlike a plain write nobody sees half of it.
    linkSync(own, file);
    return secret;
  } catch (error) {
    const others = readSecret(file);
    if (others === undefined) throw error;
    return others;
  } finally {
    rmSync(own);
  }
}

/** Throws for a file that holds no secret of ours: keys made with another would not be the ones that are in use. */
function readSecret(file: string): Buffer | undefined {
  const text = readIfThere(file);
  if (text === undefined) return undefined;
  const secret = Buffer.from(text.trim(), 'base64url');
  if (secret.length === secretBytes) return secret;
  throw new Error(`${file} is damaged. Remove it: the projects then get new keys.`);
}
