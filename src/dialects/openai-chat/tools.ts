import type { Tool, ToolChoice } from '../../chat/chat.ts';
import { invalid } from '../../chat/failure.ts';
import { defined, isArray, isObject, objectIn, stringIn } from '../../lib/json.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
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
    dropped.push(`${place} (${stringIn(tool.type) ?? 'no type'})`);
    return [];
  });
  const functions = listIn(body, 'functions').map((tool, index) => readFunction(tool, `functions[${index}]`));
  return { tools: [...tools, ...functions], dropped };
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

function readFunction(wire: JsonObject, place: string): Tool {
  const name = stringIn(wire.name) ?? '';
  if (name === '') throw invalid(`${place}.name is missing.`, `${place}.name`);
  return defined({
    name,
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
    `tool_choice demands a tool that is no function (${dropped.join(', ')}), and only functions can be translated for this model's provider.`,
    'tool_choice',
  );
}

/** `tool_choice`, or `function_call` as OpenAI had it before 2023-11. */
export function readToolChoice(body: JsonObject): ToolChoice | undefined {
  const field = body.tool_choice == null ? 'function_call' : 'tool_choice';
  const choice = body[field];
  if (choice == null) return undefined;
  const word = typeof choice === 'string' ? choice : stringIn(objectIn(choice).type);
  if (word === 'auto' || word === 'none' || word === 'required') return { type: word };
  if (word === 'any') return { type: 'required' }; // Mistral, Anthropic
  const name = namedIn(choice);
  if (name === undefined) throw invalid(`${field} must be "auto", "none", "required" or name a function.`, field);
  return { type: 'named', name };
}

const namedIn = (choice: Json): string | undefined =>
  stringIn(objectIn(objectIn(choice).function).name) ?? stringIn(objectIn(choice).name);

export const writeToolChoice = (choice: ToolChoice): Json =>
  choice.type === 'named' ? { type: 'function', function: { name: choice.name } } : choice.type;
