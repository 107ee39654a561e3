import type { Express, Request } from 'express';
import type { AdminRoute } from '../admin/routes.ts';
import { Failure } from '../chat/failure.ts';
import type { Caller } from '../gateway/authenticate.ts';
import type { Ports } from '../gateway/ports.ts';
import type { JsonObject } from '../lib/json.ts';
import { callerOf } from './caller.ts';
import { readJsonBody } from './read-body.ts';
import { refuse } from './refuse.ts';
import { isText, sendText } from './send-text.ts';

/** Mounts the management routes. */
export function adminRoutes(app: Express, ports: Ports, routes: readonly AdminRoute[]): void {
  for (const route of routes) {
    app[route.method]([...route.paths], async (request, response) => {
      try {
        const caller = permitted(ports, request, route);
        const body = route.method === 'post' ? await bodyOf(ports, request) : {};
        const ask = { caller, body, query: queryOf(request), params: texts(request.params) };
        const answer = await route.run(ports, ask);
        if (isText(answer)) await sendText(response, answer);
        else response.json(answer);
      } catch (error) {
        refuse(ports, response, error);
      }
    });
  }
}

function permitted(ports: Ports, request: Request, route: AdminRoute): Caller {
  const caller = callerOf(ports, request);
  if (route.access === 'admin' && caller.key !== undefined) {
    throw new Failure('forbidden', `Only the admin key may use ${request.path}.`, { code: 'admin_only' });
  }
  return caller;
}

/** A POST without a body says nothing; that is an empty object. */
async function bodyOf(ports: Ports, request: Request): Promise<JsonObject> {
  const empty =
    request.headers['content-length'] === '0' ||
    (request.headers['content-length'] === undefined && request.headers['transfer-encoding'] === undefined);
  return empty ? {} : (await readJsonBody(request, ports.config().maxRequestBytes)).body;
}

const queryOf = (request: Request): Record<string, string> => {
  const at = request.url.indexOf('?');
  return at < 0 ? {} : Object.fromEntries(new URLSearchParams(request.url.slice(at + 1)));
};

const texts = (values: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
