import { toFailure } from '../chat/failure.ts';
import { isObject, stringIn } from '../lib/json.ts';
import {
  panelActions,
  type Ask,
  type Method,
  type Remedy,
  type PanelHandlers,
  type Params,
  type Told,
} from './contract.ts';

/** Serves one message of a page. What is no question of the contract is not answered at all: whoever sent it is not our page. */
export async function servePanel(
  handlers: PanelHandlers,
  message: unknown,
  remedies: () => readonly Remedy[] = () => [],
): Promise<Told | undefined> {
  const ask = askIn(message);
  if (ask === undefined) return undefined;
  try {
    return { type: 'reply', id: ask.id, result: await handle(handlers, ask) };
  } catch (error) {
    return { type: 'refusal', id: ask.id, message: toFailure(error).message, remedies: remedies() };
  }
}

const handle = <M extends Method>(handlers: PanelHandlers, { method, params }: Ask<M>) => handlers[method](params);

/** The params of each method as they must be; undefined for anything else. */
const checks: { readonly [M in Method]: (params: unknown) => Params<M> | undefined } = {
  overview: (params) => (isObject(params) && Object.keys(params).length === 0 ? {} : undefined),
  act(params) {
    if (!isObject(params) || Object.keys(params).length !== 1) return undefined;
    const action = panelActions.find((name) => name === stringIn(params['action']));
    return action && { action };
  },
};

function askIn(message: unknown): Ask | undefined {
  if (!isObject(message) || message['type'] !== 'ask') return undefined;
  const { id, method } = message;
  if (typeof id !== 'number' || !Number.isSafeInteger(id) || !isMethod(method)) return undefined;
  const params = checks[method](message['params']);
  return params && { type: 'ask', id, method, params };
}

const isMethod = (name: unknown): name is Method => typeof name === 'string' && Object.hasOwn(checks, name);
