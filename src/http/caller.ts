import type { IncomingMessage } from 'node:http';
import { authenticate, type Caller } from '../gateway/authenticate.ts';
import type { Ports } from '../gateway/ports.ts';
import { guard } from './guard.ts';
import { presentedKey } from './presented-key.ts';

/** Who sends this request. Throws `forbidden` for what only a web page would send, `unauthorized` for a key that is not good. */
export function callerOf(ports: Ports, request: IncomingMessage): Caller {
  const config = ports.config();
  guard(request, config);
  return authenticate(ports, presentedKey(request.headers, request.url ?? '', config.keyHeader));
}
