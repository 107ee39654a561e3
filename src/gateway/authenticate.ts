import { Failure } from '../chat/failure.ts';
import { hashKey, refusalOf, type VirtualKey } from '../keys/virtual-key.ts';
import { isSame } from '../lib/same.ts';
import type { Ports } from './ports.ts';

/** Who asks: the owner of a virtual key, or the administrator, whose key has no limits of its own. */
export interface Caller {
  /** The key's hash, or `admin`. */
  readonly id: string;
  readonly key: VirtualKey | undefined;
  readonly project: string | null;
}

/** The caller behind a presented key. Throws `unauthorized`, saying what is wrong with the key but never the key itself. */
export function authenticate(ports: Ports, secret: string | undefined): Caller {
  if (secret === undefined || secret === '') {
    throw refused(
      'Authentication Error, No api key passed in. Send one as `Authorization: Bearer sk-...`.',
      'auth_error',
    );
  }
  const hash = hashKey(secret);
  if (ports.adminKeys().some((known) => isSame(hash, known))) return { id: 'admin', key: undefined, project: null };
  const key = ports.keys.findByHash(hash);
  if (key === undefined) {
    throw refused(
      `Authentication Error, Invalid proxy server token passed. This gateway has no key ${hintOf(secret)}. ` +
        'Ask its owner for a virtual key, or make one with POST /key/generate.',
      'token_not_found_in_db',
      'key',
    );
  }
  const refusal = refusalOf(key, ports.clock.now());
  if (refusal !== undefined) throw refusal;
  return { id: key.id, key, project: key.project };
}

const refused = (message: string, code: string, param?: string): Failure =>
  new Failure('unauthorized', message, { code, ...(param === undefined ? {} : { param }) });

const hintOf = (secret: string): string =>
  secret.length >= 12 ? `${secret.slice(0, 3)}...${secret.slice(-4)}` : 'like this';
