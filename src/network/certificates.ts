import { readFile } from 'node:fs/promises';
import * as tls from 'node:tls';
import type { Environment } from './proxy.ts';

/**
 * Whom to trust: Node's authorities, the system's (where Node can tell: from 22.15), and those in the file that
 * NODE_EXTRA_CA_CERTS names. Undefined where that is no more than Node trusts anyway: its own default costs nothing.
 */
export async function trusted(environment: Environment): Promise<tls.SecureContext | undefined> {
  const more = [...(certificates?.('system') ?? []), ...(await extraCertificates(environment.NODE_EXTRA_CA_CERTS))];
  if (more.length === 0) return undefined;
  // Made once: a context of 150 authorities is too dear to make for every connection.
  return tls.createSecureContext({ ca: [...(certificates?.('default') ?? tls.rootCertificates), ...more] });
}

/** Node's list, where this Node has it; the types are those of Node 20. */
const certificates = (tls as { readonly getCACertificates?: (kind: 'default' | 'system') => readonly string[] })
  .getCACertificates;

/** Node reads the file too, but not where the variable came from `.env`. */
async function extraCertificates(file: string | undefined): Promise<readonly string[]> {
  if (file === undefined || file === '') return [];
  try {
    return [await readFile(file, 'utf8')];
  } catch {
    return []; // as Node does; the failure of the connection names the variable
  }
}
