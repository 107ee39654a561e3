import type { Tool, ToolCallPart } from '../chat/chat.ts';
import { defined, isObject, parseJson, stringIn } from '../lib/json.ts';
import type { JsonObject } from '../lib/json.ts';

/** A tool that takes a text instead of arguments, which only OpenAI's formats have. */
export interface CustomTool {
  readonly name: string;
  readonly description: string | undefined;
  /** What the text must match, where its format says so. */
  readonly grammar: { readonly syntax: string | undefined; readonly definition: string } | undefined;
}

/** The same tool where there are only functions: its text is the one argument. Its own form is kept beside it. */
export function readCustomTool({ name, description, grammar }: CustomTool): Tool {
  const told = grammar && `\`input\` must match this ${grammar.syntax ?? ''} grammar:\n${grammar.definition}`;
  const format = grammar && defined({ type: 'grammar', ...grammar });
  return {
    name,
    description: [description, told].filter((text) => text !== undefined).join('\n\n'),
    schema,
    extras: { [keeper]: { type: 'custom', tool: defined({ type: 'custom', name, description, format }) } },
  };
}

const schema: JsonObject = {
  type: 'object',
  properties: { input: { type: 'string', description: 'The whole input of the tool, as plain text.' } },
  required: ['input'],
  additionalProperties: false,
};

/** Responses, whose form of these tools is the one that is kept. */
const keeper = 'openai-responses';

/** The names of the custom tools among the tools of a request. */
export const customNames = (tools: readonly Tool[]): ReadonlySet<string> =>
  new Set(tools.filter(({ extras }) => extras?.[keeper]?.type === 'custom').map(({ name }) => name));

/** A call of a history: other formats want its input to be an object. */
export const readCustomCall = (id: string, name: string, text: string): ToolCallPart => ({
  ...{ type: 'tool-call', id, name, input: JSON.stringify({ input: text }) },
  extras: { [keeper]: { type: 'custom_tool_call' } },
});

/** The text of an answer's call: as it stands from a provider that has such tools, else out of the object around it. */
export const customText = ({ extras }: ToolCallPart, input: string): string =>
  extras?.[keeper]?.type === 'custom_tool_call' ? input : unwrapped(input);

/** The text out of the object that stands for it elsewhere; a text that is none stays as it is. */
export function unwrapped(input: string): string {
  const value = parseJson(input);
  return (isObject(value) ? stringIn(value.input) : undefined) ?? input;
}
