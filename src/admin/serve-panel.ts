import { toFailure } from '../chat/failure.ts';
import { isObject } from '../lib/json.ts';
import { shaped, ShapeError } from '../lib/shape.ts';
import {
  isMethod,
  panelMethods,
  type Ask,
  type Method,
  type PanelHandlers,
  type Params,
  type Remedy,
  type Result,
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
    return { type: 'reply', id: ask.id, result: await handled(handlers, ask.method, ask.params) };
  } catch (error) {
    return { type: 'refusal', id: ask.id, message: toFailure(error).message, remedies: remedies() };
  }
}

/** The answer to a question, with what the contract names of it and nothing else. */
export async function handled<M extends Method>(
  handlers: PanelHandlers,
  method: M,
  params: Params<M>,
): Promise<Result<M>> {
  return resultOf(method, await handlers[method](params));
}

const resultOf = <M extends Method>(method: M, answer: unknown): Result<M> =>
  shaped(panelMethods[method].result, answer, method) as Result<M>;

/** The params as the contract has them; throws a ShapeError. */
export const paramsOf = <M extends Method>(method: M, params: unknown): Params<M> =>
  shaped(panelMethods[method].params, params, 'params') as Params<M>;

function askIn(message: unknown): Ask | undefined {
  if (!isObject(message) || message['type'] !== 'ask') return undefined;
  const { id, method } = message;
  if (typeof id !== 'number' || !Number.isSafeInteger(id) || !isMethod(method)) return undefined;
  try {
    return { type: 'ask', id, method, params: paramsOf(method, message['params']) };
  } catch (error) {
    if (error instanceof ShapeError) return undefined;
    throw error;
  }
}
