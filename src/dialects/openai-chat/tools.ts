import type { Tool, ToolChoice } from '../../chat/chat.ts';
import { invalid } from '../../chat/failure.ts';
import { defined, isArray, isObject, objectIn, objectsIn, stringIn } from '../../lib/json.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import { readCustomTool } from '../custom-tool.ts';
import { cacheControl, cacheIn } from './content.ts';

export interface ToolsRead {
  readonly tools: readonly Tool[];
  /** The tools of other kinds, which only some servers have, by place and type. */
  readonly dropped: readonly string[];
}

/** The functions of a request: `tools`, or `functions` as OpenAI had them before 2023-11. */
export function readTools(body: JsonObject): ToolsRead {
  const dropped: string[] = [];
  const tools = listIn(body, 'tools').flatMap((tool, index) => {
    const place = `tools[${index}]`;
    if (tool.type === 'function' || isObject(tool.function)) return [readTool(tool, place)];
    if (tool.type === 'custom') return [readCustom(tool, place)];
    dropped.push(`${place} (${stringIn(tool.type) ?? 'no type'})`);
    return [];
  });
  const functions = listIn(body, 'functions').map((tool, index) => readFunction(tool, `functions[${index}]`));
  return { tools: allowed([...tools, ...functions], allowedIn(body.tool_choice)), dropped };
}

/** OpenAI's `allowed_tools` narrows what is offered. */
const allowedIn = (choice: Json | undefined): JsonObject | undefined => {
  const { type, allowed_tools } = objectIn(choice);
  return type === 'allowed_tools' ? objectIn(allowed_tools) : undefined;
};

function allowed(tools: readonly Tool[], only: JsonObject | undefined): readonly Tool[] {
  if (only === undefined) return tools;
  const names = new Set(objectsIn(only.tools).map(namedIn));
  return tools.filter(({ name }) => names.has(name));
}

function listIn(body: JsonObject, field: string): readonly JsonObject[] {
  const list = body[field];
  if (list == null) return [];
  if (!isArray(list)) throw invalid(`${field} must be a list.`, field);
  return list.map(objectIn);
}

function readTool(tool: JsonObject, place: string): Tool {
  if (!isObject(tool.function)) throw invalid(`${place}.function is missing.`, `${place}.function`);
  return { ...readFunction(tool.function, `${place}.function`), ...cacheIn(tool.function), ...cacheIn(tool) };
}

function readCustom(tool: JsonObject, place: string): Tool {
  const { name, description, format } = objectIn(tool.custom);
  const { syntax, definition } = objectIn(objectIn(format).grammar);
  return readCustomTool({
    name: required(name, `${place}.custom.name`),
    description: stringIn(description),
    grammar: typeof definition === 'string' ? { syntax: stringIn(syntax), definition } : undefined,
  });
}

function required(name: Json | undefined, place: string): string {
  if (typeof name === 'string' && name !== '') return name;
  throw invalid(`${place} is missing.`, place);
}

function readFunction(wire: JsonObject, place: string): Tool {
  return defined({
    name: required(wire.name, `${place}.name`),
    description: stringIn(wire.description),
    schema: isObject(wire.parameters) ? wire.parameters : undefined,
    strict: typeof wire.strict === 'boolean' ? wire.strict : undefined,
  });
}

export const writeTool = ({ name, description, schema, strict, cache }: Tool): JsonObject =>
  defined({
    type: 'function',
    function: defined({ name, description, parameters: schema, strict }),
    cache_control: cacheControl(cache),
  });

/** A tool that must be used cannot be left out as one that may be. */
export function mustBeKept(choice: ToolChoice | undefined, { tools, dropped }: ToolsRead): void {
  const isLost =
    (choice?.type === 'named' && tools.every(({ name }) => name !== choice.name)) ||
    (choice?.type === 'required' && tools.length === 0);
  if (dropped.length === 0 || !isLost) return;
  throw invalid(
    `tool_choice demands a tool that some servers run themselves (${dropped.join(', ')}), and this model's provider has no counterpart.`,
    'tool_choice',
  );
}

/** `tool_choice`, or `function_call` as OpenAI had it before 2023-11. */
export function readToolChoice(body: JsonObject): ToolChoice | undefined {
  const field = body.tool_choice == null ? 'function_call' : 'tool_choice';
  const choice = body[field];
  if (choice == null) return undefined;
  const word = typeof choice === 'string' ? choice : stringIn(allowedIn(choice)?.mode ?? objectIn(choice).type);
  if (word === 'auto' || word === 'none' || word === 'required') return { type: word };
  if (word === 'any') return { type: 'required' }; // Mistral, Anthropic
  const name = namedIn(choice);
  if (name === undefined) throw invalid(`${field} must be "auto", "none", "required" or name a function.`, field);
  return { type: 'named', name };
}

function namedIn(choice: Json): string | undefined {
  const { function: called, custom, name } = objectIn(choice);
  return stringIn(objectIn(called).name) ?? stringIn(objectIn(custom).name) ?? stringIn(name);
}

export const writeToolChoice = (choice: ToolChoice): Json =>
  choice.type === 'named' ? { type: 'function', function: { name: choice.name } } : choice.type;
