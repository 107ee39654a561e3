import type { Tool, ToolChoice } from '../../chat/chat.ts';
import { invalid } from '../../chat/failure.ts';
import { defined, isArray, isObject, objectIn, objectsIn, stringIn } from '../../lib/json.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import { readCustomTool } from '../custom-tool.ts';
import { localShell, qualifiedName } from './calls.ts';
import type { CallForms } from './calls.ts';
import { own, ownExtras } from './wire.ts';

export interface ToolsRead {
  readonly tools: readonly Tool[];
  /** The tools that only OpenAI's own servers have, by place and type. */
  readonly dropped: readonly string[];
}

/** The tools of a request as functions, those that have other forms here too. */
export function readTools(body: JsonObject): ToolsRead {
  const list = body.tools ?? [];
  if (!isArray(list)) throw invalid('tools must be a list.', 'tools');
  const dropped: string[] = [];
  const tools = list.flatMap((wire, index) => {
    const tool = objectIn(wire);
    const place = `tools[${index}]`;
    const read = readTool(tool, place);
    if (read.length === 0 && tool.type !== 'namespace') dropped.push(`${place} (${stringIn(tool.type) ?? 'no type'})`);
    return read;
  });
  return { tools: allowed(tools, objectIn(body.tool_choice)), dropped };
}

function readTool(tool: JsonObject, place: string): readonly Tool[] {
  switch (tool.type) {
    case 'function':
      return [readFunction(tool, place)];
    case 'custom':
      return [readCustom(tool, place)];
    case localShell:
      return [shellTool];
    case 'namespace':
      return readNamespace(tool, place);
    default:
      return [];
  }
}

/** Some clients nest the function as chat has it; servers of this format take that too. */
function readFunction(wire: JsonObject, place: string): Tool {
  const { name, description, parameters, strict } = isObject(wire.function) ? wire.function : wire;
  return defined({
    name: required(name, place),
    description: stringIn(description),
    schema: isObject(parameters) ? parameters : undefined,
    strict: typeof strict === 'boolean' ? strict : undefined,
  });
}

/** Goes out as it came. */
function readCustom(wire: JsonObject, place: string): Tool {
  const { type, syntax, definition } = objectIn(wire.format);
  const isGrammar = type === 'grammar' && typeof definition === 'string';
  return {
    ...readCustomTool({
      name: required(wire.name, place),
      description: stringIn(wire.description),
      grammar: isGrammar ? { syntax: stringIn(syntax), definition } : undefined,
    }),
    ...ownExtras({ type: 'custom', tool: wire }),
  };
}

const shellTool: Tool = {
  name: localShell,
  description: 'Runs a command on the user’s machine and returns its output.',
  schema: {
    type: 'object',
    properties: {
      command: { type: 'array', items: { type: 'string' }, description: 'The program and its arguments.' },
      working_directory: { type: 'string', description: 'The folder to run it in.' },
      timeout_ms: { type: 'integer', description: 'How long it may take, in milliseconds.' },
    },
    required: ['command'],
    additionalProperties: false,
  },
  ...ownExtras({ type: localShell, tool: { type: localShell } }),
};

function readNamespace(wire: JsonObject, place: string): readonly Tool[] {
  const namespace = required(wire.name, place);
  return objectsIn(wire.tools)
    .filter(({ type }) => type === 'function')
    .map((tool, index) => {
      const read = readFunction(tool, `${place}.tools[${index}]`);
      return {
        ...read,
        name: qualifiedName(namespace, read.name),
        ...ownExtras({ namespace, name: read.name }),
      };
    });
}

function required(name: Json | undefined, place: string): string {
  if (typeof name === 'string' && name !== '') return name;
  throw invalid(`${place}.name is missing.`, `${place}.name`);
}

/** `allowed_tools` narrows what is offered. */
function allowed(tools: readonly Tool[], choice: JsonObject): readonly Tool[] {
  if (choice.type !== 'allowed_tools') return tools;
  const names = new Set(objectsIn(choice.tools).map(({ name, type }) => name ?? type));
  return tools.filter((tool) => names.has(tool.name) || names.has(tool.extras?.[own]?.name));
}

/** A choice of a tool that only OpenAI has gives none: it is among the request's unknown fields. */
export function readToolChoice(choice: Json | undefined, tools: readonly Tool[]): ToolChoice | undefined {
  if (choice == null) return undefined;
  const { type, mode, name, namespace } = objectIn(choice);
  const word = type === 'allowed_tools' ? mode : (type ?? choice);
  if (word === 'auto' || word === 'none' || word === 'required') return { type: word };
  if (type === localShell) return { type: 'named', name: localShell };
  if (type === 'function' || type === 'custom') {
    const called = stringIn(name) ?? stringIn(objectIn(objectIn(choice).function).name) ?? '';
    return { type: 'named', name: typeof namespace === 'string' ? qualifiedName(namespace, called) : called };
  }
  if (typeof type === 'string' && tools.every((tool) => tool.name !== type)) return undefined;
  throw invalid('tool_choice must be "auto", "none", "required" or name a tool.', 'tool_choice');
}

/** A tool of a request. Without `strict: false` OpenAI would demand more of a schema than other dialects do. */
export function writeTool({ name, description, schema, strict, extras }: Tool): JsonObject {
  const asGiven = extras?.[own]?.tool;
  if (isObject(asGiven)) return asGiven;
  const parameters = schema ?? { type: 'object', properties: {} };
  return defined({ type: 'function', name, description, parameters, strict: strict ?? false });
}

export const writeToolChoice = (choice: ToolChoice, forms: CallForms): Json =>
  choice.type === 'named'
    ? { type: forms.get(choice.name)?.type === 'custom' ? 'custom' : 'function', name: choice.name }
    : choice.type;
