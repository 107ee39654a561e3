import type { Extras, Tool, ToolCallPart } from '../../chat/chat.ts';
import { mergedExtras } from '../../chat/collect.ts';
import { defined, objectIn, parseJson, stringIn, without } from '../../lib/json.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import { newCallId } from '../call-id.ts';
import { unwrapped } from '../custom-tool.ts';
import { packExtras, unpackExtras } from '../packed-extras.ts';
import { newItemId, own, ownExtras } from './wire.ts';

/** The item types that are calls of tools which the client runs, in neutral words all calls of functions. */
export const isCall = ({ type }: JsonObject): boolean =>
  type === 'function_call' || type === 'custom_tool_call' || type === 'local_shell_call';

/** The name of a function in a namespace where functions have only names, of which 64 characters are taken everywhere. */
export const qualifiedName = (namespace: string, name: string): string =>
  `${namespace}${namespace.endsWith('_') ? '' : '__'}${name}`.slice(0, 64);

/** A call's head, without its input. */
export function readCallHead(item: JsonObject): ToolCallPart {
  const id = stringIn(item.call_id) ?? stringIn(item.id) ?? '';
  const namespace = stringIn(item.namespace);
  const given = item.type === 'local_shell_call' ? localShell : (stringIn(item.name) ?? '');
  const isOwn = item.type !== 'function_call';
  const extras = joinedExtras(unpackedId(item.id), isOwn ? ownExtras({ type: item.type }).extras : undefined);
  return {
    type: 'tool-call',
    id: id === '' ? newCallId() : id,
    name: namespace === undefined || namespace === given ? given : qualifiedName(namespace, given),
    input: '',
    ...(extras && { extras }),
  };
}

export const readCall = (item: JsonObject): ToolCallPart => ({ ...readCallHead(item), input: inputOf(item) });

/** A call of a history, whose input must be an object for other dialects: a custom tool's text becomes its one argument. */
export function readEarlierCall(item: JsonObject): ToolCallPart {
  const call = readCall(item);
  return item.type === 'custom_tool_call' ? { ...call, input: JSON.stringify({ input: call.input }) } : call;
}

/** A call's input as the model wrote it. */
export function inputOf(item: JsonObject): string {
  switch (item.type) {
    case 'custom_tool_call':
      return stringIn(item.input) ?? '';
    case 'local_shell_call':
      return JSON.stringify(without(objectIn(item.action), 'type'));
    default:
      return argumentsOf(item.arguments);
  }
}

function argumentsOf(value: Json | undefined): string {
  if (value == null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What another dialect must get back with a call travels in the item's id: clients that send ids send them untouched. */
const unpackedId = (id: Json | undefined): Extras | undefined =>
  typeof id === 'string' && id.startsWith(carrier) ? unpackExtras(id.slice(carrier.length)) : undefined;
const carrier = 'fc_';

function joinedExtras(first: Extras | undefined, second: Extras | undefined): Extras | undefined {
  return first && second ? mergedExtras(first, second) : (first ?? second);
}

/** How a call of each tool is written, where not as a function's. */
export type CallForms = ReadonlyMap<string, JsonObject>;

export const callForms = (tools: readonly Tool[]): CallForms =>
  new Map(tools.flatMap(({ name, extras }) => (extras?.[own] ? [[name, extras[own]]] : [])));

/** OpenAI's name for the one tool that has none of its own. */
export const localShell = 'local_shell';

/** A call whose input is still to come. `id` is the item's. */
export function writeCallHead(part: ToolCallPart, id: string, forms: CallForms): JsonObject {
  const form = formOf(part, forms);
  switch (form.type) {
    case 'custom':
      return { id, type: 'custom_tool_call', status: 'in_progress', call_id: part.id, name: part.name, input: '' };
    case localShell:
      return { id, type: 'local_shell_call', status: 'in_progress', call_id: part.id, action: writeAction('') };
    default: {
      const { namespace, name = part.name } = form;
      const head = { id, type: 'function_call', status: 'in_progress', call_id: part.id, name, arguments: '' };
      return namespace === undefined ? head : { ...head, namespace };
    }
  }
}

/** The same call whole. */
export function writeCallInput(head: JsonObject, input: string): JsonObject {
  const whole = { ...head, status: 'completed' };
  switch (head.type) {
    case 'custom_tool_call':
      return { ...whole, input: unwrapped(input) };
    case 'local_shell_call':
      return { ...whole, action: writeAction(input) };
    default:
      return { ...whole, arguments: input === '' ? '{}' : input }; // clients parse it even where a tool takes nothing
  }
}

/** How a call goes out: as its tool was given, or, in a history, as it came. */
function formOf({ name, extras }: ToolCallPart, forms: CallForms): JsonObject {
  const form = forms.get(name);
  if (form) return form;
  const type = stringIn(extras?.[own]?.type);
  return type === undefined ? {} : { type: type.replace(/_tool_call$|_call$/, '') };
}

function writeAction(input: string): JsonObject {
  const { command, env, timeout_ms, working_directory, user } = objectIn(parseJson(input));
  const words = typeof command === 'string' ? ['bash', '-lc', command] : (command ?? []);
  return defined({ type: 'exec', command: words, env: env ?? {}, timeout_ms, working_directory, user });
}

/** The id of a call's item. */
export function callItemId(extras: Extras = {}): string {
  const foreign = Object.entries(extras).filter(([dialect]) => dialect !== own);
  return foreign.length > 0 ? carrier + packExtras(Object.fromEntries(foreign)) : newItemId('fc');
}
