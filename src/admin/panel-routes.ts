import { Failure, invalid } from '../chat/failure.ts';
import type { Ports } from '../gateway/ports.ts';
import { ShapeError } from '../lib/shape.ts';
import { isMethod, type Method, type Params } from './contract.ts';
import { panelHandlers, type AskAdmin } from './handlers.ts';
import type { AdminAsk, AdminRoute } from './routes.ts';
import { handled, paramsOf } from './serve-panel.ts';

/** The panel's contract over HTTP, for the page in a browser; `routes` are what its handlers ask. */
export const panelRoutes = (routes: readonly AdminRoute[]): readonly AdminRoute[] => [
  {
    method: 'post',
    paths: ['/purser/panel'],
    access: 'admin',
    run: (ports, ask) => answer(ports, ask, routes),
  },
];

function answer(ports: Ports, ask: AdminAsk, routes: readonly AdminRoute[]): Promise<unknown> {
  const { method, params, ...rest } = ask.body;
  const unknown = Object.keys(rest)[0];
  if (unknown !== undefined) throw invalid(`${unknown} is not known here; expected method and params.`, unknown);
  if (!isMethod(method)) throw invalid('method is none that the panel has.', 'method');
  const read = readParams(method, params);
  const handlers = panelHandlers({
    admin: inProcess(ports, ask, routes),
    // The page knows the address that it was loaded from.
    about: () => ({ baseUrl: '/v1', host: 'browser', timeZone: ports.config().timeZone }),
    act: () => Promise.reject(inEditor()),
    folder: () => undefined,
    save: () => Promise.reject(inEditor()),
  });
  return handled(handlers, method, read);
}

function readParams<M extends Method>(method: M, params: unknown): Params<M> {
  try {
    return paramsOf(method, params);
  } catch (error) {
    throw error instanceof ShapeError ? invalid(error.message, 'params') : error;
  }
}

/** Asks the routes of this gateway without a way through HTTP. */
const inProcess =
  (ports: Ports, { caller }: AdminAsk, routes: readonly AdminRoute[]): AskAdmin =>
  async (path, body) => {
    const [name = '', search = ''] = path.split('?');
    const route = routes.find(
      ({ method, paths }) => paths.includes(name) && (method === 'post') === (body !== undefined),
    );
    if (route === undefined) throw new Failure('internal', `There is no route ${name}.`);
    const query = Object.fromEntries(new URLSearchParams(search));
    return await route.run(ports, { caller, query, params: {}, body: body ?? {} });
  };

const inEditor = (): Failure => new Failure('not-found', 'Only the editor can do that.', { param: 'method' });
