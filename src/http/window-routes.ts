import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Failure, invalid, toFailure } from '../chat/failure.ts';
import type { Holder, Presence } from '../windows/holder.ts';
import { refuseOutright } from './door.ts';
import { guard } from './guard.ts';
import { presentedKey } from './presented-key.ts';

type Asked = Parameters<RequestListener>;

/**
 * What other windows ask of whoever holds the port, also before the gateway is ready: to prove itself, and to be told
 * what becomes of it. True when the request was one of those.
 */
export const windowRoutes =
  (holder: Holder) =>
  (request: Asked[0], response: Asked[1]): boolean => {
    const { url = '' } = request;
    if (request.method !== 'GET' || !url.startsWith('/purser/pr')) return false;
    const [path, query] = url.split('?', 2);
    const route = path === '/purser/proof' ? prove : path === '/purser/presence' ? stay : undefined;
    if (route === undefined) return false;
    try {
      guard(request, { allowedHosts: [], allowedOrigins: [] });
      route(holder, { request, response, query: new URLSearchParams(query) });
    } catch (error) {
      refuseOutright(response, toFailure(error));
    }
    return true;
  };

interface Visit {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
}

function prove(holder: Holder, { response, query }: Visit): void {
  const nonce = query.get('nonce') ?? '';
  if (!/^[\w-]{16,128}$/.test(nonce)) throw invalid('nonce must have 16 to 128 letters, digits, _ or -.', 'nonce');
  response.writeHead(200, { 'content-type': 'application/json', connection: 'close' });
  response.end(JSON.stringify(holder.prove(nonce)));
}

/** An answer that lasts as long as the gateway is held. */
function stay(holder: Holder, { request, response }: Visit): void {
  const key = presentedKey(request.headers, '', undefined) ?? '';
  if (!holder.isToken(key)) throw new Failure('unauthorized', 'Only the windows of this Purser may stay connected.');
  response.writeHead(200, { 'content-type': 'application/x-ndjson', connection: 'close' });
  response.flushHeaders();
  const presence: Presence = {
    tell: (news) => void response.write(`${JSON.stringify(news)}\n`),
    end: () => void response.end(),
  };
  response.on('close', holder.join(presence));
}
